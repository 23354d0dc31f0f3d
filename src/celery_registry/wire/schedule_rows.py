"""The periodic tasks that django-celery-beat keeps in the database: messages that will be sent.

Law: enabled rows, read only. It needs Django to be set up, as the user's own application does it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from celery_registry.errors import ConfigurationError
from celery_registry.wire.message import LARGEST, Call, Message, show_name

__all__ = ["ScheduleRow", "read_rows", "read_schedule_rows"]


@dataclass(frozen=True)
class ScheduleRow:
    """An enabled row, its arguments as JSON says them; ``unread`` says why they are not there, ``fault`` if beat cannot
    read them either. ``schedule`` is its kind and its columns, where it was asked for; ``options`` say where it is sent."""

    name: str
    task: str
    args: Any = None
    kwargs: Any = None
    unread: str | None = None
    fault: str | None = None
    schedule: tuple[str, dict[str, Any]] | None = None
    options: Mapping[str, str] = field(default_factory=dict)


#: The kinds of schedules that a row may have, in the order in which the scheduler asks for them, and their columns.
_SCHEDULES: Final = {
    "interval": ("every", "period"),
    "crontab": ("minute", "hour", "day_of_week", "day_of_month", "month_of_year", "timezone"),
    "solar": ("event", "latitude", "longitude"),
    "clocked": ("clocked_time",),
}
_COLUMNS: Final = tuple(f"{kind}__{column}" for kind, columns in _SCHEDULES.items() for column in columns)


def read_rows(*, schedules: bool = False) -> Iterator[ScheduleRow]:
    """Every enabled row, none where django-celery-beat is not installed in the running Django.

    With ``schedules`` each has its schedule.
    Raises ``ConfigurationError`` where the database cannot be asked. A connection that was closed is closed again: it
    must not be shared with the processes of a pool.
    """
    django_apps = sys.modules.get("django.apps")
    if django_apps is None or not django_apps.apps.ready or not django_apps.apps.is_installed("django_celery_beat"):
        return
    from django.db import connections

    model: Any = django_apps.apps.get_model("django_celery_beat", "PeriodicTask")
    connection, was_open = None, True
    try:
        connection = connections[model.objects.db]
        was_open = connection.connection is not None
        more = _COLUMNS if schedules else ()
        rows = model.objects.filter(enabled=True).order_by("name")
        rows = rows.values_list("name", "task", "args", "kwargs", "queue", *more)
        for name, task, args, kwargs, queue, *columns in rows.iterator(chunk_size=500):
            row = _read_row(str(name), str(task), str(args), str(kwargs))
            options = {"queue": str(queue)} if queue else {}
            yield replace(row, options=options, schedule=_read_schedule(dict(zip(more, columns, strict=True))))
    except Exception as error:  # the database's own exceptions differ by its kind
        raise ConfigurationError(f"the rows of django-celery-beat cannot be read: {error}") from error
    finally:
        if connection is not None and not was_open:
            connection.close()


def _read_schedule(columns: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    for kind, names in _SCHEDULES.items():
        found = {name: columns.get(f"{kind}__{name}") for name in names}
        if any(value is not None for value in found.values()):
            # A time zone is an object, and so is the number of a coordinate.
            return kind, {name: value if type(value) in (int, str) else str(value) for name, value in found.items()}
    return None


def _read_row(name: str, task: str, args: str, kwargs: str) -> ScheduleRow:
    if len(args) + len(kwargs) > LARGEST:
        return ScheduleRow(name, task, unread=f"is larger than {LARGEST} bytes")
    try:
        return ScheduleRow(name, task, json.loads(args or "[]"), json.loads(kwargs or "{}"))
    except RecursionError:
        return ScheduleRow(name, task, unread="has arguments that are nested too deeply")
    except ValueError:
        fault = "its arguments are no JSON, so beat disables it"
        return ScheduleRow(name, task, unread="has arguments that are no JSON", fault=fault)


def read_schedule_rows() -> Iterator[tuple[str, Message]]:
    """The rows as messages, each with where it waits; raises as ``read_rows`` does."""
    for row in read_rows():
        label, unread = show_name(row.name), row.unread
        if unread is None and not (isinstance(row.args, list) and isinstance(row.kwargs, dict)):
            unread = "has arguments that are no list and no table"
        call = Call(row.task) if unread else Call(row.task, len(row.args), tuple(row.kwargs))
        yield "django-celery-beat", Message((call,), label, unread=unread)
