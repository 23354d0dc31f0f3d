"""From an empty Celery application to a registry that can be called."""

from celery import Celery
from django.conf import settings

from celery_registry import guard
from delivery.tasks.registry import TaskName, TasksRegistry
from delivery.tasks.tasks.cleanup import CleanupTaskController
from delivery.tasks.tasks.email import EmailTaskController
from delivery.tasks.tasks.ping import PingTaskController
from infrastructure.celery.app import create_app


class CeleryAppFactory:
    def __init__(
        self,
        ping: PingTaskController,
        cleanup: CleanupTaskController,
        email: EmailTaskController,
    ) -> None:
        self._ping = ping
        self._cleanup = cleanup
        self._email = email

    def __call__(self) -> Celery:
        app = create_app("delivery", settings.STATE_DIR)
        self._ping.register(app)
        self._cleanup.register(app)
        self._email.register(app)
        # No worker starts with a registry that this application cannot serve.
        guard.install(app, registry=TasksRegistry, names=TaskName)
        return app


class TasksRegistryFactory:
    def __init__(self, app: Celery) -> None:
        self._app = app

    def __call__(self) -> TasksRegistry:
        return TasksRegistry(self._app)
