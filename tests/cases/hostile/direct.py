"""Direct calls as honest and hostile users write them."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, Literal, NewType, Optional, Protocol, TypedDict, TypeVar, Union, overload

from celery import Celery, Task, shared_task
from celery.local import PromiseProxy
from celery.result import AsyncResult
from celery.utils.log import get_task_logger
from typing_extensions import NotRequired, ParamSpec, Self, Unpack

app = Celery("direct")
logger = get_task_logger(__name__)
T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")
UserId = NewType("UserId", int)


class Row(TypedDict):
    pk: int
    note: NotRequired[str]


@app.task
def plain(pk: int, note: str = "", *args: int, flag: bool = False, **extra: str) -> int:
    return pk


@app.task
def positional(pk: int, /, note: str) -> int:
    return pk


@app.task
def keyword(*, pk: int, note: str = "") -> int:
    return pk


@app.task(bind=True)
def bound(self: Task[..., int], pk: int) -> int:
    return self.request.retries


@app.task(bind=True)
def bound_self(self, pk: int, note=None):
    return pk


@shared_task(bind=True, name="direct.shared_bound")
def shared_bound(self: Any, pk: int) -> int:
    return pk


@app.task
def literal(mode: Literal["fast", "slow"]) -> None: ...


@app.task
def new_type(pk: UserId) -> None: ...


@app.task
def union(pk: Union[int, str], maybe: Optional[int] = None) -> None: ...


@app.task
def containers(rows: list[Row], table: dict[str, list[int]], pair: tuple[int, str]) -> None: ...


@app.task
def generic(item: T, items: list[T]) -> T:
    return item


@app.task
def callback(function: Callable[[int], str]) -> None: ...


@app.task
def unpacked(**row: Unpack[Row]) -> None: ...


@overload
def twice(pk: int) -> int: ...
@overload
def twice(pk: str) -> str: ...
def twice(pk: int | str) -> int | str:
    return pk


twice_task = app.task(twice)
lambda_task = app.task(lambda pk: pk)
made = app.task(name="direct.made")(twice)


@app.task
async def coroutine(pk: int) -> int:
    return pk


@app.task
def generator(pk: int):
    yield pk


@app.task
@functools.lru_cache
def cached(pk: int) -> int:
    return pk


@app.task
@functools.wraps(plain)
def wrapped(*args: Any, **kwargs: Any) -> Any: ...


def calls(row: Row, rows: list[Row], anything: Any, number: int, maybe: Optional[int], numbers: list[int]) -> None:
    plain.delay(1)
    plain.delay(1, "n", 3, 4, flag=True, more="x")
    plain.delay(1, "n", "x")  # E: Argument 3 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    plain.delay(1, flag=3)  # E: Argument "flag" to "delay" of "plain" has incompatible type "int"; expected "bool"  [arg-type]
    plain.delay(1, more=3)  # E: Argument "more" to "delay" of "plain" has incompatible type "int"; expected "str"  [arg-type]
    plain.delay("1")  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    plain.delay(pk=1)
    plain.delay()  # E: Missing positional argument "pk" in call to "delay" of "plain"  [call-arg]
    plain.delay(maybe)  # E: Argument 1 to "delay" of "plain" has incompatible type "int | None"; expected "int"  [arg-type]
    plain.delay(*numbers)
    plain.delay(anything, anything)
    plain.delay(**anything)
    plain(1)
    plain("1")  # E: Argument 1 to "plain" has incompatible type "str"; expected "int"  [arg-type]
    plain.run(1)
    plain.run("1")  # E: Argument 1 to "run" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    plain.si(1)
    plain.si("1")  # E: Argument 1 to "si" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    positional.delay(1, "n")
    positional.delay(1, note="n")
    positional.delay(pk=1, note="n")  # E: Unexpected keyword argument "pk" for "delay" of "positional"  [call-arg]
    keyword.delay(pk=1)
    keyword.delay(1)  # E: Too many positional arguments for "delay" of "keyword"  [call-arg]
    keyword.delay()  # E: Missing named argument "pk" for "delay" of "keyword"  [call-arg]
    keyword.delay(pk="1")  # E: Argument "pk" to "delay" of "keyword" has incompatible type "str"; expected "int"  [arg-type]
    bound.delay(1)
    bound.delay("1")  # E: Argument 1 to "delay" of "bound" has incompatible type "str"; expected "int"  [arg-type]
    bound.delay(bound, 1)  # E: Argument 1 to "delay" of "bound" has incompatible type "Task[Any, Any]"; expected "int"  [arg-type]  # E: Too many arguments for "delay" of "bound"  [call-arg]
    bound(1)
    bound("1")  # E: Argument 1 to "bound" has incompatible type "str"; expected "int"  [arg-type]
    bound_self.delay(1)
    bound_self.delay("1")  # E: Argument 1 to "delay" of "bound_self" has incompatible type "str"; expected "int"  [arg-type]
    bound_self.delay(1, note=anything)
    bound_self.delay(1, nte=1)  # E: Unexpected keyword argument "nte" for "delay" of "bound_self"; did you mean "note"?  [call-arg]
    shared_bound.delay(1)
    shared_bound.delay("1")  # E: Argument 1 to "delay" of "shared_bound" has incompatible type "str"; expected "int"  [arg-type]
    shared_bound()  # E: Missing positional argument "pk" in call to "shared_bound"  [call-arg]
    literal.delay("fast")
    literal.delay("medium")  # E: Argument 1 to "delay" of "literal" has incompatible type "Literal['medium']"; expected "Literal['fast', 'slow']"  [arg-type]
    literal.apply_async(("slow",))
    literal.apply_async(("medium",))  # E: Argument 1 to "literal" has incompatible type "Literal['medium']"; expected "Literal['fast', 'slow']"  [arg-type]
    new_type.delay(UserId(3))
    new_type.delay(3)  # E: Argument 1 to "delay" of "new_type" has incompatible type "int"; expected "UserId"  [arg-type]
    union.delay(1)
    union.delay("x", None)
    union.delay(1.5)  # E: Argument 1 to "delay" of "union" has incompatible type "float"; expected "int | str"  [arg-type]
    union.delay(1, maybe)
    containers.delay([{"pk": 1}], {"a": [1]}, (1, "x"))
    containers.delay([{"pk": 1, "note": "n"}], {}, (1, "x"))
    containers.delay([{"pk": "1"}], {"a": [1]}, (1, "x"))  # E: Incompatible types (expression has type "str", TypedDict item "pk" has type "int")  [typeddict-item]
    containers.delay([], {"a": ["1"]}, (1, "x"))  # E: List item 0 has incompatible type "str"; expected "int"  [list-item]
    containers.delay(rows, {"a": numbers}, (1, 2))  # E: Argument 3 to "delay" of "containers" has incompatible type "tuple[int, int]"; expected "tuple[int, str]"  [arg-type]
    containers.apply_async(([{"pk": 1}], {"a": [1]}, (1, "x")))
    containers.apply_async(([{"pk": "1"}], {"a": [1]}, (1, "x")))  # E: Incompatible types (expression has type "str", TypedDict item "pk" has type "int")  [typeddict-item]
    containers.apply_async(kwargs={"rows": [], "table": {}, "pair": (1, 2)})  # E: Argument "pair" to "containers" has incompatible type "tuple[int, int]"; expected "tuple[int, str]"  [arg-type]
    containers.apply_async(([dict(pk=1)], dict(a=[1]), (1, "x")))
    generic.delay(1, [2])
    generic.delay(1, ["x"])
    callback.delay(str)
    callback.delay(lambda number: str(number))
    callback.delay(lambda number: number)  # E: Argument 1 to "delay" of "callback" has incompatible type "Callable[[int], int]"; expected "Callable[[int], str]"  [arg-type]  # E: Incompatible return value type (got "int", expected "str")  [return-value]
    unpacked.delay(pk=1)
    unpacked.delay(pk=1, note="n")
    unpacked.delay(pk="1")  # E: Argument "pk" to "delay" of "unpacked" has incompatible type "str"; expected "int"  [arg-type]
    unpacked.delay(nte="1")  # E: Unexpected keyword argument "nte" for "delay" of "unpacked"; did you mean "note"?  [call-arg]
    unpacked.delay(**row)
    unpacked.apply_async(kwargs=row)
    twice_task.delay(1)
    twice_task.delay("x")
    lambda_task.delay(1)
    lambda_task.delay(1, 2, 3)
    made.delay("x")
    coroutine.delay(1)
    coroutine.delay("1")  # E: Argument 1 to "delay" of "coroutine" has incompatible type "str"; expected "int"  [arg-type]
    generator.delay(1)
    generator.delay("1")  # E: Argument 1 to "delay" of "generator" has incompatible type "str"; expected "int"  [arg-type]
    cached.delay(1)
    cached.delay("1")  # E: Argument 1 to "delay" of "cached" has incompatible type "str"; expected "int"  [arg-type]
    wrapped.delay(1, 2, 3)
    plain.delay(number if maybe is None else maybe)
    plain.delay(maybe or 0)
    plain.delay((lambda: 3)())
    plain.delay(len("x"))
    plain.delay(pk=(yes := 3), note=str(yes))
    [plain.delay(each) for each in numbers]
    {each: plain.delay(each) for each in numbers}
    list(map(plain.delay, numbers))
    list(map(lambda each: plain.delay(each), numbers))
    (plain.delay if number else plain.si)(1)
    getattr(plain, "delay")(1, 2)
    functools.partial(plain.delay, 1)()
    functools.partial(plain.delay, "1")()  # E: Argument 1 to "plain" has incompatible type "str"; expected "int"  [arg-type]
    functools.partial(plain.apply_async, (1,))()
    functools.partial(plain.apply_async, ("1",))()  # E: Argument 1 to "plain" has incompatible type "str"; expected "int"  [arg-type]
    functools.partial(plain.apply_async, args=("1",), countdown=3)()  # E: Argument 1 to "plain" has incompatible type "str"; expected "int"  [arg-type]
    functools.partial(plain.apply_async, kwargs={"pk": "1"})()  # E: Argument "pk" to "plain" has incompatible type "str"; expected "int"  [arg-type]
    functools.partial(plain.apply_async)((1,))
    delay = plain.delay
    delay(1)
    delay("1")  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]


def attributes() -> None:
    print(plain.name, plain.request.id, plain.max_retries, plain.__name__, plain.app)
    plain.__wrapped__(1)  # E: "Task[Any, Any]" has no attribute "__wrapped__"  [attr-defined]
    plain.queue  # E: "Task[Any, Any]" has no attribute "queue"  [attr-defined]
    plain.undefined  # E: "Task[Any, Any]" has no attribute "undefined"  [attr-defined]


def on_commit(function: Callable[[], object]) -> None: ...


def callbacks(pk: int) -> None:
    on_commit(lambda: plain.delay(pk))
    on_commit(lambda: plain.delay("x"))  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    on_commit(functools.partial(plain.delay, pk))
    on_commit(functools.partial(plain.delay, pk=pk, note="n"))
    on_commit(functools.partial(plain.apply_async, (pk,), countdown=3))
    on_commit(functools.partial(plain.apply_async, args=(pk,), kwargs={"note": "n"}))
    on_commit(plain.s(pk).delay)
    on_commit(plain.delay)  # E: Argument 1 to "on_commit" has incompatible type "def delay(pk: int, note: str = ..., *args: int, flag: bool = ..., **extra: str) -> AsyncResult[int]"; expected "Callable[[], object]"  [arg-type]


class Sender(Protocol):
    def delay(self, pk: int) -> AsyncResult[int]: ...


class HasPlain(Protocol):
    @property
    def plain(self) -> Task[[int, str], int]: ...


def through(has: HasPlain, task: Task[[int, str], int]) -> None:
    # A registry may stand behind it; only the number and the types are known.
    has.plain.delay(1, "a")
    has.plain.delay(pk=1, note="a")
    has.plain.delay(1, note="a")
    has.plain.delay("1", "a")  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    has.plain.delay(pk=1)  # E: Too few arguments for "delay" of "plain"  [call-arg]
    has.plain.delay(1, "a", 2)  # E: Too many arguments for "delay" of "plain"  [call-arg]
    task.delay(pk=1, note="a")  # E: Unexpected keyword argument "pk" for "delay" of "Task"  [call-arg]  # E: Unexpected keyword argument "note" for "delay" of "Task"  [call-arg]


class HasTask(Generic[P, R]):
    def __init__(self, task: Task[P, R]) -> None:
        self.task = task

    def send(self, *args: P.args, **kwargs: P.kwargs) -> AsyncResult[R]:
        return self.task.delay(*args, **kwargs)

    def itself(self) -> Self:
        return self


def protocols(sender: Sender, task: Task[[int], int], open_task: Task[..., Any], any_task: Task[Any, Any]) -> None:
    protocols(plain, plain, plain, plain)
    protocols(shared_bound, shared_bound, shared_bound, shared_bound)
    HasTask(plain).send(1, 2, 3)  # E: Argument 1 to "send" of "HasTask" has incompatible type "int"; expected "Never"  [arg-type]  # E: Argument 2 to "send" of "HasTask" has incompatible type "int"; expected "Never"  [arg-type]  # E: Argument 3 to "send" of "HasTask" has incompatible type "int"; expected "Never"  [arg-type]
    HasTask(shared_bound).send(1)
    HasTask(shared_bound).itself().send("1")  # E: Argument 1 to "send" of "HasTask" has incompatible type "str"; expected "int"  [arg-type]
    task.delay(1)
    task.delay("1")  # E: Argument 1 to "delay" of "Task" has incompatible type "str"; expected "int"  [arg-type]
    task.apply_async(("1",))  # E: Argument 1 to "task" has incompatible type "str"; expected "int"  [arg-type]
    open_task.delay(1, 2, 3)
    open_task.apply_async((1, 2), {"a": 3})
    any_task.delay(1, 2, 3)
    any_task.apply_async((1, 2), {"a": 3})
    sender.delay(1)
    tasks: list[Task[Any, Any]] = [plain, positional, shared_bound]
    tasks[0].delay(1, 2, 3)
    table: dict[str, Task[..., Any]] = {"plain": plain, "bound": shared_bound}
    table["plain"].delay(1, 2, 3)
    mixed = {"plain": plain, "bound": shared_bound}
    mixed["plain"].apply_async((1,))
    for each in (plain, positional):
        each.delay("x")
    wrong: Task[[str], int] = shared_bound  # E: Incompatible types in assignment (expression has type "Task[[int], Any]", variable has type "Task[[str], int]")  [assignment]
    right: Task[[int], int] = shared_bound
    print(wrong, right)


def proxies(proxy: PromiseProxy) -> None:
    proxy.delay(1, 2)  # E: "PromiseProxy[Any]" has no attribute "delay"  [attr-defined]
    logger.info("x")


class Model:
    plain = plain
    shared = shared_bound

    def save(self) -> None:
        self.plain.delay(1)
        self.plain.delay("1")
        Model.shared.delay("1")  # E: Argument 1 to "delay" of "shared" has incompatible type "str"; expected "int"  [arg-type]
        plain.delay("1")  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
