"""``check --fix``: each drift is mended, no other byte changes, and a second run changes nothing.

Law: the declaration that a person wrote is damaged by hand; after the fix it is the same text again.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from writing.shop import command, run, write_files

REGISTRY = '''"""The shop."""  # odd  spacing
from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from celery import Task

from celery_registry import BaseTasksRegistry

if TYPE_CHECKING:
    from shop.tasks import Report


class TaskName(str, Enum):
    PING = "ping"
    SEND = "send"  # by mail
    CLEAN = "clean"


class TasksRegistry(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[], str]:  # nothing
        return self._get_task_by_name(TaskName.PING)

    @property
    def send( self ) -> Task[[str,  int], Report]:
        """
        Args:
            to: Who
            times: How often
        """
        return self._get_task_by_name(TaskName.SEND)

    @property
    def clean(self) -> "Task[..., None]":
        return self._get_task_by_name(TaskName.CLEAN)
'''
TASKS = """from celery import Celery

from celery_registry import register_task

app = Celery("shop")
app.conf.beat_schedule = {"often": {"task": "ping", "schedule": 1.0}}


class Report: ...


@app.task(name="ping")
def ping() -> str:
    return ""


@app.task(name="send")
def send(to: str, times: int) -> Report:
    return Report()


class Cleaner:
    def clean(self, *, deep: bool) -> None: ...


cleaner = Cleaner()
register_task(app, "clean", cleaner.clean)
"""
DRIFTS = {
    "too few": ("registry", "Task[[str,  int], Report]", "Task[[str], Report]", "Task[[str, int], Report]"),
    "too many": ("registry", "[[], str]", "[[int, str], str]", "[[], str]"),
    "keyword-only": ("registry", "Task[..., None]", "Task[[bool], None]", "Task[..., None]"),
    "documented": ("registry", "times: How", "tims: How", "times: How"),
    "surplus": ("registry", "times: How often\n", "times: How often\n            gone: No\n                more\n", "times: How often\n"),
    "schedule": ("tasks", '"task": "ping"', '"task": "pings"', '"task": "ping"'),
    "bound": ("tasks", 'register_task(app, "clean", cleaner.clean)', 'app.task(name="clean")(cleaner.clean)', 'register_task(app, "clean", cleaner.clean)'),
}  # fmt: skip


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "kinds", [*([kind] for kind in DRIFTS), ["too few", "too many", "schedule", "bound", "documented"]]
)
def test_a_drift_is_mended_and_no_other_byte_changes(tmp_path: Path, kinds: list[str], newline: str) -> None:
    texts = {"registry": REGISTRY, "tasks": TASKS}
    wanted = dict(texts)
    for kind in kinds:
        file, right, wrong, mended = DRIFTS[kind]
        assert right in texts[file]
        texts[file], wanted[file] = texts[file].replace(right, wrong), wanted[file].replace(right, mended)
    files = {f"shop/{name}.py": text.replace("\n", newline).encode() for name, text in texts.items()}
    write_files(tmp_path, {"shop/__init__.py": "", **files})
    assert command(tmp_path, "check", "--static").returncode == 1
    assert command(tmp_path, "check", "--static", "--diff").returncode == 1
    # All together and CRLF: as its user starts it.
    start = run if len(kinds) > 1 and newline == "\r\n" else command
    program = ("celery-registry",) if start is run else ()
    done = start(tmp_path, *program, "check", "--static", "--fix", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    for name, text in wanted.items():
        assert (tmp_path / f"shop/{name}.py").read_bytes().decode() == text.replace("\n", newline)
    assert command(tmp_path, "check", "--static").returncode == 0
    again = command(tmp_path, "check", "--static", "--fix", "--yes")
    assert "Success: the registry and the application agree" in again.stdout


def test_a_name_without_a_property_gets_one(tmp_path: Path) -> None:
    short = REGISTRY[: REGISTRY.index("    @property\n    def clean")].rstrip() + "\n"
    write_files(tmp_path, {"shop/__init__.py": "", "shop/registry.py": short, "shop/tasks.py": TASKS})
    done = command(tmp_path, "check", "--static", "--fix", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "shop/registry.py").read_text()
    assert text == REGISTRY.replace('"Task[..., None]"', "Task[..., None]")


def test_what_is_unclear_is_left_and_said(tmp_path: Path) -> None:
    missing = REGISTRY.replace('CLEAN = "clean"', 'CLEAN = "scrub"')
    write_files(tmp_path, {"shop/__init__.py": "", "shop/registry.py": missing, "shop/tasks.py": TASKS})
    done = command(tmp_path, "check", "--static", "--fix", "--yes")
    assert done.returncode == 1
    assert "left to you: shop/registry.py:18: scrub [task-unregistered]: is left to you" in done.stderr
    assert (tmp_path / "shop/registry.py").read_text() == missing


def test_a_finding_carries_its_fix(tmp_path: Path) -> None:
    wrong = REGISTRY.replace("[str,  int]", "[str]")
    write_files(tmp_path, {"shop/__init__.py": "", "shop/registry.py": wrong, "shop/tasks.py": TASKS})
    finished = "def send( self ) -> Task[[str, int], Report]:"
    text = command(tmp_path, "check", "--static").stdout
    assert f"        write     {finished}\n" in text
    (found,) = json.loads(command(tmp_path, "check", "--static", "--format", "json").stdout)["findings"]
    place = {"line": 27, "column": 34}
    replacement = {"path": "shop/registry.py", "start": place, "end": place, "text": ", int"}
    assert found["fix"] == {"text": finished, "replacements": [replacement]}
    assert f"write: {finished}" in command(tmp_path, "check", "--static", "--format", "github").stdout
    sarif = json.loads(command(tmp_path, "check", "--static", "--format", "sarif").stdout)
    (fix,) = sarif["runs"][0]["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": ", int"}


def test_a_member_without_a_property_is_shown_where_the_enum_is_in_another_file(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/names.py": 'from enum import Enum\n\n\nclass TaskName(str, Enum):\n    PING = "ping"\n    SEND = "send"\n',
        "shop/tasks.py": "from celery import shared_task\n\n\n"
        '@shared_task(name="ping")\ndef ping() -> None: ...\n\n\n'
        '@shared_task(name="send")\ndef send(to: str) -> None: ...\n',
        "shop/registry.py": "from celery import Task\n\nfrom celery_registry import BaseTasksRegistry\n"
        "from shop.names import TaskName\n\n\nclass TasksRegistry(BaseTasksRegistry):\n    @property\n"
        "    def ping(self) -> Task[[], None]:\n        return self._get_task_by_name(TaskName.PING)\n",
    }
    write_files(tmp_path, files)
    done = command(tmp_path, "check", "--static", "--format", "json")
    assert done.returncode == 1, done.stderr
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["problem"] == "name-without-property"
    assert finding["fix"]["text"] == "def send(self) -> Task[[str], None]:"
