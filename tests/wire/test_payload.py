"""Tasks whose arguments and results do not survive their serializer are found in the live application."""

# Optional and Union are written here on purpose.
# ruff: noqa: UP007, UP045

from __future__ import annotations

import collections
import datetime as dt
import enum
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple, NewType, Optional, TypedDict, Union

import pytest
from celery import VERSION, Celery
from kombu.utils import json as kombu_json
from pydantic import BaseModel

from celery_registry.contract.codes import Code, Severity
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.contract.task import TaskImplementation
from celery_registry.guard.app_reader import AppReader
from celery_registry.wire.payload import check_payload
from celery_registry.wire.wire_types import read_hint, read_text


class Color(enum.Enum):
    RED = 1


class Shade(str, enum.Enum):
    DARK = "dark"


class Pair(NamedTuple):
    left: int


class Row(TypedDict):
    id: int
    took: dt.timedelta


class Fine(TypedDict):
    id: int


class Order(BaseModel):
    id: int


class Other(BaseModel):
    id: int


class OrderV2:
    pass


@dataclass
class Point:
    x: int


class Registered:
    pass


class Self:
    def __json__(self) -> str:
        return "self"


Wait = NewType("Wait", dt.timedelta)
Id = NewType("Id", int)


def found(hint: Any, serializer: str = "json") -> list[tuple[str, str]]:
    """The problems of a task that takes ``value: hint``, and what each blames."""
    app = Celery("payload", set_as_current=False)

    def run(value: Any) -> None: ...

    run.__annotations__["value"] = hint
    app.task(name="t", shared=False)(run)
    findings = check_payload(AppReader().implementation(app.tasks["t"]), serializer=serializer)
    assert all(finding.code is Code.PAYLOAD for finding in findings)
    return [(finding.problem, finding.facts["blamed"]) for finding in findings]


@pytest.mark.parametrize(
    ("wrong", "right", "blamed"),
    [
        (set[int], list[int], "set[int]"),
        (dt.timedelta, dt.datetime, "timedelta"),
        (Color, Shade, "Color"),
        (Optional[dt.timedelta], Optional[dt.date], "timedelta"),
        (Point, dict[str, int], "Point"),
        (Order, Any, "Order"),
        (Row, Fine, "timedelta"),
        (Iterator[int], Sequence[int], "Iterator[int]"),
        (list[frozenset[int]], list[list[int]], "frozenset[int]"),
        (dict[uuid.UUID, int], dict[str, uuid.UUID], "dict[UUID, int]"),
        (collections.deque, collections.OrderedDict, "deque"),
        (Wait, Id, "Wait"),
        (Union[dt.timedelta, set[int]], Union[dt.timedelta, int], "timedelta"),
        (type(None) | complex, Decimal | None, "complex"),
    ],
)
def test_a_rejected_parameter_is_an_error_and_its_twin_is_not(wrong: Any, right: Any, blamed: str) -> None:
    assert found(wrong) == [("payload-rejected", blamed)]
    assert found(right) == []


@pytest.mark.parametrize(
    ("changed", "kept", "blamed"),
    [
        (tuple[int, str], list[int], "tuple[int, str]"),
        (tuple[int, ...], list[int], "tuple[int, ...]"),
        (dict[int, str], dict[str, str], "dict[int, str]"),
        (Pair, Fine, "Pair"),
        (list[Pair], list[Fine], "Pair"),
    ],
)
def test_a_changed_parameter_is_a_warning_and_its_twin_is_not(changed: Any, kept: Any, blamed: str) -> None:
    assert found(changed) == [("payload-changed", blamed)]
    assert found(kept) == []


@pytest.mark.parametrize("hint", [set[int], Point, Color, Pair, dt.timedelta])
def test_pickle_and_a_serializer_of_the_users_own_are_silent(hint: Any) -> None:
    assert found(hint, "pickle") == []
    assert found(hint, "our-own") == []


@pytest.mark.parametrize("hint", ["Missing", "list[Missing]", Any, object, Sequence[Any], Literal["a", 1], Self])
def test_what_is_not_known_is_silent(hint: Any) -> None:
    assert found(hint) == []


def test_a_class_registered_with_kombu_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(Registered) == []
    assert found(Point) == [("payload-rejected", "Point")]
    monkeypatch.setattr(kombu_json, "_encoders", dict(kombu_json._encoders))
    monkeypatch.setattr(kombu_json, "_decoders", dict(kombu_json._decoders))
    kombu_json.register_type(Point, "point", lambda point: point.x, Point)
    assert found(Point) == []


def test_the_message_names_the_task_both_types_and_what_to_write() -> None:
    app = Celery("payload", set_as_current=False)

    @app.task(name="report", shared=False)
    def report(period: dt.timedelta, size: tuple[int, int]) -> set[int]:
        return set()

    findings = check_payload(AppReader().implementation(app.tasks["report"]))
    assert [finding.sentence for finding in findings] == [
        'Task "report" takes period as "timedelta", which the json serializer rejects: timedelta cannot be sent',
        'Task "report" takes size as "tuple[int, int]", which the json serializer changes: '
        "tuple[int, int] arrives as list",
        'Task "report" returns "set[int]", which the json serializer rejects: set[int] cannot be sent',
    ]
    assert [finding.severity for finding in findings] == [Severity.ERROR, Severity.WARNING, Severity.ERROR]
    assert findings[1].hint == "declare list, which is what arrives"


def test_a_result_that_nobody_can_read_is_silent() -> None:
    app = Celery("payload", set_as_current=False)

    @app.task(name="report", shared=False)
    def report() -> set[int]:
        return set()

    implementation = AppReader().implementation(app.tasks["report"])
    assert len(check_payload(implementation)) == 1
    assert check_payload(implementation, result_serializer=None) == ()


def test_models_of_a_pydantic_task_cross_as_their_dump() -> None:
    app = Celery("payload", set_as_current=False)

    @app.task(name="wrong", shared=False)
    def wrong(order: Order) -> Order:
        return order

    @app.task(name="right", shared=False, pydantic=True)
    def right(order: Order, maybe: Order | None = None) -> Order:
        return order

    reader = AppReader()
    assert len(check_payload(reader.implementation(app.tasks["wrong"]))) == 2
    # Celery below 5.5 has no such option, so there the models are what they look like.
    expected = 0 if VERSION >= (5, 5) else 3
    assert len(check_payload(reader.implementation(app.tasks["right"]))) == expected


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (Order, 0),
        (Optional[Order], 0),
        (list[Order], 1),
        (dict[str, Order], 1),
        (Optional[list[Order]], 1),
        (Union[Order, Other], 1),
        (int, 0),
    ],
)
def test_what_celery_does_not_dump_itself_is_told(hint: Any, told: int) -> None:
    task = TaskImplementation("t", TaskSignature((Parameter("given", type=hint),), hint))
    assert len(check_payload(task, pydantic=True)) == 2 * told


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (Optional[int], "int | None"),
        (Union[int, str, None], "int | str | None"),
        (list["int"], "list[int]"),
        (dt.datetime, "datetime"),
        (Literal["a.b", 1], "Literal['a.b', 1]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (Color, "Color"),
        (OrderV2, "OrderV2"),
        (Literal["a.v2", 1.5], "Literal['a.v2', 1.5]"),
        (None, "None"),
    ],
)
def test_a_runtime_hint_and_its_text_are_one_type(hint: Any, text: str) -> None:
    assert str(read_hint(hint)) == text
    assert str(read_text(text)) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("typing.Optional[dt.datetime]", "datetime | None"),
        ("List['int']", "list[int]"),
        ("'models.User'", "User"),
        ("Annotated[int, 'big']", "int"),
        ("Union[int, Optional[str]]", "int | str | None"),
        ("Callable[[int], str]", "Callable"),
    ],
)
def test_one_type_written_in_two_ways_has_one_text(written: str, text: str) -> None:
    assert str(read_text(written)) == text
