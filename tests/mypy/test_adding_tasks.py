"""The seed's three steps of "Adding new tasks": forgetting any one is exactly one error, where it must be mended.

Law: one small program per mistake, mypy's verdict and the guard's beside each other, and a right twin.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from agreement_table.verdicts import guard_verdicts, mypy_verdicts

APP = 'from celery import Celery\n\napp = Celery("shop")\n'
NAMES = """from enum import Enum


class TaskName(str, Enum):
    PING = "ping"
    CLEAN = "clean"
"""
REGISTRY = """from celery import Task

from celery_registry import BaseTasksRegistry
from shop.names import TaskName


class TasksRegistry(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[], str]:
        return self._get_task_by_name(TaskName.PING)

    @property
    def clean(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.CLEAN)
"""
CONTROLLERS = """from celery import Celery

from celery_registry import register_task
from shop.names import TaskName


class Controller:
    def register(self, app: Celery) -> None:
        register_task(app, TaskName.PING, self.ping)
        register_task(app, TaskName.CLEAN, self.clean)

    def ping(self) -> str:
        return "pong"

    def clean(self, days_old: int) -> int:
        return days_old
"""
MAIN = """from shop.app import app
from shop.controllers import Controller

Controller().register(app)
"""


def write(folder: Path, **changed: str) -> None:
    files = {"app": APP, "names": NAMES, "registry": REGISTRY, "controllers": CONTROLLERS, "main": MAIN, **changed}
    package = folder / "shop"
    package.mkdir()
    (folder / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins = celery_registry.mypy\n")
    (package / "__init__.py").write_text("")
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def without(text: str, first: str, count: int = 1) -> str:
    lines = text.splitlines(keepends=True)
    start = next(index for index, line in enumerate(lines) if first in line)
    return "".join(lines[:start] + lines[start + count :])


def errors(text: str) -> list[str]:
    return [line for line in text.splitlines() if ": error: " in line]


def test_the_program_with_all_three_steps_is_clean(tmp_path, cache):
    write(tmp_path)
    assert mypy_verdicts(tmp_path, cache()).text == ""
    assert guard_verdicts(tmp_path).text == ""


def test_a_forgotten_member_is_one_error_where_it_is_used(tmp_path, cache):
    names = without(NAMES, "CLEAN")
    # The controller of the forgotten name is the step that comes after.
    controllers = without(CONTROLLERS, "TaskName.CLEAN")
    write(tmp_path, names=names, controllers=controllers)
    found = errors(mypy_verdicts(tmp_path, cache()).text)
    line = line_of(REGISTRY, "TaskName.CLEAN")
    assert len(found) == 1
    assert found[0].startswith(f"shop/registry.py:{line}: error: ")
    assert found[0].endswith("[attr-defined]")


def test_a_forgotten_property_is_one_error_at_the_registry(tmp_path, cache):
    registry = without(REGISTRY, "def clean", 2).rstrip().removesuffix("@property").rstrip() + "\n"
    write(tmp_path, registry=registry)
    found, booted = mypy_verdicts(tmp_path, cache()), guard_verdicts(tmp_path)
    assert len(errors(found.text)) == 1, found.text
    assert f"shop/registry.py:{line_of(registry, 'class TasksRegistry')}: error: " in errors(found.text)[0]
    assert found.of("clean") == booted.of("clean") == ("name-without-property",)


def test_a_forgotten_controller_is_one_error_at_the_property(tmp_path, cache):
    controllers = without(without(CONTROLLERS, "TaskName.CLEAN"), "def clean", 2).rstrip() + "\n"
    write(tmp_path, controllers=controllers)
    found, booted = mypy_verdicts(tmp_path, cache()), guard_verdicts(tmp_path)
    assert len(errors(found.text)) == 1, found.text
    assert errors(found.text)[0].startswith(f"shop/registry.py:{line_of(REGISTRY, 'def clean')}: error: ")
    assert found.of("clean") == booted.of("clean") == ("name-not-registered",)


WHOLE = {
    "name-not-in-enum": {"registry": REGISTRY.replace("TaskName.CLEAN", '"clen"')},
    "two-properties": {
        "registry": REGISTRY
        + "\n    @property\n    def again(self) -> Task[[int], int]:\n        return self._get_task_by_name(TaskName.CLEAN)\n"
    },
    "two-members": {"names": NAMES + '    TIDY = "clean"\n'},
    "bound-method": {
        "controllers": CONTROLLERS.replace(
            "register_task(app, TaskName.CLEAN, self.clean)", "app.task(name=TaskName.CLEAN)(self.clean)"
        )
    },
}


@pytest.mark.parametrize("problem", WHOLE)
def test_mypy_and_the_guard_agree_about_the_registry_as_a_whole(problem, tmp_path, cache):
    write(tmp_path, **WHOLE[problem])
    found, booted = mypy_verdicts(tmp_path, cache()), guard_verdicts(tmp_path)
    said = {(task, problem) for task, problems in found.problems.items() for problem in problems}
    at_boot = {(task, problem) for task, problems in booted.problems.items() for problem in problems}
    assert problem in {name for _, name in said}, found.text
    assert at_boot <= said, f"{found.text}\n{booted.text}"


AGAIN = (
    CONTROLLERS
    + """
    def tidy(self, days_old: int) -> int:
        return days_old

    def register_again(self, app: Celery) -> None:
        register_task(app, TaskName.CLEAN, self.tidy)
"""
)


def test_two_implementations_are_told_where_both_are_really_registered(tmp_path, cache):
    """Which of two runs may hang on a condition, such as a fake in development: mypy cannot know, the guard can."""
    write(tmp_path, controllers=AGAIN, main=MAIN + "Controller().register_again(app)\n")
    assert guard_verdicts(tmp_path).of("clean") == ("two-implementations",)
    assert set(mypy_verdicts(tmp_path, cache()).of("clean")) <= {"two-implementations"}


def test_two_implementations_of_which_one_is_registered_are_right(tmp_path):
    write(tmp_path, controllers=AGAIN)
    assert guard_verdicts(tmp_path).text == ""


def test_a_task_is_found_in_a_module_that_nobody_imports(tmp_path, cache):
    """mypy is given the registry alone; a container loads the controllers at run time."""
    write(tmp_path)
    (tmp_path / "shop" / "main.py").unlink()
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", str(cache()), "shop/registry.py"]
    for text, status in ((CONTROLLERS, 0), (CONTROLLERS.replace("days_old: int", "days_old: str"), 1)):
        (tmp_path / "shop" / "controllers.py").write_text(text)
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == status, done.stdout
        assert ("Controller.clean takes" in done.stdout) == bool(status), done.stdout


def test_where_a_name_is_computed_the_settings_say_which_modules_have_all_tasks(tmp_path, cache):
    computed = "\n\ndef late(app: Celery, name: str) -> None:\n    app.task(name=name)(late)\n"
    controllers = without(without(CONTROLLERS, "TaskName.CLEAN"), "def clean", 2).rstrip() + computed
    write(tmp_path, controllers=controllers)
    assert mypy_verdicts(tmp_path, cache()).text == "", "the computed name may be the one that is missing"
    with (tmp_path / "mypy.ini").open("a") as file:
        file.write("\n[celery-registry]\ntask-modules = shop.controllers\n")
    found = mypy_verdicts(tmp_path, cache())
    assert found.of("clean") == ("name-not-registered",)
    assert len(errors(found.text)) == 1, found.text
