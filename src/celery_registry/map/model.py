"""What the map holds: tasks, their callers and their schedules.

Law: facts of the index, gathered by task. No layout, and no path is shortened here.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from celery_registry.contract.finding import Finding
from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.lock_text import render_lock, show_locked
from celery_registry.contract.routes import Route
from celery_registry.contract.task import Origin
from celery_registry.map.fleet import LiveFleet
from celery_registry.source.aliases import AliasCall
from celery_registry.source.calls import Caller
from celery_registry.source.model import How, Registration, RegistryProperty
from celery_registry.source.timing import Timing
from celery_registry.wire.compat import Comparison, TaskChanges

__all__ = ["SCHEMAS", "Beat", "Holder", "MappedTask", "SystemMap"]

#: Where the schemas of ``SystemMap.definitions`` refer to each other: ``{model}`` is the key.
SCHEMAS = "#/components/schemas/{model}"


class Holder(enum.Enum):
    """Who has an entry of the schedule, where the live application was asked."""

    APPLICATION = "application"
    DATABASE = "database"
    #: The source has it, and the application does not.
    NOBODY = "nobody"


@dataclass(frozen=True)
class Beat:
    """An entry of a beat schedule; ``task`` is None where the text does not tell which one it sends.

    ``timing`` is None where its file cannot be read. ``origin`` is None where no place of the source makes it.
    ``holder`` is None where only the source was read.
    """

    key: str
    task: str | None
    origin: Origin | None
    timing: Timing | None = None
    holder: Holder | None = None


@dataclass(frozen=True)
class MappedTask:
    """One task.

    ``name`` is what messages call it, else the dotted name of what runs (then ``is_named`` is False).
    ``registrations`` has at least one, the first of which speaks for the task; several are several implementations.
    ``queue`` is None where the registration says nothing, or nothing that the text tells. ``locked`` is the task as a
    lock shows it. ``service`` is the other service that implements it, None for this program. ``findings`` are what
    ``check`` says of the task and of the calls of it. ``aliases`` are the old names that are kept alive for it, ``members``
    the constants that hold the name. ``change`` is what changed since another version, where the map was held against one.
    ``schemas`` are the JSON Schemas of the parameters by their names, and of the result by None, where the application
    tells them.
    """

    name: str
    is_named: bool
    registrations: tuple[Registration, ...]
    locked: LockedTask
    queue: str | None = None
    properties: tuple[RegistryProperty, ...] = ()
    callers: tuple[Caller, ...] = ()
    beats: tuple[Beat, ...] = ()
    aliases: tuple[AliasCall, ...] = ()
    routes: tuple[Route, ...] = ()
    service: str | None = None
    findings: tuple[Finding, ...] = ()
    members: tuple[tuple[str, Origin], ...] = ()
    change: TaskChanges | None = None
    schemas: Mapping[str | None, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def first(self) -> Registration:
        """The registration that speaks for the task."""
        return self.registrations[0]

    @property
    def is_called(self) -> bool:
        """Whether anything sends it: a call that is not its own retry, a schedule, an old name."""
        return bool(self.beats or self.aliases or any(caller.kind != "retry" for caller in self.callers))

    @property
    def is_elsewhere(self) -> bool:
        """Whether another service implements it, of which a lock tells."""
        return self.first.how is How.CONTRACT

    @property
    def shown_signature(self) -> str:
        """``(to: str, copies: int = ...) -> bool``, types as they are written."""
        return show_locked(self.first.signature)

    @property
    def digest(self) -> str:
        """Twelve characters that change when the task's part of a lock changes."""
        text = render_lock(Lock({self.name: self.locked}))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def docstring(self) -> str | None:
        """That of the implementation, else of a property."""
        said = [self.first.docstring, *(declared.docstring for declared in self.properties)]
        return next((text for text in said if text), None)


@dataclass(frozen=True)
class SystemMap:
    """Tasks by name, every beat entry by place, and the calls of which nobody can tell the task: reason -> places.

    ``findings`` are those of no task of the map. ``base`` is the version that it was held against, and ``gone`` are the
    changes of tasks that only that version has. ``definitions`` are the JSON Schemas that those of the tasks refer to.
    ``fleet`` are the running workers, where they were asked.
    """

    tasks: dict[str, MappedTask] = field(default_factory=dict)
    beats: tuple[Beat, ...] = ()
    unseen: dict[str, tuple[Origin, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    base: str | None = None
    gone: tuple[TaskChanges, ...] = ()
    definitions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    fleet: LiveFleet | None = None

    def since(self, base: str, comparison: Comparison) -> SystemMap:
        """The same, with what changed since a version that the user calls ``base``."""
        changes = {change.task: change for change in comparison.tasks}
        tasks = {name: replace(task, change=changes.get(name)) for name, task in self.tasks.items()}
        gone = tuple(change for name, change in changes.items() if name not in tasks)
        return replace(self, tasks=tasks, base=base, gone=gone)
