"""A name of a task that is given another meaning: stock mypy takes ``Task[Any, Any]`` for both."""
import sys
from typing import Any

import rebound_tasks
from celery import Celery
from rebound_tasks import kept, maybe, swapped

app = Celery("rebound")


@app.task
def one(size: int) -> None: ...


@app.task
def two(name: str) -> None: ...


@app.task
def three(size: int) -> None: ...


@app.task
def four(size: int) -> None: ...


@app.task
def five(size: int) -> None: ...


if sys.argv:
    one = two
for four in (one, two):
    four.delay("name")
five, six = two, one


def replace() -> None:
    global three
    three = two
    three.delay("name")


def use() -> None:
    one.delay("name")
    one.apply_async(("name",))
    three.delay("name")
    four.delay("name")
    five.delay("name")
    two.delay("name")
    two.delay(3)  # E: Argument 1 to "delay" of "two" has incompatible type "int"; expected "str"  [arg-type]
    swapped.delay("name")
    rebound_tasks.swapped.delay("name")
    maybe.delay("name", 1)
    kept.delay("name")
    kept.delay(3)  # E: Argument 1 to "delay" of "kept" has incompatible type "int"; expected "str"  [arg-type]


def conditional(app: Celery, flag: bool) -> None:
    @app.task
    def one(size: int) -> None: ...

    @app.task
    def two(name: str) -> None: ...

    @app.task
    def three(size: int) -> None: ...

    if flag:
        one = two
    one.delay("name")
    two.delay("name")
    two.delay(3)  # E: Argument 1 to "delay" of "two" has incompatible type "int"; expected "str"  [arg-type]
    for three in (one, two):
        three.delay("name")

    def inner() -> None:
        one.delay("name")

    inner()


class Holder:
    task: Any = None

    def __init__(self) -> None:
        self.task = one
        self.task.delay("name")
