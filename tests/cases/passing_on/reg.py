"""The decorator supplies ``db``, so the declaration has none."""
from celery import Celery, Task
from celery_registry import BaseTasksRegistry
from names import TaskName


class TasksRegistry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str], None]:
        return self._get_task_by_name(TaskName.SEND)


def use(app: Celery) -> None:
    TasksRegistry(app).send.delay("a")
    TasksRegistry(app).send.delay(to="a")
    TasksRegistry(app).send.delay(t="a")  # E: Unexpected keyword argument "t" for "delay" of "send"  [call-arg]
