"""A registry property that declares a DjangoTask, for ``delay_on_commit``: held to its function as any other.

Law: one run of real mypy; what is wrong is marked on its line.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from __future__ import annotations

from celery import Celery, shared_task
from celery.contrib.django.task import DjangoTask

from celery_registry import BaseTasksRegistry


@shared_task(name="ship")
def ship(order_id: int, note: str = "") -> str:
    return f"{order_id} {note}"


@shared_task(name="bill")
def bill(order_id: int) -> None: ...


class TasksRegistry(BaseTasksRegistry):
    @property
    def ship(self) -> DjangoTask[[int, str], str]:
        return self._get_task_by_name("ship")

    @property
    def bill(self) -> DjangoTask[[str], None]:  # E
        return self._get_task_by_name("bill")


def view(registry: TasksRegistry) -> None:
    registry.ship.delay_on_commit(order_id=1)
    registry.ship.delay_on_commit(1, note="quick")
    registry.ship.delay(order_id=1).get().upper()
    registry.ship.apply_async_on_commit(args=(1,), countdown=3)
    registry.ship.delay_on_commit(ordr_id=1)  # E
    registry.ship.delay_on_commit("1")  # E
    registry.ship.delay(order_id="1")  # E
    registry.ship.apply_async(kwargs={"order": 1})  # E
"""


def test_a_property_may_declare_a_django_task(tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins = celery_registry.mypy\n")
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=180
    )
    found = sorted({int(line) for line in re.findall(r"^program\.py:(\d+): error: ", done.stdout, re.M)})
    assert found == [n for n, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith("# E")], done.stdout
