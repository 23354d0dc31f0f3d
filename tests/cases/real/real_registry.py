"""Registries in the shapes that a growing project gives them; stock accepts all of it but the keywords."""
from __future__ import annotations

import abc
import dataclasses
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar

from celery import Celery, Task, shared_task
from celery.result import AsyncResult

from celery_registry import BaseTasksRegistry, register_task

P = ParamSpec("P")
R = TypeVar("R")
IntTask: TypeAlias = "Task[[int], int]"


class TasksRegistry(BaseTasksRegistry):
    @property
    def double(self) -> Task[[int], int]:
        return self._get_task_by_name("registry.double")

    @property
    def halve(self) -> Task[[int], int]:
        return self._get_task_by_name("registry.halve")

    @property
    def alias(self) -> IntTask:
        return self._get_task_by_name("registry.alias")

    @property
    def maybe(self) -> Task[[int], int] | None:
        return self._get_task_by_name("registry.maybe")

    @property
    def loose(self) -> Task[..., int]:
        return self._get_task_by_name("registry.loose")

    @property
    def elsewhere(self) -> Task[[int, str], int]:
        """Implemented by another service."""
        return self._get_task_by_name("elsewhere.run")

    @property
    def app(self) -> Celery:
        return self._app

    def by_hand(self, name: str) -> Task[..., Any]:
        return self._get_task_by_name(name)


class FakeRegistry(TasksRegistry):
    @property
    def double(self) -> Task[[int], int]:
        return self._get_task_by_name("registry.halve")


@dataclasses.dataclass(frozen=True)
class DataRegistry(BaseTasksRegistry):
    celery: Celery

    @functools.cached_property
    def double(self) -> Task[[int], int]:
        return self._get_task_by_name("registry.double")


class HasDouble(Protocol):
    @property
    def double(self) -> Task[[int], int]: ...


class AbstractRegistry(abc.ABC):
    @property
    @abc.abstractmethod
    def double(self) -> Task[[int], int]: ...


class Both(TasksRegistry, AbstractRegistry):
    pass


class Controller:
    def double(self, number: int) -> int:
        return 2 * number

    def halve(self, value: int) -> int:
        return value // 2

    def register(self, app: Celery) -> None:
        register_task(app, "registry.double", self.double)
        register_task(app, "registry.halve", self.halve, acks_late=True)
        for name in ("registry.alias", "registry.maybe", "registry.loose"):
            register_task(app, name, self.double)


def send(task: Task[P, R], *args: P.args, **kwargs: P.kwargs) -> AsyncResult[R]:
    return task.delay(*args, **kwargs)


def later(task: Callable[P, AsyncResult[R]], *args: P.args, **kwargs: P.kwargs) -> R:
    return task(*args, **kwargs).get()


def use(registry: TasksRegistry, flag: bool, has: HasDouble, data: DataRegistry) -> None:
    tasks = [registry.double, registry.halve]
    for task in tasks:
        task.delay(3)
        task.apply_async((3,))
    table = {"double": registry.double, "halve": registry.halve}
    table["double"].delay(3)
    if flag:
        chosen = registry.double
    else:
        chosen = registry.halve
    chosen.delay(3)
    typed: Task[[int], int] = registry.double
    typed.delay(3)
    typed = registry.halve
    typed.delay(3)
    send(registry.double, 3).get()
    later(registry.double.delay, 3)
    has.double.delay(3)
    data.double.delay(3)
    registry.alias.delay(3)
    registry.loose.delay(3)
    registry.loose.apply_async(kwargs={"number": 3})
    registry.elsewhere.delay(3, "x")
    registry.elsewhere.apply_async([3, "x"], countdown=3)
    registry.by_hand("anything").delay(1, 2, 3)
    if registry.maybe is not None:
        registry.maybe.delay(3)
    protocol: HasDouble = registry
    protocol.double.delay(3)
    protocol.double.delay(number=3)
    protocol.double.si(number=3).delay()
    Both(Celery()).double.delay(number=3)
    FakeRegistry(Celery()).double.delay(3)
    delay = registry.double.delay
    delay(number=3)
    functools.partial(registry.double.delay, number=3)()
    functools.partial(registry.double.apply_async, kwargs={"number": 3})()
    print((lambda: registry.halve.delay(value=3))().id)
    results: list[int] = [registry.double.delay(number).get() for number in range(3)]
    results.sort()
    getattr(registry, "double").delay("x")


def ternary(registry: TasksRegistry, flag: bool) -> None:
    (registry.double if flag else registry.halve).delay(3)
    (registry.double if flag else registry.halve).apply_async((3,))


@shared_task
def caller(number: int, registry: TasksRegistry | None = None) -> int:
    return registry.double(number) if registry else number
