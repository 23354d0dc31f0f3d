"""A task taken from a dictionary of the module: the one behind the key, where nothing ever changes the dictionary."""

from collections.abc import Callable
from typing import Any

from above import one as registered_above
from applications import app
from called import one as kept

from celery import Task, shared_task


@app.task
def mail(to: str) -> bool:
    return True


@app.task
def sms(number: int, text: str) -> bool:
    return True


@shared_task
def push(number: int) -> bool:
    return True


TASKS = {"mail": mail, "sms": sms}
TYPED: dict[str, Task[..., Any]] = {"mail": mail, "push": push, "kept": kept, "above": registered_above}
CHANGED = {"mail": mail, "sms": sms}
CHANGED["mail"] = sms
UPDATED = {"mail": mail}
UPDATED.update(sms=sms)
GIVEN = {"mail": mail, "sms": sms}
TAKEN = {"mail": mail, "sms": sms}
BOUND = {"mail": mail}
BOUND = {"mail": sms}
TWICE = {"mail": mail, "mail": sms}
COMPUTED = {"mail": mail if kept else sms}
HIDDEN = {"mail": mail}


def changes(tasks: dict[str, Any]) -> None:
    tasks["mail"] = sms


changes(GIVEN)


def local(HIDDEN: dict[str, Task[..., Any]]) -> None:
    HIDDEN["mail"].delay(1)


def use(key: str, find: Callable[[], str]) -> None:
    TASKS["mail"].delay("a")
    TASKS["mail"].delay(1)  # E: Argument 1 to "delay" of "mail" has incompatible type "int"; expected "str"  [arg-type]
    TASKS["sms"].delay(1, "a")
    TASKS["sms"].delay("a")  # E: Missing positional argument "text" in call to "delay" of "sms"  [call-arg]  # E: Argument 1 to "delay" of "sms" has incompatible type "str"; expected "int"  [arg-type]
    TASKS["sms"].apply_async((1, "a"), countdown=1)
    TASKS["sms"].apply_async((1,), countdown=1)  # E: Missing positional argument "text" in call to "sms"  [call-arg]
    TASKS["sms"].si(1, "a")
    TASKS["sms"].si(1)  # E: Missing positional argument "text" in call to "si" of "sms"  [call-arg]
    TASKS["fax"].delay(1, 2, 3)
    TASKS[key].delay(1, 2, 3)
    TASKS[find()].delay(1, 2, 3)
    TYPED["mail"].delay("a")
    TYPED["mail"].delay()  # E: Missing positional argument "to" in call to "delay" of "mail"  [call-arg]
    TYPED["push"].delay(1)
    TYPED["push"].delay(1, 2)  # E: Too many arguments for "delay" of "push"  [call-arg]
    TYPED["kept"].delay("a")
    TYPED["kept"].delay(1)  # E: Argument 1 to "delay" of "one" has incompatible type "int"; expected "str"  [arg-type]
    TYPED["above"].delay("a")
    TYPED["above"].delay()  # E: Missing positional argument "to" in call to "delay" of "one"  [call-arg]
    CHANGED["mail"].delay(1, "a")
    UPDATED["mail"].delay(1, "a")
    GIVEN["mail"].delay(1, "a")
    TAKEN["mail"].delay(1, "a")
    BOUND["mail"].delay(1, "a")
    TWICE["mail"].delay(1, "a")
    COMPUTED["mail"].delay(1, "a")
    if key in TASKS and len(TASKS) > 1:
        for task in TASKS.values():
            task.delay(1, "a")
