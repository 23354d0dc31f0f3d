"""The schemas of models, TypedDicts and dataclasses, which the live application brings to the AsyncAPI document.

Law: the command runs as users run it; the document is held to the specification's own schema, messages to the document.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cli.shop import run
from jsonschema import Draft7Validator
from kombu.utils.json import dumps

from celery_registry.wire.envelopes import envelope_of

SPECIFICATION = Draft7Validator(json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text()))

PROGRAM = '''
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
import typing
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Optional, Union

from celery import Celery
from pydantic import BaseModel, Field, computed_field
from typing_extensions import NotRequired, TypedDict

if TYPE_CHECKING:
    from decimal import Decimal as Price

print("imported")
app = Celery("shop", broker="memory://")


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


class Parcel(TypedDict):
    weight: float
    sent: NotRequired[datetime]
    size: NotRequired[str]


class Card(BaseModel):
    kind: Literal["card"]
    number: str


class Cash(BaseModel):
    kind: Literal["cash"]
    day: Optional[datetime] = None
    amount: int = Field(gt=0)


class Order(BaseModel):
    """What somebody wants."""

    number: int = Field(alias="no")
    span: tuple[int, str] = (1, "a")
    paid: Annotated[Union[Card, Cash], Field(discriminator="kind")]

    @computed_field
    @property
    def label(self) -> str:
        return "x"


class Point(NamedTuple):
    x: int
    y: int = 0


@dataclass
class Tree:
    name: str
    children: list[Tree] = field(default_factory=list)


class Secret:
    """No data."""


@app.task(name="order", pydantic=True)
def order(order: Order, copies: int = 1, note: Optional[str] = None) -> Order: ...

@app.task(name="pack", queue="mail")
def pack(parcel: Parcel, *more: Parcel, size: Size, **marks: Tree) -> list[Parcel]: ...

@app.task(name="point")
def point(at: Point, tree: Tree) -> dict[str, Point]: ...

class Label(typing.TypedDict):
    """What stands on it."""

    text: str
    colour: NotRequired[str]


class Sheet(Label, total=False):
    more: list[Label]


@app.task(name="print")
def print_all(label: Optional[Label], sheet: Sheet) -> list[Label]: ...

@app.task(name="odd")
def odd(secret: Secret, price: Price, secrets: list[Secret], n: int) -> Secret: ...
'''


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schemas")
    (folder / ".git").mkdir()
    (folder / "shop.py").write_text(PROGRAM)
    return folder


def asyncapi(folder: Path, *more: str, seed: str = "1") -> str:
    done = run(folder, "map", "shop.py", "--format", "asyncapi", *more, environment={"PYTHONHASHSEED": seed})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def document(shop: Path) -> dict[str, Any]:
    text = asyncapi(shop, "--app", "shop:app")
    assert asyncapi(shop, "--app", "shop:app", seed="2") == text
    found: dict[str, Any] = json.loads(text)
    return found


def test_it_is_valid_by_the_specification_and_every_reference_has_its_schema(document: dict[str, Any]) -> None:
    SPECIFICATION.validate(document)
    schemas = document["components"]["schemas"]
    text = json.dumps(document)
    assert {f"#/components/schemas/{name}" for name in schemas} == {
        part.partition('"')[0] for part in text.split('"$ref": "')[1:] if part.startswith("#/components/schemas/")
    }
    assert not any(word in text for word in ("prefixItems", "discriminator", "$defs"))
    assert sorted(schemas) == [
        *("Card", "Cash", "Label", "Order-Input", "Order-Output", "Parcel", "Point", "Sheet", "Size", "Tree")
    ]
    # A model is taken by its aliases and dumped by its names; a computed field is in the dump alone.
    assert sorted(schemas["Order-Input"]["properties"]) == ["no", "paid", "span"]
    assert sorted(schemas["Order-Output"]["properties"]) == ["label", "number", "paid", "span"]
    assert schemas["Order-Input"]["description"] == "What somebody wants."


PARCEL = {"weight": 1.5}
PRICE = json.loads(dumps(Decimal(2)))
SENT = json.loads(dumps(datetime(2026, 1, 31, 10)))
ORDER = {"no": 1, "paid": {"kind": "cash", "amount": 3}, "span": [1, "b"]}


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "fits"),
    [
        ("order", [ORDER], {}, True),
        ("order", [], {"order": ORDER, "note": None}, True),
        ("order", [{**ORDER, "no": "one"}], {}, False),
        ("order", [{**ORDER, "paid": {"kind": "cash", "amount": 0}}], {}, False),
        ("order", [{**ORDER, "paid": {"kind": "coin"}}], {}, False),
        ("order", [{**ORDER, "span": ["b", 1]}], {}, False),
        ("order", [ORDER, "two"], {}, False),
        # A dump has a text where a dictionary has what kombu makes of the value.
        ("order", [{**ORDER, "paid": {"kind": "cash", "amount": 3, "day": "2026-01-31T10:00:00"}}], {}, True),
        ("order", [{**ORDER, "paid": {"kind": "cash", "amount": 3, "day": SENT}}], {}, False),
        ("pack", [{**PARCEL, "sent": SENT}], {"size": "s"}, True),
        ("pack", [{**PARCEL, "sent": "2026-01-31T10:00:00"}], {"size": "s"}, False),
        ("pack", [PARCEL, PARCEL], {"size": "s"}, True),
        ("pack", [PARCEL, {}], {"size": "s"}, False),
        ("pack", [{"weight": 1, "size": 2}], {"size": "s"}, False),
        ("pack", [PARCEL], {"size": "huge"}, False),
        ("pack", [PARCEL], {"size": "s", "mark": {"name": "a", "children": [{"name": "b"}]}}, True),
        ("pack", [PARCEL], {"size": "s", "mark": {"name": "a", "children": [{"names": "b"}]}}, False),
        ("point", [[1, 2], {"name": "a"}], {}, True),
        ("point", [["a", 2], {"name": "a"}], {}, False),
        ("print", [None, {"text": "a"}], {}, True),
        ("print", [{"text": "a", "colour": "red"}, {"text": "a", "more": [{"text": "b"}]}], {}, True),
        ("print", [{"colour": "red"}, {"text": "a"}], {}, False),
        ("print", [None, {"text": "a", "more": [{}]}], {}, False),
        ("odd", [1, PRICE, [3], 4], {}, True),
        ("odd", [1, PRICE, [3], "four"], {}, False),
    ],
)
def test_a_message_fits_where_its_values_do(
    document: dict[str, Any], name: str, args: list[Any], kwargs: dict[str, Any], fits: bool
) -> None:
    payload = {**document["components"]["messages"][name]["payload"], "components": document["components"]}
    Draft7Validator.check_schema(payload)
    assert Draft7Validator(payload).is_valid([args, kwargs, {}]) is fits


def test_what_pydantic_cannot_describe_stays_a_name(document: dict[str, Any]) -> None:
    given = document["components"]["messages"]["odd"]["payload"]["items"][0]["items"]
    assert given[:3] == [
        {"title": "Secret"},
        {"title": "price", **envelope_of("Decimal")},
        {"title": "secrets", "type": "array", "items": {"title": "Secret"}},
    ]
    assert document["components"]["messages"]["odd.result"]["payload"] == {"title": "Secret"}


def test_without_the_application_the_text_tells(shop: Path) -> None:
    text = asyncapi(shop)
    document = json.loads(text)
    SPECIFICATION.validate(document)
    assert sorted(document["components"]) == ["messages"]
    assert document["components"]["messages"]["order"]["payload"]["items"][0]["items"][0] == {"title": "Order"}
    # So does it where nothing can write the schemas.
    program = "import sys; sys.modules['pydantic'] = None; from celery_registry.console import main; main()"
    command = [sys.executable, "-c", program, "map", "tasks.py", "--format", "asyncapi", "--app", "tasks:app"]
    (shop / "tasks.py").write_text(
        "from celery import Celery\napp = Celery()\n@app.task(name='t')\ndef t(a: 'Order') -> int: ...\n"
    )
    done = subprocess.run(command, cwd=shop, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert done.stderr == "celery-registry: the schemas of models need pydantic, which is not installed\n"
    assert json.loads(done.stdout)["components"]["messages"]["t"]["payload"]["items"][0]["items"] == [
        {"title": "Order"}
    ]


def test_a_changed_model_is_another_version(shop: Path, document: dict[str, Any]) -> None:
    (shop / "shop.py").write_text(PROGRAM.replace("weight: float", "weight: int"))
    try:
        changed = json.loads(asyncapi(shop, "--app", "shop:app"))
    finally:
        (shop / "shop.py").write_text(PROGRAM)
    assert changed["info"]["version"] != document["info"]["version"]
