"""Editor stubs: what tools without plugins read instead of the registry.

Law: source text and the index in, stub text and settings files out. Nothing of the user's is imported
or executed, and nothing here knows mypy or a running application.
"""
