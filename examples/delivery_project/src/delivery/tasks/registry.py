"""The task names and the registry: what every caller of a task imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import Task

from infrastructure.celery.registry import BaseTasksRegistry
from infrastructure.enums import StrEnum

if TYPE_CHECKING:
    from delivery.tasks.tasks.cleanup import CleanupResult
    from delivery.tasks.tasks.email import EmailResult
    from delivery.tasks.tasks.ping import PingResult


class TaskName(StrEnum):
    PING = "ping"
    CLEANUP_SESSIONS = "cleanup_sessions"
    SEND_EMAIL = "send_email"


class TasksRegistry(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[], PingResult]:
        return self._get_task_by_name(TaskName.PING)

    @property
    def cleanup_sessions(self) -> Task[[int], CleanupResult]:
        """
        Args:
            days_old: Delete sessions older than this many days
        """
        return self._get_task_by_name(TaskName.CLEANUP_SESSIONS)

    @property
    def send_email(self) -> Task[[str, str, str], EmailResult]:
        """
        Args:
            to: Recipient email
            subject: Email subject
            body: Email body
        """
        return self._get_task_by_name(TaskName.SEND_EMAIL)
