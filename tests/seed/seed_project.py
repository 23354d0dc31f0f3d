"""The seed's blocks, put where the seed says they belong, in the example project that surrounds them.

Law: the seed's own lines are never edited; what a block leaves out (imports, a controller) is written before it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from seed.seed_text import Block, read_blocks

__all__ = ["CALLS", "build_project"]

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "delivery_project"
# The blocks that call tasks: heading -> modules.
CALLS = {
    "Async (Non-blocking)": ["asynchronous"],
    "With Arguments": ["positional", "by_keyword"],
    "Apply Async (More Options)": ["more_options"],
    "Synchronous (Blocking)": ["synchronous"],
    "Check Status": ["check_status"],
    "Timeout": ["timeout"],
    "Ignore Results": ["ignore_results"],
}
LATER = "from __future__ import annotations\n\n"

FIRST_NAMES = """
from enum import StrEnum


class TaskName(StrEnum):
    PING = "ping"
"""
NEW_NAME_IMPORTS = """
from enum import StrEnum
from typing import TYPE_CHECKING

from celery import Task

from infrastructure.celery.registry import BaseTasksRegistry as ProjectRegistry

if TYPE_CHECKING:
    from delivery.tasks.tasks.ping import PingResult
"""
# The property that the registry has already, which the seed does not show again.
OLD_PROPERTY = """
class BaseTasksRegistry(ProjectRegistry):
    @property
    def ping(self) -> Task[[], PingResult]:
        return self._get_task_by_name(TaskName.PING)
"""
CONTAINER_IMPORTS = """
from punq import Container, Scope

from delivery.tasks.factories import TasksRegistryFactory
from delivery.tasks.registry import TasksRegistry
"""
ORDER_IMPORTS = """
from django.http import HttpRequest

from delivery.http.schemas import OrderResponse, OrderSchema
from delivery.models import Order
from delivery.tasks.registry import TasksRegistry
from infrastructure.controllers import Controller
"""
MY_TASK = """
from typing import TypedDict

from celery import Celery

from celery_registry import register_task
from infrastructure.controllers import Controller
from seed.new_task import TaskName


class MyTaskResult(TypedDict):
    done: bool


class MyTaskController(Controller):
    def register(self, app: Celery) -> None:
        register_task(app, TaskName.MY_NEW_TASK, self.my_new_task)

    def my_new_task(self, text: str, times: int) -> MyTaskResult:
        return MyTaskResult(done=bool(text * times))
"""
# Python 3.10 has no StrEnum; this file is imported when an interpreter starts.
SITE = """
import enum
import sys

if sys.version_info < (3, 11):
    from infrastructure.enums import StrEnum

    enum.StrEnum = StrEnum
"""


def build_project(folder: Path, *, runnable: bool = False) -> None:
    """Write the project into ``folder``.

    The seed's annotations name classes that are imported for type checkers alone, which Python evaluates at once
    before 3.14; a ``runnable`` project asks Python to evaluate annotations later.
    """
    blocks = {block.heading: block for block in read_blocks()}
    source = folder / "src"
    shutil.copytree(EXAMPLE / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    later = LATER if runnable else ""

    def place(module: str, *texts: str | Block) -> None:
        path = source / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(t.text if isinstance(t, Block) else t for t in texts))

    place("infrastructure/celery/registry.py", later, blocks["Base Registry"])
    imports, _, _ = blocks["Task Registry"].text.partition("\n\n\nclass TasksRegistry")
    place("delivery/tasks/registry.py", later, blocks["Task Names"], imports, blocks["Type Hints"])
    place("delivery/tasks/tasks/my_task.py", MY_TASK)
    place("seed/__init__.py")
    place("seed/first_registry.py", later, FIRST_NAMES, blocks["Task Registry"])
    place(
        "seed/new_task.py",
        later,
        NEW_NAME_IMPORTS,
        blocks["1. Add Task Name"],
        OLD_PROPERTY,
        blocks["2. Add Registry Property"],
    )
    place("seed/container.py", CONTAINER_IMPORTS, blocks["IoC Registration"])
    place("seed/orders.py", ORDER_IMPORTS, blocks["Using in HTTP Controllers"])
    registry, _, _ = blocks["Overview"].text.partition("\n\n# Type-safe")
    place("seed/overview.py", blocks["Overview"])
    for heading, modules in CALLS.items():
        for module, text in zip(modules, _alternatives(blocks[heading]), strict=True):
            place(f"seed/{module}.py", registry, text)
    if runnable:
        place("sitecustomize.py", SITE)
    minor = max(sys.version_info[1], 11)
    settings = (EXAMPLE / "mypy.ini").read_text().replace("strict = True", f"strict = True\npython_version = 3.{minor}")
    (folder / "mypy.ini").write_text(settings)


def _alternatives(block: Block) -> list[str]:
    """The two ways of "With Arguments" give one variable two types: they are alternatives, each its own program."""
    head, divider, tail = block.text.partition("# Keyword arguments\n")
    return [head, divider + tail] if divider else [head]
