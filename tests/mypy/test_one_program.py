"""Which registrations are the program: the same verdict on production, whatever else the repository holds.

Each row is a small repository, right as it stands. It is checked in every way that mypy is started, cold and warm, and
once more with one production call made wrong, which must be the only error.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from importlib.metadata import version
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


SERVICE = """
from celery import Celery
from celery_registry import register_task
from app.registry import TasksRegistry

def pay(NAME: TYPE) -> str:
    return str(NAME)

app = Celery("SERVICE")
register_task(app, "pay", pay)

def call(r: TasksRegistry) -> None:
    r.pay.delay(NAME=VALUE)
    app.send_task("pay", (VALUE,))
"""
SERVICE_REGISTRY = """
from celery import Task
from celery_registry import BaseTasksRegistry

class TasksRegistry(BaseTasksRegistry):
    @property
    def pay(self) -> Task[[TYPE], str]:
        return self._get_task_by_name("pay")
"""
#: Only the first service has this module: it is no second implementation of the other one's task.
MORE = """
from celery_registry import register_task
from app.tasks import app

def pay_twice(total: bytes, times: int) -> str:
    return str(total * times)

register_task(app, "pay", pay_twice)
"""
INI = "[mypy]\nstrict = True\nplugins = celery_registry.mypy\n"
SERVICES = {"a": ("amount", "int", "1"), "b": ("currency", "str", '"eur"')}


def write_service(directory: Path, name: str, *, wrong: bool = False) -> None:
    parameter, type, value = SERVICES[name]
    folder = directory / "services" / name / "app"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text("")
    (folder / "registry.py").write_text(SERVICE_REGISTRY.replace("TYPE", type))
    text = SERVICE.replace("VALUE", "None", 1) if wrong else SERVICE
    for old, new in (("NAME", parameter), ("TYPE", type), ("VALUE", value), ("SERVICE", name)):
        text = text.replace(old, new)
    (folder / "tasks.py").write_text(text)


@pytest.mark.parametrize("shared", [True, False], ids=["one cache", "a cache each"])
def test_two_services_of_one_package_name_are_each_held_to_their_own(shared: bool, tmp_path: Path, cache) -> None:
    kept = {"a": str(cache()), "b": str(cache())}
    if shared:
        kept["b"] = kept["a"]
    (tmp_path / "mypy.ini").write_text(INI)
    for name in SERVICES:
        write_service(tmp_path, name)
    for name in ("a", "b", "a", "b"):
        assert run(tmp_path, f"services/{name}", cache=kept[name]) == []
    for name in SERVICES:
        write_service(tmp_path, name, wrong=True)
    for name in ("a", "b", "a"):
        (error,) = run(tmp_path, f"services/{name}", cache=kept[name])
        assert error.startswith(f'services/{name}/app/tasks.py:13: error: Argument "{SERVICES[name][0]}" to "delay"')
    for name in SERVICES:
        write_service(tmp_path, name)
    (tmp_path / "services/a/app/more.py").write_text(MORE)
    for name in ("b", "b"):
        assert run(tmp_path, f"services/{name}", cache=kept[name]) == []
    write_service(tmp_path, "b", wrong=True)
    (error,) = run(tmp_path, "services/b", cache=kept["b"])
    assert error.startswith('services/b/app/tasks.py:13: error: Argument "currency" to "delay"')


NAMES = """
from enum import Enum
from celery import Task
from celery_registry import BaseTasksRegistry

class TaskName(str, Enum):
    PAY = "pay"
    GONE = "gone"

class Registry(BaseTasksRegistry):
    @property
    def pay(self) -> Task[[int], str]:
        return self._get_task_by_name(TaskName.PAY)
    @property
    def gone(self) -> Task[[int], str]:
        return self._get_task_by_name(TaskName.GONE)
"""


def test_processes_side_by_side_have_each_service_held_to_its_own(tmp_path: Path, cache) -> None:
    """A process that checks modules for another one is told of no file before it has it."""
    if version("mypy").startswith("1."):
        return  # It has no such processes.
    (tmp_path / "mypy.ini").write_text(INI)
    kept = str(cache())
    for name in SERVICES:
        write_service(tmp_path, name)
    for name in ("b", "a"):
        assert run(tmp_path, "-n", "2", f"services/{name}", cache=kept) == []
    write_service(tmp_path, "b", wrong=True)
    (error,) = run(tmp_path, "-n", "2", "services/b", cache=kept)
    assert error.startswith('services/b/app/tasks.py:13: error: Argument "currency" to "delay"')


def test_what_stands_below_the_other_service_is_the_other_ones(tmp_path: Path, cache) -> None:
    """Its scripts are modules that this one does not have; without packages the two have all names in common."""
    (tmp_path / "mypy.ini").write_text(INI)
    kept = str(cache())
    for name in SERVICES:
        write_service(tmp_path, name)
    (tmp_path / "services/a/scripts").mkdir()
    (tmp_path / "services/a/scripts/more.py").write_text(MORE)
    assert run(tmp_path, "services/b", cache=kept) == []
    shutil.rmtree(tmp_path / "services/a/scripts")
    for name in SERVICES:
        for file in ("tasks.py", "registry.py"):
            text = (tmp_path / "services" / name / "app" / file).read_text()
            (tmp_path / "services" / name / file).write_text(text.replace("from app.", "from "))
        shutil.rmtree(tmp_path / "services" / name / "app")
    for name in ("b", "a"):
        assert run(tmp_path, f"services/{name}", cache=kept) == []


def test_what_a_build_left_is_no_second_program(tmp_path: Path, cache) -> None:
    """Of the same text it hides nothing, and of another it changes nothing."""
    (tmp_path / "mypy.ini").write_text(INI)
    kept = str(cache())
    (tmp_path / "src/shop").mkdir(parents=True)
    for file, text in (("__init__.py", ""), ("tasks.py", SHOP), ("names.py", NAMES)):
        (tmp_path / "src/shop" / file).write_text(text)
    shutil.copytree(tmp_path / "src", tmp_path / "build/lib")
    for _ in ("cold", "warm"):
        (error,) = run(tmp_path, "src", cache=kept)
        assert error.startswith('src/shop/names.py:15: error: No task is registered as "gone"')
    (tmp_path / "build/lib/shop/tasks.py").write_text(SHOP.replace("amount", "total"))
    assert [e for e in run(tmp_path, "src", cache=kept) if "names.py" not in e] == []


def test_the_daemon_holds_a_service_to_its_own(tmp_path: Path, cache) -> None:
    """One daemon, one service: asked for a, b and a again, mypy's own daemon mixes files of one module name."""
    (tmp_path / "mypy.ini").write_text(INI)
    for name in SERVICES:
        write_service(tmp_path, name)
    ask_daemon(tmp_path, "start", "--", "--no-error-summary", "--cache-dir", str(cache()))
    try:
        assert ask_daemon(tmp_path, "check", "services/b") == []
        write_service(tmp_path, "b", wrong=True)
        (error,) = ask_daemon(tmp_path, "check", "services/b")
        assert error.startswith('services/b/app/tasks.py:13: error: Argument "currency" to "delay"')
        write_service(tmp_path, "b")
        assert ask_daemon(tmp_path, "check", "services/b") == []
    finally:
        ask_daemon(tmp_path, "stop")


def test_one_file_of_a_namespace_package_without_settings(tmp_path: Path, cache) -> None:
    """mypy calls it ``work``, its application ``ns.work``."""
    kept = str(cache())
    path = tmp_path / "src/ns/work.py"
    path.parent.mkdir(parents=True)
    (tmp_path / "mypy.ini").write_text(INI)
    for text, expected in ((SHOP, 0), (WRONG, 1), (SHOP, 0)):
        path.write_text(text)
        errors = run(tmp_path, "src/ns/work.py", cache=kept)
        assert len(errors) == expected, errors
        assert all(error.startswith('src/ns/work.py:17: error: Argument "amount"') for error in errors)


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
