"""Where a registry stands does not change what mypy says about it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REGISTRY = """
from enum import Enum
from celery import Celery, Task
from celery_registry import BaseTasksRegistry, register_task

class Name(str, Enum):
    SEND = "send"

def send(to: str) -> int:
    return 1

register_task(Celery(), Name.SEND, send)

class TasksRegistry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str], int]:
        return self._get_task_by_name(Name.SEND)

def call(registry: TasksRegistry) -> None:
    registry.send.delay(to="x")
"""


def mypy(directory: Path, *files: str) -> list[str]:
    (directory / "mypy.ini").write_text("[mypy]\nmypy_path = .\nstrict = True\nplugins = celery_registry.mypy\n")
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", "/dev/null", *files]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=120)
    return [line for line in done.stdout.splitlines() if " error: " in line]


def test_a_file_that_mypy_is_given_under_a_short_name_keeps_its_parameter_names(tmp_path):
    """Below ``mypy_path`` without an ``__init__.py`` a file is ``pages.registry`` in imports and ``registry`` here."""
    (tmp_path / "pages").mkdir()
    page = tmp_path / "pages" / "registry.py"
    page.write_text(REGISTRY)
    assert mypy(tmp_path, "pages/registry.py") == []
    page.write_text(REGISTRY.replace('delay(to="x")', 'delay(too="x")'))
    (error,) = mypy(tmp_path, "pages/registry.py")
    assert 'Unexpected keyword argument "too"' in error


def test_a_subclass_of_the_same_name_is_judged_for_its_own_properties_alone(tmp_path):
    (tmp_path / "base.py").write_text(REGISTRY)
    sub = (
        "import base\nfrom celery import Task\n\nclass TasksRegistry(base.TasksRegistry):\n"
        "    @property\n    def send(self) -> Task[[str], {result}]:\n"
        "        task = self._get_task_by_name(base.Name.SEND)\n        return task\n"
    )
    (tmp_path / "sub.py").write_text(sub.format(result="int"))
    assert mypy(tmp_path, "sub.py", "base.py") == []
    (tmp_path / "base.py").write_text(REGISTRY.replace("Task[[str], int]:", "Task[[str], str]:"))
    assert len([line for line in mypy(tmp_path, "sub.py", "base.py") if "task-result" in line]) == 1
