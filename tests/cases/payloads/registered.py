"""What plain tasks take and return."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar, overload

from celery import Celery, Task, shared_task
from kombu.utils.json import register_type
from pydantic import BaseModel

app = Celery("registered")
P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Point:
    x: int


@dataclass
class Deep(Point):
    y: int


class Order(BaseModel):
    id: int


class Json:
    def __json__(self) -> str:
        return "self"


class Converting(Task):
    def apply_async(self, *args: Any, **options: Any) -> Any:
        return super().apply_async(*args, **options)


class Pickled(Task):
    serializer = "pickle"


@app.task
def bare(delay: timedelta) -> None: ...  # E: Task "registered.bare" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task


@app.task
def bare_right(delay: int) -> None: ...


@app.task(name="called")
def called(
    first: int,
    point: Point,  # E: Task "called" takes point as "Point", which the json serializer rejects: Point cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    *rest: Deep,  # E: Task "called" takes rest as "Deep", which the json serializer rejects: Deep cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    last: set[int] = set(),  # E: Task "called" takes last as "set[int]", which the json serializer rejects: set[int] cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    **more: frozenset[int],  # E: Task "called" takes more as "frozenset[int]", which the json serializer rejects: frozenset[int] cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
) -> Point:  # E: Task "called" returns "Point", which the json serializer rejects: Point cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    return point


@app.task(name="called-right")
def called_right(first: int, point: dict[str, int], *rest: str, last: list[int] = [], **more: float) -> Json:
    return Json()


@shared_task
def shared(sizes: tuple[int, int]) -> complex:  # E: Task "registered.shared" returns "complex", which the json serializer rejects: complex cannot be sent  [task-payload]  # N: Task "registered.shared" takes sizes as "tuple[int, int]", which the json serializer changes: tuple[int, int] arrives as list  (task-payload)  # N: hint: declare list, which is what arrives  # N: hint: pass something that json carries, or set another serializer for this task
    return 1j


@shared_task(ignore_result=True)
def shared_right(sizes: list[int]) -> complex:
    return 1j


@shared_task(serializer="pickle")
def pickled(delay: timedelta) -> None: ...


@shared_task(serializer="yaml")
def yaml(sizes: set[int], when: Point) -> None: ...  # E: Task "registered.yaml" takes when as "Point", which the yaml serializer rejects: Point cannot be sent  [task-payload]  # N: hint: pass something that yaml carries, or set another serializer for this task


@app.task(base=Pickled)
def pickled_by_its_class(delay: timedelta) -> None: ...


@app.task(base=Converting)
def converting(delay: timedelta) -> None: ...


OPTIONS: dict[str, Any] = {}


@app.task(**OPTIONS)
def unknown_options(delay: timedelta) -> None: ...


@app.task(serializer=OPTIONS["serializer"])
def unknown_serializer(delay: timedelta) -> None: ...


@app.task(serializer="our-own")
def own_serializer(delay: timedelta) -> None: ...


@app.task
def unwrapped(order: Order) -> Order:  # E: Task "registered.unwrapped" returns "Order", which the json serializer rejects: Order cannot be sent  [task-payload]  # E: Task "registered.unwrapped" takes order as "Order", which the json serializer rejects: Order cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    return order


@app.task(pydantic=True)
def dumped(order: Order, maybe: Order | None = None) -> Order:
    return order


@app.task(pydantic=True)
def in_a_list(orders: list[Order]) -> None: ...  # E: Task "registered.in_a_list" takes orders as "list[Order]", which the json serializer rejects: Order cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task


@app.task(pydantic=True)
def in_a_dictionary(order: Order) -> dict[str, Order]:  # E: Task "registered.in_a_dictionary" returns "dict[str, Order]", which the json serializer rejects: Order cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    return {"a": order}


@app.task(pydantic=True)
def dumped_beside_others(order: Order, delay: timedelta) -> None: ...  # E: Task "registered.dumped_beside_others" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task


@app.task
def generator() -> Iterator[int]:  # E: Task "registered.generator" returns "Generator", which the json serializer rejects: Generator cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    yield 1


@app.task
def unannotated_generator():  # E: Task "registered.unannotated_generator" returns "Generator", which the json serializer rejects: Generator cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    yield 1


@app.task
def returns_one() -> Generator[int, None, None]:  # E: Task "registered.returns_one" returns "Generator[int, None, None]", which the json serializer rejects: Generator[int, None, None] cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    return (x for x in [1])


@app.task
async def asynchronous(sizes: list[int]) -> set[int]:
    return {1}


def keeps(function: Callable[P, R]) -> Callable[P, R]:
    return function


def reworks(function: Callable[P, R]) -> Callable[P, list[R]]:
    return lambda *args, **kwargs: [function(*args, **kwargs)]


def hides(function: Any) -> Any:
    return function


@app.task
@keeps
def kept(delay: timedelta) -> set[int]:  # E: Task "registered.kept" returns "set[int]", which the json serializer rejects: set[int] cannot be sent  [task-payload]  # E: Task "registered.kept" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task
    return set()


@app.task
@reworks
def reworked(delay: int) -> set[int]:
    return set()


@app.task
@hides
def hidden(delay: timedelta) -> set[int]:
    return set()


@app.task(bind=True)
def bound(self: Any, delay: timedelta) -> None: ...  # E: Task "registered.bound" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task


@app.task(bind=True)
def bound_right(self: Any, delay: float) -> None: ...


@app.task
def unannotated(delay, other=timedelta(1)):
    return {1}


def plain(delay: timedelta) -> None: ...  # E: Task "plain" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task


app.task(name="plain")(plain)


def make() -> None:
    @app.task(name="nested")
    def nested(delay: timedelta) -> None: ...  # E: Task "nested" takes delay as "timedelta", which the json serializer rejects: timedelta cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task

    @app.task(name="nested-right")
    def nested_right(delay: float) -> None: ...


def not_a_task(delay: timedelta) -> set[int]:
    return set()


@dataclass
class Registered:
    x: int


@dataclass
class Unregistered:
    x: int


register_type(Registered, "point", lambda point: point.x, Registered)


@app.task
def registered(point: Registered, points: list[Registered]) -> None: ...


@app.task
def unregistered(point: Unregistered) -> None: ...  # E: Task "registered.unregistered" takes point as "Unregistered", which the json serializer rejects: Unregistered cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task


def of_later(one: "Later") -> None: ...  # E: Task "later" takes one as "Later", which the json serializer rejects: Later cannot be sent  [task-payload]  # N: hint: pass something that json carries, or set another serializer for this task


app.task(name="later")(of_later)


class Later(timedelta): ...


@app.task(name="first")
@app.task(name="second")
def twice(delay: timedelta) -> None: ...


@overload
def several(delay: int) -> int: ...
@overload
def several(delay: timedelta) -> timedelta: ...
def several(delay: Any) -> Any: ...


app.task(name="several")(several)


T = TypeVar("T")


@app.task
def generic(value: T) -> T:
    return value


@shared_task(
    name="ignored-here",
)
def ignored_here(
    delay: timedelta,  # type: ignore[task-payload]
) -> None: ...
