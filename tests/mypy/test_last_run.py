"""A run in which nothing has changed takes its answers from the last one; whatever changes is noticed."""

from __future__ import annotations

import marshal
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import celery_registry
from celery_registry.source.record import digest_of, read_record

OLD = 1_600_000_000

FILES = {
    "mypy.ini": "[mypy]\nplugins = celery_registry.mypy\nmypy_path = src\nstrict = True\n",
    "src/shop/__init__.py": "",
    "src/shop/names.py": 'from enum import Enum\n\n\nclass TaskName(str, Enum):\n    SEND = "send"\n',
    "src/shop/registry.py": (
        "from celery import Task\n\nfrom celery_registry import BaseTasksRegistry\nfrom shop.names import TaskName\n\n\n"
        "class Tasks(BaseTasksRegistry):\n    @property\n    def send(self) -> Task[[str], int]:\n"
        "        return self._get_task_by_name(TaskName.SEND)\n"
    ),
    "src/shop/mail.py": (
        "from celery import shared_task\n\nfrom shop.names import TaskName\n\n\n"
        "@shared_task(name=TaskName.SEND)\ndef send(to: str) -> int:\n    return len(to)\n"
    ),
    "src/shop/page.py": 'from shop.registry import Tasks\n\n\ndef show(tasks: Tasks) -> None:\n    tasks.send.delay(to="a")\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose files have not changed for years, as files do that come out of version control."""
    root = tmp_path / "project"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (OLD, OLD))
    return root


def run(root: Path, cache: str = ".mypy_cache", *options: str) -> str:
    """What mypy prints, with the names of the modules that it imports where the options ask for them."""
    command = [sys.executable, *options, "-m", "mypy", "--no-error-summary", "--cache-dir", cache, "-p", "shop"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout + (done.stderr if options else "")


def needs_index(root: Path) -> bool:
    """Whether a run loads the index."""
    return "celery_registry.source.index" in run(root, ".mypy_cache", "-X", "importtime")


def test_a_second_run_needs_no_index(project: Path) -> None:
    """Neither the index nor the settings are loaded, and the answer is the same."""
    assert run(project) == ""
    printed = run(project, ".mypy_cache", "-X", "importtime")
    assert "celery_registry.mypy.hooks" in printed
    # The walk over the files is theirs too, and finds that nothing has changed.
    for name in ("source.index", "source.program", "settings", "contract", "mypy.handlers", "mypy.metadata"):
        assert f"celery_registry.{name}" not in printed


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Change a file, to an old time: not even then may the change be missed."""

    def change(root: Path) -> None:
        path = root / name
        path.write_text(path.read_text().replace(old, new))
        os.utime(path, (OLD + 60, OLD + 60))

    return change


def add(name: str, text: str) -> Callable[[Path], None]:
    """Write a file that was not there."""

    def change(root: Path) -> None:
        (root / name).write_text(text)
        os.utime(root / name, (OLD, OLD))

    return change


def delete(name: str) -> Callable[[Path], None]:
    """Delete a file."""
    return lambda root: (root / name).unlink()


SECOND = FILES["src/shop/mail.py"].replace("to: str", "address: str")
CHANGES = {
    "a parameter is renamed": edit("src/shop/mail.py", "to: str", "address: str"),
    "a task has another name": edit("src/shop/names.py", '"send"', '"other"'),
    "an implementation is deleted": delete("src/shop/mail.py"),
    "a module comes": add("src/shop/more.py", SECOND.replace("TaskName.SEND", '"more"')),
    "a registry comes": add("src/shop/registry2.py", FILES["src/shop/registry.py"].replace("[str], int", "[int], int")),
    "settings come": edit("mypy.ini", "[mypy]", "[celery-registry]\nseverity = task-signature: off\n\n[mypy]"),
    "settings come in another file": add(
        "pyproject.toml",
        '[tool.celery-registry]\nnames = ["shop.names.TaskName"]\nseverity = {task-no-property = "off"}\n',
    ),
    "a package is none any more": delete("src/shop/__init__.py"),
    "a folder is left out": edit("mypy.ini", "strict = True", "strict = True\nexclude = mail"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_noticed(project: Path, change: str) -> None:
    """After every change the next run says what a run without any cache says."""
    run(project)
    run(project)
    CHANGES[change](project)
    assert needs_index(project)
    shutil.rmtree(project / ".mypy_cache")
    run(project)
    assert run(project) == run(project, os.devnull)


@pytest.mark.parametrize("change", CHANGES)
def test_the_answer_after_a_change_is_a_cold_runs(project: Path, change: str) -> None:
    """The cache of the runs before does not show."""
    run(project)
    run(project)
    CHANGES[change](project)
    assert run(project) == run(project, os.devnull)
    assert run(project) == run(project, os.devnull)


def test_a_file_of_this_moment_is_not_trusted(project: Path) -> None:
    """It may change again within one tick of the file system's clock."""
    # However slow the machine is, an hour from now is not long ago.
    soon = time.time() + 3600
    os.utime(project / "src/shop/mail.py", (soon, soon))
    run(project)
    assert needs_index(project)
    os.utime(project / "src/shop/mail.py", (OLD, OLD))
    run(project)
    assert not needs_index(project)


def test_a_file_that_exclude_names_and_another_imports_is_checked_again(project: Path) -> None:
    """The index does not read it; it hangs on every property."""
    edit("mypy.ini", "strict = True", "strict = True\nexclude = legacy")(project)
    add("src/shop/legacy.py", FILES["src/shop/page.py"])(project)
    edit("src/shop/page.py", "from shop.registry", "from shop import legacy\nfrom shop.registry")(project)
    edit("src/shop/page.py", "    tasks.send", "    legacy.show(tasks)\n    tasks.send")(project)
    assert run(project) == ""
    edit("src/shop/mail.py", "to: str", "address: str")(project)
    said = run(project)
    assert "legacy.py" in said
    assert said == run(project, os.devnull)


RAW = """from celery import Celery


class Raw:
    name = "any"

    def register(self, app: Celery) -> None:
        app.task(name=self.name)(self.work)

    def work(self) -> None: ...
"""
OWN = """from shop.between import Between


class Own(Between):
    name = "own"

    def work(self) -> None: ...
"""


def test_what_is_said_of_a_base_follows_the_classes_of_other_modules(project: Path) -> None:
    """The module that registers for them is no import of theirs, and its text stays."""
    files = {"raw.py": RAW, "own.py": OWN, "between.py": "from shop.raw import Raw\n\n\nclass Between(Raw): ...\n"}
    for name, text in files.items():
        (project / "src/shop" / name).write_text(text)
        os.utime(project / "src/shop" / name, (OLD, OLD))
    assert 'raw.py:8: error: Task "own" registers the bound method Own.work' in run(project)
    edit("src/shop/between.py", "Between(Raw)", "Between")(project)
    assert 'raw.py:8: error: Task "any" registers the bound method Raw.work' in run(project)
    edit("src/shop/between.py", "Between:", "Between(Raw):")(project)
    os.utime(project / "src/shop/between.py", (OLD + 120, OLD + 120))
    assert 'raw.py:8: error: Task "own" registers the bound method Own.work' in run(project)


def test_edits_of_this_moment_one_after_the_other_are_all_noticed(project: Path) -> None:
    """Each run takes from the one before what it says of other files alone."""
    add("src/shop/body.py", "def f() -> int:\n    return 1\n")(project)
    run(project)
    steps = [
        ("src/shop/body.py", "return 1", "return 2"),
        ("src/shop/mail.py", "to: str", "address: str"),
        ("src/shop/body.py", "return 2", "return 3"),
        ("src/shop/page.py", "to=", "address="),
        ("src/shop/mail.py", "address: str", "to: str"),
        ("src/shop/page.py", 'delay(address="a")', 'delay("a")'),
        ("src/shop/names.py", '"send"', '"sent"'),
        ("src/shop/page.py", 'delay("a")', 'delay(address="a")'),
    ]
    wrong = []
    for step, (name, old, new) in enumerate(steps):
        edit(name, old, new)(project)
        soon = time.time() + 3600 + 2 * step
        os.utime(project / name, (soon, soon))
        said = run(project)
        assert said == run(project, os.devnull), (name, new)
        wrong.append("page.py" in said)
    assert wrong == [False, True, True, False, True, False, False, True]


def forged(record: Path, head: bytes) -> bytes:
    """What is a record by its length alone."""
    key, beside, *found = read_record(str(record), head)
    return marshal.dumps((key, beside, *(5 for _ in found)))


@pytest.mark.parametrize("damage", [b"", b"x", b"half", b"old", b"loaded", b"lie", b"shape"])
def test_a_damaged_record_is_as_good_as_none(project: Path, damage: bytes) -> None:
    """Empty, foreign, cut short, of another release, of other data under a right head, or forged with a right digest."""
    run(project)
    record = project / ".mypy_cache" / "celery_registry_last_run.bin"
    content = record.read_bytes()
    damaged = {b"half": content[:-7], b"old": content.replace(b"run 1", b"run 0"), b"loaded": content[:-1] + b"\xff"}
    head = content[: content.index(b"\n") + 1]
    for name, body in ((b"lie", b"s\xff\xff\xff\x7f"), (b"shape", forged(record, head))):
        damaged[name] = head + digest_of(body) + body
    record.write_bytes(damaged.get(damage, damage))
    assert run(project) == ""
    assert not needs_index(project)


def test_mypys_cache_alone_may_be_lost(project: Path) -> None:
    """The record still holds; the index is built for the checks."""
    edit("src/shop/page.py", 'to="a"', "to=1")(project)
    first = run(project)
    assert 'Argument "to" to "send" of "Tasks"' in first or "incompatible type" in first
    for folder in (project / ".mypy_cache").iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    assert run(project) == first


LATE = """
import os
import re
from mypy.plugin import Plugin

def plugin(version):
    if not os.path.exists("pyproject.toml"):
        with open("pyproject.toml", "w") as file:
            file.write('[tool.celery-registry]\\nseverity = {task-signature = "off"}\\n')
        os.utime("pyproject.toml", (%d, %d))
    return Plugin
"""


def test_settings_that_change_while_a_run_lasts_are_those_of_the_next_run(project: Path) -> None:
    """mypy makes its plugins in turn: the one after ours writes settings when ours have been read."""
    edit("src/shop/mail.py", "to: str", "to: int")(project)
    edit("mypy.ini", "celery_registry.mypy", "celery_registry.mypy, late.py")(project)
    (project / "late.py").write_text(LATE % (OLD, OLD))
    os.utime(project / "late.py", (OLD, OLD))
    assert "[task-signature]" in run(project)
    assert (project / "pyproject.toml").exists()
    assert "[task-signature]" not in run(project)


LOCK = '{"format": 1, "accept": ["json"], "serializer": "json", "tasks": {"billing.charge": {"parameters": [%s], "result": "str"}}}'
#: mypy, and a lock that is written anew between the moment it is read and the moment its time of change is taken.
RACE = """
import os
import sys

from celery_registry.mypy import hooks
from mypy import api

real = hooks.stamp_of


def late(path):
    if path.endswith("billing.lock") and "wide" in open(path).read():
        with open(path, "w") as file:
            file.write(sys.argv[1])
        os.utime(path, (%d, %d))
    return real(path)


hooks.stamp_of = late
print(api.run(["--no-error-summary", "-p", "shop"])[0])
"""


def test_a_lock_that_changes_when_it_has_been_read_is_that_of_the_next_run(project: Path) -> None:
    edit("mypy.ini", "strict = True\n", "strict = True\n[celery-registry]\ncontracts = billing.lock\n")(project)
    (project / "billing.lock").write_text(LOCK % '"wide: str"')
    call = (
        'from celery import Celery\n\n\ndef pay(app: Celery) -> None:\n    app.send_task("billing.charge", ("Ada",))\n'
    )
    (project / "src/shop/pay.py").write_text(call)
    for name in ("billing.lock", "src/shop/pay.py"):
        os.utime(project / name, (OLD, OLD))
    script = [sys.executable, "-c", RACE % (OLD, OLD), LOCK % '"customer: str", "pence: int"']
    done = subprocess.run(script, cwd=project, capture_output=True, text=True, timeout=120)
    assert (done.stdout.strip(), done.stderr) == ("", "")
    assert 'Missing positional argument "pence"' in run(project)


def test_another_version_of_the_plugin_checks_everything_anew(project: Path, tmp_path: Path) -> None:
    """mypy's cache and the record of the last run hang on the version: an update may judge otherwise."""
    library = tmp_path / "library"
    package = Path(celery_registry.__file__).parent
    shutil.copytree(package, library / "celery_registry", ignore=shutil.ignore_patterns("__pycache__", ".mypy_cache"))

    def parsed() -> set[str]:
        command = [sys.executable, "-m", "mypy", "-v", "--cache-dir", str(tmp_path / "cache"), "-p", "shop"]
        environment = {**os.environ, "PYTHONPATH": str(library)}
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout
        return set(re.findall(r"Parsing \S*shop/(\w+)\.py", done.stderr))

    modules = {path.stem for path in (project / "src/shop").glob("*.py")}
    assert parsed() == modules
    assert parsed() == set()
    start = library / "celery_registry" / "__init__.py"
    text = start.read_text()
    start.write_text(text.replace(f'"{celery_registry.__version__}"', '"999.0"'))
    assert start.read_text() != text
    assert parsed() == modules
