"""``starmap`` and ``chunks`` call ``task(*item)``: of a text that is its characters, of a dictionary its keys."""

from typing import Any

from celery import Celery, chunks, shared_task, xmap, xstarmap

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


@app.task
def show(text: str) -> str:
    return text


def letters_and_numbers(numbers: list[int], unknown: list[Any], loosely: Any) -> None:
    show.starmap(["a"])
    show.starmap([("ab",)])
    show.starmap(["ab"])  # E: Too many arguments for "show"  [call-arg]
    show.chunks(["ab"], 10)  # E: Too many arguments for "show"  [call-arg]
    count.chunks([(number,) for number in numbers], 10)
    count.chunks(zip(numbers), 10)
    count.chunks(unknown, 10)
    count.chunks(loosely, 10)
    count.chunks(numbers, 10)  # E: Argument 1 to "chunks" has incompatible type "int"; expected "Iterable[Any]"  [arg-type]
    count.chunks([1, 2], 10)  # E: Argument 1 to "chunks" has incompatible type "int"; expected "Iterable[Any]"  [arg-type]
    count.starmap(range(3))  # E: Argument 1 to "starmap" has incompatible type "int"; expected "Iterable[Any]"  [arg-type]
    count.map(range(3))


def by_hand(numbers: list[int]) -> None:
    xmap(count.s(), numbers)
    xstarmap(count.s(), [(1,)])
    chunks(count.s(), [(1,)], 10)
    xmap(count.s(), ["a"])  # E: Argument 1 to "count" has incompatible type "str"; expected "int"  [arg-type]
    xstarmap(count.s(), [("a",)])  # E: Argument 1 to "count" has incompatible type "str"; expected "int"  [arg-type]
    chunks(count.s(), numbers, 10)  # E: Argument 1 to "chunks" has incompatible type "int"; expected "Iterable[Any]"  [arg-type]
    xmap("count", numbers)  # E: Argument 1 to "xmap" has incompatible type "str"; expected "Task[Any, Any] | Signature[Any] | None"  [arg-type]
