"""The seed is how users write a registry: every block of its text is type-checked by mypy and executed by Celery.

Law: ``seed.txt`` is a copy of the users' text; when this test and the text disagree, the text is right.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from seed.seed_project import CALLS, build_project
from seed.seed_text import HEADINGS, PROSE, SENTENCES, Block, read_blocks, read_lines

MODULES = ["overview", *(module for modules in CALLS.values() for module in modules)]


def test_every_line_is_prose_or_stands_in_a_block() -> None:
    code = [line for block in read_blocks() for line in block.text.splitlines() if line]
    lines = [line for line in read_lines() if line]
    assert sorted(code) == sorted(line for line in lines if line not in PROSE)
    assert {*HEADINGS, *SENTENCES} <= set(lines)
    assert len(read_blocks()) == 16


def test_prose_opens_with_a_capital_and_code_never_does() -> None:
    assert [line for line in PROSE if not re.match(r"[A-Z]|\d\. [A-Z]|  • ", line)] == []
    assert [line for block in read_blocks() for line in block.text.splitlines() if re.match(r"[A-Z]", line)] == []


@pytest.mark.parametrize("block", read_blocks(), ids=lambda block: f"{block.heading}:{block.line}")
def test_every_block_is_python(block: Block) -> None:
    ast.parse(block.text)


def test_every_block_is_placed_somewhere_in_the_project(tmp_path: Path) -> None:
    build_project(tmp_path)
    texts = [path.read_text() for path in (tmp_path / "src").rglob("*.py")]
    placed = {line for text in texts for line in text.splitlines()}
    for block in read_blocks():
        assert set(block.text.splitlines()) <= placed, block.heading


def test_mypy_strict_has_nothing_to_say_about_the_seed(tmp_path: Path) -> None:
    build_project(tmp_path)
    finished = subprocess.run(
        [sys.executable, "-m", "mypy", "src"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


@contextlib.contextmanager
def running_worker(project: Path, env: dict[str, str]) -> Iterator[Path]:
    """A real worker over the filesystem broker; gives its log."""
    log = project / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "delivery", "worker", "--pool", "solo", "--loglevel", "INFO"]
    with log.open("wb") as output:
        worker = subprocess.Popen(command, cwd=project, env=env, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield log
        finally:
            worker.terminate()
            worker.wait(30)


def test_every_block_runs_beside_a_real_worker(tmp_path: Path) -> None:
    build_project(tmp_path, runnable=True)
    env = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "src"),
        "DELIVERY_STATE_DIR": str(tmp_path / "state"),
        "DJANGO_SETTINGS_MODULE": "project.settings",
    }
    with running_worker(tmp_path, env) as log:
        program = Path(__file__).with_name("run_seed.py")
        finished = subprocess.run(
            [sys.executable, str(program), *MODULES],
            cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert finished.returncode == 0, finished.stderr + log.read_text()
    said = json.loads(finished.stdout)
    pong = "{'result': 'pong'}"
    assert said.pop("asynchronous") in {f"{status}\n{pong}" for status in ("PENDING", "STARTED", "SUCCESS")}
    assert said.pop("check_status") in {"Still processing...", pong}
    assert said == {
        "overview": "",
        "positional": "",
        "by_keyword": "",
        "more_options": "",
        "synchronous": pong,
        "timeout": "",
        "ignore_results": "",
        "container": "TasksRegistry",
        "orders": {"id": 1, "product": "Teapot", "quantity": 1},
        "seed.first_registry": ["ping"],
        "seed.new_task": ["my_new_task"],
    }
