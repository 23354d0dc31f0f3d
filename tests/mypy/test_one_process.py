"""No state of the plugin survives a build: two programs in one process are told what each is told alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

TASKS = """from enum import Enum

from celery import Celery, Task

from celery_registry import BaseTasksRegistry, register_task


class TaskName(str, Enum):
    SEND = "{value}"


def send({parameter}: {type}) -> None: ...


def register(app: Celery) -> None:
    register_task(app, "mail", send)


class TasksRegistry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str], None]:
        return self._get_task_by_name(TaskName.SEND)


def call(registry: TasksRegistry) -> None:
    registry.send.delay(to="me")
"""
SCRIPT = """import json, os, sys
from mypy import api
for folder, cache in json.loads(sys.argv[1]):
    os.chdir(folder)
    print(json.dumps(api.run(["--no-error-summary", "--cache-dir", cache, "tasks.py"])[0]))
"""


def run(*builds: tuple[Path, Path]) -> list[str]:
    given = json.dumps([(str(folder), str(cache)) for folder, cache in builds])
    done = subprocess.run([sys.executable, "-c", SCRIPT, given], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_builds_in_one_process_know_nothing_of_each_other(tmp_path: Path, cache: Callable[[], Path]) -> None:
    programs = {
        "right": ("mail", "to", "str", ""),
        "no_task": ("nobody", "to", "str", ""),
        "renamed": ("mail", "dest", "str", ""),
        "silent": ("mail", "to", "int", "[celery-registry]\nseverity = task-signature: off\n"),
    }
    for name, (value, parameter, type, settings) in programs.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "tasks.py").write_text(TASKS.format(value=value, parameter=parameter, type=type))
        (folder / "mypy.ini").write_text(f"[mypy]\nstrict = True\nplugins = celery_registry.mypy\n{settings}")
        os.utime(folder / "tasks.py", (1_700_000_000,) * 2)
    alone = [run((tmp_path / name, cache()))[0] for name in programs]
    assert [bool(text) for text in alone] == [False, True, True, False]
    order = [*programs, *reversed(programs)]
    assert run(*((tmp_path / name, cache()) for name in order)) == [*alone, *reversed(alone)]
