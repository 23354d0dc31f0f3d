"""The smallest project with a registry, for tests that change it."""

from __future__ import annotations

from typing import Final

__all__ = ["FILES", "REGISTRY", "WORK"]

REGISTRY: Final = """\
from enum import Enum

from celery import Celery, Task

from celery_registry import BaseTasksRegistry


class TaskName(str, Enum):
    MAIL = "mail"


class Registry(BaseTasksRegistry):
    @property
    def mail(self) -> Task[[str], int]:
        return self._get_task_by_name(TaskName.MAIL)
"""

WORK: Final = '''\
from celery import shared_task

from pkg.registry import TaskName


@shared_task(name=TaskName.MAIL)
def mail(to: str) -> int:
    """Write a mail."""
    return len(to)
'''

FILES: Final = {
    "src/pkg/__init__.py": "",
    "src/pkg/registry.py": REGISTRY,
    "src/pkg/work.py": WORK,
}
