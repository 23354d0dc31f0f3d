"""Values for parameters without a type."""

from datetime import timedelta
from typing import Any

from celery import Celery, Task, shared_task
from celery_registry import BaseTasksRegistry
from enum import Enum

app = Celery("sent")


class Name(str, Enum):
    OPEN = "opened"
    HALF = "halved"
    TYPED = "any-typed"


@shared_task(name=Name.OPEN)
def open_task(delay, *rest, note=None, **more):
    return 1


@shared_task(name=Name.HALF)
def half(count: int, delay):
    return 1


@shared_task(name=Name.TYPED)
def typed(count: int, anything: Any) -> int:
    return 1


@shared_task(serializer="pickle")
def pickled(delay):
    return 1


class Registry(BaseTasksRegistry):
    @property
    def open_task(self) -> Task[..., int]:
        return self._get_task_by_name(Name.OPEN)

    @property
    def half(self) -> Task[[int, Any], int]:
        return self._get_task_by_name(Name.HALF)

    @property
    def typed(self) -> Task[[int, Any], int]:
        return self._get_task_by_name(Name.TYPED)


def send(registry: Registry, anything: Any, delta: timedelta, maybe: int | timedelta, thing: object) -> None:
    open_task.delay(delta)  # E: Task "opened" is given delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    open_task.delay(delta.total_seconds())
    open_task.delay(1, {1}, note=delta, extra=frozenset([1]))  # E: Task "opened" is given extra as "frozenset[int]", which the json serializer rejects: frozenset[int] cannot be sent  [task-payload]  # E: Task "opened" is given note as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # E: Task "opened" is given rest as "set[int]", which the json serializer rejects: set[int] cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    open_task.delay(1, [1], note=1.5, extra=["a"])
    open_task.delay((1, 2))  # N: Task "opened" is given delay as "tuple[int, int]", which the json serializer changes: tuple[int, int] arrives as list  (task-payload)  # N: hint: declare list, which is what arrives
    open_task.delay([1, 2])
    open_task.delay(pickled.delay(1))  # E: Task "opened" is given delay as "AsyncResult[Any]", which the json serializer rejects: AsyncResult[Any] cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    open_task.delay(pickled.delay(1).id)
    open_task.delay(anything, maybe, thing, {"a": anything})
    open_task.delay(*[delta], **{"a": delta})
    half.delay(1, delta)  # E: Task "halved" is given delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    half.delay(1, 2)
    half.apply_async((1, delta))  # E: Task "halved" is given delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    half.apply_async((1, 2))
    half.apply_async(args=[1], kwargs={"delay": delta})  # E: Task "halved" is given delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    half.apply_async(args=[1], kwargs={"delay": 1})
    half.apply_async((1, delta), serializer="pickle")
    half.apply_async((1, delta), serializer="json")  # E: Task "halved" is given delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    half.apply_async((1, delta), serializer=anything)
    half.apply_async((1, delta), **anything)
    half(1, delta)
    half.run(1, delta)
    half.apply((1, delta))
    half.s(1, delta).apply_async(serializer="pickle")
    typed.delay(1, {1: delta})  # E: Task "any-typed" is given anything as "dict[int, timedelta]", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    typed.delay(1, {"a": 1})
    pickled.delay(delta)
    pickled.apply_async((delta,), serializer="json")  # E: Task "sent.pickled" is given delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    registry.open_task.delay(delta)  # E: Task "opened" is given delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    registry.open_task.delay(1)
    registry.half.apply_async((1, {delta}))  # E: Task "halved" is given delay as "set[timedelta]", which the json serializer rejects: set[timedelta] cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    registry.half.apply_async((1, [1]))
    registry.typed.delay(1, lambda: 1)  # E: Task "any-typed" is given anything as "Callable", which the json serializer rejects: Callable cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    registry.typed.delay(1, 1)
    app.send_task(Name.HALF, (1, delta))  # E: Task "halved" is given delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    app.send_task(Name.HALF, (1, 2))
    app.send_task("halved", kwargs={"count": 1, "delay": {1}})  # E: Task "halved" is given delay as "set[int]", which the json serializer rejects: set[int] cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    app.send_task("halved", (1, delta), serializer="pickle")
    app.send_task("sent.pickled", (delta,))
    app.send_task("somebody.else", (delta,))
