"""Decorators between Celery's and the function, and decorators of the users' own around Celery's."""
import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from celery import Celery, Task, shared_task

P = ParamSpec("P")
R = TypeVar("R")
app = Celery("decorators")


class Session: ...


def with_session(function: Callable[..., R]) -> Callable[..., R]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> R:
        return function(*args, session=Session(), **kwargs)

    return run


def with_typed_session(function: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(Session(), *args, **kwargs)

    return run


def untyped(function):
    @functools.wraps(function)
    def run(*args, **kwargs):
        return function(*args, session=Session(), **kwargs)

    return run


def logged(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return run


@app.task
@with_session
def hidden(order_id: int, session: Session) -> int:
    return order_id


@shared_task(name="hidden_shared")
@with_session
def hidden_shared(order_id: int, session: Session) -> int:
    return order_id


@app.task
@with_typed_session
def shown(session: Session, order_id: int) -> int:
    return order_id


@app.task()
@untyped
def unknown(order_id, session):
    return order_id


@app.task(bind=True)
@logged
def kept(self: Task[..., int], order_id: int) -> int:
    return order_id


def my_task(*args: Any, **options: Any) -> Any:
    return shared_task(*args, acks_late=True, **options)


@my_task(name="mine")
def mine(order_id: int, injected: int) -> int:
    return order_id


def above(task: Any) -> Any:
    return task.run


@above
@app.task
def plain_again(order_id: int) -> int:
    return order_id


class Holder:
    @staticmethod
    @shared_task(name="holder.static")
    def static(order_id: int) -> int:
        return order_id

    @property
    def task(self) -> Task[[int], int]:
        return Holder.static


def call_them() -> None:
    hidden.delay(1)
    hidden.delay(order_id=1)
    hidden.apply_async([1])
    hidden.s().set(countdown=1)
    hidden_shared.delay(1)
    hidden_shared.apply_async(kwargs={"order_id": 1})
    shown.delay(1)
    shown.apply_async((1,))
    shown.apply_async(("x",))  # E: Argument 1 to "shown" has incompatible type "str"; expected "int"  [arg-type]
    unknown.delay(1)
    unknown.apply_async([1])
    kept.delay(1)
    kept.apply_async(("x",))  # E: Argument 1 to "kept" has incompatible type "str"; expected "int"  [arg-type]
    mine.delay(1)
    plain_again(1)
    Holder.static.delay(1)
    Holder().task.delay(1)
    Holder().task.apply_async([1])
