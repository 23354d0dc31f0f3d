"""``starmap`` and ``chunks`` call ``task(*item)``: of a text that is its characters, of a dictionary its keys."""

from typing import Any

from celery import Celery, shared_task

app = Celery("unpacked")


@app.task
def count(x: int, y: int = 0) -> int:
    return x


@shared_task
def name(first: str, last: str = "") -> None: ...


@shared_task
def loose(*parts: int) -> None: ...


@shared_task
def anything(x: Any) -> None: ...


@shared_task
def either(x: int | str) -> None: ...


@shared_task
def nothing() -> None: ...


def wrong(texts: list[str], rows: list[dict[str, int]], one: str) -> None:
    count.starmap(["ab"])  # E: Argument to "count" has incompatible type "*str"; expected "int"  [arg-type]
    count.starmap(texts)  # E: Argument to "count" has incompatible type "*str"; expected "int"  [arg-type]
    count.chunks(texts, 2)  # E: Argument to "count" has incompatible type "*str"; expected "int"  [arg-type]
    count.chunks(rows, 2)  # E: Argument to "count" has incompatible type "*dict[str, int]"; expected "int"  [arg-type]
    count.chunks([{"x": 1}], 2)  # E: Argument to "count" has incompatible type "*dict[str, int]"; expected "int"  [arg-type]
    count.starmap([one, (1,)])  # E: Argument to "count" has incompatible type "*str"; expected "int"  [arg-type]
    count.starmap(row for row in rows)  # E: Argument to "count" has incompatible type "*dict[str, int]"; expected "int"  [arg-type]
    loose.starmap(["ab"])  # E: Argument to "loose" has incompatible type "*str"; expected "int"  [arg-type]
    count.starmap({"a": 1})  # E: Argument to "count" has incompatible type "*str"; expected "int"  [arg-type]
    count.starmap("ab")  # E: Argument to "count" has incompatible type "*str"; expected "int"  [arg-type]


def right(texts: list[str], rows: list[dict[str, int]], some: list[Any], keyed: list[dict[int, str]]) -> None:
    count.starmap(some)
    count.starmap(sorted(some))
    count.starmap(keyed)
    count.starmap([{1: 2}])
    count.starmap([some[0], some[0]()])
    count.starmap([[1], (1, 2)])
    count.starmap([{}])
    count.starmap([])
    count.chunks([(1,)], 2)
    name.starmap(["ab"])
    name.starmap(texts)
    name.chunks(rows, 2)
    anything.starmap(["a"])
    either.starmap(["a"])
    nothing.starmap([""])
    nothing.starmap(texts)
