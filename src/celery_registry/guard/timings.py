"""When beat sends what, as the live application and the rows of django-celery-beat have it.

Law: entries out, each with what its schedule says in every week. Nothing is asked that depends on the day; a schedule whose
class is the user's own stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from celery import Celery
from celery.schedules import crontab, schedule

from celery_registry.guard.name_reader import name_of
from celery_registry.source.timing import Timing
from celery_registry.wire.schedule_rows import read_rows

__all__ = ["TimedEntry", "read_timed_entries"]

_FIELDS: Final = ("minute", "hour", "day_of_week", "day_of_month", "month_of_year")
#: The classes that do what their base says, only in a time zone of their own.
_ZONED: Final = "django_celery_beat.tzcrontab.TzAwareCrontab"
_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")


@dataclass(frozen=True)
class TimedEntry:
    """An entry of the schedule; ``timing`` is None where it has no schedule that can be told."""

    key: str
    task: str | None
    timing: Timing | None
    in_database: bool = False


def read_timed_entries(app: Celery) -> Iterator[TimedEntry]:
    """What beat sends: the application's schedule, then the rows of django-celery-beat that are not made of it.

    The entries of the application come first. Raises ``ConfigurationError`` where the database cannot be asked.
    """
    zone = _zone(getattr(app, "timezone", None))
    entries = app.conf.beat_schedule
    seen = set()
    for key, entry in entries.items() if isinstance(entries, Mapping) else ():
        get = entry.get if isinstance(entry, Mapping) else lambda name, of=entry: getattr(of, name, None)
        seen.add(str(key))
        yield TimedEntry(str(key), name_of(get("task")), _timing(get("schedule"), zone))
    for row in read_rows(schedules=True):
        # The scheduler writes the application's entries into the database when it starts.
        if row.name not in seen:
            kind, fields = row.schedule or ("", {})
            yield TimedEntry(row.name, row.task, _of_row(kind, fields, zone), in_database=True)


def _zone(zone: Any) -> str | None:
    return None if zone is None else str(zone)


def _timing(value: Any, zone: str | None) -> Timing | None:
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _every(float(value))
    if isinstance(value, timedelta):
        return _every(value.total_seconds())
    cls = type(value)
    # A class of the user's own may be due at other times.
    if cls is schedule:
        return _every(value.run_every.total_seconds())
    if cls is crontab:
        found = _crontab(value)
        return found if value.nowfun is None else replace(found, timezone="that of its nowfun")
    if f"{cls.__module__}.{cls.__qualname__}" == _ZONED:
        return _in_zone(_crontab(value), _zone(value.tz), zone)
    return Timing(_text(value))


def _every(seconds: float) -> Timing:
    try:
        return Timing(f"every {timedelta(seconds=seconds)}", seconds=seconds)
    except (OverflowError, ValueError):
        return Timing(f"every {seconds:g} seconds")


def _crontab(cron: Any) -> Timing:
    written = [(name, getattr(cron, f"_orig_{name}")) for name in _FIELDS]
    said = ", ".join(f"{name}={_said(value)}" for name, value in written if str(value) != "*")
    return Timing(f"crontab({said})", crontab={name: tuple(sorted(getattr(cron, name))) for name in _FIELDS})


def _said(value: Any) -> str:
    return repr(value) if isinstance(value, (str, int)) else repr(sorted(value))


def _in_zone(timing: Timing, own: str | None, zone: str | None) -> Timing:
    return timing if own == zone else replace(timing, timezone=own)


def _text(value: Any) -> str:
    """The schedule as it shows itself, without its place in memory, which is another one each time."""
    try:
        return " ".join(_ADDRESS.sub("", repr(value)).split())
    except Exception:  # it may be any code
        return f"{type(value).__module__}.{type(value).__qualname__}"


def _of_row(kind: str, fields: Mapping[str, Any], zone: str | None) -> Timing | None:
    try:
        if kind == "interval":
            return _every(timedelta(**{str(fields["period"]): fields["every"]}).total_seconds())
        if kind == "crontab":
            cron = crontab(**{name: fields[name] for name in _FIELDS})
            return _in_zone(_crontab(cron), fields["timezone"], zone)
    except Exception:  # a row may hold what Celery refuses
        return Timing(f"{kind}({', '.join(f'{name}={value!r}' for name, value in fields.items())})")
    return Timing(f"{kind}({', '.join(str(value) for value in fields.values())})") if kind else None
