"""``delay_on_commit``: of a registry property that declares a DjangoTask, and of plain tasks in a Django project.

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


APPLICATION = """
import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = Celery("shop")
"""
TASKS = """
from celery import Task, shared_task
from shop import app


class Own(Task[..., int]): ...


@shared_task
def ship(order: int) -> int:
    return order


@shared_task(bind=True, name="bill")
def bill(self: Task[[int], int], order: int) -> int:
    return order


@app.task
def pack(order: int) -> int:
    return order


@app.task(name="weigh")
def weigh(order: int) -> int:
    return order


@app.task(base=Own)
def own(order: int) -> int:
    return order


def kept(task: Task[[int], int], several: list[Task[[int], int]]) -> None: ...


def view() -> None:
    ship.delay_on_commit(1)
    bill.delay_on_commit(order=1)
    pack.delay_on_commit(1)
    weigh.apply_async_on_commit((1,), countdown=3)
    kept(ship, [ship, bill])
    for task in (pack, weigh):
        task.delay(1)
    own.delay_on_commit(1)  # E
    ship.delay_on_comit(1)  # E
    ship.delay("1")  # E
    bill.delay("1").get()  # E
    pack.delay("1")  # E
    weigh.delay(1).get().upper()  # E
"""


def errors_of(folder: Path) -> dict[int, str]:
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(folder / "cache"), "tasks.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
    return {int(n): text for n, text in re.findall(r"^tasks\.py:(\d+): error: (.*)", done.stdout, re.M)}


def test_celery_gives_plain_tasks_of_a_django_project_its_own_class(tmp_path: Path) -> None:
    """Where no text names Django's settings, mypy's own error is true; it comes and goes with a warm cache as well."""
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins = celery_registry.mypy\n")
    (tmp_path / "tasks.py").write_text(TASKS)
    marked = {n for n, line in enumerate(TASKS.splitlines(), 1) if line.endswith("# E")}
    sent = {n for n, line in enumerate(TASKS.splitlines(), 1) if "_on_commit(" in line}
    (tmp_path / "shop.py").write_text(APPLICATION)
    assert errors_of(tmp_path).keys() == marked
    (tmp_path / "shop.py").write_text(APPLICATION.replace("DJANGO_SETTINGS_MODULE", "SHOP_SETTINGS"))
    assert errors_of(tmp_path).keys() == marked | sent
    (tmp_path / "shop.py").write_text(APPLICATION)
    assert errors_of(tmp_path).keys() == marked
    chosen = APPLICATION.replace('Celery("shop")', 'Celery("shop", task_cls="tasks:Own")')
    (tmp_path / "shop.py").write_text(chosen)
    assert sent <= errors_of(tmp_path).keys()
