"""The tasks of other services as registrations: what their locks say stands where no implementation does.

Law: a lock in, registrations out, made when they are asked for. A registration of the program's own always wins.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.task import Origin
from celery_registry.source.model import How, Registration

__all__ = ["Contracts"]


class Contracts:
    """The locks of other services by their paths, the first of which counts."""

    def __init__(self, locks: Mapping[str, Lock]) -> None:
        self._locks = locks
        self._made: dict[str, Registration] = {}

    def of(self, name: str) -> Registration | None:
        """What the contracts say of a task name."""
        if name in self._made:
            return self._made[name]
        for path, lock in self._locks.items():
            if name in lock.tasks:
                return self._made.setdefault(name, _registration(path, lock.tasks[name]))
        return None


def _registration(path: str, task: LockedTask) -> Registration:
    origin = Origin(path, _line_of(path, task.name), 0, task.name)
    return Registration(
        task_name=task.name,
        how=How.CONTRACT,
        module="",
        origin=origin,
        target=None,
        target_module=None,
        target_origin=origin,
        signature=task.signature,
        serializer=task.serializer or "?",
        ignores_result=None if task.results is None else not task.results,
    )


def _line_of(path: str, name: str) -> int:
    """The line of the lock on which a task begins."""
    start = f"    {json.dumps(name, ensure_ascii=False)}: "
    try:
        with open(path, encoding="utf-8") as file:
            return next((number for number, line in enumerate(file, 1) if line.startswith(start)), 1)
    except (OSError, UnicodeDecodeError):
        return 1
