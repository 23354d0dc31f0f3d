"""``args=`` and ``kwargs=`` in every shape that a program can give them."""
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, NamedTuple, Optional, TypedDict, Union

from celery import Celery, shared_task
from typing_extensions import NotRequired, Unpack

app = Celery("containers")


class Mail(TypedDict):
    to: str
    copies: int


class Loose(TypedDict, total=False):
    to: str
    copies: int


class Wrong(TypedDict):
    to: int


class Unknown(TypedDict):
    to: str
    copy: int


class Mixed(TypedDict):
    to: str
    copies: NotRequired[int]


class Row(NamedTuple):
    to: str
    copies: int


class BadRow(NamedTuple):
    to: str
    copies: str


@shared_task
def send(to: str, copies: int = 1, *, urgent: bool = False) -> int:
    return copies


@app.task
def both(to: str, copies: int, /, note: str, *, urgent: bool) -> None: ...


@shared_task
def star(*ids: int, **extra: str) -> None: ...


@shared_task
def nothing() -> None: ...


@shared_task
def opts(mail: Mail, sizes: list[float], maybe: Optional[int] = None) -> None: ...


def displays(to: str, number: int, flag: bool, anything: Any, rows: list[str], pair: tuple[str, int]) -> None:
    send.apply_async(("to",))
    send.apply_async(["to"])
    send.apply_async(args=("to", 3))
    send.apply_async(args=["to", 3], kwargs={})
    send.apply_async((to, number), {"urgent": flag})
    send.apply_async((*rows,))
    send.apply_async([*rows])
    send.apply_async((*pair,))
    send.apply_async((to, *pair))  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]  # E: Argument 3 to "send" has incompatible type "int"; expected "bool"  [arg-type]  # E: Too many positional arguments for "send"  [call-arg]
    send.apply_async((number, *rows))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]  # E: Argument to "send" has incompatible type "*list[str]"; expected "int"  [arg-type]
    send.apply_async((*rows, number))
    send.apply_async(["to", *[1]])
    send.apply_async([*range(3)])  # E: Argument to "send" has incompatible type "*range"; expected "str"  [arg-type]
    send.apply_async(tuple(rows))
    send.apply_async(tuple(range(3)))  # E: Argument to "send" has incompatible type "*tuple[int, ...]"; expected "str"  [arg-type]
    send.apply_async(rows + [to])
    send.apply_async(pair + ("x",))  # E: Argument 3 to "send" has incompatible type "str"; expected "bool"  [arg-type]  # E: Too many positional arguments for "send"  [call-arg]
    send.apply_async(pair[:1])
    send.apply_async(pair[1:])  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    send.apply_async([row for row in rows])
    send.apply_async([len(row) for row in rows])  # E: Argument to "send" has incompatible type "*list[int]"; expected "str"  [arg-type]
    send.apply_async(row for row in rows)  # E: Argument 1 to "apply_async" of "send" has incompatible type "Generator[str, None, None]"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async({to})  # E: Argument 1 to "apply_async" of "send" has incompatible type "set[str]"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async({"to": to})  # E: Argument 1 to "apply_async" of "send" has incompatible type "dict[str, str]"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async((to))  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    send.apply_async((number))  # E: Argument 1 to "apply_async" of "send" has incompatible type "int"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async(number)  # E: Argument 1 to "apply_async" of "send" has incompatible type "int"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async(b"to")  # E: Argument "args" has incompatible type "bytes"; expected a list or tuple of arguments  [arg-type]
    send.apply_async("to")  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    send.apply_async(f"{to}")  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    send.apply_async(args=to)  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    send.apply_async(())  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async([])  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async(None)  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async()  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async(kwargs=None)  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async(args=None, kwargs={"to": to})
    send.apply_async((), {"to": to})
    send.apply_async([], {"to": number})  # E: Argument "to" to "send" has incompatible type "int"; expected "str"  [arg-type]
    send.apply_async(("to", None))  # E: Argument 2 to "send" has incompatible type "None"; expected "int"  [arg-type]
    send.apply_async((None,))  # E: Argument 1 to "send" has incompatible type "None"; expected "str"  [arg-type]
    send.apply_async((anything, anything))
    send.apply_async((anything, anything, anything))  # E: Too many positional arguments for "send"  [call-arg]
    send.apply_async(("to" if flag else None,))  # E: Argument 1 to "send" has incompatible type "str | None"; expected "str"  [arg-type]
    send.apply_async(("to" if flag else "x", 1 if flag else 2))
    send.apply_async(("to",) if flag else ("x", 3))
    send.apply_async(("to",) if flag else ())  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async(("to",) if flag else None)  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async(("to",) if flag else rows)
    send.apply_async(["to"] if flag else ["x", "y"])  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async(args=("to",) if flag else ("x", 1), kwargs={} if flag else {"copies": 3})  # E: "send" gets multiple values for keyword argument "copies"  [misc]
    send.apply_async(args=() if flag else ("x",), kwargs={"to": "x"} if flag else {})
    send.apply_async((to, number) or ())
    send.apply_async((to,) * 2)  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async([to] * number)
    nothing.apply_async(())
    nothing.apply_async((1,))  # E: Too many arguments for "nothing"  [call-arg]
    nothing.apply_async(rows)
    nothing.apply_async(kwargs={"a": 1})  # E: Unexpected keyword argument "a" for "nothing"  [call-arg]
    star.apply_async((1, 2, 3), {"a": "b"})
    star.apply_async((1, "2"), {"a": 3})  # E: Argument "a" to "star" has incompatible type "int"; expected "str"  [arg-type]  # E: Argument 2 to "star" has incompatible type "str"; expected "int"  [arg-type]
    star.apply_async([1], {"ids": "b"})
    star.apply_async(range(3))


def keywords(
    to: str,
    flag: bool,
    mail: Mail,
    loose: Loose,
    wrong: Wrong,
    unknown: Unknown,
    mixed: Mixed,
    any_values: dict[str, Any],
    texts: dict[str, str],
    numbers: Mapping[str, int],
    floats: dict[str, float],
    either: dict[str, Union[str, int]],
    ids: dict[int, str],
) -> None:
    send.apply_async(kwargs={"to": to})
    send.apply_async(kwargs={"to": 3})  # E: Argument "to" to "send" has incompatible type "int"; expected "str"  [arg-type]
    send.apply_async(kwargs={"copies": 3})  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async(kwargs={"to": to, "urgent": 3})  # E: Argument "urgent" to "send" has incompatible type "int"; expected "bool"  [arg-type]
    send.apply_async(kwargs={"to": to, "urgnt": True})  # E: Unexpected keyword argument "urgnt" for "send"; did you mean "urgent"?  [call-arg]
    send.apply_async(kwargs={"to": to, "countdown": 3})  # E: Unexpected keyword argument "countdown" for "send"  [call-arg]  # N: "countdown" is an option of apply_async(): it stands beside kwargs=, not inside
    send.apply_async(kwargs={"to": to, **any_values})
    send.apply_async(kwargs={**any_values, "to": 3})  # E: Argument "to" to "send" has incompatible type "int"; expected "str"  [arg-type]
    send.apply_async(kwargs={**mail})
    send.apply_async(kwargs={**mail, "urgent": True})
    send.apply_async(kwargs={**mail, "urgent": 3})  # E: Argument "urgent" to "send" has incompatible type "int"; expected "bool"  [arg-type]
    send.apply_async(kwargs=mail)
    send.apply_async(kwargs=loose)
    send.apply_async(kwargs=wrong)  # E: Argument "to" to "send" has incompatible type "int"; expected "str"  [arg-type]
    send.apply_async(kwargs=unknown)  # E: Unexpected keyword argument "copy" for "send"  [call-arg]
    send.apply_async(kwargs=mixed)
    send.apply_async(("x",), mail)  # E: "send" gets multiple values for keyword argument "to"  [misc]
    send.apply_async(("x", 1), mail)  # E: "send" gets multiple values for keyword argument "copies"  [misc]  # E: "send" gets multiple values for keyword argument "to"  [misc]
    send.apply_async(kwargs=any_values)
    send.apply_async(kwargs=texts)
    send.apply_async(kwargs=numbers)  # E: Argument to "send" has incompatible type "**Mapping[str, int]"; expected "str"  [arg-type]
    send.apply_async(kwargs=floats)  # E: Argument to "send" has incompatible type "**dict[str, float]"; expected "str"  [arg-type]
    send.apply_async(kwargs=either)
    send.apply_async(kwargs=ids)  # E: Argument "kwargs" to "apply_async" of "send" has incompatible type "dict[int, str]"; expected "Mapping[str, Any] | None"  [arg-type]
    send.apply_async(kwargs=dict(to=to))
    send.apply_async(kwargs=dict(to=to, copies=3))
    send.apply_async(kwargs=dict(too=to))  # E: Unexpected keyword argument "too" for "send"; did you mean "to"?  [call-arg]
    send.apply_async(kwargs={key: to for key in ("to",)})
    send.apply_async(kwargs={key: 1.5 for key in ("to",)})  # E: Argument to "send" has incompatible type "**dict[str, float]"; expected "str"  [arg-type]
    send.apply_async(kwargs={"to": to} if flag else {"to": "x", "copies": 1})
    send.apply_async(kwargs={"to": to} if flag else {"too": "x"})  # E: Unexpected keyword argument "too" for "send"; did you mean "to"?  [call-arg]
    send.apply_async(kwargs={"to": to} if flag else None)  # E: Missing positional argument "to" in call to "send"  [call-arg]
    send.apply_async(kwargs={f"t{to}": 3})
    send.apply_async(kwargs={to: 3})
    send.apply_async(kwargs={1: 3})  # E: Dict entry 0 has incompatible type "int": "int"; expected "str": "Any"  [dict-item]
    send.apply_async(kwargs=[("to", to)])  # E: Argument "kwargs" to "apply_async" of "send" has incompatible type "list[tuple[str, str]]"; expected "Mapping[str, Any] | None"  [arg-type]
    send.apply_async(kwargs="to")  # E: Argument "kwargs" to "apply_async" of "send" has incompatible type "str"; expected "Mapping[str, Any] | None"  [arg-type]
    send.apply_async(kwargs=mail | {"copies": 3})
    send.apply_async(("x",), {"to": "y"})  # E: "send" gets multiple values for keyword argument "to"  [misc]
    send.apply_async(("x", 1), {"copies": 3})  # E: "send" gets multiple values for keyword argument "copies"  [misc]
    send.apply_async(("x", 1, True))  # E: Too many positional arguments for "send"  [call-arg]
    send.apply_async(("x",), {"copies": "3"})  # E: Argument "copies" to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async(texts.values())  # E: Argument 1 to "apply_async" of "send" has incompatible type "dict_values[str, str]"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async(list(texts.values()), {"urgent": True})
    both.apply_async(("x", 1), {"note": "n", "urgent": True})
    both.apply_async(("x", 1, "n"), {"urgent": True})
    both.apply_async(("x",), {"copies": 1, "note": "n", "urgent": True})  # E: Unexpected keyword argument "copies" for "both"  [call-arg]
    both.apply_async(("x", 1), {"urgent": True})  # E: Missing positional argument "note" in call to "both"  [call-arg]
    both.apply_async(("x", 1, "n", True))  # E: Too many positional arguments for "both"  [call-arg]
    both.apply_async(("x", 1, "n"))  # E: Missing named argument "urgent" for "both"  [call-arg]
    both.apply_async(kwargs={"to": "x", "copies": 1, "note": "n", "urgent": True})  # E: Unexpected keyword argument "copies" for "both"  [call-arg]  # E: Unexpected keyword argument "to" for "both"  [call-arg]
    opts.apply_async(({"to": "x", "copies": 1}, [1, 2]))
    opts.apply_async(({"to": "x"}, [1, 2]))  # E: Missing key "copies" for TypedDict "Mail"  [typeddict-item]
    opts.apply_async(kwargs={"mail": {"to": "x", "copies": 1}, "sizes": []})
    opts.apply_async(kwargs={"mail": mail, "sizes": ["x"]})  # E: List item 0 has incompatible type "str"; expected "float"  [list-item]
    opts.apply_async((mail, [1]), {"maybe": None})
    opts.apply_async((dict(to="x", copies=1), [1]))
    opts.apply_async((loose, [1]))  # E: Argument 1 to "opts" has incompatible type "Loose"; expected "Mail"  [arg-type]


def variables(
    row: Row,
    bad: BadRow,
    pair: tuple[str, int],
    triple: tuple[str, int, int],
    many: tuple[str, ...],
    strings: list[str],
    numbers: list[int],
    either: list[Union[str, int]],
    objects: list[object],
    optional: Optional[tuple[str]],
    sequence: Sequence[int],
    iterable: Iterable[str],
    anything: Any,
    union: Union[tuple[str], tuple[str, int]],
    wrong_union: Union[tuple[int], tuple[str, int]],
    queue: deque[str],
    mapping: MutableMapping[str, str],
    ordered: "OrderedDict[str, str]",
    default: "defaultdict[str, list[str]]",
    iterator: Iterator[str],
) -> None:
    send.apply_async(row)
    send.apply_async(bad)  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async(pair)
    send.apply_async(triple)  # E: Argument 3 to "send" has incompatible type "int"; expected "bool"  [arg-type]  # E: Too many positional arguments for "send"  [call-arg]
    send.apply_async(many)
    send.apply_async(strings)
    send.apply_async(numbers)  # E: Argument to "send" has incompatible type "*list[int]"; expected "str"  [arg-type]
    send.apply_async(either)
    send.apply_async(objects)  # E: Argument to "send" has incompatible type "*list[object]"; expected "str"  [arg-type]
    send.apply_async(optional)
    send.apply_async(sequence)  # E: Argument to "send" has incompatible type "*Sequence[int]"; expected "str"  [arg-type]
    send.apply_async(iterable)  # E: Argument 1 to "apply_async" of "send" has incompatible type "Iterable[str]"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async(anything)
    send.apply_async(anything.args, anything.kwargs)
    send.apply_async(union)
    send.apply_async(wrong_union)
    send.apply_async(queue)
    send.apply_async(iterator)  # E: Argument 1 to "apply_async" of "send" has incompatible type "Iterator[str]"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async(kwargs=mapping)
    send.apply_async(kwargs=ordered)
    send.apply_async(kwargs=default)  # E: Argument to "send" has incompatible type "**defaultdict[str, list[str]]"; expected "str"  [arg-type]
    send.apply_async(pair, {"urgent": True})
    send.apply_async(pair, {"copies": 3})  # E: "send" gets multiple values for keyword argument "copies"  [misc]
    send.apply_async(strings, {"copies": 3})
    send.apply_async(strings, {"too": 3})  # E: Unexpected keyword argument "too" for "send"; did you mean "to"?  [call-arg]
    if optional is not None:
        send.apply_async(optional)
    local = ["x"]
    send.apply_async(local)
    local.append("y")
    other = ("x", "y")
    send.apply_async(other)  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    third = {"to": "x"}
    third["copies"] = "3"
    send.apply_async(kwargs=third)
    fourth: Any = {"too": 3}
    send.apply_async(kwargs=fourth)
    args, kwargs = ("x",), {"copies": 3}
    send.apply_async(args, kwargs)
    send.apply_async(args=args, kwargs=kwargs, countdown=3)


def splats(*args: Any, **kwargs: Any) -> None:
    send.apply_async(*args)
    send.apply_async(**kwargs)
    send.apply_async(*args, **kwargs)
    send.apply_async(args)
    send.apply_async(args, kwargs)
    send.apply_async(args=args, **kwargs)
    send.apply_async(("x", "y"), **kwargs)  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async(kwargs=kwargs)
    send.apply_async(kwargs={"to": "x", **kwargs})
    send.delay(*args, **kwargs)
    send.delay("x", **kwargs)
    send.delay(3, **kwargs)  # E: Argument 1 to "delay" of "send" has incompatible type "int"; expected "str"  [arg-type]
    send.s(*args, **kwargs)
    send.si(*args, **kwargs)


def typed_splats(*args: int, **kwargs: str) -> None:
    send.apply_async(args)  # E: Argument to "send" has incompatible type "*tuple[int, ...]"; expected "str"  [arg-type]
    send.apply_async(("x",), kwargs)
    send.delay(*args)  # E: Argument 1 to "delay" of "send" has incompatible type "*tuple[int, ...]"; expected "str"  [arg-type]
    send.delay("x", **kwargs)  # E: Argument 2 to "delay" of "send" has incompatible type "**dict[str, str]"; expected "bool"  [arg-type]  # E: Argument 2 to "delay" of "send" has incompatible type "**dict[str, str]"; expected "int"  [arg-type]
    send.apply_async(("x",), countdown=3, **kwargs)


def unpacked(**mail: Unpack[Mail]) -> None:
    send.apply_async(kwargs=mail)
    send.delay(**mail)
    both.apply_async(kwargs=mail)  # E: Unexpected keyword argument "copies" for "both"  [call-arg]  # E: Unexpected keyword argument "to" for "both"  [call-arg]
