"""The entries of a beat schedule against the tasks.

Law: what beat will send, wherever it is written down. Whether arguments fit is the signature's answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from celery import Celery

from celery_registry.contract.binding import bind_arguments
from celery_registry.contract.compare import show_parameters
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.contract.task import TaskImplementation
from celery_registry.errors import ConfigurationError
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.name_reader import plain_name

__all__ = ["Entry", "compare_schedule", "read_schedule", "require_schedule"]


@dataclass(frozen=True)
class Entry:
    """One entry: its key, the task it names, and what it passes."""

    key: str
    task: str
    positional: int
    keywords: tuple[str, ...]


def read_schedule(app: Celery) -> tuple[Entry, ...]:
    """The entries of ``beat_schedule`` and ``add_periodic_task``, and the enabled rows of django-celery-beat."""
    entries = []
    schedule = app.conf.beat_schedule
    for key, entry in schedule.items() if isinstance(schedule, Mapping) else ():
        get: Callable[[str], Any] = entry.get if isinstance(entry, Mapping) else _attributes(entry)
        entries.append(_entry(str(key), get("task"), get("args"), get("kwargs")))
    entries += _rows()
    return tuple(entry for entry in entries if entry is not None)


def require_schedule(app: Celery) -> None:
    """Raise ``ConfigurationError`` where ``beat_schedule`` is no dictionary, at which beat breaks off.

    A worker without beat runs with such a setting as it would without it.
    """
    schedule = app.conf.beat_schedule
    if schedule and not isinstance(schedule, Mapping):
        raise ConfigurationError(f"beat_schedule must be a dictionary of entries, not a {type(schedule).__name__}")


def compare_schedule(
    entries: tuple[Entry, ...],
    registered: Mapping[str, Any],
    implementation: Callable[[Any], TaskImplementation[Any]],
    rules: HintRules,
    external: tuple[str, ...] = (),
) -> tuple[Finding, ...]:
    """Entries whose task nobody implements, or whose arguments do not bind."""
    findings = []
    for entry in entries:
        task = registered.get(entry.task)
        if task is None:
            if not any(fnmatchcase(entry.task, pattern) for pattern in ("celery.*", *external)):
                nearest = show_nearest(entry.task, [name for name in registered if not name.startswith("celery.")])
                findings.append(Finding("schedule-unknown-task", entry.task, {"entry": entry.key, "nearest": nearest}))
            continue
        actual = implementation(task)
        if actual.hidden is not None:
            continue
        reason = bind_arguments(actual.signature, entry.positional, entry.keywords)
        if reason is not None:
            facts = {
                "entry": entry.key,
                "reason": reason,
                "implementation": actual.origin.label,
                "actual": show_parameters(actual.signature, rules),
            }
            findings.append(Finding("schedule-arguments", entry.task, facts, actual.origin))
    return tuple(findings)


def _attributes(entry: Any) -> Callable[[str], Any]:
    """A ``ScheduleEntry`` in the place of a dictionary."""
    return lambda name: getattr(entry, name, None)


def _entry(key: str, task: Any, args: Any, kwargs: Any) -> Entry | None:
    """An entry as beat reads it; None where what it says cannot be counted."""
    name = plain_name(getattr(task, "name", task))
    if not isinstance(name, str):
        return None
    try:
        return Entry(key, name, len(args or ()), tuple(kwargs or ()))
    except TypeError:
        return None


def _rows() -> Iterator[Entry | None]:
    """The enabled rows of django-celery-beat, where Django is set up and has it; none where the database cannot tell."""
    import sys

    registry = getattr(sys.modules.get("django.apps"), "apps", None)
    if registry is None or not registry.ready or not registry.is_installed("django_celery_beat"):
        return
    from django.db import Error, connections

    model = registry.get_model("django_celery_beat", "PeriodicTask")
    connection = connections[model.objects.db]
    was_open = connection.connection is not None
    try:
        rows = list(model.objects.filter(enabled=True).values_list("name", "task", "args", "kwargs"))
    except Error:
        rows = []
    finally:
        # A connection must not be shared with the pool's processes.
        if not was_open:
            connection.close()
    for name, task, args, kwargs in rows:
        try:
            yield _entry(name, task, json.loads(args or "[]"), json.loads(kwargs or "{}"))
        except ValueError:
            continue
