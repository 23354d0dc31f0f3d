from typing import TypedDict

from celery import Celery

from celery_registry import register_task
from delivery.tasks.registry import TaskName
from infrastructure.controllers import Controller


class PingResult(TypedDict):
    result: str


class PingTaskController(Controller):
    def register(self, app: Celery) -> None:
        register_task(app, TaskName.PING, self.ping)

    def ping(self) -> PingResult:
        """Answer, so that somebody knows that a worker is alive."""
        return PingResult(result="pong")
