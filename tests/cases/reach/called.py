"""``app.task(function, name="x")``: Celery decorates the function at once, and the task is what the name keeps."""

from typing import Any

from applications import app
from task_of_app import Changing

from celery import Task, shared_task


def send(to: str, times: int = 1) -> bool:
    return True


def bound(self: Task[Any, Any], to: str) -> bool:
    return True


def wrong_self(self: int, to: str) -> bool:
    return True


one = app.task(send, name="reach.one")
two = shared_task(send, name="reach.two")
three = app.task(bound, bind=True)
four = app.task(send)
five = app.task(name="reach.five", queue="q")(send)
six = shared_task(bound, bind=True, name="reach.six", ignore_result=True)
seven = shared_task(send, name="reach.seven", soft_time_limit=1.5)
changed = app.task(send, base=Changing, name="reach.changed")
unchecked = app.task(send, name="reach.unchecked", typing=False)
either = app.task(send, name="reach.either")
either = app.task(bound, name="reach.bound", bind=True)
app.task(send, name=3)  # type: ignore[call-overload]
shared_task(send, name="reach.eight", max_retries="many")  # type: ignore[call-overload]
shared_task(3, name="reach.nine")  # type: ignore[call-overload]


def rebinds() -> None:
    global rebound
    rebound = app.task(bound, bind=True, name="reach.ten")


rebound = app.task(send, name="reach.eleven")


def use() -> None:
    one.delay("a")
    one.delay(1)  # E: Argument 1 to "delay" of "one" has incompatible type "int"; expected "str"  [arg-type]
    one.delay()  # E: Missing positional argument "to" in call to "delay" of "one"  [call-arg]
    one.apply_async(("a",), countdown=1)
    one.apply_async(("a",), countdwn=1)  # E: Unexpected keyword argument "countdwn" for "apply_async" of "one"; did you mean "countdown"?  [call-arg]
    two.delay("a")
    two.delay(1)  # E: Argument 1 to "delay" of "two" has incompatible type "int"; expected "str"  [arg-type]
    three.delay("a")
    three.delay("a", "b")  # E: Too many arguments for "delay" of "three"  [call-arg]
    four.delay("a", 2)
    four.delay("a", "b")  # E: Argument 2 to "delay" of "four" has incompatible type "str"; expected "int"  [arg-type]
    five.si("a")
    five.si(1)  # E: Argument 1 to "si" of "five" has incompatible type "int"; expected "str"  [arg-type]
    six.delay("a")
    six.delay()  # E: Missing positional argument "to" in call to "delay" of "six"  [call-arg]
    seven.delay("a")
    seven.delay(1)  # E: Argument 1 to "delay" of "seven" has incompatible type "int"; expected "str"  [arg-type]
    changed.delay()
    unchecked.delay()
    either.delay(1)
    rebound.delay(1)
    local = app.task(send, name="reach.local")
    local.delay("a")
