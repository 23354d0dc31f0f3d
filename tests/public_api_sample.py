"""What users write with the public names; mypy, without the plugin, and pyright check it strictly.

Law: no name that is not public. Nothing here runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypedDict

from celery import Celery, Task
from celery.result import AsyncResult
from typing_extensions import assert_type

from celery_registry import (
    BaseTasksRegistry,
    CeleryRegistryError,
    ConfigurationError,
    MessageError,
    RegistrationError,
    RemoteTaskError,
    TaskContractError,
    TaskNotFoundError,
    alias,
    guard,
    register_task,
    remote_tasks,
    validate,
    validate_sends,
)


class TaskName(str, Enum):
    ADD = "add"
    GREET = "greet"


class Greeting(TypedDict):
    text: str


class TasksRegistry(BaseTasksRegistry):
    @property
    def add(self) -> Task[[int, int], int]:
        return self._get_task_by_name(TaskName.ADD)


@dataclass
class MoreTasks(BaseTasksRegistry):
    app: Celery

    @property
    def greet(self) -> Task[[str], Greeting]:
        return self._get_task_by_name(TaskName.GREET)


class Controller:
    def add(self, left: int, right: int) -> int:
        return left + right


def add(left: int, right: int) -> int:
    return left + right


def retried(self: Task[[str], Greeting], name: str) -> Greeting:
    return Greeting(text=f"Hello, {name}, {self.name}")


def summands(numbers: list[int]) -> dict[str, int]:
    return {"left": numbers[0], "right": numbers[1]}


def build() -> TasksRegistry:
    app = Celery("sample")
    added = register_task(app, TaskName.ADD, Controller().add, ignore_result=False)
    assert_type(added.delay(1, right=2), AsyncResult[int])
    assert_type(register_task(app, "plain", add)(1, 2), int)
    assert_type(register_task(app, TaskName.GREET, retried, bind=True).delay(name="Ada"), AsyncResult[Greeting])

    @register_task(app, "decorated", max_retries=3)
    def double(number: int) -> int:
        return number * 2

    assert_type(double.delay(number=2).get(timeout=1), int)

    alias(app, old="sum", new=TaskName.ADD, adapt=summands, expires="2027-01-31")
    alias(app, old="hello", new=TaskName.GREET)

    remote_tasks(app, contract="billing.lock", names=["mail.*"])
    remote_tasks(app, names="mail.send")

    guard.install(app, registry=TasksRegistry, names=TaskName)
    guard.install(app, registry=[TasksRegistry, MoreTasks], names="sample:TaskName", strict=True, external=["other.*"])
    guard.install(app, severity={"task-undeclared": "warning"})
    try:
        guard.verify(app)
    except TaskContractError as error:
        print(error)
    guard.install(app, park="sample.parked", validate="both", ready_file="/run/worker.ready")
    registry = TasksRegistry(app)
    try:
        validate_sends(registry)
        validate(registry.add, 1, right=2)
    except MessageError as error:
        print(error)
    assert_type(registry.add.delay(1, 2), AsyncResult[int])
    assert_type(MoreTasks(app).greet("Ada"), Greeting)
    return registry


def find(registry: TasksRegistry) -> Task[[int, int], int] | None:
    try:
        return registry.add
    except TaskNotFoundError as error:
        print(error.name, *error.neighbours, error.tried)
    except (RegistrationError, RemoteTaskError, ConfigurationError, CeleryRegistryError) as error:
        print(error)
    return None
