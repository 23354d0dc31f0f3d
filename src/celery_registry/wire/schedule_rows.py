"""The periodic tasks that django-celery-beat keeps in the database: messages that will be sent.

Law: enabled rows, read only. It needs Django to be set up, as the user's own application does it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from celery_registry.errors import ConfigurationError
from celery_registry.wire.message import LARGEST, Call, Message, show_name

__all__ = ["read_schedule_rows"]


def read_schedule_rows() -> Iterator[tuple[str, Message]]:
    """Every enabled row, none where django-celery-beat is not installed in the running Django.

    Raises ``ConfigurationError`` where the database cannot be asked.
    """
    django_apps = sys.modules.get("django.apps")
    if django_apps is None or not django_apps.apps.ready or not django_apps.apps.is_installed("django_celery_beat"):
        return
    model: Any = django_apps.apps.get_model("django_celery_beat", "PeriodicTask")
    try:
        rows = model.objects.filter(enabled=True).order_by("name").values_list("name", "task", "args", "kwargs")
        for name, task, args, kwargs in rows.iterator(chunk_size=500):
            yield "django-celery-beat", _read_row(str(name), str(task), str(args), str(kwargs))
    except Exception as error:  # the database's own exceptions differ by its kind
        raise ConfigurationError(f"the rows of django-celery-beat cannot be read: {error}") from error


def _read_row(name: str, task: str, args: str, kwargs: str) -> Message:
    label = show_name(name)
    if len(args) + len(kwargs) > LARGEST:
        return Message((Call(task),), label, unread=f"is larger than {LARGEST} bytes")
    try:
        positional, keywords = json.loads(args or "[]"), json.loads(kwargs or "{}")
    except (ValueError, RecursionError):
        return Message((Call(task),), label, unread="has arguments that are no JSON")
    if not isinstance(positional, list) or not isinstance(keywords, dict):
        return Message((Call(task),), label, unread="has arguments that are no list and no table")
    return Message((Call(task, len(positional), tuple(keywords)),), label)
