"""A small program by hand, and edits of it by hand.

Law: every way to hand a task's name on is in it once; it has no mistake.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["OTHER_JOB", "PROGRAM", "Edit", "add", "delete", "replace"]

PROGRAM = {
    "mypy.ini": "[mypy]\nstrict = True\nplugins = celery_registry.mypy\n",
    "shop/__init__.py": "",
    "shop/values.py": 'from typing import Final\n\nPING: Final = "ping"\nSEND: Final = "send"\n',
    "shop/constants.py": "from shop.values import *\n",
    "shop/names.py": """from enum import Enum

from shop import constants


class TaskName(str, Enum):
    CLEAN = "clean"
    PING = constants.PING
    SEND = constants.SEND
""",
    "shop/registry.py": """from celery import Task

from celery_registry import BaseTasksRegistry
from shop.names import TaskName


class FirstRegistry(BaseTasksRegistry):
    @property
    def clean(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.CLEAN)

    @property
    def ping(self) -> Task[[], str]:
        return self._get_task_by_name(TaskName.PING)
""",
    "shop/second.py": """from celery import Task

from celery_registry import BaseTasksRegistry
from shop.names import TaskName


class SecondRegistry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str], None]:
        return self._get_task_by_name(TaskName.SEND)
""",
    "shop/controllers.py": """from celery import Celery

from celery_registry import register_task
from shop.names import TaskName


class Controller:
    def register(self, app: Celery) -> None:
        register_task(app, TaskName.CLEAN, self.clean)
        register_task(app, TaskName.PING, self.ping)

    def ping(self) -> str:
        return "pong"

    def clean(self, days_old: int) -> int:
        return days_old
""",
    "shop/letters.py": """from celery import Celery

from celery_registry import register_task
from shop import constants


def send(to: str) -> None: ...


def register(app: Celery) -> None:
    register_task(app, constants.SEND, send)
""",
    "shop/calls.py": """from celery import Celery

from shop.names import TaskName


def call(app: Celery) -> None:
    app.send_task(TaskName.SEND, args=["me"])
""",
    "shop/other_calls.py": """from celery import Celery, signature

from shop.jobs import job
from shop.names import TaskName


def call(app: Celery) -> None:
    app.tasks[TaskName.CLEAN].delay(3)
    signature(TaskName.PING.value)
    job.delay(1)
""",
    "shop/jobs.py": """from shop.app import app
from shop.wrappers import loose


@app.task(name="job")
def job(limit: int) -> None: ...
""",
    "shop/app.py": 'from celery import Celery\n\napp = Celery("shop")\n',
    "shop/wrappers.py": """from collections.abc import Callable
from typing import Any


def loose(function: Callable[..., Any]) -> Callable[..., Any]:
    return function
""",
}

Edit = Callable[[dict[str, str]], None]


def replace(path: str, old: str, new: str) -> Edit:
    def edit(files: dict[str, str]) -> None:
        assert old in files[path]
        files[path] = files[path].replace(old, new)

    return edit


def delete(path: str) -> Edit:
    def edit(files: dict[str, str]) -> None:
        del files[path]

    return edit


def add(path: str, text: str) -> Edit:
    return lambda files: files.update({path: text})


OTHER_JOB = add(
    "shop/other_jobs.py", 'from shop.app import app\nfrom shop.jobs import job\n\napp.task(name="again")(job)\n'
)
