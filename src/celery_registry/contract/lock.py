"""The lock: what messages in flight rely on, as a document made for review.

Law: the model alone; its text is ``lock_text``'s. It stands in the core, for whoever sends reads it too, and never
learns what it is compared with.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from celery_registry.contract.signature import TaskSignature

__all__ = ["LOCK_NAME", "Lock", "LockedTask", "alias_of"]

#: Where a lock stands unless somebody says otherwise.
LOCK_NAME: Final = "celery-registry.lock"


@dataclass(frozen=True)
class LockedTask:
    """One task as messages know it.

    ``implementation``: the dotted name of what runs, a hint for people and for recognising renames.
    ``results``: whether anybody can read what it returns. ``alias_of`` and ``expires`` are those of
    ``celery_registry.alias``. ``serializer``, ``queue`` and ``results`` are None where who wrote the lock could not know.
    """

    name: str
    signature: TaskSignature[str]
    serializer: str | None = "json"
    queue: str | None = "celery"
    results: bool | None = True
    implementation: str | None = None
    alias_of: str | None = None
    expires: str | None = None


def alias_of(task: LockedTask, old: str, expires: str | None, *, adapted: bool = False) -> LockedTask:
    """The old name of a task as a lock shows it; the parameters of one that is ``adapted`` are not known."""
    signature = TaskSignature(None, task.signature.result) if adapted else task.signature
    return replace(task, name=old, signature=signature, implementation=None, alias_of=task.name, expires=expires)


@dataclass(frozen=True)
class Lock:
    """The tasks by name, and what the application sets for all of them.

    ``accept``: serializers that its workers accept. ``queues``: queues that its workers consume unless told
    otherwise. ``serializer`` and ``queue`` are the defaults of its tasks. Each of these is None where nobody could know.
    ``from_source``: it was read from the text, not from the application; ``unnamed`` are then what is registered under a
    name that the text does not tell: dotted names of what runs, or of the module.
    """

    tasks: Mapping[str, LockedTask] = field(default_factory=dict)
    accept: tuple[str, ...] | None = ("json",)
    queues: tuple[str, ...] | None = ("celery",)
    serializer: str | None = "json"
    queue: str | None = "celery"
    from_source: bool = False
    unnamed: tuple[str, ...] = ()

    @functools.cached_property
    def consumed(self) -> frozenset[str]:
        """Queues that workers of this version consume: those of the configuration, and those it routes tasks to."""
        routed = (task.queue for task in self.tasks.values())
        return frozenset({*(self.queues or ()), *(queue for queue in routed if queue is not None)})

    def may_have(self, task: LockedTask) -> bool:
        """Whether a task that is not among ``tasks`` may be there under a name that nobody could read."""
        place = f"{task.implementation}."
        return any(place.startswith(f"{name}.") for name in self.unnamed)
