"""The names of a task's parameters reach every use of its property in the daemon and in a warm run, as in a cold one."""

from __future__ import annotations

from differential.small_program import Edit, replace
from differential.ways import Ways, write_files

PROGRAM = {
    "mypy.ini": "[mypy]\nstrict = True\nplugins = celery_registry.mypy\n",
    "shop/__init__.py": "",
    "shop/names.py": """from enum import Enum


class TaskName(str, Enum):
    SEND = "send"
    MAIL = "mail"
""",
    "shop/work.py": """from celery import shared_task

from shop.names import TaskName


@shared_task(name=TaskName.SEND)
def send(to: str, count: int = 1) -> int:
    return count


@shared_task(name=TaskName.MAIL)
def mail(to: str) -> int:
    return len(to)
""",
    "shop/registry.py": """from functools import cached_property

from celery import Task

from celery_registry import BaseTasksRegistry
from shop.names import TaskName


class Base(BaseTasksRegistry):
    @cached_property
    def send(self) -> Task[[str], int]:
        return self._get_task_by_name(TaskName.SEND)

    @property
    def mail(self) -> Task[..., int]:
        return self._get_task_by_name(TaskName.MAIL)


class Sub(Base):
    @property
    def mail(self) -> Task[[str], int]:
        return self._get_task_by_name(TaskName.MAIL)


class Other(Base): ...
""",
    "shop/calls.py": """from collections.abc import Callable
from typing import Protocol, TypeVar

from celery import Task

from shop.registry import Base, Other, Sub

T = TypeVar("T", bound=Base)


class Has(Protocol):
    @property
    def mail(self) -> Task[..., int]: ...



def kept(base: Base) -> Task[..., int]:
    return base.mail


def a(base: Base) -> None:
    base.send.delay(to="x")
    base.send.apply_async(kwargs={"to": "x", "count": 2})


def b(base: Base | Other) -> None:
    base.mail.delay(to="x")


def c(base: Sub) -> None:
    task = base.mail
    task.delay(to="x")
    d = base.mail.delay
    d(to="x")


def d(base: T) -> T:
    base.send.s(to="x")
    base.mail.si(to="x")
    return base


def e(has: Has) -> None:
    has.mail.delay(to="x")


def f(one: Callable[[], Base], other: Other, c: bool) -> None:
    (one().mail if c else other.mail).delay(to="x")
    kept(other).delay(to="x")
    e(one())


def g(base: Base) -> None:
    tasks = [base.mail, base.mail]
    tasks[0].delay(to="x")
    with_walrus = (y := base.send)
    y.delay(to="x")
    with_walrus.delay(to="x", count=1)
""",
}

#: Each edit is made after the one before it.
EDITS: list[tuple[str, Edit]] = [
    ("a parameter behind a cached property", replace("shop/work.py", "def send(to", "def send(address")),
    ("a parameter behind an open declaration", replace("shop/work.py", "def mail(to", "def mail(address")),
    (
        "one more, by keyword alone",
        replace("shop/work.py", "def mail(address: str", "def mail(to: str, *, urgent: bool"),
    ),
    ("a type", replace("shop/work.py", "def mail(to: str, *, urgent: bool", "def mail(to: bytes")),
    ("the right ones again", lambda files: files.update(PROGRAM)),
    ("another name in the enum", replace("shop/names.py", '"mail"', '"letter"')),
    ("no implementation", lambda files: files.pop("shop/work.py")),
    ("one again", lambda files: files.update(PROGRAM)),
    ("another name at the registration", replace("shop/work.py", "name=TaskName.MAIL", 'name="letter"')),
    (
        "a docstring's name",
        replace(
            "shop/registry.py",
            "Task[[str], int]:\n        return self._get_task_by_name(TaskName.MAIL)",
            'Task[[str], int]:\n        """Args:\n            whom: a person.\n        """\n        return self._get_task_by_name(TaskName.MAIL)',
        ),
    ),
    ("all as it was", lambda files: files.update(PROGRAM)),
]


def test_the_daemon_and_a_warm_run_say_of_every_use_what_a_cold_run_says(ways: Ways) -> None:
    """Properties that are cached, open, overridden, inherited, of a protocol, of a variable's bound, in a ternary."""
    files = dict(PROGRAM)
    found = {}
    for time, (name, edit) in enumerate([("nothing", lambda files: None), *EDITS], 1):
        edit(files)
        write_files(ways.folder, files, time)
        paths = sorted(path for path in files if path.endswith(".py"))
        cold = ways.lines("cold", paths, time)
        assert ways.lines("daemon", paths, time) == cold, name
        assert ways.lines("warm", paths, time) == cold, name
        found[name] = len([line for line in cold if ": error: " in line])
    right = {name for name, errors in found.items() if errors == 0}
    assert right == {"nothing", "the right ones again", "another name in the enum", "one again", "all as it was"}, found
