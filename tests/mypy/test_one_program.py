"""Which registrations are the program: the same verdict on production, whatever else the repository holds.

Each row is a small repository, right as it stands. It is checked in every way that mypy is started, cold and warm, and
once more with one production call made wrong, which must be the only error.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

SHOP = """
from celery import Celery, Task
from celery_registry import BaseTasksRegistry, register_task

class TasksRegistry(BaseTasksRegistry):
    @property
    def pay(self) -> Task[[int], str]:
        return self._get_task_by_name("pay")

def pay(amount: int) -> str:
    return str(amount)

app = Celery("shop")
register_task(app, "pay", pay)

def call(r: TasksRegistry) -> None:
    r.pay.delay(amount=1)
    app.send_task("pay", (1,))
"""
WRONG = SHOP.replace("amount=1)", "amount=None)")
SAME_FAKE = """
from celery import Celery
def fake_pay(amount: int) -> str:
    return "x"
fake = Celery("fake")
fake.task(name="pay")(fake_pay)
"""
OTHER_FAKE = """
from celery import Celery
from celery_registry import register_task
def fake_pay(total: str, currency: str) -> int:
    return 1
fake = Celery("fake")
register_task(fake, "pay", fake_pay)
fake.send_task("pay", ("1", "eur"))
"""
SHARED_FAKE = """
from celery import shared_task
@shared_task(name="pay")
def fake_pay(total: str, currency: str) -> int:
    return 1
def test_pay() -> None:
    fake_pay.delay("1", currency="eur")
"""

#: Name -> files besides the shop itself, what mypy is given, more lines of configuration.
ROWS: dict[str, tuple[dict[str, str], list[list[str]], str]] = {
    "a fake in conftest": ({"tests/conftest.py": SAME_FAKE}, [["src"], ["."], ["-p", "shop"]], ""),
    "another fake in conftest": ({"tests/conftest.py": OTHER_FAKE}, [["src"], ["."], ["-p", "shop"]], ""),
    "tests as a package": (
        {"tests/__init__.py": "", "tests/conftest.py": OTHER_FAKE, "tests/test_pay.py": SHARED_FAKE},
        [["src"], ["."], ["-p", "shop"]],
        "",
    ),
    "tests inside": (
        {"src/shop/tests/__init__.py": "", "src/shop/tests/fakes.py": OTHER_FAKE, "src/shop/test_pay.py": SHARED_FAKE},
        [["src"], ["-p", "shop"]],
        "",
    ),
    "tests that a setting names": (
        {"src/shop/doubles/__init__.py": "", "src/shop/doubles/pay.py": OTHER_FAKE},
        [["src"], ["-p", "shop"]],
        "[celery-registry]\ntest-paths = src/shop/doubles\n",
    ),
    "an example and a script beside": (
        {"examples/demo.py": OTHER_FAKE, "script.py": OTHER_FAKE, "scripts/use.py": SHARED_FAKE},
        [["src"], ["."], ["-p", "shop"]],
        "",
    ),
    "task-modules": (
        {"src/old/__init__.py": "", "src/old/tasks.py": SHARED_FAKE},
        [["src"], ["-p", "shop"]],
        "[celery-registry]\ntask-modules = shop.*\n",
    ),
}


def run(directory: Path, *arguments: str, cache: str) -> list[str]:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", cache, *arguments]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [line for line in (done.stdout + done.stderr).splitlines() if "note:" not in line]


def write(directory: Path, files: dict[str, str], settings: str) -> None:
    files = {"src/shop/__init__.py": "", "src/shop/tasks.py": SHOP, **files}
    files["mypy.ini"] = f"[mypy]\nstrict = True\nmypy_path = src\nplugins = celery_registry.mypy\n{settings}"
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


@pytest.mark.parametrize("name", ROWS)
def test_production_has_one_verdict(name: str, tmp_path: Path, cache) -> None:
    files, ways, settings = ROWS[name]
    write(tmp_path, files, settings)
    kept = str(cache())
    for way in ways:
        assert run(tmp_path, *way, cache=kept) == []
    (tmp_path / "src/shop/tasks.py").write_text(WRONG)
    for way in ways:
        (error,) = run(tmp_path, *way, cache=kept)
        assert error.startswith('src/shop/tasks.py:17: error: Argument "amount"')


def ask_daemon(directory: Path, *arguments: str) -> list[str]:
    command = [sys.executable, "-m", "mypy.dmypy", "--status-file", "dmypy.json", *arguments]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [line for line in (done.stdout + done.stderr).splitlines() if ": error:" in line]


def test_a_fake_that_is_edited_under_the_daemon_never_touches_production(tmp_path: Path, cache) -> None:
    write(tmp_path, {"tests/conftest.py": SAME_FAKE}, "")
    ask_daemon(tmp_path, "start", "--", "--no-error-summary", "--cache-dir", str(cache()))
    try:
        assert ask_daemon(tmp_path, "check", "src", "tests") == []
        (tmp_path / "tests/conftest.py").write_text(OTHER_FAKE)
        assert ask_daemon(tmp_path, "check", "src", "tests") == []
        (tmp_path / "src/shop/tasks.py").write_text(WRONG)
        (error,) = ask_daemon(tmp_path, "check", "src", "tests")
        assert error.startswith('src/shop/tasks.py:17: error: Argument "amount"')
        (tmp_path / "src/shop/tasks.py").write_text(SHOP)
        assert ask_daemon(tmp_path, "check", "src", "tests") == []
    finally:
        ask_daemon(tmp_path, "stop")
