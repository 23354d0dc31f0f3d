"""Another name for a task of an application, for good: the calls are held to the task."""

from __future__ import annotations

import module_tasks
from celery import Celery

app = Celery("aliases")


@app.task
def add(left: int) -> int:
    return left


@app.task
def mul(left: str) -> int:
    return 1


class Jobs:
    @staticmethod
    @app.task
    def clean(days: int) -> int:
        return days


alias = add
of_class = Jobs.clean
rebound = add
rebound = mul
looped = add
for looped in (add, mul):
    print(looped)


def use(flag: bool) -> None:
    alias.delay(1)
    alias.delay("1")  # E: Argument 1 to "delay" of "add" has incompatible type "str"; expected "int"  [arg-type]
    alias.apply_async((1,))
    alias.apply_async(("1",))  # E: Argument 1 to "add" has incompatible type "str"; expected "int"  [arg-type]
    of_class.delay(1)
    of_class.delay("1")  # E: Argument 1 to "delay" of "clean" has incompatible type "str"; expected "int"  [arg-type]
    rebound.delay(1)
    rebound.delay("1")
    looped.delay(1)
    looped.delay("1")
    local = add
    local.delay(1)
    local.delay("1")  # E: Argument 1 to "delay" of "add" has incompatible type "str"; expected "int"  [arg-type]
    either = add
    if flag:
        either = mul
    either.delay("1")
    either.delay(1)


def shadowed() -> None:
    alias = mul
    alias.delay("1")

    def inside() -> None:
        alias.delay("1")

    inside()


print(module_tasks)
