"""The guard says YES and NO about types only where mypy says the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

from celery_registry.contract.rules import Verdict
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.hints import Scope, Unresolved

TYPES = """
from __future__ import annotations
import abc, collections.abc, datetime, decimal, enum, uuid
from dataclasses import dataclass
from typing import *
from typing import NotRequired, Required

class Plain: ...
class Derived(Plain): ...
class Other: ...
@dataclass
class Data:
    a: int
class Color(enum.Enum):
    RED = 1
class Word(str, enum.Enum):
    A = "a"
class Sent(TypedDict):
    sent: bool
class SentToo(TypedDict):
    sent: bool
class Wide(TypedDict):
    sent: bool
    at: str
class Numbers(TypedDict):
    sent: int
class Named(NamedTuple):
    a: int
class Walks(Protocol):
    def walk(self) -> None: ...
class Walker:
    def walk(self) -> None: ...
class Abstract(abc.ABC): ...
class Concrete(Abstract): ...
class Box(Generic[TypeVar("T")]): ...
UserId = NewType("UserId", int)
GroupId = NewType("GroupId", int)
""".replace("from typing import NotRequired, Required\n", "")

EXPRESSIONS = [
    *("int", "str", "float", "complex", "bool", "bytes", "bytearray", "None", "object", "Any"),
    *("Plain", "Derived", "Other", "Data", "Color", "Word", "Sent", "SentToo", "Wide", "Numbers", "Named"),
    *("Walks", "Walker", "Abstract", "Concrete", "UserId", "GroupId"),
    *("Optional[int]", "int | str", "Union[Plain, None]", "str | None", "Optional[Plain]"),
    *("list", "list[int]", "list[str]", "list[float]", "list[bool]", "List[int]", "list[Any]", "list[Plain]"),
    *("dict", "dict[str, int]", "dict[str, str]", "Dict[str, Any]", "dict[str, object]", "set[int]", "frozenset[int]"),
    *("tuple[int, str]", "tuple[int]", "tuple[int, ...]", "tuple[str, ...]", "Tuple[int, int]", "tuple"),
    *("Sequence[int]", "Iterable[str]", "Mapping[str, int]", "collections.abc.Sequence[str]", "Iterable[Plain]"),
    *('Literal["a"]', 'Literal["a", "b"]', "Literal[1]", "Literal[True]", "type[int]", "Callable[[int], str]"),
    *("datetime.datetime", "datetime.date", "decimal.Decimal", "uuid.UUID", "Annotated[int, 1]", "Hashable", "Sized"),
]


@pytest.fixture(scope="module")
def scope() -> Scope:
    module: dict[str, object] = {"__name__": "__main__"}
    exec(compile(TYPES, "types", "exec"), module)
    return Scope(module)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[int, int]]:
    """The pairs (target, value) that mypy refuses, by its own --strict."""
    lines = TYPES.splitlines()
    places = {}
    for target in range(len(EXPRESSIONS)):
        for value in range(len(EXPRESSIONS)):
            lines.append(f"def f_{target}_{value}(x: {EXPRESSIONS[value]}) -> {EXPRESSIONS[target]}: return x")
            places[len(lines)] = (target, value)
    root = tmp_path_factory.mktemp("pairs")
    (root / "pairs.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file=",
        "--no-error-summary",
        "--no-pretty",
        "--cache-dir=c",
        "pairs.py",
    ]
    finished = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 1, finished.stderr
    errors = [line for line in finished.stdout.splitlines() if "[return-value]" in line]
    return {places[int(line.split(":")[1])] for line in errors}


def test_yes_and_no_are_what_mypy_says(scope: Scope, refused: set[tuple[int, int]]) -> None:
    rules, wrong, sure = HintRules(), [], 0
    for target, target_text in enumerate(EXPRESSIONS):
        for value, value_text in enumerate(EXPRESSIONS):
            verdict = rules.accepts(scope.resolve(target_text), scope.resolve(value_text))
            truth = Verdict.NO if (target, value) in refused else Verdict.YES
            sure += verdict is not Verdict.UNKNOWN
            if verdict not in (truth, Verdict.UNKNOWN):
                wrong.append(f"{target_text} <- {value_text}: {verdict}, mypy: {truth}")
    assert not wrong
    # Silence is right too, but a guard that is never sure is no guard.
    assert sure / len(EXPRESSIONS) ** 2 > 0.6


class TestUnresolved:
    def test_is_unknown_against_anything(self) -> None:
        assert HintRules().accepts(int, Unresolved("Gone")) is Verdict.UNKNOWN
        assert HintRules().accepts(Unresolved("Gone"), Unresolved("Gone")) is Verdict.UNKNOWN

    def test_is_itself_where_its_import_tells_what_it_is(self) -> None:
        assert (
            HintRules().accepts(HintRules, Unresolved("Rules", "celery_registry.guard.hint_rules.HintRules"))
            is Verdict.YES
        )


class TestHostileHints:
    def test_an_object_that_cannot_be_asked_is_unknown(self) -> None:
        class Hostile:
            def __eq__(self, other: object) -> bool:
                raise RuntimeError

            __hash__ = None  # type: ignore[assignment]

        assert HintRules().accepts(Hostile(), int) is Verdict.UNKNOWN

    def test_a_class_of_an_untyped_package_is_unknown(self) -> None:
        untyped = type("Model", (), {"__module__": "a_package_without_types"})
        assert HintRules().accepts(str, untyped) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("None", "None"),
        ("Optional[int]", "int | None"),
        ("dict[str, list[Plain]]", "dict[str, list[Plain]]"),
        ('Literal["a", 1]', "Literal['a', 1]"),
        ("Any", "Any"),
        ("Callable[[int], str]", "Callable[[int], str]"),
        ("tuple[int, ...]", "tuple[int, ...]"),
        ("Missing", "Missing"),
    ],
)
def test_a_hint_is_shown_as_a_person_writes_it(scope: Scope, text: str, shown: str) -> None:
    assert HintRules().show(scope.resolve(text)) == shown
