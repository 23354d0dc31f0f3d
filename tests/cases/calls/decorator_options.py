"""Options of a registration are what Celery takes; a task with one that celery-types does not know keeps its parameters."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from celery import Celery, Task, shared_task

app = Celery("decorators")
LIMITS: dict[str, object] = {"soft_time_limit": 3}


@shared_task(soft_time_limit=timedelta(seconds=3).total_seconds(), default_retry_delay=0.5)
def slow(n: int) -> int:
    return n


@shared_task(time_limit=1.5, rate_limit=5, retry_backoff=1.5, retry_backoff_max=2.5, throws=ValueError)
def limited(n: int) -> int:
    return n


@shared_task(**LIMITS)
def splat(n: int) -> int:
    return n


@shared_task(name=None, queue=None, serializer=None, time_limit=None, soft_time_limit=None)
def unset(n: int) -> int:
    return n


@shared_task(routing_key="a", exchange="b", compression="zlib", delivery_mode=1)
def routed(n: int) -> int:
    return n


@shared_task(bind=True, soft_time_limit=2.5, routing_key="a")
def bound(self: Task[[int], int], n: int) -> int:
    return n


@app.task(soft_time_limit=1.5, time_limit=2.5, default_retry_delay=0.5, rate_limit=5, queue=None)
def of_app(n: int) -> int:
    return n


@app.task(**LIMITS)
def splat_of_app(n: int) -> int:
    return n


def use() -> None:
    slow.delay(1)
    slow.delay("1")  # E: Argument 1 to "delay" of "slow" has incompatible type "str"; expected "int"  [arg-type]
    limited.delay(1)
    limited.delay("1")  # E: Argument 1 to "delay" of "limited" has incompatible type "str"; expected "int"  [arg-type]
    splat.delay(1)
    splat.delay("1")  # E: Argument 1 to "delay" of "splat" has incompatible type "str"; expected "int"  [arg-type]
    unset.delay(1)
    unset.delay("1")  # E: Argument 1 to "delay" of "unset" has incompatible type "str"; expected "int"  [arg-type]
    routed.delay(1)
    routed.delay("1")  # E: Argument 1 to "delay" of "routed" has incompatible type "str"; expected "int"  [arg-type]
    bound.delay(1)
    bound.delay("1")  # E: Argument 1 to "delay" of "bound" has incompatible type "str"; expected "int"  [arg-type]
    of_app.delay(1)
    of_app.delay("1")  # E: Argument 1 to "delay" of "of_app" has incompatible type "str"; expected "int"  [arg-type]
    splat_of_app.delay(1)


@shared_task(soft_time_limit=3, autoretry_for=(ValueError,))
def accepted(n: int) -> int:
    return n


def attributes() -> None:
    # Celery makes an attribute of each option: of a task that mypy alone takes for Any, none is refused.
    print(splat.autoretry_for, limited.retry_backoff, routed.routing_key, of_app.default_retry_delay / 2)
    print(splat.soft_time_limit + 1, limited.time_limit + 1, of_app.soft_time_limit + 1)
    print(accepted.autoretry_for)  # E: "Task[[int], int]" has no attribute "autoretry_for"  [attr-defined]


RETRY: dict[str, Any] = {"max_retries": 3}
BOUND: dict[str, object] = {"bind": True}


def read_options() -> dict[str, Any]:
    return {"bind": True}


@shared_task(**RETRY)
def splat_of_any(n: int) -> int:
    return n


@app.task(name="named", **RETRY)
def named_splat_of_any(n: int) -> int:
    return n


@shared_task(bind=True, **RETRY)
def bound_splat_of_any(self: Any, n: int) -> int:
    return n


@shared_task(**BOUND)
def bound_by_splat(self: Any, n: int) -> int:
    return n


@shared_task(**read_options())
def bound_unseen(self: Any, n: int) -> int:
    return n


def splats() -> None:
    splat_of_any.delay(1).get().bit_length()
    splat_of_any.delay("1")  # E: Argument 1 to "delay" of "splat_of_any" has incompatible type "str"; expected "int"  [arg-type]
    named_splat_of_any.delay(1)
    named_splat_of_any.delay("1")  # E: Argument 1 to "delay" of "named_splat_of_any" has incompatible type "str"; expected "int"  [arg-type]
    bound_splat_of_any.delay(1)
    bound_splat_of_any.delay("1")  # E: Argument 1 to "delay" of "bound_splat_of_any" has incompatible type "str"; expected "int"  [arg-type]
    # A splat may bind the task: then the text tells what callers give, or nobody does.
    bound_by_splat.delay(1)
    bound_by_splat.delay("1")  # E: Argument 1 to "delay" of "bound_by_splat" has incompatible type "str"; expected "int"  [arg-type]
    bound_unseen.delay(1)


P = ParamSpec("P")
R = TypeVar("R")


def job(name: str, **options: Any) -> Callable[[Callable[P, R]], Task[P, R]]:
    return app.task(name=name, **options)


def shared_job(name: str, **options: Any) -> Callable[[Callable[P, R]], Task[P, R]]:
    return shared_task(name=name, **options)


@job("handed", queue="a")
def handed(n: int) -> int:
    return n


def through() -> None:
    handed.delay(1)
    handed.delay("1")  # E: Argument 1 to "delay" of "handed" has incompatible type "str"; expected "int"  [arg-type]


def handler(*args: object, **kwargs: object) -> None: ...


@shared_task(singleton=True, my_option=3, on_failure=handler, lazy=False, shared=False, expires="2030-01-01T00:00:00")
def with_own(n: int) -> int:
    return n


@shared_task(bind=True, my_option=3)
def bound_with_own(self: Task[[int], int], n: int) -> int:
    return n


@shared_task(max_retries=3, retry_backoff=True)
def spelt(n: int) -> int:
    return n


@shared_task(max_retry=3)  # E: Unexpected keyword argument "max_retry" for "shared_task"; did you mean "max_retries"?  [call-arg]
def misspelt(n: int) -> int:
    return n


@shared_task(retry_backof=True)  # E: Unexpected keyword argument "retry_backof" for "shared_task"; did you mean "retry_backoff"?  [call-arg]
def misspelt_too(n: int) -> int:
    return n


def own_options() -> None:
    print(with_own.my_option + 1, bound_with_own.my_option)
    with_own.delay(1)
    with_own.delay("1")  # E: Argument 1 to "delay" of "with_own" has incompatible type "str"; expected "int"  [arg-type]
    bound_with_own.delay(1)
    bound_with_own.delay("1")  # E: Argument 1 to "delay" of "bound_with_own" has incompatible type "str"; expected "int"  [arg-type]
    misspelt.delay(1)
    misspelt.delay("1")  # E: Argument 1 to "delay" of "misspelt" has incompatible type "str"; expected "int"  [arg-type]
