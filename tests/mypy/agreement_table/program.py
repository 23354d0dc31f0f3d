"""The rows as one program on disk: an enum, a registry, and one module for each task.

Law: fills the holes of the texts. It judges nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from .case import Case, Side
from .registrations import WAYS_TO_REGISTER

__all__ = ["ENUMS", "Row", "rows_of", "write_program"]

#: The two ways to write an enum of texts.
ENUMS = {
    "StrEnum": "from enum import StrEnum\n\n\nclass TaskName(StrEnum):\n",
    "str, Enum": "from enum import Enum\n\n\nclass TaskName(str, Enum):\n",
}
_TYPING = """from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import (
    Any, Concatenate, Final, Literal, NewType, Optional, ParamSpec, Protocol, TypedDict, TypeVar, Union, overload,
)

import celery
from celery import Celery, Task, shared_task
from celery import shared_task as celery_task
from pydantic import BaseModel

from celery_registry import BaseTasksRegistry, register_task
from shop import constants
from shop.app import app
from shop.names import TaskName

P = ParamSpec("P")
R = TypeVar("R")
"""
_NEW_NAME = re.compile(r"^(?:class )?((?!from|import|class)\w+)(?=[(: ])|(?<= as )(\w+)$", re.MULTILINE)
_PYDANTIC = "\n@app.task(name={NAME}, pydantic=True)\ndef {f}{actual}:\n    raise SystemExit\n"


@dataclass(frozen=True)
class Row:
    """One side of a case, with the names it has in the program."""

    key: str
    case: Case
    side: Side
    value: str

    @property
    def member(self) -> str:
        return self.key.upper()

    @property
    def module(self) -> str:
        return f"shop.tasks.{self.key}"

    def fill(self, text: str) -> str:
        """A text with its holes filled; other braces stay."""
        actual = self.side.actual or self.case.actual
        inside = actual[1:]
        comma = "" if inside.startswith(")") else ", "
        holes = {
            "K": self.key,
            "M": self.member,
            "f": f"run_{self.key}",
            "MODULE": self.module,
            "actual": actual,
            "method": f"(self{comma}{inside}",
            "class": f"(cls{comma}{inside}",
            "bound": f"(self: Task[..., Any]{comma}{inside}",
            "declared": self.side.declared or self.case.declared,
        }
        name = text if "{NAME}" not in text else text.replace("{NAME}", self.case.name)
        for _ in range(2):
            name = re.sub(r"\{(\w+)\}", lambda hole: holes.get(hole[1], hole[0]), name)
        return name


def rows_of(cases: Iterable[Case]) -> list[Row]:
    """The right and the wrong side of every case."""
    rows = []
    for case in cases:
        for label, side in (("right", case.right), ("wrong", case.wrong)):
            row = Row(f"{case.id}_{label}", case, side, "")
            rows.append(replace(row, value=row.fill(case.value)))
    assert len({row.key for row in rows}) == len(rows), "two cases have one name"
    return rows


def write_program(folder: Path, rows: list[Row], enum: str) -> None:
    """The files of a batch."""
    tasks = folder / "shop" / "tasks"
    tasks.mkdir(parents=True)
    (folder / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins = celery_registry.mypy\n")
    (folder / "shop" / "__init__.py").write_text("")
    (tasks / "__init__.py").write_text("")
    (folder / "shop" / "app.py").write_text('from celery import Celery\n\napp = Celery("shop")\n')
    names = [f'{row.member} = "{row.value}"' for row in rows]
    (folder / "shop" / "constants.py").write_text("\n".join(names) + "\n")
    members = [
        f"    {row.member} = {row.fill(row.case.member) if row.case.member else repr(row.value)}" for row in rows
    ]
    text = "from shop import constants\n" + ENUMS[enum] + "\n".join(members) + "\n"
    (folder / "shop" / "names.py").write_text(text)
    for row in rows:
        register = row.side.register or row.case.register
        body = _PYDANTIC if register == "pydantic" else WAYS_TO_REGISTER.get(register, register)
        header = row.side.header if row.side.header is not None else row.case.header
        (tasks / f"{row.key}.py").write_text(f"{_TYPING}\n{row.fill(header)}\n{row.fill(body)}")
    (folder / "shop" / "main.py").write_text("\n".join(f"import {row.module}" for row in rows) + "\n")
    (folder / "shop" / "registry.py").write_text(_registry(rows))


def _registry(rows: list[Row]) -> str:
    head = [_TYPING, *(f"from shop.tasks import {row.key}" for row in rows), ""]
    body = ["class TasksRegistry(BaseTasksRegistry):"]
    for row in rows:
        header = row.fill(row.case.registry_header)
        asked = row.fill(row.case.asked)
        annotation, declared = row.case.annotation, row.case.declared
        # Constants of several rows stand side by side in the one registry module.
        for name in filter(None, itertools.chain(*_NEW_NAME.findall(header))):
            header, asked, annotation, declared = (
                re.sub(rf"\b{name}\b", f"{name}_{row.key}", text) for text in (header, asked, annotation, declared)
            )
        row = replace(row, case=replace(row.case, declared=declared))
        if header:
            head.append(header)
        annotation = row.fill(row.fill(annotation))
        lines = ["    @property", f"    def {row.key}(self) -> {annotation}:"]
        if row.side.documented is not None:
            lines += ['        """', "        Args:"]
            lines += [f"            {name}: What it is" for name in row.side.documented] + ['        """']
        body += [
            *lines,
            *(f"        {line}" for line in row.fill(row.case.body.replace("{asked}", asked)).splitlines()),
            "",
        ]
    return "\n".join([*head, "", *body])
