"""``task-payload`` in mypy beside ``check --payloads``: one verdict, in the same words, for every type and serializer."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

SERIALIZERS = ("json", "msgpack", "yaml", "pickle")

HEADER = """
from __future__ import annotations

import collections
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import fractions
import ipaddress
import pathlib
import re
import types
import typing
import uuid
import zoneinfo

from celery import Celery, Task
from pydantic import BaseModel

from celery_registry import BaseTasksRegistry


class Color(enum.Enum):
    RED = 1


class Shade(str, enum.Enum):
    DARK = "dark"


class Number(enum.IntEnum):
    ONE = 1


class Flags(enum.Flag):
    A = 1


class Pair(typing.NamedTuple):
    left: int
    right: int


class Row(typing.TypedDict):
    id: int
    took: datetime.timedelta


class Fine(typing.TypedDict):
    id: int


class Tree(typing.TypedDict):
    size: int
    below: list[Tree]


class Optional(typing.TypedDict, total=False):
    took: datetime.timedelta


@dataclasses.dataclass
class Point:
    x: int


class Deep(Point):
    pass




class Order(BaseModel):
    id: int


class Text(str):
    pass


class Ids(list[int]):
    pass


class Thing:
    pass


class Says:
    def __json__(self) -> str:
        return "said"


class Reads(typing.Protocol):
    def read(self) -> bytes: ...


Wait = typing.NewType("Wait", datetime.timedelta)
Id = typing.NewType("Id", int)
Sizes = dict[int, str]
"""

#: Each is declared as a parameter and as a result.
TYPES = [
    *("None", "bool", "int", "float", "str", "bytes", "bytearray", "complex", "object", "typing.Any", "range"),
    *("list", "list[int]", "dict", "dict[str, int]", "dict[int, str]", "dict[uuid.UUID, int]", "dict[str, set[int]]"),
    *("dict[str | int, int]", "dict[str, typing.Any]", "tuple[int, str]", "tuple[int, ...]", "tuple[()]"),
    *("set[int]", "set[datetime.timedelta]", "frozenset[str]", "list[tuple[int, int]]", "list[list[set[int]]]"),
    *("typing.List[int]", "typing.Dict[int, str]", "typing.Set[int]", "typing.Optional[datetime.timedelta]"),
    *("collections.OrderedDict[str, int]", "collections.Counter[str]", "collections.defaultdict[str, int]"),
    *("collections.deque[int]", "collections.UserDict[str, int]", "types.MappingProxyType[str, int]"),
    *("collections.abc.Sequence[int]", "collections.abc.Sequence[set[int]]", "collections.abc.Iterable[Color]"),
    *("collections.abc.Mapping[int, str]", "collections.abc.Mapping[str, int]", "collections.abc.Set[int]"),
    *("collections.abc.Iterator[int]", "collections.abc.Callable[[int], str]", "type[Point]", "Exception"),
    *("datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta", "datetime.timezone"),
    *("zoneinfo.ZoneInfo", "decimal.Decimal", "fractions.Fraction", "uuid.UUID", "pathlib.Path", "re.Pattern[str]"),
    *("ipaddress.IPv4Address", "Color", "Shade", "Number", "Flags", "Pair", "list[Pair]", "Row", "Fine", "Tree"),
    *("Optional", "list[Row]", "Point", "Deep", "Order", "list[Order]", "Text", "Ids", "Thing", "Says"),
    *("Reads", "Wait", "Id", "list[Wait]", "Sizes", "typing.Literal['a', 1]", "typing.Annotated[set[int], 'x']"),
    *("int | str", "set[int] | None", "set[int] | int", "set[int] | datetime.timedelta", "tuple[int, int] | list[int]"),
    *("tuple[int, int] | None", "dict[int, int] | tuple[int, int]", "typing.Literal['a'] | set[int]"),
]

GUARD = """
import json
from kombu.serialization import enable_insecure_serializers
from celery_registry import guard
import table
enable_insecure_serializers()
found = guard.check(table.app, table.Registry, table.Name, payloads=True)
print(json.dumps([[f.sentence, f.severity.value] for f in found if f.code == "task-payload"]))
"""


def write_program(folder: Path) -> None:
    """One task for each type and serializer, and a property for each that has no serializer of its own."""
    names, tasks, properties = [], [], []
    for number, type in enumerate(TYPES):
        for serializer in SERIALIZERS:
            name = f"t{number}_{serializer}"
            names.append(f"    {name.upper()} = '{name}'")
            own = "" if serializer == "json" else f", serializer='{serializer}', ignore_result=True"
            tasks.append(
                f"@app.task(name='{name}'{own})\ndef {name}(value: {type}, *rest: {type}, key: {type}) -> {type}:"
                "\n    raise SystemExit"
            )
            properties.append(
                f"    @property\n    def {name}(self) -> Task[..., {type}]:\n"
                f"        return self._get_task_by_name(Name.{name.upper()})"
            )
        name = f"p{number}"
        names.append(f"    {name.upper()} = '{name}'")
        tasks.append(f"@app.task(name='{name}')\ndef {name}(value: {type}) -> {type}:\n    raise SystemExit")
        properties.append(
            f"    @property\n    def {name}(self) -> Task[[{type}], {type}]:\n"
            f"        return self._get_task_by_name(Name.{name.upper()})"
        )
    app = "app = Celery('table', set_as_current=False)\napp.conf.accept_content = ['json', 'pickle', 'yaml', 'msgpack']"
    parts = [
        HEADER,
        "class Name(str, enum.Enum):\n" + "\n".join(names),
        app,
        *tasks,
        "\nclass Registry(BaseTasksRegistry):",
    ]
    (folder / "table.py").write_text("\n\n".join([*parts, "\n\n".join(properties)]))
    (folder / "mypy.ini").write_text(
        "[mypy]\nplugins = celery_registry.mypy\n[celery-registry]\ntask-serializer = json\n"
    )


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program on disk."""
    folder = tmp_path_factory.mktemp("payloads")
    write_program(folder)
    return folder


@pytest.fixture(scope="module")
def mypy(program: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What mypy says of the functions, and what it says of the properties."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--no-pretty", "--show-traceback", "table.py"]
    finished = subprocess.run(
        [*command, "--cache-dir", "cache"], cwd=program, capture_output=True, text=True, timeout=300
    )
    assert finished.returncode == 1, finished.stdout[-3000:] + finished.stderr
    text = (program / "table.py").read_text()
    start = text[: text.index("class Registry")].count("\n")
    functions, properties = [], []
    for line in finished.stdout.splitlines():
        if "note: hint: " in line or "note: See https" in line:
            continue
        found = re.fullmatch(r"table\.py:(\d+): (error|note): (.*?)  [\[(]task-payload[\])]", line)
        assert found, line
        told = (found[3], {"error": "error", "note": "warning"}[found[2]])
        (properties if int(found[1]) > start else functions).append(told)
    return functions, properties


@pytest.fixture(scope="module")
def guard(program: Path) -> list[tuple[str, str]]:
    """What ``check --payloads`` says."""
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GUARD], cwd=program, capture_output=True, text=True, timeout=120
    )
    assert finished.returncode == 0, finished.stderr
    return [(sentence, severity) for sentence, severity in json.loads(finished.stdout)]


def test_mypy_and_the_guard_say_the_same_of_every_type(mypy, guard):
    functions, _ = mypy
    assert sorted(functions) == sorted(guard)
    assert len(guard) > 300


def test_mypy_says_of_a_property_what_the_guard_says_of_its_task(mypy, guard):
    _, properties = mypy
    lists = {told for told in properties if re.match(r'Task "p\d+"', told[0])}
    assert lists == {told for told in guard if re.match(r'Task "p\d+"', told[0])}
    # Of Task[..., R] only the result is declared.
    open_ones = {told for told in properties if told not in lists}
    assert open_ones == {told for told in guard if re.match(r'Task "t\d+_json" returns', told[0])}


def test_every_fate_and_every_serializer_is_in_the_table(guard):
    for serializer in ("json", "msgpack", "yaml"):
        for fate in ("rejects", "changes"):
            assert any(f"the {serializer} serializer {fate}" in sentence for sentence, _ in guard)
    assert any("the pickle serializer rejects" in sentence for sentence, _ in guard)
    silent = [n for n, _ in enumerate(TYPES) if not any(f'"t{n}_json"' in sentence for sentence, _ in guard)]
    assert len(silent) > 20
