"""The index and the locks of other services -> the map.

Law: it gathers and sorts; the index finds. The order of everything depends on names and places alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePath

from celery_registry.contract.finding import Finding
from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.map.model import Beat, MappedTask, SystemMap
from celery_registry.source.aliases import AliasCall, follow_aliases, read_aliases
from celery_registry.source.calls import Caller
from celery_registry.source.configuration import read_configuration
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How, Registration, RegistryProperty
from celery_registry.source.timing import read_timings
from celery_registry.wire.static_lock import literal_option, read_locked_task

__all__ = ["read_map"]


def read_map(
    index: SourceIndex, locks: Mapping[str, Lock] | None = None, findings: Iterable[Finding] = ()
) -> SystemMap:
    """Every task that the program registers or that a lock of another service has, with its callers and schedules.

    A registration of which the text tells neither a name nor what runs is left out. ``findings`` come to their tasks in
    the order in which they are given.
    """
    registrations = _registrations(index, locks or {})
    declared: dict[str, list[RegistryProperty]] = defaultdict(list)
    for found in {p.fullname: p for r in index.registries.values() for p in r.properties.values()}.values():
        declared[found.task_name or ""].append(found)
    callers: dict[str, list[Caller]] = defaultdict(list)
    for caller in index.calls.callers:
        callers[caller.task].append(caller)
    routes, added = read_configuration(index)
    timings = read_timings([*(entry.origin for entry in index.schedules), *(entry.origin for entry in added)])
    beats = [Beat(e.key, e.task_name, e.origin, timings.get(e.origin)) for e in index.schedules]
    beats += [Beat(e.key, e.task, e.origin, timings.get(e.origin)) for e in added]
    beats.sort(key=lambda beat: (beat.origin, beat.key))
    by_task: dict[str | None, list[Beat]] = defaultdict(list)
    for beat in beats:
        by_task[beat.task].append(beat)
    aliases = _aliases(index)
    elsewhere = _locked_elsewhere(locks or {})
    services = _services(locks or {})
    members = defaultdict(list)
    for enum in index.enums.values():
        for member, value in enum.members.items():
            members[value].append((f"{enum.fullname}.{member}", enum.origins[member]))
    said: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        said[finding.task if finding.task in registrations else None].append(finding)
    tasks = {}
    for name in sorted(registrations):
        task = _task(name, registrations[name], elsewhere.get(name))
        tasks[name] = replace(
            task,
            service=services.get(name) if task.is_elsewhere else None,
            findings=tuple(said[name]),
            members=tuple(sorted(members[name])),
            properties=tuple(sorted(declared[name], key=lambda row: row.origin)),
            callers=tuple(sorted(callers[name], key=lambda row: row.origin)),
            beats=tuple(by_task[name]),
            aliases=tuple(aliases[name]),
            routes=tuple(r for r in routes if isinstance(r.pattern, str) and fnmatchcase(name, r.pattern)),
        )
    counted = {caller.origin for caller in index.calls.callers}
    unseen = {
        reason: tuple(sorted(place for place in places if place not in counted))
        for reason, places in sorted(index.calls.places.items())
    }
    unseen = {reason: places for reason, places in unseen.items() if places}
    return SystemMap(tasks, tuple(beats), unseen, tuple(said[None]))


def _aliases(index: SourceIndex) -> dict[str, list[AliasCall]]:
    """The old names of each task, also those that come to it by another old name."""
    kept = [alias for alias in read_aliases(index) if index.is_production(alias.module)]
    ends = follow_aliases(kept)
    found: dict[str, list[AliasCall]] = defaultdict(list)
    for alias in sorted(kept, key=lambda alias: (alias.old, alias.origin)):
        if alias.old in ends:
            found[ends[alias.old]].append(alias)
    return found


def _registrations(index: SourceIndex, locks: Mapping[str, Lock]) -> dict[str, tuple[Registration, ...]]:
    found: dict[str, list[Registration]] = defaultdict(list)
    for registration in index.seen_from():
        if registration.label is not None:
            found[registration.label].append(registration)
    for name in _locked_elsewhere(locks).keys() - found.keys():
        contract = index.contract(name)
        if contract is not None:
            found[name].append(contract)
    return {name: tuple(sorted(rows, key=lambda row: row.origin)) for name, rows in found.items()}


def _locked_elsewhere(locks: Mapping[str, Lock]) -> dict[str, LockedTask]:
    """The tasks of other services; of two locks with one name the first counts, as everywhere."""
    found: dict[str, LockedTask] = {}
    for lock in locks.values():
        for name in lock.tasks:
            found.setdefault(name, lock.tasks[name])
    return found


def _services(locks: Mapping[str, Lock]) -> dict[str, str]:
    """Which service has a task: its lock's file name, with the folder where two locks have one name."""
    stems = [PurePath(path).stem for path in locks]
    found: dict[str, str] = {}
    for path, stem in zip(locks, stems, strict=True):
        service = stem if stems.count(stem) == 1 else f"{PurePath(path).parent.name}/{stem}"
        for name in locks[path].tasks:
            found.setdefault(name, service)
    return found


def _task(name: str, registrations: tuple[Registration, ...], elsewhere: LockedTask | None) -> MappedTask:
    first = registrations[0]
    if first.how is How.CONTRACT and elsewhere is not None:
        return MappedTask(name, True, registrations, elsewhere, elsewhere.queue)
    queue = literal_option(first.options.get("queue"))
    return MappedTask(name, first.task_name is not None, registrations, read_locked_task(name, first), queue)
