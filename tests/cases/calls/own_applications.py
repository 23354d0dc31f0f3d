"""Tasks of subclasses of ``Celery`` are checked as Celery's own are, where the class leaves their arguments alone."""

from __future__ import annotations

from typing import Any

from celery import Celery


class Empty(Celery): ...


class Extended(Celery):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.flask_app: object = None

    def close_all(self) -> None: ...


class Below(Extended): ...


class OwnDecorator(Celery):
    def task(self, *args: Any, **kwargs: Any) -> Any:
        return super().task(*args, **kwargs)


class NoCelery:
    def task(self, function: Any) -> Any:
        return function

    def signature(self, number: int) -> int:
        return number


empty, extended, below, decorates = Empty("e"), Extended("x"), Below("b"), OwnDecorator("d")


@empty.task
def one(x: int) -> int:
    return x


@extended.task(name="two", acks_late=True)
def two(x: int) -> int:
    return x


@below.task(bind=True)
def three(self: Any, x: int) -> int:
    return x


@decorates.task
def open_ended(x: int, y: int) -> int:
    return x


def use() -> None:
    one.delay(1)
    one.delay("1")  # E: Argument 1 to "delay" of "one" has incompatible type "str"; expected "int"  [arg-type]
    two.apply_async([1])
    two.apply_async(["1"])  # E: Argument 1 to "two" has incompatible type "str"; expected "int"  [arg-type]
    three.delay(x=1)
    three.delay(y=1)  # E: Unexpected keyword argument "y" for "delay" of "three"  [call-arg]
    open_ended.delay(1)
    below.send_task("two", (1,))
    below.send_task("two", ("1",))  # E: Argument 1 to "two" has incompatible type "str"; expected "int"  [arg-type]
    empty.add_periodic_task(10.0, two.s(1))
    empty.add_periodic_task(10.0, two.s())  # E: Missing positional argument "x" in call to "two"  [call-arg]
    NoCelery().signature(1)
    NoCelery().task(one).delay(1, 2)
