"""What is declared for a task and what is registered for it.

Law: plain facts with their places. It never learns how a fact was found (mypy, runtime, source).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from celery_registry.contract.signature import TaskSignature

__all__ = ["LAMBDA", "PARTIAL", "Origin", "TaskContract", "TaskImplementation"]

T = TypeVar("T")

#: Why nothing is known of a lambda: with one among its tasks Celery starts no application.
LAMBDA: Final = "is a lambda"
#: What is left of the parameters is computed when the program runs.
PARTIAL: Final = "is a partial"


@dataclass(frozen=True, order=True)
class Origin:
    """A place in the user's code.

    ``line`` counts from 1 and ``column`` from 0, as in ``ast``; ``label`` is the dotted name of what stands there.
    """

    path: str = ""
    line: int = 0
    column: int = 0
    label: str = ""


@dataclass(frozen=True)
class TaskContract(Generic[T]):
    """What one registry property promises about one task name.

    ``attribute`` is the property as the user writes it (``TasksRegistry.send_email``);
    ``documented`` are the names in the property's docstring ``Args:`` section, None without one.
    """

    name: str
    attribute: str
    signature: TaskSignature[T]
    origin: Origin = Origin()
    documented: tuple[str, ...] | None = None


@dataclass(frozen=True)
class TaskImplementation(Generic[T]):
    """What is really registered under one task name.

    ``signature`` is the caller's view: without ``self`` and without the task of ``bind=True``.
    ``hidden`` says in a few words why the signature cannot be known, None where it can.
    ``bound_method`` marks a bound method that was registered as it is, whose ``.delay()`` Celery breaks.
    """

    name: str
    signature: TaskSignature[T]
    origin: Origin = Origin()
    hidden: str | None = None
    bound_method: bool = False
