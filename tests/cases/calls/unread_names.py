"""A registry's task whose function is not seen, since its name is computed: how many values, not what they are called."""

from enum import Enum

from celery import Celery, Task

from celery_registry import BaseTasksRegistry

app = Celery("computed", broker="memory://")


def prefix() -> str:
    return "computed"


@app.task(name=prefix() + ".ship")
def ship(parcel: int, carrier: str = "post") -> int:
    return parcel


class ComputedName(str, Enum):
    SHIP = "computed.ship"


class ComputedRegistry(BaseTasksRegistry):
    @property
    def ship(self) -> Task[[int, str], int]:
        return self._get_task_by_name(ComputedName.SHIP)


def send(tasks: ComputedRegistry, any_task: Task[[int], int], values: dict[str, object]) -> None:
    tasks.ship.delay(parcel=1, carrier="post")
    tasks.ship.delay(1, carrier="post")
    tasks.ship.delay(1, "post", urgent=True)
    tasks.ship.delay(**values)
    tasks.ship.delay(1, **values)
    tasks.ship(parcel=1, carrier="post")
    tasks.ship.si(parcel=1, carrier="post")
    tasks.ship.s(1, carrier="post")
    tasks.ship.apply_async(kwargs={"parcel": 1, "carrier": "post"})
    tasks.ship.delay(parcel=1)  # E: Too few arguments for "delay" of "ship"  [call-arg]
    tasks.ship.delay(1)  # E: Too few arguments for "delay" of "ship"  [call-arg]
    tasks.ship.delay(
        "1",  # E: Argument 1 to "delay" of "ship" has incompatible type "str"; expected "int"  [arg-type]
        carrier="post",
    )
    tasks.ship.delay(1, "post", 3)  # E: Too many arguments for "delay" of "ship"  [call-arg]
    # It may hold any task, so no name is right; mypy alone says the same.
    any_task.delay(x=1)  # E: Unexpected keyword argument "x" for "delay" of "Task"  [call-arg]
