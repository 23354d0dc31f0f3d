"""The lock as the source alone tells it.

Law: the index in, a lock out. The configuration is not known, so Celery's defaults stand where an option says nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.signature import TaskSignature
from celery_registry.errors import ConfigurationError
from celery_registry.source.files import find_files
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import Registration
from celery_registry.wire.hints import ANY, read_text

__all__ = ["read_static_lock"]


def read_static_lock(roots: Iterable[Path]) -> Lock:
    """The tasks registered in the files under ``roots``; of two implementations of one name the first counts.

    Aliases, routes and settings of the application are not in it.
    """
    index = SourceIndex.build(find_files(roots))
    tasks: dict[str, LockedTask] = {}
    for registration in index.registrations:
        if registration.task_name is not None and registration.task_name not in tasks:
            tasks[registration.task_name] = _read(registration.task_name, registration)
    return Lock(tasks)


def _read(name: str, registration: Registration) -> LockedTask:
    options = registration.options
    return LockedTask(
        name=name,
        signature=_plain(registration.signature),
        serializer=registration.serializer if registration.serializer not in (None, "?") else "json",
        queue=_literal(options.get("queue")) or "celery",
        results=registration.ignores_result is not True,
        implementation=registration.target,
    )


def _plain(signature: TaskSignature[str]) -> TaskSignature[str]:
    """Types as a lock of the live application shows them."""
    return signature.map(_plain_type)


def _plain_type(text: str) -> str:
    try:
        return str(read_text(text))
    except ConfigurationError:
        return str(ANY)


def _literal(text: str | None) -> str | None:
    """The value of an option whose text is a string."""
    try:
        value = None if text is None else ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None
