"""A package that is not read may register what stands below its decorators: no name is called unregistered."""

from enum import Enum

from celery import Celery, Task
from shop_platform.queues import job  # type: ignore[import-not-found]

from celery_registry import BaseTasksRegistry

app = Celery("anothers")


class TaskName(str, Enum):
    PING = "anothers.ping"
    PONG = "anothers.pong"


@app.task
def ping(number: int) -> int:
    return number


@job
def pong(number: int) -> int:
    return number


class Registry(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[str], int]:  # E: Task "anothers.ping" declares parameter 1 as "str", but ping takes "number" as "int"  [task-signature]  # N: hint: declare int at position 1, or widen "number" in ping  # N: ping stands at line 19
        return self._get_task_by_name(TaskName.PING)

    @property
    def pong(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.PONG)


def use(registry: Registry) -> None:
    registry.pong.delay(1)
    registry.pong.delay("a")  # E: Argument 1 to "delay" of "pong" has incompatible type "str"; expected "int"  [arg-type]
