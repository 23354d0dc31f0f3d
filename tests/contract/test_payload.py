"""The payload table is held to kombu's own serializers: values are really encoded and decoded."""

from __future__ import annotations

import collections
import datetime
import enum
import ipaddress
import pathlib
import re
import types
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import celery.result
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from kombu import serialization
from pydantic import BaseModel

from celery_registry.contract.payload import Fate, WireType, is_dumped, payload_verdict
from celery_registry.contract.payload_fates import KEY_FATES, PAYLOAD_FATES, SERIALIZERS

serialization.enable_insecure_serializers()


class Plain(enum.Enum):
    RED = 1


class Text(str, enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Pair(NamedTuple):
    left: int
    right: int


class Name(str):
    pass


class Money(BaseModel):
    amount: int


@dataclass
class Point:
    x: int


def generate() -> Any:
    yield 1


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
# A time zone of whole minutes: that is all a YAML timestamp can carry.
ZONES = st.one_of(st.none(), st.integers(-719, 719).map(lambda m: datetime.timezone(datetime.timedelta(minutes=m))))

#: Concrete values of every row that a value can be made of; hashable ones may become keys.
HASHABLE: dict[str, st.SearchStrategy[Any]] = {
    "None": st.none(),
    "bool": st.booleans(),
    "int": st.integers(-(2**63), 2**64 - 1),
    "float": st.floats(allow_nan=False),
    "str": TEXT,
    "bytes": st.binary(max_size=8),
    "complex": st.complex_numbers(allow_nan=False),
    "frozenset": st.frozensets(st.integers(), min_size=1, max_size=2),
    "range": st.builds(range, st.integers(0, 9)),
    "datetime.datetime": st.datetimes(timezones=ZONES.map(lambda zone: zone)),
    "datetime.date": st.dates(),
    "datetime.time": st.times(),
    "datetime.timedelta": st.timedeltas(),
    "datetime.timezone": st.just(datetime.timezone.utc),
    "zoneinfo.ZoneInfo": st.just(zoneinfo.ZoneInfo("UTC")),
    "decimal.Decimal": st.decimals(allow_nan=False),
    "fractions.Fraction": st.fractions(),
    "uuid.UUID": st.uuids(),
    "enum.Enum": st.just(Plain.RED),
    "pathlib.PurePath": st.just(pathlib.PurePosixPath("/a")),
    "ipaddress.IPv4Address": st.just(ipaddress.ip_address("127.0.0.1")),
    "ipaddress.IPv6Address": st.just(ipaddress.ip_address("::1")),
    "ipaddress.IPv4Network": st.just(ipaddress.ip_network("127.0.0.0/8")),
    "ipaddress.IPv6Network": st.just(ipaddress.ip_network("::/8")),
    "re.Pattern": st.just(re.compile("a")),
}
OTHERS: dict[str, st.SearchStrategy[Any]] = {
    "bytearray": st.binary(max_size=8).map(bytearray),
    "memoryview": st.binary(max_size=8).map(memoryview),
    "slice": st.just(slice(1)),
    "collections.OrderedDict": st.just(collections.OrderedDict(a=1)),
    "collections.Counter": st.just(collections.Counter("ab")),
    "collections.defaultdict": st.just(collections.defaultdict(list, a=[1])),
    "collections.deque": st.just(collections.deque([1])),
    "collections.ChainMap": st.just(collections.ChainMap({"a": 1})),
    "collections.UserDict": st.just(collections.UserDict(a=1)),
    "collections.UserList": st.just(collections.UserList([1])),
    "collections.UserString": st.just(collections.UserString("a")),
    "types.MappingProxyType": st.just(types.MappingProxyType({"a": 1})),
    "types.SimpleNamespace": st.just(types.SimpleNamespace(a=1)),
    "collections.abc.Generator": st.builds(generate),
    "collections.abc.Iterator": st.builds(lambda: iter([1])),
    "builtins.dict_keys": st.just({"a": 1}.keys()),
    "builtins.dict_values": st.just({"a": 1}.values()),
    "builtins.dict_items": st.just({"a": 1}.items()),
    "builtins.module": st.just(types),
    "type": st.just(int),
    "builtins.function": st.just(generate),
    "BaseException": st.just(ValueError("a")),
    "dataclasses.dataclass": st.just(Point(1)),
    "pydantic.main.BaseModel": st.just(Money(amount=1)),
    "celery.result.ResultBase": st.just(
        celery.result.AsyncResult("1", app=celery.Celery("payload", set_as_current=False))
    ),
}
SUBCLASSES: dict[WireType, st.SearchStrategy[Any]] = {
    WireType("app.Text", ("str", "enum.Enum")): st.just(Text.RED),
    WireType("app.Number", ("int", "enum.IntEnum", "enum.Enum")): st.just(Number.ONE),
    WireType("app.Plain", ("enum.Enum",)): st.just(Plain.RED),
    WireType("app.Pair", ("tuple",)): st.just(Pair(1, 2)),
    WireType("app.Name", ("str",)): st.just(Name("a")),
    WireType("app.Point", ("dataclasses.dataclass",)): st.just(Point(1)),
    WireType("app.Money", ("pydantic.main.BaseModel",)): st.just(Money(amount=1)),
    WireType("pathlib.PosixPath", ("pathlib.Path", "pathlib.PosixPath", "pathlib.PurePath")): st.just(
        pathlib.PurePosixPath("/a")
    ),
    WireType("app.Row", ("typing.TypedDict",), (WireType("int"), WireType("datetime.timedelta"))): st.just(
        {"a": 1, "b": datetime.timedelta(1)}
    ),
}
#: Rows that no value of this test stands for: other packages' classes, and what cannot be left open.
UNTESTED = {
    "attr.s",
    "django.db.models.base.Model",
    "django.db.models.query.QuerySet",
    "numpy.ndarray",
    "pandas.core.frame.DataFrame",
    "collections.abc.AsyncGenerator",
    "collections.abc.Coroutine",
    "collections.abc.Callable",
    "collections.abc.KeysView",
    "collections.abc.ValuesView",
    "collections.abc.ItemsView",
    "io.TextIOWrapper",
    "io.BufferedReader",
    "typing.TypedDict",
    "list",
    "dict",
    "tuple",
    "set",
}

Sample = tuple[WireType, Any]


def _named(table: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Sample]:
    return st.one_of(*[st.tuples(st.just(WireType(name)), values) for name, values in table.items()])


def _boxed(name: str, box: Callable[[list[Any]], Any]) -> Callable[[Sample], Sample]:
    return lambda sample: (WireType(name, (), (sample[0],)), box([sample[1]]))


def _containers(inner: st.SearchStrategy[Sample]) -> st.SearchStrategy[Sample]:
    return st.one_of(
        inner.map(_boxed("list", list)),
        inner.map(_boxed("tuple", tuple)),
        inner.map(lambda s: (WireType("dict", (), (WireType("str"), s[0])), {"a": s[1]})),
    )


LEAVES = st.one_of(
    _named(HASHABLE), _named(OTHERS), st.one_of(*[st.tuples(st.just(t), v) for t, v in SUBCLASSES.items()])
)
KEYED = _named(HASHABLE).map(lambda s: (WireType("dict", (), (s[0], WireType("int"))), {s[1]: 1}))
SETS = _named(HASHABLE).map(lambda s: (WireType("set", (), (s[0],)), {s[1]}))
SAMPLES = st.recursive(st.one_of(LEAVES, KEYED, SETS), _containers, max_leaves=3)


def travel(value: Any, serializer: str) -> Any:
    """What a worker gets for a value that a caller sends."""
    content_type, encoding, body = serialization.dumps([value], serializer)
    return serialization.loads(body, content_type, encoding, accept={content_type})[0]


@pytest.mark.parametrize("serializer", SERIALIZERS)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sample=SAMPLES)
def test_kept_values_arrive_equal_rejected_ones_raise_and_changed_ones_differ(serializer: str, sample: Sample) -> None:
    type, value = sample
    fate = payload_verdict(type, serializer).fate
    if fate is Fate.UNKNOWN:
        return
    if fate is Fate.REJECTED:
        with pytest.raises(Exception):  # noqa: B017, PT011 - each serializer refuses in its own way
            travel(value, serializer)
        return
    arrived = travel(value, serializer)
    if fate is Fate.KEPT:
        assert arrived == value
    else:
        assert arrived != value


@pytest.mark.parametrize("serializer", SERIALIZERS)
@pytest.mark.parametrize("name", [*HASHABLE, *OTHERS])
def test_every_row_of_the_table_is_true_of_a_value(name: str, serializer: str) -> None:
    value = _one({**HASHABLE, **OTHERS}[name])
    fate = payload_verdict(name, serializer).fate
    if fate is Fate.KEPT:
        assert travel(value, serializer) == value
    elif fate is Fate.REJECTED:
        with pytest.raises(Exception):  # noqa: B017, PT011
            travel(value, serializer)
    else:
        assert fate is Fate.UNKNOWN


@pytest.mark.parametrize("serializer", SERIALIZERS)
@pytest.mark.parametrize("name", HASHABLE)
def test_every_kind_of_key_is_judged_as_the_serializer_does(name: str, serializer: str) -> None:
    key = _one(HASHABLE[name])
    verdict = payload_verdict(WireType("dict", (), (WireType(name), WireType("int"))), serializer)
    if verdict.fate is Fate.REJECTED:
        with pytest.raises(Exception):  # noqa: B017, PT011
            travel({key: 1}, serializer)
    elif verdict.fate is Fate.CHANGED:
        assert [type(k).__name__ for k in travel({key: 1}, serializer)] == ["str"]
        assert verdict.becomes == "dict with str keys"
    else:
        assert verdict.fate is Fate.KEPT
        assert travel({key: 1}, serializer) == {key: 1}


def test_every_row_has_a_value_in_these_tests() -> None:
    assert set(PAYLOAD_FATES) - UNTESTED == {*HASHABLE, *OTHERS}
    assert set(KEY_FATES) <= set(HASHABLE)


def test_a_changed_type_says_what_arrives() -> None:
    verdict = payload_verdict(WireType("builtins.list", (), (WireType("builtins.tuple", (), (WireType("int"),)),)))
    assert (verdict.fate, verdict.type, verdict.becomes) == (Fate.CHANGED, "tuple[int]", "list")


def test_a_nested_type_is_named_where_it_is_to_blame() -> None:
    nested = WireType("typing.List", (), (WireType("dict", (), (WireType("str"), WireType("datetime.timedelta"))),))
    assert payload_verdict(nested).type == "timedelta"


def test_an_unknown_class_an_abstract_type_and_a_custom_serializer_are_silent() -> None:
    for type in (
        WireType("app.Thing"),
        WireType("typing.Any"),
        WireType("builtins.object"),
        WireType("typing.Sequence"),
    ):
        assert payload_verdict(type).fate is Fate.UNKNOWN
    assert payload_verdict("builtins.set", "my-serializer").fate is Fate.UNKNOWN


def test_an_abstract_container_of_a_rejected_type_is_rejected() -> None:
    assert payload_verdict(WireType("typing.Sequence", (), (WireType("builtins.set"),))).fate is Fate.REJECTED


def test_a_union_is_to_blame_only_where_every_member_but_none_is() -> None:
    delta, text, nothing = WireType("datetime.timedelta"), WireType("str"), WireType("None")
    assert payload_verdict(WireType("types.UnionType", (), (delta, nothing))).fate is Fate.REJECTED
    assert payload_verdict(WireType("types.UnionType", (), (delta, text))).fate is Fate.UNKNOWN
    assert payload_verdict(WireType("types.UnionType", (), (text, nothing))).fate is Fate.KEPT


def test_a_type_that_the_serializer_knows_is_silent() -> None:
    assert payload_verdict(WireType("app.Point", ("dataclasses.dataclass",), (), custom=True)).fate is Fate.UNKNOWN


def test_the_documentation_shows_the_table() -> None:
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "payloads.md").read_text()
    words = {"k": "kept", "r": "rejected", "?": "unknown"}
    expected = [
        f"| `{name}` | " + " | ".join(words.get(mark, f"changed: {mark}") for mark in row) + " |"
        for table in (PAYLOAD_FATES, KEY_FATES)
        for name, row in table.items()
    ]
    assert [line for line in page.splitlines() if line.startswith("| `")] == expected


def _one(strategy: st.SearchStrategy[Any]) -> Any:
    """Some value of a strategy, the same on each run."""
    found: list[Any] = []

    @settings(max_examples=1, database=None, derandomize=True, deadline=None)
    @given(value=strategy)
    def take(value: Any) -> None:
        found.append(value)

    take()
    return found[0]


def test_a_key_of_a_class_that_nobody_knows_is_silent() -> None:
    unknown = WireType("project.Key")
    assert payload_verdict(WireType("dict", arguments=(unknown, WireType("int"))), "json").fate is Fate.UNKNOWN
    assert payload_verdict(unknown, "json").fate is Fate.UNKNOWN
    for key in (WireType("project.Key", custom=True), WireType("types.UnionType", arguments=(WireType("int"),))):
        assert payload_verdict(WireType("dict", arguments=(key, WireType("int"))), "json").fate is Fate.UNKNOWN


def test_celery_dumps_a_model_alone_or_with_none() -> None:
    model = WireType("shop.Order", bases=("pydantic.main.BaseModel", "builtins.object"))
    none = WireType("builtins.NoneType")
    assert is_dumped(model, pydantic=True, returned=False)
    assert not is_dumped(model, pydantic=False, returned=True)
    assert is_dumped(WireType("typing.Union", arguments=(model, none)), pydantic=True, returned=False)
    assert not is_dumped(WireType("typing.Union", arguments=(model, model)), pydantic=True, returned=True)
    assert not is_dumped(WireType("list", arguments=(model,)), pydantic=True, returned=True)
    assert not is_dumped(WireType("int"), pydantic=True, returned=True)


def test_a_result_that_a_task_returns_is_made_a_tuple_by_celery() -> None:
    handle = WireType("celery.result.AsyncResult", bases=("celery.result.ResultBase", "builtins.object"))
    assert payload_verdict(handle).fate is Fate.REJECTED
    assert is_dumped(handle, pydantic=False, returned=True)
    assert not is_dumped(handle, pydantic=False, returned=False)
    assert not is_dumped(WireType("list", arguments=(handle,)), pydantic=False, returned=True)
    app = celery.Celery("results", backend="cache+memory://", set_as_current=False)
    assert app.backend.prepare_value(app.AsyncResult("1")) == (("1", None), None)
