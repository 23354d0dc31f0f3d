"""A declaration says the same however its annotation is written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from celery_registry.guard import check
from guard.conftest import Load

RESULTS = """
class Sent: ...
class Cleaned: ...
"""

MODULE = """
{future}
from enum import Enum
from typing import TYPE_CHECKING, Optional, Union
import typing as t
import celery
from celery import Celery
{imports}
from celery_registry import BaseTasksRegistry, register_task
import {results} as results

app = Celery("shop", broker="memory://", set_as_current=False)

class TaskName(str, Enum):
    SEND = "send"

class TasksRegistry(BaseTasksRegistry):
    @property
    def send(self) -> {annotation}:
        return self._get_task_by_name(TaskName.SEND)

@app.task(name="send")
def send(to: str, times: "int | None" = None) -> "results.Sent": ...
"""

FUTURE = "from __future__ import annotations"
TASK = "from celery import Task"
CHECKED = "if TYPE_CHECKING:\n    from {results} import Sent, Cleaned"
TASK_CHECKED = "if TYPE_CHECKING:\n    from celery import Task\n    from {results} import Sent, Cleaned"
LOADED = "from {results} import Sent, Cleaned"

STYLES = {
    "evaluated": ("", f"{TASK}\n{LOADED}", "Task[[{p}], {r}]"),
    "evaluated, through a module": ("", LOADED, "celery.Task[[{p}], {r}]"),
    "future import": (FUTURE, f"{TASK}\n{LOADED}", "Task[[{p}], {r}]"),
    "future import, result under TYPE_CHECKING": (FUTURE, f"{TASK}\n{CHECKED}", "Task[[{p}], {r}]"),
    "future import, Task under TYPE_CHECKING": (FUTURE, TASK_CHECKED, "Task[[{p}], {r}]"),
    "future import, through a module": (FUTURE, CHECKED, "celery.Task[[{p}], {r}]"),
    "future import, element quoted": (FUTURE, f"{TASK}\n{CHECKED}", 'Task[["{p}"], "{r}"]'),
    "all quoted": ("", f"{TASK}\n{CHECKED}", '"Task[[{p}], {r}]"'),
    "all quoted, Task under TYPE_CHECKING": ("", TASK_CHECKED, '"Task[[{p}], {r}]"'),
    "elements quoted": ("", f"{TASK}\n{CHECKED}", 'Task[["{p}"], "{r}"]'),
    "spread over lines": (
        FUTURE,
        f"{TASK}\n{CHECKED}",
        "Task[\n        [\n            {p},\n        ],\n        {r},\n    ]",
    ),
}
if sys.version_info >= (3, 14):
    STYLES["lazy, result under TYPE_CHECKING"] = ("", f"{TASK}\n{CHECKED}", "Task[[{p}], {r}]")
    STYLES["lazy, Task under TYPE_CHECKING"] = ("", TASK_CHECKED, "Task[[{p}], {r}]")


@pytest.fixture
def problems(load: Load, tmp_path: Path):
    def ask(style: str, parameters: str, result: str) -> list[str]:
        future, imports, annotation = STYLES[style]
        results = load(RESULTS).__name__
        module = load(
            MODULE.format(
                future=future,
                imports=imports.format(results=results),
                annotation=annotation.format(p=parameters, r=result),
                results=results,
            )
        )
        return [f.problem for f in check(module.app, module.TasksRegistry, module.TaskName)]

    return ask


@pytest.mark.parametrize("style", STYLES)
class TestStyle:
    def test_agreement_is_seen(self, style: str, problems) -> None:
        assert problems(style, "str", "Sent") == []

    def test_a_wrong_type_is_seen(self, style: str, problems) -> None:
        assert problems(style, "bytes", "Sent") == ["parameter-type"]

    def test_a_wrong_result_is_seen(self, style: str, problems) -> None:
        assert problems(style, "str", "Cleaned") == ["result-type"]


@pytest.mark.parametrize("style", [style for style in STYLES if "element" not in style])
def test_a_wrong_count_is_seen_however_it_is_written(style: str, problems) -> None:
    assert problems(style, "str, int, int", "Sent") == ["too-many-declared"]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("Task[[str, t.Optional[int]], results.Sent]", []),
        ("Task[[str, int | None], results.Sent]", []),
        ("Task[[str, Union[int, None]], results.Sent]", []),
        ("Task[[str, t.Any], t.Any]", []),
        ("Task[..., results.Sent]", []),
        ("Task[..., results.Cleaned]", ["result-type"]),
        ("Task", ["unreadable-annotation"]),
        ("celery.Task", ["unreadable-annotation"]),
        ("Task[[str], Nobody]", []),
        ("Task[[Nobody], results.Sent]", []),
        ("Task[[Nobody, Nobody, Nobody], results.Sent]", ["too-many-declared"]),
        ("Task[[str, list[int]], results.Sent]", ["parameter-type"]),
        ("Task[[str, dict[str, list[int]]], results.Sent]", ["parameter-type"]),
        ("Task[[()], results.Sent]", []),
        ("Task[[], results.Sent]", ["too-few-declared"]),
        ("'Task[[str], results.Sent]'", []),
        ("t.Callable[[str], results.Sent]", ["unreadable-annotation"]),
        ("int", ["unreadable-annotation"]),
    ],
)
def test_each_element_is_resolved_alone(annotation: str, expected: list[str], load: Load) -> None:
    results = load(RESULTS).__name__
    module = load(MODULE.format(future=FUTURE, imports=TASK, annotation=annotation, results=results))
    assert [f.problem for f in check(module.app, module.TasksRegistry, module.TaskName)] == expected
