"""A program that has no implementation of these tasks, and the contract of the service that has."""

from datetime import datetime
from enum import Enum
from typing import Any

from celery import Celery, Task
from celery.result import AsyncResult
from typing_extensions import assert_type

from celery_registry import BaseTasksRegistry


class TaskName(str, Enum):
    SEND = "mail.send"
    COUNT = "mail.count"
    OPEN = "mail.open"


class Receipt:
    pass


class TasksRegistry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str, str], Receipt]:
        return self._get_task_by_name(TaskName.SEND)

    @property
    def count(self) -> Task[[list[str]], int]:
        return self._get_task_by_name(TaskName.COUNT)

    @property
    def open(self) -> Task[..., Any]:
        return self._get_task_by_name(TaskName.OPEN)


class WrongTasks(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str], Receipt]:  # E: Task "mail.send" declares 1 parameter, but mail.send also requires "body"  [task-signature]  # N: hint: declare "body" too, or give it a default in mail.send  # N: mail.send stands in mail.lock
        return self._get_task_by_name("mail.send")

    @property
    def count(self) -> Task[[list[int]], str]:  # E: Task "mail.count" declares parameter 1 as "list[int]", but mail.count takes "words" as "list[str]"  [task-signature]  # N: hint: declare list[str] at position 1, or widen "words" in mail.count  # N: mail.count stands in mail.lock  # E: Task "mail.count" declares the result "str", but mail.count returns "int"  [task-result]  # N: hint: declare int as the result, or change what mail.count returns
        return self._get_task_by_name("mail.count")


def f(registry: TasksRegistry, app: Celery) -> None:
    assert_type(registry.send.delay("a", body="b"), AsyncResult[Receipt])
    registry.send.delay(to="a", body="b", at=datetime(2027, 1, 31))
    registry.send.delay("a", bdy="b")  # E: Unexpected keyword argument "bdy" for "delay" of "send"; did you mean "body"?  [call-arg]
    registry.send.apply_async(("a",))  # E: Missing positional argument "body" in call to "send"  [call-arg]
    registry.count.delay(["a"], limit=3)
    registry.count.delay(words=[1])  # E: List item 0 has incompatible type "int"; expected "str"  [list-item]
    registry.open.delay(1, 2, three=4)
    app.send_task("mail.send", args=("a",), kwargs={"body": "b"})
    app.send_task("mail.send", args=("a",), kwargs={"text": "b"})  # E: Unexpected keyword argument "text" for "send"  [call-arg]
    app.send_task("mail.count", args=(["a"], "many"))  # E: Argument 2 to "count" has incompatible type "str"; expected "int"  [arg-type]
