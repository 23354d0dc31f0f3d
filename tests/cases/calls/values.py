"""Registry tasks as values: the names go along where no other task can take the place."""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from celery import Celery, Task, shared_task
from celery.result import AsyncResult
from celery_registry import BaseTasksRegistry

P = ParamSpec("P")
R = TypeVar("R")


@shared_task(name="values.clean")
def clean(days_old: int, force: bool = False) -> int:
    return days_old


@shared_task(name="values.drop")
def drop(days: int, hard: bool = False) -> int:
    return days


class Registry(BaseTasksRegistry):
    @property
    def clean(self) -> Task[[int, bool], int]:
        return self._get_task_by_name("values.clean")

    @property
    def drop(self) -> Task[[int, bool], int]:
        return self._get_task_by_name("values.drop")


def enqueue(task: Task[P, R], *args: P.args, **kwargs: P.kwargs) -> AsyncResult[R]:
    return task.apply_async(args, kwargs, queue="q")


def call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return function(*args, **kwargs)


def on_commit(function: Callable[[], object]) -> None:
    function()


class Service:
    def __init__(self, registry: Registry) -> None:
        self.fixed: Final = registry.clean.delay
        self.__hidden = registry.clean.delay
        self.send = registry.clean.delay
        self.twice = registry.clean.delay

    def run(self, registry: Registry) -> None:
        self.fixed(7)
        self.fixed(days_old=7)
        self.fixed(days=7)  # E: Unexpected keyword argument "days"  [call-arg]
        self.__hidden(7)
        self.__hidden("7")  # E: Argument 1 has incompatible type "str"; expected "int"  [arg-type]
        self.send(7, True)
        self.send("7", True)  # E: Argument 1 has incompatible type "str"; expected "int"  [arg-type]
        self.send(7)
        self.send(days_old=7)
        self.send(days=7)  # E: Unexpected keyword argument "days"  [call-arg]
        self.twice = registry.drop.delay
        self.twice(7, True)


class Heir(Service):
    def __init__(self, registry: Registry) -> None:
        super().__init__(registry)
        self.send = registry.drop.delay


def exchanged(service: Service, registry: Registry) -> None:
    service.send = registry.drop.delay
    service.send(7, True)


registry = Registry(Celery("values"))
enqueue(registry.clean, 7)
enqueue(registry.clean, days_old=7)
enqueue(registry.clean, days=7)  # E: Unexpected keyword argument "days" for "enqueue"  [call-arg]
enqueue(registry.clean, "7")  # E: Argument 2 to "enqueue" has incompatible type "str"; expected "int"  [arg-type]
enqueue(clean, 7)
enqueue(clean, "7")  # E: Argument 2 to "enqueue" has incompatible type "str"; expected "int"  [arg-type]
call(registry.clean.delay, 7)
call(registry.clean.delay, days_old=7)
call(registry.clean.delay, "7")  # E: Argument 2 to "call" has incompatible type "str"; expected "int"  [arg-type]
on_commit(registry.clean.delay)  # E: Argument 1 to "on_commit" has incompatible type "Callable[[int, bool], AsyncResult[int]]"; expected "Callable[[], object]"  [arg-type]
task = registry.clean
send = task.delay
send(7)
send(days_old=7)
send("7")  # E: Argument 1 has incompatible type "str"; expected "int"  [arg-type]
either = [registry.clean, registry.drop]
either[0].delay(7, True)
several = registry.clean
tasks = [several, registry.drop]
tasks[0].delay(7, True)


def chosen(flag: bool) -> None:
    one = registry.clean if flag else registry.drop
    one.delay(7, True)
    two = registry.clean
    two.delay(days_old=7)
    enqueue(two, 7, True)
