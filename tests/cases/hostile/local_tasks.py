"""Tasks that are defined inside functions, as factories of applications and tests write them."""
import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from celery import Celery, Task, shared_task

P = ParamSpec("P")
R = TypeVar("R")


class Loading(Task):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__({"id": args[0]}, *args[1:], **kwargs)


class Quiet(Task):
    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None: ...


def with_session(function: Callable[..., R]) -> Callable[..., R]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> R:
        return function(*args, session=1, **kwargs)

    return run


def logged(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return run


def above(task: Any) -> Any:
    return task.run


def make(app: Celery, flag: bool) -> Celery:
    @app.task
    def plain(size: int, *, key: str = "") -> int:
        if size:
            plain.delay(size - 1)
            plain.delay("1")  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
        return size

    @app.task(bind=True, name="bound", max_retries=3)
    def bound(self: Any, size: int) -> int:
        raise self.retry(args=(size,))

    @app.task()
    def unannotated(size, key=None):
        return size

    @shared_task
    def shared(size: int) -> int:
        return size

    @app.task(base=Quiet)
    def quiet(size: int) -> int:
        return size

    @app.task(base=Loading)
    def loading(size: dict[str, int], key: str) -> None: ...

    @app.task(typing=False)
    def untyped(request: Any, size: int) -> None: ...

    @app.task
    @with_session
    def hidden(size: int, session: int) -> None: ...

    @app.task
    @logged
    def kept(size: int) -> None: ...

    @above
    @app.task
    def function_again(size: int) -> int:
        return size

    plain.delay(1)
    plain.delay(size=1, key="k")
    plain.apply_async((1,), {"key": "k"}, countdown=3)
    plain.apply_async(args=[1])
    plain.delay("1")  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    plain.delay(1, "k")  # E: Too many positional arguments for "delay" of "plain"  [call-arg]
    plain.delay(1, kei="k")  # E: Unexpected keyword argument "kei" for "delay" of "plain"  [call-arg]
    plain.apply_async(("1",))  # E: Argument 1 to "plain" has incompatible type "str"; expected "int"  [arg-type]
    plain.apply_async((1,), {"kei": "k"})  # E: Unexpected keyword argument "kei" for "plain"  [call-arg]
    bound.delay(1)
    bound.delay("1")  # E: Argument 1 to "delay" of "bound" has incompatible type "str"; expected "int"  [arg-type]
    bound.delay(None, 1)  # E: Argument 1 to "delay" of "bound" has incompatible type "None"; expected "int"  [arg-type]  # E: Too many arguments for "delay" of "bound"  [call-arg]
    unannotated.delay(1)
    unannotated.delay("1", key=3)
    unannotated.delay()  # E: Missing positional argument "size" in call to "delay" of "unannotated"  [call-arg]
    unannotated.delay(1, kei=3)  # E: Unexpected keyword argument "kei" for "delay" of "unannotated"  [call-arg]
    shared.delay(1)
    shared.delay("1")  # E: Argument 1 to "delay" of "shared" has incompatible type "str"; expected "int"  [arg-type]
    quiet.delay(1)
    quiet.delay("1")  # E: Argument 1 to "delay" of "quiet" has incompatible type "str"; expected "int"  [arg-type]
    loading.delay(1, "k")
    untyped.delay(1)
    hidden.delay(1)
    kept.delay(1)
    kept.apply_async((1,))
    kept.apply_async(("1",))  # E: Argument 1 to "kept" has incompatible type "str"; expected "int"  [arg-type]
    function_again(1)

    def deeper(plain: Any) -> None:
        plain.delay("anything", 1, 2, 3)
        bound.delay(1)
        bound.delay("1")  # E: Argument 1 to "delay" of "bound" has incompatible type "str"; expected "int"  [arg-type]

    def shadowing() -> None:
        @app.task
        def plain(name: str) -> None: ...

        plain.delay("name")
        plain.delay(1)  # E: Argument 1 to "delay" of "plain" has incompatible type "int"; expected "str"  [arg-type]

    if flag:

        @app.task
        def chosen(size: int) -> None: ...

    else:

        @app.task
        def chosen(name: str) -> None: ...

    chosen.delay(1)
    chosen.delay("name")
    app.add_periodic_task(3.0, plain.s(1))
    app.add_periodic_task(3.0, plain.s())  # E: Missing positional argument "size" in call to "plain"  [call-arg]
    (plain.s(1) | bound.s())()
    [plain.delay(size) for size in range(3)]
    [plain.delay(size) for size in "abc"]  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    (lambda: plain.delay(1))()
    deeper(plain)
    shadowing()
    return app


def same_name(app: Celery) -> None:
    @app.task
    def plain(name: str, size: int) -> None: ...

    plain.delay("name", 1)
    plain.delay(1)  # E: Argument 1 to "delay" of "plain" has incompatible type "int"; expected "str"  [arg-type]  # E: Missing positional argument "size" in call to "delay" of "plain"  [call-arg]


def rebound(app: Celery, flag: bool) -> None:
    @app.task
    def one(size: int) -> None: ...

    @app.task
    def two(name: str) -> None: ...

    if flag:
        one = two
    one.delay("name")
    task = one
    task.delay("name")
    for three in (one, two):
        three.delay("name")


class Holder:
    def __init__(self, app: Celery) -> None:
        @app.task
        def plain(name: str) -> None: ...

        self.plain = plain
        self.plain.delay("name")
        self.plain.delay(1, 2, 3)
        plain.delay("name")
        plain.delay(1)  # E: Argument 1 to "delay" of "plain" has incompatible type "int"; expected "str"  [arg-type]


def test_with_a_parameter(plain: Task[..., Any]) -> None:
    plain.delay(1, 2, 3)
