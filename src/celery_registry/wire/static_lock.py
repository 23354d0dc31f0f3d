"""The lock as the source alone tells it.

Law: the index in, a lock out. The configuration is not known, so Celery's defaults stand where an option says nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from celery_registry.contract.lock import Lock, LockedTask, alias_of
from celery_registry.contract.signature import TaskSignature
from celery_registry.errors import ConfigurationError
from celery_registry.source.aliases import read_aliases
from celery_registry.source.model import Registration
from celery_registry.source.project import Choices, read_project
from celery_registry.wire.wire_types import ANY, read_text

__all__ = ["literal_option", "read_locked_task", "read_static_lock"]


def read_static_lock(paths: Sequence[str], choices: Choices) -> Lock:
    """The tasks registered under ``paths``; of two implementations of one name the first counts.

    Routes and settings of the application are not in it. Raises ``ConfigurationError`` where a file cannot be
    read, where no task is registered, and where two services register one name for different parameters.
    """
    project = read_project(paths, choices)
    project.refuse_unread()
    project.refuse_nothing()
    project.refuse_rivals()
    tasks: dict[str, LockedTask] = {}
    for name in {r.task_name: None for r in project.index.registrations}:
        if name is not None:
            tasks[name] = read_locked_task(name, project.index.implementations(name)[0])
    for alias in read_aliases(project.index):
        target = tasks.get(alias.new)
        if target is not None and alias.old not in tasks:
            tasks[alias.old] = alias_of(target, alias.old, alias.expires, adapted=alias.adapted)
    return Lock(tasks)


def read_locked_task(name: str, registration: Registration) -> LockedTask:
    """One registration as a lock shows it; Celery's defaults stand where it says nothing."""
    options = registration.options
    return LockedTask(
        name=name,
        signature=_plain(registration.signature),
        serializer=registration.serializer if registration.serializer not in (None, "?") else "json",
        queue=literal_option(options.get("queue")) or "celery",
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


def literal_option(text: str | None) -> str | None:
    """The value of an option whose text is a string."""
    try:
        value = None if text is None else ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None
