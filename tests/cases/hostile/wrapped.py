"""Decorators below Celery's whose annotations promise nothing."""
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from celery import Celery, shared_task

app = Celery("wrapped")
F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")
AnyCallable = Callable[..., Any]


def bare(function: Callable) -> Callable:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        return function(*args, session={}, **kwargs)

    return run


def aliased(function: AnyCallable) -> AnyCallable:
    return bare(function)


def factory(name: str) -> Callable[[Callable], Callable]:
    return bare


def variable(function: F) -> F:
    return function


def variable_factory(name: str) -> Callable[[F], F]:
    return variable


def precise(function: Callable[P, R]) -> Callable[P, R]:
    return function


@app.task
@bare
def one(size: int, session: dict[str, int]) -> None: ...


@app.task(name="wrapped.two")
@aliased
def two(size: int, session: dict[str, int]) -> None: ...


@app.task
@factory("x")
def three(size: int, session: dict[str, int]) -> None: ...


@shared_task
@bare
def four(size: int, session: dict[str, int]) -> None: ...


@app.task
@variable
def five(size: int) -> None: ...


@app.task
@variable_factory("x")
def six(size: int) -> None: ...


@app.task
@precise
def seven(size: int) -> None: ...


def calls() -> None:
    one.delay(1)
    one.apply_async((1,))
    two.delay(1)
    app.send_task("wrapped.two", (1,))
    three.delay(1)
    three.apply_async(kwargs={"size": 1})
    four.delay(1)
    five.delay(1)
    five.apply_async(("x",))  # E: Argument 1 to "five" has incompatible type "str"; expected "int"  [arg-type]
    six.delay(1)
    six.apply_async(("x",))  # E: Argument 1 to "six" has incompatible type "str"; expected "int"  [arg-type]
    seven.delay(1)
    seven.apply_async(("x",))  # E: Argument 1 to "seven" has incompatible type "str"; expected "int"  [arg-type]
