"""Tasks of ``@app.task`` as values: the place that takes one holds it to its function's parameters."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any, ParamSpec, TypeVar

from celery import Celery, Task, shared_task
from celery.result import AsyncResult

app = Celery("callbacks")
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def on_commit(func: Callable[[], object], using: str | None = None) -> None:
    func()


def on_commit_or_not(func: Callable[[], object] | None = None) -> None:
    print(func)


def with_number(func: Callable[[int], Any]) -> None:
    func(1)


def each(func: Callable[[T], object], items: list[T]) -> None:
    print(func, items)


def with_anything(func: Callable[..., Any], *values: Any) -> None:
    func(*values)


def enqueue(task: Task[P, R], *args: P.args, **kwargs: P.kwargs) -> AsyncResult[R]:
    return task.apply_async(args, kwargs, queue="q")


def call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return function(*args, **kwargs)


def traced(function: Callable[P, R]) -> Callable[P, R]:
    return function


class Session:
    def on_commit(self, func: Callable[[], object]) -> None:
        func()


@app.task
def ship(order: int, note: str | None = None) -> int:
    return order


@app.task(bind=True)
def sweep(self: Task[Any, Any], days: int = 1) -> int:
    return days


@app.task()
def ping() -> None: ...


def callbacks(session: Session, pool: ThreadPoolExecutor, other: Task[..., Any]) -> None:
    on_commit(ping.delay)
    on_commit(ping.delay, using="other")
    on_commit(sweep.delay)
    on_commit(lambda: ship.delay(1))
    on_commit(other.delay)
    on_commit(ship.delay)  # E: Argument 1 to "on_commit" has incompatible type "Callable[[int, str | None], AsyncResult[int]]"; expected "Callable[[], object]"  [arg-type]
    on_commit(func=ship.delay)  # E: Argument "func" to "on_commit" has incompatible type "Callable[[int, str | None], AsyncResult[int]]"; expected "Callable[[], object]"  [arg-type]
    on_commit_or_not(ping.delay)
    on_commit_or_not(ship.delay)  # E: Argument 1 to "on_commit_or_not" has incompatible type "Callable[[int, str | None], AsyncResult[int]]"; expected "Callable[[], object] | None"  [arg-type]
    with_number(ship.delay)
    with_number(sweep)
    with_number(ship.s)
    with_number(ping.delay)  # E: Argument 1 to "with_number" has incompatible type "Callable[[], AsyncResult[None]]"; expected "Callable[[int], Any]"  [arg-type]
    each(ship.delay, [1])
    with_anything(ship.delay, "x")
    session.on_commit(ping.delay)
    session.on_commit(ship.delay)  # E: Argument 1 to "on_commit" of "Session" has incompatible type "Callable[[int, str | None], AsyncResult[int]]"; expected "Callable[[], object]"  [arg-type]
    pool.submit(ship.delay, 1)
    pool.submit(ship.delay, "1")  # E: Argument 2 to "submit" of "Executor" has incompatible type "str"; expected "int"  [arg-type]
    print(list(pool.map(ship.delay, [1])))


def helpers(day: date | None, other: Task[..., Any], many: bool) -> None:
    enqueue(ship, 1).get().bit_length()
    enqueue(ship, order=1, note="n").get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    enqueue(ship, 1, day and day.isoformat())
    enqueue(ship, "1")  # E: Argument 2 to "enqueue" has incompatible type "str"; expected "int"  [arg-type]
    enqueue(ship, orde=1)  # E: Unexpected keyword argument "orde" for "enqueue"; did you mean "order"?  [call-arg]
    enqueue(ship)  # E: Missing positional argument "order" in call to "enqueue"  [call-arg]
    enqueue(other, 1, 2, 3)
    call(ship.delay, 1)
    call(ship.delay, "1")  # E: Argument 2 to "call" has incompatible type "str"; expected "int"  [arg-type]
    call(ship, "1")  # E: Argument 2 to "call" has incompatible type "str"; expected "int"  [arg-type]
    for each_traced in (traced(ship), traced(ping)):
        each_traced("x")
    for each_task in (ship, ping):
        enqueue(each_task, 1, 2, 3)
        on_commit(each_task.delay)
        later = each_task.delay
        later(1, 2, 3)
    if many:
        varied = ship.delay
    else:
        varied = ping.delay
    varied("x", 2)


send = ship.delay
send_options = ship.apply_async


def names() -> None:
    local = ship.delay
    local(1, note="n").get().bit_length()
    local("1")  # E: Argument 1 to "delay" of "ship" has incompatible type "str"; expected "int"  [arg-type]
    send(1)
    send(order=1, note="n")
    send(1, nte="n")  # E: Unexpected keyword argument "nte" for "delay" of "ship"; did you mean "note"?  [call-arg]
    send()  # E: Missing positional argument "order" in call to "delay" of "ship"  [call-arg]
    send_options((1,), countdown=3)
    send_options(("1",))  # E: Argument 1 to "ship" has incompatible type "str"; expected "int"  [arg-type]
    send_options(kwargs={"orde": 1})  # E: Unexpected keyword argument "orde" for "ship"; did you mean "order"?  [call-arg]


def by_user(key: int) -> str:
    return str(key)


def by_service(key: int) -> str:
    return str(key)


def functions_as_values(users: bool) -> None:
    """A function that is no task, and no method of anything, under another name."""
    for query in [by_user, by_service]:
        query(1)
        query("1")  # E: Argument 1 has incompatible type "str"; expected "int"  [arg-type]
    if users:
        chosen = by_user
    else:
        chosen = by_service
    chosen(key=1)
    chosen(kye=1)  # E: Unexpected keyword argument "kye"  [call-arg]


@shared_task
def pack(order: int, note: str = "") -> int:
    return order


def partials(several: tuple[int, ...], named: dict[str, Any]) -> None:
    """What calls a partial with nothing gives it nothing more."""
    on_commit(partial(ship.delay, 1))
    on_commit(partial(ship.delay, note="n", order=1), using="other")
    on_commit(partial(ship.apply_async, (1,), countdown=3))
    on_commit(partial(ship.apply_async, (), {"order": 1}))
    on_commit(partial(ship.delay, *several))
    on_commit(partial(ship.apply_async, several))
    on_commit(partial(ship.apply_async, kwargs=named))
    on_commit(partial(pack.delay, 1))
    on_commit(partial(ping.delay))
    with_number(partial(ship.delay))
    with_anything(partial(ship.delay), 1)
    on_commit(partial(ship.delay))  # E: Missing positional argument "order" in call to "ship"  [call-arg]
    on_commit(partial(ship.delay, note="n"))  # E: Missing positional argument "order" in call to "ship"  [call-arg]
    on_commit(partial(ship.apply_async, countdown=3))  # E: Missing positional argument "order" in call to "ship"  [call-arg]
    on_commit(func=partial(ship.apply_async, kwargs={"note": "n"}))  # E: Missing positional argument "order" in call to "ship"  [call-arg]
    on_commit_or_not(partial(pack.delay))  # E: Missing positional argument "order" in call to "pack"  [call-arg]
    on_commit(partial(ship.delay, "1"))  # E: Argument 1 to "ship" has incompatible type "str"; expected "int"  [arg-type]
