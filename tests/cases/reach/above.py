"""Decorators of the program's own above ``@app.task``: where they give back what they are given, it is the task."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from applications import app

from celery import shared_task

T = TypeVar("T")
ALL: list[Any] = []
logger = logging.getLogger(__name__)


def registered(task):
    ALL.append(task)
    return task


def typed(task: T) -> T:
    logger.info("task %s", task)
    return task


def with_queue(queue: str):
    def decorator(task):
        logger.info("%s goes to %s", task.name, queue)
        return task

    return decorator


def of_anything(task: Any) -> Any:
    try:
        ALL.append(task)
    except ValueError:
        raise
    return task


class Tasks:
    def add(self, task):
        ALL.append(task)
        return task


tasks = Tasks()


def delayed(task):
    return task.delay


def supplying(task):
    def inner(*args, **kwargs):
        return task("session", *args, **kwargs)

    return inner


def replacing(task):
    task = task.si
    return task


def patching(task):
    task.delay = print
    return task


def either(task):
    if ALL:
        return print
    return task


def checked(function: Callable[[str], bool]) -> Callable[[str], bool]:
    return function


if ALL:

    def chosen(task):
        return print

else:

    def chosen(task):
        return task


@chosen
@app.task
def thirteen(to: str) -> bool:
    return True


@registered
@app.task
def one(to: str) -> bool:
    return True


@typed
@app.task
def two(to: str) -> bool:
    return True


@with_queue("slow")
@app.task(name="above.three")
def three(to: str) -> bool:
    return True


@of_anything
@registered
@shared_task(bind=True, max_retries=3)
def four(self, to: str) -> bool:
    return True


@tasks.add
@shared_task
def five(to: str) -> bool:
    return True


@delayed
@app.task
def six(to: str) -> bool:
    return True


@supplying
@app.task
def seven(session: str, to: str) -> bool:
    return True


@replacing
@app.task
def eight(to: str) -> bool:
    return True


@patching
@app.task
def nine(to: str) -> bool:
    return True


@either
@app.task
def ten(to: str) -> bool:
    return True


@registered
@either
@app.task
def eleven(to: str) -> bool:
    return True


@checked
@app.task
def twelve(to: str) -> bool:
    return True


def use() -> None:
    one.delay("a")
    one.delay(1)  # E: Argument 1 to "delay" of "one" has incompatible type "int"; expected "str"  [arg-type]
    two.delay("a")
    two.delay()  # E: Missing positional argument "to" in call to "delay" of "two"  [call-arg]
    three.apply_async(("a",), queue="q")
    three.apply_async((), queue="q")  # E: Missing positional argument "to" in call to "three"  [call-arg]
    four.delay("a")
    four.delay("a", "b")  # E: Too many arguments for "delay" of "four"  [call-arg]
    five.s("a")
    five.s("a", "b")  # E: Too many arguments for "five"  [call-arg]
    one.own.attribute = 1
    six(1)
    seven("a")
    eight(1)
    nine.delay(1)
    ten.delay(1)
    eleven.delay(1)
    twelve("a")
    thirteen.delay(1)
