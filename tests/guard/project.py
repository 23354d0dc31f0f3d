"""A project on disk whose worker is started as users start it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from brokers import Broker
from celery import Celery

__all__ = ["Project", "write_project"]

MESSAGES = 5

APP = """
from __future__ import annotations

import os
from enum import Enum

from celery import Celery, Task

from celery_registry import BaseTasksRegistry, guard

FAULTS = os.environ.get("FAULTS", "").split()


class TaskName(str, Enum):
    ADD = "add"
    SEND_EMAIL = "send_email"


class TasksRegistry(BaseTasksRegistry):
    @property
    def add(self) -> Task[[int, int], int]:
        return self._get_task_by_name(TaskName.ADD)

    @property
    def send_email(self) -> Task[[str], bool]:
        return self._get_task_by_name(TaskName.SEND_EMAIL)


app = Celery("proj", broker=os.environ["BROKER"], backend="file://" + os.environ["RESULTS"])
app.conf.broker_transport_options = {"data_folder_in": "queue", "data_folder_out": "queue"} if (
    app.conf.broker_url.startswith("filesystem")
) else {}
app.conf.worker_prefetch_multiplier = 1
app.conf.broker_connection_retry_on_startup = False
if "import" in FAULTS:
    app.conf.include = ["broken"]
if "beat" in os.environ:
    app.conf.beat_schedule = {"tick": {"task": "add", "schedule": 0.2, "args": (1, 1)}}


if "count" in FAULTS:

    @app.task(name="add")
    def add_one(a: int) -> int:
        return a

else:

    @app.task(name="add")
    def add(a: int, b: int) -> int:
        return a + b


if "missing" not in FAULTS:

    @app.task(name="send_email")
    def send_email(to: str, subject: str = "", *, body: str = "") -> bool:
        return True

guard.install(
    app,
    registry=TasksRegistry,
    names=TaskName,
    severity={"task-unregistered": "warning"} if "lenient" in FAULTS else None,
)
"""

MAIN = """
import sys

from proj import app

app.worker_main(sys.argv[1:])
print("worker_main returned")
"""


class Project:
    """A directory with ``proj.py``, its broker, and the processes that are run in it."""

    def __init__(self, root: Path, broker: str) -> None:
        self.root = root
        self.broker = broker

    def environment(self, faults: str, **more: str) -> dict[str, str]:
        """The environment of a process; ``C_FORCE_ROOT`` keeps Celery from talking about the user."""
        return {
            **os.environ,
            "BROKER": self.broker,
            "RESULTS": str(self.root / "results"),
            "FAULTS": faults,
            "PYTHONWARNINGS": "ignore",
            **more,
        }

    def run(self, *arguments: str, faults: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments to its end."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment(faults, **more),
            capture_output=True,
            text=True,
            timeout=60,
        )

    def celery(self, *arguments: str, faults: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Run ``celery -A proj`` to its end."""
        return self.run("-m", "celery", "-A", "proj", *arguments, faults=faults, **more)

    def run_until(self, happened: Callable[[], bool], *arguments: str, faults: str = "", **more: str) -> str:
        """Run ``celery -A proj`` until something has happened, end it warmly, and return what it printed."""
        return self.python_until(happened, "-m", "celery", "-A", "proj", *arguments, faults=faults, **more)

    def python_until(self, happened: Callable[[], bool], *arguments: str, faults: str = "", **more: str) -> str:
        """The same for Python with these arguments."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment(faults, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            deadline = time.monotonic() + 45
            while not happened() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.1)
            seen = happened()
        finally:
            process.terminate()
            output, _ = process.communicate(timeout=30)
        assert seen, output
        return output

    def enqueue(self, count: int = MESSAGES) -> list[str]:
        """Send calls of ``add`` and return their ids."""
        app = Celery("sender", broker=self.broker, set_as_current=False)
        if self.broker.startswith("filesystem"):
            folder, control = str(self.root / "queue"), str(self.root / "control")
            app.conf.broker_transport_options = {
                "data_folder_in": folder,
                "data_folder_out": folder,
                "control_folder": control,
            }
        app.conf.result_backend = "file://" + str(self.root / "results")
        ids = [app.send_task("add", (number, 1)).id for number in range(count)]
        app.close()
        return ids

    def waiting(self) -> int:
        """How many messages wait in the queue ``celery``."""
        if self.broker.startswith("filesystem"):
            return len(list((self.root / "queue").glob("*.celery.msg")))
        return Broker(self.broker).count("celery")

    def spawn(self) -> None:
        """Let the pool start its processes anew instead of forking them; no line of the project moves."""
        path = self.root / "proj.py"
        start = 'import billiard, os; billiard.set_start_method("spawn", force=True)\n'
        path.write_text(path.read_text().replace("import os\n", start, 1))

    def answered(self, ids: list[str]) -> Callable[[], bool]:
        """Whether every call has a result."""
        return lambda: all((self.root / "results" / f"celery-task-meta-{id}").exists() for id in ids)


def write_project(root: Path, broker: str = "filesystem://") -> Project:
    """Write the project into an empty directory."""
    for folder in ("queue", "results"):
        (root / folder).mkdir()
    (root / "proj.py").write_text(APP, encoding="utf-8")
    (root / "main.py").write_text(MAIN, encoding="utf-8")
    (root / "broken.py").write_text("import a_package_that_is_not_there\n", encoding="utf-8")
    return Project(root, broker)
