"""A recording in the test frameworks of users: the pytest fixture, with pytest-xdist, unittest and Django's TestCase.

Law: each runs in a process of its own over a small project, as its users start it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.shop import write_shop

TESTS = """
import asyncio

import pytest

from shop.app import app
from shop.registry import TasksRegistry

registry = TasksRegistry(app)


@pytest.mark.parametrize("to", ["a", "b", "c", "d"])
def test_a_mail(celery_registry_sent, to):
    registry.send_email.delay(to, "Hi")
    celery_registry_sent.to(registry.send_email).one_with(to=to, subject="Hi")


def test_nothing_is_left_of_other_tests(celery_registry_sent):
    celery_registry_sent.only_to()


def test_a_coroutine(celery_registry_sent):
    async def view():
        registry.send_email.delay("a", "Hi")

    asyncio.run(view())
    assert len(celery_registry_sent) == 1
"""
WRONG = """

def test_wrong(celery_registry_sent):
    registry.send_email.delay("a@b.c", "Hi")
    celery_registry_sent.to(registry.send_email).one_with(to="a@b.c", subject="Ho")
"""
DJANGO = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from celery import Celery
app = Celery("orders", broker="amqp://127.0.0.1:1//", backend="redis://127.0.0.1:1/0")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
"""
DJANGO_SETTINGS = """
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["orders"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
DJANGO_TASKS = """
from celery import shared_task

@shared_task
def ship(order_id: int) -> str:
    return f"shipped {order_id}"
"""
DJANGO_REGISTRY = """
from __future__ import annotations
from celery import Task
from celery_registry import BaseTasksRegistry

class TasksRegistry(BaseTasksRegistry):
    @property
    def ship(self) -> Task[[int], str]:
        return self._get_task_by_name("orders.tasks.ship")
"""
DJANGO_TESTS = """
from django.db import transaction
from django.test import TestCase, override_settings

from celery_app import app
from celery_registry.testing import record
from orders.registry import TasksRegistry

registry = TasksRegistry(app)


class OrderTest(TestCase):
    def setUp(self):
        recording = record(app)
        self.sent = recording.__enter__()
        self.addCleanup(recording.__exit__, None, None, None)

    def test_on_commit(self):
        with self.captureOnCommitCallbacks(execute=True):
            with transaction.atomic():
                registry.ship.delay_on_commit(order_id=7)
            self.sent.only_to()
        self.sent.to(registry.ship).one_with(7)
        with self.captureOnCommitCallbacks(execute=True):
            registry.ship.apply_async_on_commit(args=(8,), countdown=5)
        self.assertEqual(self.sent[-1].options["countdown"], 5)
        self.assertEqual([send.result.get() for send in self.sent.run()], ["shipped 7", "shipped 8"])

    def test_rolled_back(self):
        with self.captureOnCommitCallbacks(execute=True), transaction.atomic():
            registry.ship.delay_on_commit(order_id=7)
            transaction.set_rollback(True)
        self.sent.only_to()

    @override_settings(CELERY_TASK_ALWAYS_EAGER=True)
    def test_eager(self):
        with record(app) as sent:
            self.assertEqual(registry.ship.delay(9).get(), "shipped 9")
        sent.to(registry.ship).one_with(order_id=9)
        self.sent.only_to()
"""


def run(directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "CELERY_"))}
    return subprocess.run(
        [sys.executable, "-W", "error", *command],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def write_tests(directory: Path, text: str) -> Path:
    write_shop(directory)
    (directory / "test_shop.py").write_text(text)
    (directory / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (directory / "setup.cfg").write_text("[celery-registry]\napp = shop.app:app\n")
    return directory


@pytest.mark.parametrize("options", [["-p", "no:xdist"], ["-n", "2"]], ids=["one process", "xdist"])
def test_the_fixture_records_each_test_by_itself(tmp_path: Path, options: list[str]) -> None:
    done = run(write_tests(tmp_path, TESTS), "-m", "pytest", "-q", "-p", "no:cacheprovider", *options)
    assert done.returncode == 0, done.stdout
    assert "6 passed" in done.stdout


def test_a_failure_is_read_without_a_traceback_of_ours(tmp_path: Path) -> None:
    done = run(write_tests(tmp_path, TESTS + WRONG), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    assert done.returncode == 1
    assert "subject was 'Hi', expected 'Ho'" in done.stdout
    assert "sends.py" not in done.stdout


def test_a_project_names_its_application_in_one_line(tmp_path: Path) -> None:
    directory = write_tests(tmp_path, TESTS)
    (directory / "setup.cfg").unlink()
    done = run(directory, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "nothing_is_left")
    assert "fixture celery_registry_app: which application?" in done.stdout
    (directory / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef celery_registry_app():\n    from shop.app import app\n    return app\n"
    )
    done = run(directory, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    assert done.returncode == 0, done.stdout


def test_djangos_test_case_sees_what_a_transaction_sends(tmp_path: Path) -> None:
    (tmp_path / "orders").mkdir()
    for name, text in {
        "celery_app.py": DJANGO,
        "settings.py": DJANGO_SETTINGS,
        "orders/__init__.py": "",
        "orders/tasks.py": DJANGO_TASKS,
        "orders/registry.py": DJANGO_REGISTRY,
        "orders/tests.py": DJANGO_TESTS,
    }.items():
        (tmp_path / name).write_text(text)
    done = run(tmp_path, "-m", "django", "test", "--settings", "settings", "--pythonpath", ".")
    assert done.returncode == 0, done.stderr
    assert "Ran 3 tests" in done.stderr
