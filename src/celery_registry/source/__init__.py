"""The syntactic index: what the user's files say about tasks, read with ``ast``, never imported.

Law: source text in, facts out. It knows Python's syntax and Celery's ways of naming a task; it never
imports mypy, celery or the user's code, and it never judges what it reads.
"""
