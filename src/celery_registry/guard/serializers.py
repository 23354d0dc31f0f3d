"""What the tasks of a live application are sent with, and what its workers accept.

Law: reads ``task_serializer``, ``accept_content`` and each task's own serializer; what of it is wrong is the judge's
question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from celery import Celery
from kombu import serialization

from celery_registry.contract.accepted import SerializerUse
from celery_registry.guard.name_reader import plain_name

__all__ = ["read_accepted", "read_serializer_uses", "serializer_name"]

#: What kombu takes whatever ``accept_content`` says (``kombu.serialization.TRUSTED_CONTENT``).
_TRUSTED: Final = frozenset({"application/data", "application/text"})


def serializer_name(name: str) -> str:
    """The name of a serializer that may be given by its content type."""
    registry: Any = getattr(serialization, "registry")  # noqa: B009 - the stubs do not know it
    return str(registry.type_to_name.get(name, name))


def read_accepted(app: Celery) -> Mapping[str, str] | None:
    """The content types that a worker accepts, with the names of their serializers.

    None where the setting is no list of serializers that this process knows: then nobody can tell.
    """
    accepted = app.conf.accept_content
    if not isinstance(accepted, (list, tuple, set, frozenset)) or not accepted:
        return None
    known = {}
    for each in accepted:
        content_type = each if isinstance(each, str) and "/" in each else _content_type(each)
        if content_type is None:
            return None
        known[content_type] = serializer_name(content_type)
    return known


def _content_type(name: Any) -> str | None:
    registry: Any = getattr(serialization, "registry")  # noqa: B009 - the stubs do not know it
    content_type = registry.name_to_type.get(name) if isinstance(name, str) else None
    return content_type if isinstance(content_type, str) else None


def read_serializer_uses(app: Celery) -> Iterator[SerializerUse]:
    """The default, where a task of the user's is sent with it, and each task with a serializer of its own.

    A serializer that this process does not know may be known where tasks are sent.
    """
    default = app.conf.task_serializer
    told = False
    for name, task in app.tasks.items():
        serializer = getattr(task, "serializer", None) or default
        content_type = _content_type(serializer)
        if content_type is None or content_type in _TRUSTED or name.startswith("celery."):
            continue
        if serializer != default:
            yield SerializerUse(f'Task "{plain_name(name)}"', str(plain_name(name)), serializer, content_type)
        elif not told:
            told = True
            yield SerializerUse("The setting task_serializer", serializer, serializer, content_type)
