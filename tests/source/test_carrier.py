"""Types that are carried into a client are whole without the program they come from; the others are told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from celery_registry.source.carrier import Carrier

REGISTRY = """
from __future__ import annotations
import datetime
from typing import TYPE_CHECKING, Literal
from shop import names as nm
if TYPE_CHECKING:
    from decimal import Decimal
    from .types import Line, Loop, Order, Other, Outside, Pair, Pt, Sized, Size, Tied
    from .types import Order as Renamed
"""
TYPES = """
from __future__ import annotations
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple, TypedDict
from shop.money import Money
from shop.rules import check

Size = Literal["small", "large"]

class Line(TypedDict):
    sku: str
    price: Money

# An order.
@dataclass(frozen=True)
class Order:
    lines: list[Line]
    note: str = ""  # free text
    parent: "Order | None" = None
    tags: list[str] = field(default_factory=list)

class Pt(NamedTuple):
    x: int
    y: Decimal

class Sized(TypedDict):
    size: Size

class Outside(TypedDict):
    by: "check"

class Pair(TypedDict):
    loop: "Loop"
    by: check

class Loop(TypedDict):
    pair: "Pair | None"

class Tied:
    x: int

class Other(Line):
    more: int
"""
FILES = {
    "shop/__init__.py": "",
    "shop/registry.py": REGISTRY,
    "shop/types.py": TYPES,
    "shop/money.py": "from enum import IntEnum\n\n\nclass Money(IntEnum):\n    ONE = 1\n",
    "shop/rules.py": "def check(): ...\n",
    "shop/names.py": "class Line: ...\n",
}


@pytest.fixture
def carrier(tmp_path: Path) -> Carrier:
    modules = {}
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        module = name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        modules[module] = (str(path), name.endswith("__init__.py"))
    return Carrier(modules)


def carried(carrier: Carrier, text: str) -> tuple[str, set[str], set[str]]:
    types: set[str] = set()
    imports: set[str] = set()
    return carrier.annotation("shop.registry", text, types, imports), types, imports


@pytest.mark.parametrize(
    ("text", "shown", "types"),
    [
        ("Task[[Order, Pt], Line]", "Task[[Order, Pt], Line]", {"Order", "Pt", "Line"}),
        ("Task[[Sized], 'Other | None']", "Task[[Sized], Other | None]", {"Sized", "Other"}),
        ("Task[[Size], Decimal]", "Task[[Size], Decimal]", {"Size"}),
        ("Task[[datetime.datetime], Literal['Tied']]", "Task[[datetime.datetime], Literal['Tied']]", set()),
        ("Task[[Tied], Outside]", "Task[[Any], Any]", set()),
        ("Task[[Pair], Loop]", "Task[[Any], Any]", set()),
        ("Task[[Loop], Pair]", "Task[[Any], Any]", set()),
        ("Task[[nm.Line, Renamed], dict[str, list[Line]]]", "Task[[Any, Any], dict[str, list[Line]]]", {"Line"}),
    ],
)
def test_an_annotation_has_what_is_carried_and_any_for_the_rest(
    carrier: Carrier, text: str, shown: str, types: set[str]
) -> None:
    found = carried(carrier, text.replace("Task[", "dict[", 1))
    assert found[0] == shown.replace("Task[", "dict[", 1)
    assert found[1] == types
    # What is carried runs without the program.
    space: dict[str, Any] = {"__name__": "builtins"}
    exec(compile(carrier.render(), "types.py", "exec", dont_inherit=True), space)
    assert set(carrier.names) <= space.keys()
    assert "shop" not in carrier.render()


def test_what_is_lost_is_told_with_the_reason(carrier: Carrier) -> None:
    carried(carrier, "dict[[Tied, Outside, Pair], Loop]")
    assert carrier.lost == {
        "shop.types.Tied": "it is no TypedDict, dataclass, NamedTuple, enum or Pydantic model",
        "shop.types.Outside": "it needs check",
        "shop.types.Pair": "it needs check",
        "shop.types.Loop": "it needs Pair",
    }


def test_comments_and_decorators_come_along(carrier: Carrier) -> None:
    carried(carrier, "Order")
    assert "# An order.\n@dataclass(frozen=True)\nclass Order:" in carrier.render()
    assert '    note: str = ""  # free text' in carrier.render()
    assert carrier.render().index("class Line") < carrier.render().index("class Order")
