"""The smallest installation, without extras, is what production gets: a worker reads its settings and boots there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = """
from enum import Enum
from celery import Celery, Task, signals
from celery_registry import BaseTasksRegistry, guard
import os

class TaskName(str, Enum):
    ADD = "add"

class TasksRegistry(BaseTasksRegistry):
    @property
    def add(self) -> Task[[int, int], int]:
        return self._get_task_by_name(TaskName.ADD)

app = Celery("proj", broker="memory://")

@app.task(name=os.environ.get("NAME", "add"))
def add(a: int, b: int) -> int:
    return a + b

@signals.worker_ready.connect
def ready(**_):
    os.write(1, b"STARTED\\n")
    os._exit(0)

guard.install(app)
"""
SETTINGS = '[tool.celery-registry]\nregistry = ["proj.TasksRegistry"]\nnames = ["proj.TaskName"]\n'


@pytest.fixture(scope="module")
def smallest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` of an environment with this checkout and what it depends on, made by the Python that runs the tests."""
    folder = tmp_path_factory.mktemp("smallest") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    install = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", str(ROOT)]
    subprocess.run([str(scripts / "python"), *install], check=True, timeout=600)
    return scripts


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "proj.py").write_text(APP)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return tmp_path


def run(project: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", **more}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)


def test_a_worker_reads_its_table_and_boots(smallest: Path, project: Path) -> None:
    command = (str(smallest / "celery"), "-A", "proj", "worker", "-P", "solo")
    right = run(project, *command)
    assert "STARTED" in right.stdout, right.stderr
    assert "celery-registry" not in right.stderr
    wrong = run(project, *command, NAME="sum")
    assert wrong.returncode == 78, wrong.stderr
    assert '[task-unregistered] No task is registered as "add" (TaskName.ADD)' in wrong.stderr


def test_the_commands_that_production_runs_work_there(smallest: Path, project: Path) -> None:
    command = str(smallest / "celery-registry")
    checked = run(project, command, "check", "--app", "proj:app")
    assert (checked.returncode, checked.stderr) == (0, ""), checked
    assert run(project, command, "lock", "--app", "proj:app", "--output", "lock.json").returncode == 0
    assert (project / "lock.json").exists()
    assert run(project, str(smallest / "python"), "-c", "import mypy").returncode == 1
