from datetime import timedelta
from typing import TypedDict

from celery import Celery
from django.utils import timezone

from celery_registry import register_task
from delivery.tasks.registry import TaskName
from infrastructure.controllers import Controller


class CleanupResult(TypedDict):
    deleted: int


class CleanupTaskController(Controller):
    def register(self, app: Celery) -> None:
        register_task(app, TaskName.CLEANUP_SESSIONS, self.cleanup_sessions)

    def cleanup_sessions(self, days_old: int) -> CleanupResult:
        """Delete the sessions that expired more than ``days_old`` days ago."""
        # Django's models can be imported only once its applications are ready.
        from django.contrib.sessions.models import Session

        expired_before = timezone.now() - timedelta(days=days_old)
        deleted, _ = Session.objects.filter(expire_date__lt=expired_before).delete()
        return CleanupResult(deleted=deleted)
