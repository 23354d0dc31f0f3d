"""Generic tasks, unpacked keywords and stars, with and without a registry."""
from __future__ import annotations
from typing import Any, Generic, TypedDict, TypeVar, ParamSpec, Callable, Optional
from typing_extensions import Unpack, NotRequired, TypeVarTuple
from celery import Celery, Task, shared_task
from celery_registry import BaseTasksRegistry, register_task
import dataclasses
T=TypeVar("T")
Ts=TypeVarTuple("Ts")
class Row(TypedDict):
    pk: int
    note: NotRequired[str]
@shared_task
def unpacked(**row: Unpack[Row]) -> None: ...
@shared_task
def generic(item: T, items: list[T]) -> T: return item
@shared_task
def tup(*items: Unpack[tuple[int, str]]) -> None: ...
app=Celery("x")
@app.task
def tup2(*items: Unpack[tuple[int, str]]) -> None: ...
@app.task
def tsv(*items: Unpack[Ts]) -> tuple[Unpack[Ts]]: return items
def f(row: Row, texts: dict[str, str]) -> None:
    unpacked.delay(pk=1)
    unpacked.delay(pk="1")  # E: Argument "pk" to "delay" of "unpacked" has incompatible type "str"; expected "int"  [arg-type]
    unpacked.apply_async(kwargs={"pk": 1})
    unpacked.apply_async(kwargs={"pk": "1"})  # E: Argument "pk" to "unpacked" has incompatible type "str"; expected "int"  [arg-type]
    unpacked.apply_async(kwargs=row)
    unpacked.s(pk=1)
    generic.delay(1, [2])
    generic.apply_async((1, [2]))
    generic.apply_async((1, ["x"]))
    generic.s(1)
    reveal_type(generic.delay(1, [2]).get())  # N: Revealed type is "int"
    tup.delay(1, "x")
    tup.apply_async((1, "x"))
    tup.apply_async((1, 2))  # E: Argument 2 to "tup" has incompatible type "int"; expected "str"  [arg-type]
    tup2.delay(1, "x")
    tup2.apply_async((1, "x"))
    tup2.apply_async((1, 2))  # E: Argument 2 to "tup2" has incompatible type "int"; expected "str"  [arg-type]
    tsv.delay(1, 2)
    tsv.apply_async((1, 2))
class Reg(BaseTasksRegistry):
    @property
    def gen(self) -> Task[[int], int]:
        return self._get_task_by_name("gen")
    @property
    def unp(self) -> Task[..., int]:
        return self._get_task_by_name("unp")
    @property
    def star(self) -> Task[..., int]:
        return self._get_task_by_name("star")
class C:
    def gen(self, item: T) -> T: return item
    def unp(self, **row: Unpack[Row]) -> int: return 1
    def star(self, *items: int, flag: bool = False, **kw: str) -> int: return 1
    def register(self, app: Celery) -> None:
        register_task(app, "gen", self.gen)
        register_task(app, "unp", self.unp)
        register_task(app, "star", self.star)
def g(r: Reg, row: Row) -> None:
    r.gen.delay(1)
    r.gen.delay(item=1)
    r.unp.delay(pk=1)
    r.unp.delay(pk=1, note="x")
    r.unp.apply_async(kwargs=row)
    r.star.delay(1, 2, 3, flag=True, x="y")
    r.star.apply_async([1, 2], {"x": "y"})
    r.star.apply_async([1, 2], {"x": 3})  # E: Argument "x" to "star" has incompatible type "int"; expected "str"  [arg-type]
    r.star.delay("x")  # E: Argument 1 to "delay" of "star" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("unp", kwargs={"pk": 1})
    app.send_task("unp", kwargs={"pk": "1"})  # E: Argument "pk" to "unp" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("gen", (1,))
class Loader(Task[..., Any], Generic[T]):
    abstract = True
    def run(self, item: T, times: int = 1) -> list[T]: return [item] * times
class IntLoader(Loader[int]):
    name = "int-loader"
ints = app.register_task(IntLoader())
def loads() -> None:
    ints.delay(1, times=2)
    ints.delay("1")  # E: Argument 1 to "delay" of "ints" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("int-loader", (1,))
    app.send_task("int-loader", ("1",))  # E: Argument 1 to "IntLoader" has incompatible type "str"; expected "int"  [arg-type]
class Handler(Generic[T]):
    def handle(self, item: T, *, times: int = 1) -> T: return item
class IntHandler(Handler[int]): ...
register_task(app, "handle", IntHandler().handle)
def handles() -> None:
    app.send_task("handle", (1,), {"times": 2})
    app.send_task("handle", (1,), {"time": 2})  # E: Unexpected keyword argument "time" for "handle"; did you mean "times"?  [call-arg]
