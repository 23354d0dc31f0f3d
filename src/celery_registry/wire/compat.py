"""Two locks: what changed for each task, and in which order the two versions can be deployed.

Law: locks in, changes out. The verdicts are ``contract.compatibility``'s; it never learns where a lock was read.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from celery_registry.contract.change import Change, Order, combine_orders
from celery_registry.contract.compatibility import compare_signatures
from celery_registry.contract.finding import Finding
from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.payload import WireType
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.wire.type_rules import TextRules
from celery_registry.wire.wire_types import read_text

__all__ = ["AcceptedChange", "Comparison", "TaskChanges", "compare_locks", "count_orders", "worst_first"]

#: Pairs of names that are held against each other; each takes some microseconds.
_MOST_PAIRS: Final = 10_000
_WORST_FIRST = (Order.BREAKING, Order.PRODUCERS_FIRST, Order.WORKERS_FIRST, Order.COMPATIBLE)


@dataclass(frozen=True)
class AcceptedChange:
    """A change that the team knows and accepts: why, and until which day."""

    change: Change
    reason: str
    expires: str


@dataclass(frozen=True)
class TaskChanges:
    """What changed for one task; ``origin`` is the line to look at in the new version. ``accepted`` changes count no more."""

    task: str
    changes: tuple[Change, ...]
    implementation: str | None = None
    origin: Origin = Origin()
    accepted: tuple[AcceptedChange, ...] = ()

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
    """All tasks that changed, the worst first; ``unchanged`` counts the others.

    ``stale``: the newer lock is not what the code of its checkout says, so what will be deployed was not compared.
    ``untold``: the tasks that one of the locks does not have, where nobody can tell whether the program has them.
    """

    tasks: tuple[TaskChanges, ...] = ()
    unchanged: int = 0
    by_order: Mapping[Order, int] = field(default_factory=dict)
    stale: bool = False
    untold: tuple[str, ...] = ()

    @property
    def order(self) -> Order:
        """The one order that every change accepts."""
        return combine_orders([task.order for task in self.tasks])


def compare_locks(base: Lock, head: Lock) -> Comparison:
    """Hold every task of ``head`` against ``base``; a task that only changed its name is one change.

    What one lock was made from, source or application, may know other things than what the other one was: only
    what both know is compared.
    """
    untold = _untold(base, head)
    base, head = _without(base, untold), _without(head, untold)
    renames = _renames(base, head)
    new_names = set(renames.values())
    found = []
    for name in sorted({*base.tasks, *head.tasks} - new_names):
        changes = _task_changes(base, head, name, renames.get(name))
        after = head.tasks.get(renames.get(name, name)) or base.tasks.get(name)
        if changes:
            found.append(TaskChanges(name, changes, after.implementation if after else None))
    unchanged = len({*base.tasks, *head.tasks} - new_names) - len(found)
    return Comparison(worst_first(found), unchanged, count_orders(found), untold=tuple(sorted(untold)))


def _untold(base: Lock, head: Lock) -> set[str]:
    """The names in one lock that the other may not have for another reason than a change."""
    apart = base.tasks.keys() ^ head.tasks.keys()
    if base.from_source is not head.from_source:
        # One reads every module and no name that is made while the program runs, the other what was imported.
        return apart
    return {
        name
        for name in apart
        if (name in base.tasks and head.may_have(base.tasks[name]))
        or (name in head.tasks and base.may_have(head.tasks[name]))
    }


def _without(lock: Lock, names: set[str]) -> Lock:
    return replace(lock, tasks={k: t for k, t in lock.tasks.items() if k not in names}) if names else lock


def worst_first(tasks: Iterable[TaskChanges]) -> tuple[TaskChanges, ...]:
    """The tasks that changed, as they are shown."""
    return tuple(sorted(tasks, key=lambda task: (_WORST_FIRST.index(task.order), task.task)))


def count_orders(tasks: Iterable[TaskChanges]) -> Mapping[Order, int]:
    """How many tasks have which verdict; one whose changes are all accepted has none."""
    judged = [task.order for task in tasks if task.changes]
    return {order: judged.count(order) for order in _WORST_FIRST}


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
    serializers, queues = _serializer_changes(base, head, before, after), _queue_changes(base, head, before, after)
    results = bool(before.results and after.results)
    if before.signature == after.signature:
        # Nearly all of them; a thousand tasks are read in no time then.
        return *serializers, *queues
    changes = compare_signatures(_typed(before.signature), _typed(after.signature), TextRules(), results=results)
    return *changes, *serializers, *queues


def _typed(signature: TaskSignature[str]) -> TaskSignature[WireType]:
    return signature.map(read_text)


def _serializer_changes(base: Lock, head: Lock, before: LockedTask, after: LockedTask) -> tuple[Change, ...]:
    if before.serializer is None or after.serializer is None or base.accept is None or head.accept is None:
        return ()
    old_fails, new_fails = before.serializer not in head.accept, after.serializer not in base.accept
    # A version that does not accept its own messages is no matter of the deploy.
    old_fails = old_fails and before.serializer in base.accept
    new_fails = new_fails and after.serializer in head.accept
    if not old_fails and not new_fails:
        return ()
    rule = "serializer-refused" if before.serializer == after.serializer else "serializer-changed"
    return (Change(rule, {"old": before.serializer, "new": after.serializer}, old_fails, new_fails),)


def _queue_changes(base: Lock, head: Lock, before: LockedTask, after: LockedTask) -> tuple[Change, ...]:
    if before.queue == after.queue or before.queue is None or after.queue is None:
        return ()
    facts = {"old": before.queue, "new": after.queue}
    return (Change("queue-changed", facts, before.queue not in head.consumed, after.queue not in base.consumed),)


# -- renames -----------------------------------------------------------------------------------------------------


def _renames(base: Lock, head: Lock) -> dict[str, str]:
    """Old name -> new name: what an alias says, one implementation, one place in another namespace, what looks alike."""
    added = {name: task for name, task in head.tasks.items() if name not in base.tasks and task.alias_of is None}
    renames: dict[str, str] = {}
    for name, task in head.tasks.items():
        if task.alias_of in added and name in base.tasks and base.tasks[name].alias_of is None:
            renames[name] = str(task.alias_of)
    gone = {
        name: task
        for name, task in base.tasks.items()
        if name not in head.tasks and task.alias_of is None and name not in renames
    }
    for new in renames.values():
        added.pop(new, None)
    for pairs in (_same_implementation, _moved, _alike):
        for old, new in pairs(gone, added):
            renames[old] = new
            del gone[old], added[new]
    return renames


_Tasks = Mapping[str, LockedTask]


def _alone(gone: _Tasks, added: _Tasks, key: Callable[[LockedTask], object]) -> list[tuple[str, str]]:
    """The pairs of an old and a new task that alone have a key; a key of None is none."""
    olds, news = _by_key(gone, key), _by_key(added, key)
    return [(names[0], news[k][0]) for k, names in olds.items() if len(names) == 1 and len(news.get(k, ())) == 1]


def _by_key(tasks: _Tasks, key: Callable[[LockedTask], object]) -> dict[object, list[str]]:
    found: dict[object, list[str]] = {}
    for name, task in tasks.items():
        value = key(task)
        if value is not None:
            found.setdefault(value, []).append(name)
    return found


def _same_implementation(gone: _Tasks, added: _Tasks) -> list[tuple[str, str]]:
    return _alone(gone, added, lambda task: task.implementation)


def _moved(gone: _Tasks, added: _Tasks) -> list[tuple[str, str]]:
    """One signature and the same end of a dotted name, the longest such end first: the namespace changed."""
    left, free = dict(gone), dict(added)
    found = []
    deepest = max((name.count(".") for name in left), default=0)
    for length in range(deepest, 0, -1):
        for old, new in _alone(left, free, functools.partial(_end, length=length)):
            found.append((old, new))
            del left[old], free[new]
    return found


def _end(task: LockedTask, length: int) -> object:
    parts = task.name.split(".")
    return (tuple(parts[-length:]), task.signature) if len(parts) > length else None


def _alike(gone: _Tasks, added: _Tasks) -> list[tuple[str, str]]:
    """One signature with something in it, and half a name in common; where many share it nobody can tell."""
    olds, news = _by_key(gone, _signature_of), _by_key(added, _signature_of)
    found = []
    for signature, names in olds.items():
        free = news.get(signature, [])
        if len(names) * len(free) > _MOST_PAIRS:
            continue
        for name in names:
            near = [other for other in free if _sounds_like(name, other)]
            if len(near) == 1:
                found.append((name, near[0]))
                free.remove(near[0])
    return found


def _sounds_like(name: str, other: str) -> bool:
    """Whether two names end alike: a namespace that both stand in says nothing."""
    ends = (name.rpartition(".")[2], other.rpartition(".")[2])
    return difflib.SequenceMatcher(None, *ends).ratio() >= 0.5


def _signature_of(task: LockedTask) -> object:
    return task.signature if task.signature.parameters else None
