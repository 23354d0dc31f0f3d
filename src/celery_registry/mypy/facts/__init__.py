"""What the plugin knows about the program it checks.

Law: read only. Those who find facts cannot report them: nothing here imports ``emit`` or ``checks``.
"""
