"""A small project as users have it, and the commands run on it as users run them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

APP = """
from celery import Celery

app = Celery("shop", broker="memory://", include=["shop.tasks"])
"""

REGISTRY = """
from __future__ import annotations

from enum import Enum

from celery import Task

from celery_registry import BaseTasksRegistry


class TaskName(str, Enum):
    PING = "ping"
    SEND_EMAIL = "send_email"


class TasksRegistry(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[], str]:
        return self._get_task_by_name(TaskName.PING)

    @property
    def send_email(self) -> Task[[str, str], bool]:
        return self._get_task_by_name(TaskName.SEND_EMAIL)
"""

TASKS = """
from shop.app import app
import shop.registry


@app.task(name="ping")
def ping() -> str:
    return "pong"


@app.task(name="send_email")
def send_email(to: str, subject: str) -> bool:
    return True
"""


def write_shop(directory: Path, *, tasks: str = TASKS, registry: str = REGISTRY, app: str = APP) -> Path:
    """The package ``shop`` in a repository of its own."""
    (directory / ".git").mkdir(exist_ok=True)
    package = directory / "shop"
    package.mkdir(exist_ok=True)
    for name, text in (("__init__", ""), ("app", app), ("registry", registry), ("tasks", tasks)):
        (package / f"{name}.py").write_text(text)
    return directory


def run(
    directory: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """``celery-registry ...`` in a directory."""
    return _run([_script("celery-registry"), *arguments], directory, environment)


def run_celery(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``celery ...`` in a directory."""
    return _run([_script("celery"), *arguments], directory, None)


def _script(name: str) -> str:
    return os.path.join(os.path.dirname(sys.executable), name)


def _run(
    command: list[str], directory: Path, environment: Mapping[str, str] | None
) -> subprocess.CompletedProcess[str]:
    # A project that is written twice within a second, at the same size, would be run from its old bytecode.
    fresh = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "error::DeprecationWarning:celery_registry"}
    return subprocess.run(
        command,
        cwd=directory,
        env={**os.environ, **fresh, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
