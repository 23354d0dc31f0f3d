"""The entries of a live application's schedule.

Law: what beat will send, wherever it is written down; what of it is wrong is the judge's question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from celery import Celery
from celery.beat import BeatLazyFunc, ScheduleEntry
from celery.schedules import BaseSchedule

from celery_registry.contract.schedules import (
    Entry,
    fault_of_args,
    fault_of_keys,
    fault_of_kwargs,
    fault_of_schedule,
    faults_of_options,
    knows_scheduler,
)
from celery_registry.errors import ConfigurationError
from celery_registry.guard.name_reader import name_of, plain_name
from celery_registry.guard.plain_types import PLAIN_NAMES
from celery_registry.wire.schedule_rows import read_rows

__all__ = ["read_schedule", "require_schedule"]


def read_schedule(app: Celery) -> Iterator[Entry]:
    """The entries of ``beat_schedule`` and ``add_periodic_task``, and the enabled rows of django-celery-beat."""
    schedule = app.conf.beat_schedule
    known = _reads_as_known(app)
    for written, entry in schedule.items() if isinstance(schedule, Mapping) else ():
        key = str(plain_name(written))
        if isinstance(entry, Mapping):
            timed = [str(name) for name, value in entry.items() if isinstance(value, BaseSchedule)]
            faults = fault_of_keys(map(str, entry), timed)
            if known:
                found = fault_of_schedule(_sort(entry.get("schedule")))
                faults = (*faults, *faults_of_options(map(str, entry)), *([] if found is None else [found]))
            yield _entry(key, entry.get, faults)
        elif isinstance(entry, ScheduleEntry) or hasattr(entry, "task"):
            yield _entry(key, _attributes(entry), ())
        elif isinstance(entry, (tuple, list)):
            ending = ": a comma ends its line" if len(entry) == 1 and isinstance(entry[0], Mapping) else ""
            fault = f"it is a {type(entry).__name__}, not a dictionary{ending}"
            yield Entry(key, None, faults=(fault,))
    yield from _rows()


def _reads_as_known(app: Celery) -> bool:
    """Whether no class of the program's own may read the entries; which scheduler it is, ``celery beat -S`` may say, too."""
    classes, found = [ScheduleEntry], []
    while classes:
        classes = [below for cls in classes for below in cls.__subclasses__()]
        found += classes
    return all(knows_scheduler(name) for name in (str(app.conf.beat_scheduler), *(cls.__module__ for cls in found)))


def require_schedule(app: Celery) -> None:
    """Raise ``ConfigurationError`` where ``beat_schedule`` is no dictionary, at which beat breaks off.

    A worker without beat runs with such a setting as it would without it.
    """
    schedule = app.conf.beat_schedule
    if schedule and not isinstance(schedule, Mapping):
        raise ConfigurationError(f"beat_schedule must be a dictionary of entries, not a {type(schedule).__name__}")


def _entry(key: str, get: Callable[[str], Any], faults: tuple[str, ...]) -> Entry:
    """An entry as beat reads it; what it says and cannot be counted is None."""
    args, kwargs = get("args"), get("kwargs")
    found = (fault_of_args(_sort(args)), fault_of_kwargs(_sort(kwargs)))
    faults = (*faults, *(fault for fault in found if fault is not None))
    positional = len(args or ()) if args is None or isinstance(args, (list, tuple)) else None
    keywords = tuple(kwargs or ()) if kwargs is None or isinstance(kwargs, Mapping) else None
    options = get("options")
    named = tuple(o for o in options if isinstance(o, str)) if isinstance(options, Mapping) else ()
    return Entry(
        key, name_of(get("task")), positional, keywords, faults=faults, options=named, types=_types(args, kwargs)
    )


def _types(args: Any, kwargs: Any) -> dict[int | str, str]:
    """The plain types of the arguments that are of one and of no subclass of it."""
    given: dict[Any, Any] = dict(enumerate(args)) if isinstance(args, (list, tuple)) else {}
    given.update(kwargs if isinstance(kwargs, Mapping) else {})
    return {key: name for key, value in given.items() if (name := PLAIN_NAMES.get(type(value))) is not None}


def _sort(value: Any) -> str:
    """The sort of a value, as ``contract.schedules`` calls it; nothing for what beat asks only when it sends."""
    if isinstance(value, (str, bytes)):
        return "text"
    if isinstance(value, Mapping):
        return "mapping"
    if isinstance(value, (list, tuple)):
        return "list"
    if value is None or isinstance(value, BeatLazyFunc) or hasattr(value, "__iter__"):
        return ""
    return "value"


def _attributes(entry: Any) -> Callable[[str], Any]:
    """A ``ScheduleEntry`` in the place of a dictionary."""
    return lambda name: getattr(entry, name, None)


def _rows() -> Iterator[Entry]:
    """The enabled rows of django-celery-beat, where Django is set up and has it; none where the database cannot tell."""
    try:
        for row in read_rows():
            if row.unread is None:
                yield _entry(row.name, vars(row).get, ())
            else:
                yield Entry(row.name, row.task, None, None, faults=(row.fault,) if row.fault else ())
    except ConfigurationError:
        return
