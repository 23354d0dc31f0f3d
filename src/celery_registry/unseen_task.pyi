"""The type of a task whose ``base=`` is a class that mypy sees as ``Any``; the plugin gives it, and nothing runs it.

Law: a ``Task``, and whatever else that class may have.
"""

from typing import Any, ParamSpec, TypeVar

from celery import Task

P = ParamSpec("P")
R = TypeVar("R")

class UnseenTask(Task[P, R]):
    """A ``Task`` with any attribute besides."""

    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: Any) -> None: ...
