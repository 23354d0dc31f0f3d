"""Calls that are handed on with the task's method: which checker refuses which right one, as docs/editors.md says.

Law: each refused line has a twin that every checker takes. A release that refuses less may take a row out of the page.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from stubs.checkers import run_checker
from stubs.projects import run_command, write_files

JOBS = """\
from celery import Celery

app = Celery("jobs")


@app.task
def send(to: str, subject: str = "") -> int:
    return 1


@app.task
def one(to: str) -> int:
    return 1
"""
HEAD = """\
import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypedDict, TypeVar

from celery import Task
from celery.result import AsyncResult

from jobs import one, send

P = ParamSpec("P")
R = TypeVar("R")


class Part(TypedDict):
    to: str


class BackgroundTasks:
    def add_task(self, func: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> None: ...


def enqueue(task: Task[P, R], *args: P.args, **kwargs: P.kwargs) -> AsyncResult[R]:
    return task.delay(*args, **kwargs)


async def f(part: Part, texts: dict[str, str], pool: ThreadPoolExecutor, background: BackgroundTasks) -> None:
"""
ALL = {"pyright", "ty", "pyrefly", "zuban"}
ROWS: list[tuple[str, set[str]]] = [
    ('await asyncio.to_thread(send.apply_async, kwargs={"to": "a"})', {"pyright", "zuban"}),
    ('await asyncio.to_thread(send.apply_async, ("a",))', set()),
    ('await asyncio.to_thread(send.delay, to="a")', set()),
    ('await asyncio.to_thread(lambda: send.apply_async(kwargs={"to": "a"}))', set()),
    ('background.add_task(send.apply_async, kwargs={"to": "a"})', {"pyright", "zuban"}),
    ('background.add_task(send.delay, to="a")', set()),
    ('pool.submit(send.apply_async, kwargs={"to": "a"})', {"pyright", "zuban"}),
    ('pool.submit(send.delay, to="a")', set()),
    ('enqueue(one, to="a")', ALL),
    ('enqueue(one, "a")', set()),
    ('send.apply_async(kwargs={**texts, "subject": "x"})', ALL),
    ('send.apply_async(kwargs={**part, "subject": "x"})', set()),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handed_on")
    calls = HEAD + "".join(f"    {call}\n" for call, _ in ROWS)
    write_files(folder, {"jobs.py": JOBS, "calls.py": calls})
    for command in (("init", "--yes"), ("stubs", "--tasks")):
        run = run_command(folder, *command)
        assert run.returncode == 0, run.stderr
    return folder


@pytest.mark.parametrize("checker", sorted(ALL))
def test_what_is_refused_is_what_the_page_says(project: Path, checker: str) -> None:
    first = HEAD.count("\n") + 1
    told = {flagged.line - first for flagged in run_checker(checker, project, "calls.py")}
    assert sorted(told) == [number for number, (_, refused) in enumerate(ROWS) if checker in refused]


def test_mypy_with_the_plugin_takes_each(project: Path) -> None:
    ordinary = next(number for number, (call, _) in enumerate(ROWS) if "**texts" in call)
    told = {flagged.line - HEAD.count("\n") - 1 for flagged in run_checker("mypy with the plugin", project, "calls.py")}
    assert told <= {ordinary}
