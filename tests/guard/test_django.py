"""A Django project: the rows of django-celery-beat are entries of the schedule, and one line guards it all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("django_celery_beat", reason="pip install django-celery-beat")

SETTINGS = """
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["django_celery_beat", "shop.apps.ShopConfig"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CELERY_BROKER_URL = "memory://"
"""

CELERY = """
import os
from celery import Celery
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
"""

APPS = """
from django.apps import AppConfig
from celery_registry import guard

class ShopConfig(AppConfig):
    name = "shop"

    def ready(self):
        from shop.celery import app
        guard.install(app, registry="shop.registry:TasksRegistry", names="shop.registry:TaskName")
"""

REGISTRY = """
from __future__ import annotations
from enum import Enum
from celery import Task
from celery_registry import BaseTasksRegistry

class TaskName(str, Enum):
    CLEAN = "clean"

class TasksRegistry(BaseTasksRegistry):
    @property
    def clean(self) -> Task[[int], None]:
        return self._get_task_by_name(TaskName.CLEAN)
"""

TASKS = """
from celery import shared_task

@shared_task(name="clean")
def clean(days: int) -> None: ...
"""

ROWS = """
import json, sys
import django
django.setup()
from django.core.management import call_command
if "migrate" in sys.argv:
    call_command("migrate", verbosity=0)
    from django_celery_beat.models import IntervalSchedule, PeriodicTask
    every = IntervalSchedule.objects.create(every=1, period="days")
    rows = [
        ("right", "clean", "[7]", "{}", True),
        ("right by name", "clean", "[]", '{"days": 7}', True),
        ("typo", "claen", "[7]", "{}", True),
        ("too many", "clean", "[7, 8]", "{}", True),
        ("wrong and off", "gone", "[]", "{}", False),
    ]
    for name, task, args, kwargs, enabled in rows:
        PeriodicTask.objects.create(name=name, task=task, args=args, kwargs=kwargs, enabled=enabled, interval=every)
from celery_registry.guard import check
from shop.celery import app
print(json.dumps([[f.problem, f.task, f.facts["entry"]] for f in check(app)]))
from django.db import connection
assert "migrate" in sys.argv or connection.connection is None
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    texts = {
        "settings.py": SETTINGS,
        "rows.py": ROWS,
        "shop/__init__.py": "",
        "shop/celery.py": CELERY,
        "shop/apps.py": APPS,
        "shop/registry.py": REGISTRY,
        "shop/tasks.py": TASKS,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings"}
    command = [sys.executable, "-W", "ignore", *arguments]
    return subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, timeout=60)


def rows(site: Path, *arguments: str) -> list[list[str]]:
    finished = run(site, "rows.py", *arguments)
    assert finished.returncode == 0, finished.stderr
    found: list[list[str]] = json.loads(finished.stdout)
    return found


def test_rows_that_do_not_fit_are_told_and_no_others(site: Path) -> None:
    assert rows(site, "migrate") == [
        ["schedule-arguments", "clean", "too many"],
        ["schedule-unknown-task", "claen", "typo"],
    ]


def test_a_database_that_is_not_there_yet_is_no_fault(site: Path) -> None:
    assert rows(site) == []


def test_a_worker_of_the_project_is_held_by_the_line_in_ready(site: Path) -> None:
    (site / "shop" / "tasks.py").write_text(TASKS.replace('name="clean"', 'name="cleen"'), encoding="utf-8")
    finished = run(site, "-m", "celery", "-A", "shop.celery", "worker", "-P", "solo")
    assert finished.returncode == 78, finished.stderr
    assert 'No task is registered as "clean" (TaskName.CLEAN); did you mean "cleen"?' in finished.stderr
    # Commands that start nothing are not held.
    assert run(site, "-m", "django", "check").returncode == 0


def test_a_worker_of_the_project_boots_once_its_tasks_are_there(site: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "celery", "-A", "shop.celery", "worker", "-P", "solo", "-l", "INFO"],
        cwd=site,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    # A worker that refuses ends, and with it what it prints.
    with process, process.stdout as output:
        for line in output:
            lines.append(line)
            if " ready." in line:
                process.terminate()
    assert any(" ready." in line for line in lines), lines
    assert "celery-registry" not in "".join(lines)
