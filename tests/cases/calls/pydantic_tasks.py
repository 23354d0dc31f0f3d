"""With ``pydantic=True`` Celery makes the models: of a ``dict`` as of one of their own."""

from celery import Celery, shared_task
from pydantic import BaseModel

app = Celery("models")


class Item(BaseModel):
    n: int


@shared_task(pydantic=True)
def shared(item: Item, times: int = 1) -> int:
    return item.n * times


@app.task(pydantic=True)
def of_app(item: Item | None, times: int = 1) -> int:
    return times


@shared_task
def plain(item: Item) -> int:
    return item.n


def right() -> None:
    shared({"n": 1})
    shared(Item(n=1))
    shared.delay({"n": 1})
    shared.delay(item={"n": 1}, times=2)
    shared.apply_async(({"n": 1},))
    shared.apply_async(kwargs={"item": {"n": 1}})
    shared.s({"n": 1})
    of_app({"n": 1})
    of_app.delay({"n": 1})
    of_app.apply_async(kwargs={"item": Item(n=1)})


def wrong() -> None:
    shared({"n": 1}, "2")  # E: Argument 2 to "shared" has incompatible type "str"; expected "int"  [arg-type]
    shared.delay({"n": 1}, time=2)  # E: Unexpected keyword argument "time" for "delay" of "shared"; did you mean "times"?  [call-arg]
    shared.apply_async(({"n": 1}, "2"))  # E: Argument 2 to "shared" has incompatible type "str"; expected "int"  [arg-type]
    of_app.delay({"n": 1}, "2")  # E: Argument 2 to "delay" of "of_app" has incompatible type "str"; expected "int"  [arg-type]
    of_app.delay()  # E: Missing positional argument "item" in call to "delay" of "of_app"  [call-arg]
    plain.delay({"n": 1})  # E: Argument 1 to "delay" of "plain" has incompatible type "dict[str, int]"; expected "Item"  [arg-type]
