"""Two locks: what changed for each task, and in which order the two versions can be deployed.

Law: locks in, changes out. The verdicts are ``contract.compatibility``'s; it never learns where a lock was read.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from celery_registry.contract.change import Change, Order, combine_orders
from celery_registry.contract.compatibility import compare_signatures
from celery_registry.contract.finding import Finding
from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.payload import WireType
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.wire.hints import read_text
from celery_registry.wire.type_rules import TextRules

__all__ = ["Comparison", "TaskChanges", "compare_locks"]

_WORST_FIRST = (Order.BREAKING, Order.PRODUCERS_FIRST, Order.WORKERS_FIRST, Order.COMPATIBLE)


@dataclass(frozen=True)
class TaskChanges:
    """What changed for one task; ``origin`` is the line to look at in the new version."""

    task: str
    changes: tuple[Change, ...]
    implementation: str | None = None
    origin: Origin = Origin()

    @property
    def order(self) -> Order:
        """The order that all changes of this task accept."""
        return combine_orders([change.order for change in self.changes])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The changes that break messages, as findings."""
        return tuple(
            Finding(
                "incompatible-change",
                self.task,
                {
                    "title": change.title,
                    "reasons": "; ".join(change.reasons),
                    "order": change.order.value,
                    "remedy": change.remedy,
                },
                self.origin,
            )
            for change in self.changes
            if change.order is not Order.COMPATIBLE
        )


@dataclass(frozen=True)
class Comparison:
    """All tasks that changed, the worst first; ``unchanged`` counts the others."""

    tasks: tuple[TaskChanges, ...] = ()
    unchanged: int = 0
    by_order: Mapping[Order, int] = field(default_factory=dict)

    @property
    def order(self) -> Order:
        """The one order that every change accepts."""
        return combine_orders([task.order for task in self.tasks])


def compare_locks(base: Lock, head: Lock) -> Comparison:
    """Hold every task of ``head`` against ``base``; a task that only changed its name is one change."""
    renames = _renames(base, head)
    new_names = set(renames.values())
    found = []
    for name in sorted({*base.tasks, *head.tasks} - new_names):
        changes = _task_changes(base, head, name, renames.get(name))
        after = head.tasks.get(renames.get(name, name)) or base.tasks.get(name)
        if changes:
            found.append(TaskChanges(name, changes, after.implementation if after else None))
    found.sort(key=lambda task: (_WORST_FIRST.index(task.order), task.task))
    counts = {order: sum(task.order is order for task in found) for order in _WORST_FIRST}
    return Comparison(tuple(found), len({*base.tasks, *head.tasks} - new_names) - len(found), counts)


def _task_changes(base: Lock, head: Lock, name: str, renamed_to: str | None) -> tuple[Change, ...]:
    before, after = base.tasks.get(name), head.tasks.get(name)
    if before is None:
        assert after is not None
        return () if after.alias_of is not None else (Change("task-added", {}, False, True),)
    if renamed_to is not None:
        facts = {"old": name, "new": renamed_to}
        if after is None:
            successor = head.tasks[renamed_to]
            return Change("task-renamed", facts, True, True), *_compare(base, head, before, successor)
        return Change("task-renamed-with-alias", facts, False, True), *_compare(base, head, before, after)
    if after is None:
        return (Change("task-removed", {}, True, False),)
    return _compare(base, head, before, after)


def _compare(base: Lock, head: Lock, before: LockedTask, after: LockedTask) -> tuple[Change, ...]:
    results = before.results and after.results
    changes = compare_signatures(_typed(before.signature), _typed(after.signature), TextRules(), results=results)
    return *changes, *_serializer_changes(base, head, before, after), *_queue_changes(base, head, before, after)


def _typed(signature: TaskSignature[str]) -> TaskSignature[WireType]:
    return signature.map(read_text)


def _serializer_changes(base: Lock, head: Lock, before: LockedTask, after: LockedTask) -> tuple[Change, ...]:
    old_fails, new_fails = before.serializer not in head.accept, after.serializer not in base.accept
    # A version that does not accept its own messages is no matter of the deploy.
    old_fails = old_fails and before.serializer in base.accept
    new_fails = new_fails and after.serializer in head.accept
    if not old_fails and not new_fails:
        return ()
    rule = "serializer-refused" if before.serializer == after.serializer else "serializer-changed"
    return (Change(rule, {"old": before.serializer, "new": after.serializer}, old_fails, new_fails),)


def _queue_changes(base: Lock, head: Lock, before: LockedTask, after: LockedTask) -> tuple[Change, ...]:
    if before.queue == after.queue:
        return ()
    facts = {"old": before.queue, "new": after.queue}
    return (Change("queue-changed", facts, before.queue not in _consumed(head), after.queue not in _consumed(base)),)


def _consumed(lock: Lock) -> set[str]:
    """Queues that workers of this version consume: those of the configuration, and those it routes tasks to."""
    return {*lock.queues, *(task.queue for task in lock.tasks.values())}


# -- renames -----------------------------------------------------------------------------------------------------


def _renames(base: Lock, head: Lock) -> dict[str, str]:
    """Old name -> new name: what an alias says, what one implementation says, and what looks alike and is alone."""
    added = {name for name, task in head.tasks.items() if name not in base.tasks and task.alias_of is None}
    renames = {}
    for name, task in head.tasks.items():
        if task.alias_of in added and name in base.tasks and base.tasks[name].alias_of is None:
            renames[name] = str(task.alias_of)
    added -= set(renames.values())
    gone = [task for name, task in base.tasks.items() if name not in head.tasks and task.alias_of is None]
    for same in (_same_implementation, _alike):
        for task in gone:
            candidates = [name for name in sorted(added) if same(task, head.tasks[name])]
            if task.name not in renames and len(candidates) == 1:
                renames[task.name] = candidates[0]
                added.remove(candidates[0])
    return renames


def _same_implementation(old: LockedTask, new: LockedTask) -> bool:
    return old.implementation is not None and old.implementation == new.implementation


def _alike(old: LockedTask, new: LockedTask) -> bool:
    """One signature with something in it, and half a name in common."""
    if old.signature != new.signature or not old.signature.parameters:
        return False
    return difflib.SequenceMatcher(None, old.name, new.name).ratio() >= 0.5
