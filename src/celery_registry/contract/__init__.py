"""The core: what a task contract is and when an implementation keeps it.

Law: the standard library alone. Nothing in this package imports mypy, celery, ``inspect`` or
``ast``, and nothing here knows whether mypy, a booting worker or a command is asking.
"""
