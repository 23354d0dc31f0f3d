"""What random edits have found, each as one small edit: after it all five ways print what a cold run prints."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from differential.processes import Forked
from differential.small_program import OTHER_JOB, PROGRAM, Edit, add, delete, replace
from differential.ways import WAYS, Ways, write_files

COMPUTED = """from shop.app import app


@app.task(name="other")
def other() -> None: ...


def late(name: str) -> None:
    app.task(name=name)(late)
"""
FIRST = """

def ping(word: str) -> str:
    return word
"""
RAW = """from celery import Celery


class Raw:
    name = "any"

    def register(self, app: Celery) -> None:
        app.task(name=self.name)(self.work)

    def work(self) -> None: ...
"""
NAMELESS = RAW.replace('name = "any"', "name: str")
OWN = """from shop.raw import Raw


class Own:
    name = "own"

    def work(self) -> None: ...


print(Raw)
"""
BASES = """from typing import Any

from celery import Task


def make_task() -> type[Task[Any, Any]]:
    class Made(Task[Any, Any]):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return self.run(*args, **kwargs)

    return Made


def make_keyed() -> type[Task[Any, Any]]:
    class Keyed(Task[Any, Any]):
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            return self.run(len(args[0]), **kwargs)

    return Keyed
"""
KIND = """from celery import Celery

from shop.bases import make_keyed, make_task


class Shop(Celery):
    def set_up(self) -> None:
        self.task_cls = make_task()  # type: ignore[assignment]
        print(make_keyed)
"""
#: An application that sets up its own task class, and a call that its function refuses.
OWN_TASKS = [
    add("shop/bases.py", BASES),
    add("shop/kind.py", KIND),
    add("shop/app.py", 'from shop.kind import Shop\n\napp = Shop("shop")\n'),
    replace("shop/other_calls.py", "delay(1)", 'delay("x")'),
]
WRONG_RESULT = replace("shop/registry.py", "Task[[int], int]", "Task[[int], str]")

#: Name -> what is edited before mypy first runs, the edit, the code of a line that a cold run prints after it.
FOUND: dict[str, tuple[list[Edit], Edit, str]] = {
    "a module whose task is called by its name is deleted": ([], delete("shop/letters.py"), "task-unregistered"),
    "a property is removed from one of two registries that share an enum": (
        [],
        replace("shop/second.py", "TaskName.SEND", "TaskName.CLEAN"),
        "task-no-property",
    ),
    "a property is removed from the base of a registry that has one of its own": (
        [
            replace(
                "shop/second.py",
                "from celery_registry import BaseTasksRegistry",
                "from shop.registry import FirstRegistry",
            ),
            replace("shop/second.py", "SecondRegistry(BaseTasksRegistry)", "SecondRegistry(FirstRegistry)"),
        ],
        replace(
            "shop/registry.py",
            "\n    @property\n    def ping(self) -> Task[[], str]:\n        return self._get_task_by_name(TaskName.PING)\n",
            "",
        ),
        "task-no-property",
    ),
    "lines move in a controller that a note of the registry names": (
        [WRONG_RESULT],
        replace("shop/controllers.py", "class Controller", "# moved\nclass Controller"),
        "task-result",
    ),
    "a task comes whose name is like one that nobody implements": (
        [replace("shop/letters.py", "constants.SEND", '"letter"')],
        add("shop/more.py", 'from shop.app import app\n\n\n@app.task(name="sends")\ndef sends() -> None: ...\n'),
        "task-unregistered",
    ),
    "a member comes whose value is like a name that is in no enum": (
        [
            replace("mypy.ini", "mypy\n", "mypy\n\n[celery-registry]\nnames = shop.names.TaskName\n"),
            replace("shop/calls.py", "TaskName.SEND", '"sends"'),
        ],
        replace("shop/names.py", 'CLEAN = "clean"', 'CLEAN = "clean"\n    SENT = "sens"'),
        "task-unknown-name",
    ),
    "a severity is changed": (
        [WRONG_RESULT],
        replace("mypy.ini", "mypy\n", "mypy\n\n[celery-registry]\nseverity =\n  task-result: warning\n"),
        "task-result",
    ),
    "a constant behind an enum gets the value of another task": (
        [],
        replace("shop/values.py", '"send"', '"clean"'),
        "task-duplicate",
    ),
    "a constant behind a registration gets the value of another task": (
        [
            replace("shop/names.py", "constants.SEND", '"send"'),
            replace("shop/letters.py", "to: str", "to: bytes"),
            replace("shop/second.py", "[str]", "[bytes]"),
            replace("shop/calls.py", '"me"', 'b"me"'),
        ],
        replace("shop/values.py", '"send"', '"clean"'),
        "task-signature",
    ),
    "a parameter is added to the task of app.tasks[name]": (
        [],
        replace("shop/controllers.py", "days_old: int", "days_old: int, hard: bool"),
        "other_calls.py:8",
    ),
    "a parameter is added to the task of signature(name)": (
        [],
        replace("shop/controllers.py", "self) -> str", "self, text: bytes = ...) -> int"),
        "task-result",
    ),
    "a decorator that hid the parameters of a task is removed": (
        [
            replace("shop/other_calls.py", "delay(1)", 'delay("x")'),
            replace("shop/jobs.py", ")\ndef job", ")\n@loose\ndef job"),
        ],
        replace("shop/jobs.py", "@loose\n", ""),
        "other_calls.py:10",
    ),
    "a task is registered once more, elsewhere": (
        [replace("shop/other_calls.py", "delay(1)", 'delay("x")'), OTHER_JOB],
        replace("shop/other_jobs.py", 'app.task(name="again")(job)', "print(job)"),
        "other_calls.py:10",
    ),
    "a registration under a computed name, which may be any, is removed": (
        [
            add("shop/computed.py", COMPUTED),
            replace("shop/controllers.py", "        register_task(app, TaskName.PING, self.ping)\n", ""),
        ],
        replace("shop/computed.py", "app.task(name=name)(late)", "print(name)"),
        "task-unregistered",
    ),
    "a module that registered nothing registers its first task": (
        [
            add("shop/computed.py", COMPUTED),
            add("shop/first.py", FIRST),
            replace("shop/controllers.py", "        register_task(app, TaskName.PING, self.ping)\n", ""),
        ],
        add(
            "shop/first.py",
            "from celery_registry import register_task\nfrom shop.app import app\n"
            f"from shop.names import TaskName\n{FIRST}\n\nregister_task(app, TaskName.PING, ping)\n",
        ),
        "task-signature",
    ),
    "a class newly inherits from one that registers a bound method": (
        [add("shop/raw.py", RAW), add("shop/own.py", OWN)],
        replace("shop/own.py", "class Own:", "class Own(Raw):"),
        'Task "own" registers the bound method Own.work',
    ),
    "a class newly gives a name to what its base registers": (
        [add("shop/raw.py", NAMELESS), add("shop/own.py", OWN)],
        replace("shop/own.py", "class Own:", "class Own(Raw):"),
        'Task "own" registers the bound method Own.work',
    ),
    "a class newly gives a name alone to what its base registers": (
        [add("shop/raw.py", NAMELESS), add("shop/own.py", OWN.replace("\n    def work(self) -> None: ...\n", ""))],
        replace("shop/own.py", "class Own:", "class Own(Raw):"),
        'Task "own" registers the bound method Raw.work',
    ),
    "a class no longer inherits from one that registers a bound method": (
        [add("shop/raw.py", RAW), add("shop/own.py", OWN.replace("class Own:", "class Own(Raw):"))],
        replace("shop/own.py", "class Own(Raw):", "class Own:"),
        'Task "any" registers the bound method Raw.work',
    ),
    "the class that an application gives to its tasks now hands everything on": (
        [*OWN_TASKS, replace("shop/bases.py", "(*args, **kwargs)\n", "(1, *args, **kwargs)\n")],
        replace("shop/bases.py", "(1, *args, **kwargs)\n", "(*args, **kwargs)\n"),
        "other_calls.py:10",
    ),
    "an application gives another class to its tasks": (
        [*OWN_TASKS, replace("shop/kind.py", "= make_task()", "= make_keyed()")],
        replace("shop/kind.py", "= make_keyed()", "= make_task()"),
        "other_calls.py:10",
    ),
    "a parameter of a task whose base mypy cannot see gets another type": (
        [
            replace("shop/jobs.py", "from shop.app", "from nowhere import Base  # type: ignore\nfrom shop.app"),
            replace("shop/jobs.py", 'name="job"', 'name="job", base=Base'),
        ],
        replace("shop/jobs.py", "limit: int", "limit: str"),
        "other_calls.py:10",
    ),
    "the class of a task no longer adds a parameter": (
        [
            add("shop/base.py", BASES[: BASES.index("def make_keyed")].replace("self.run(", "self.run(limit=1, ")),
            replace("shop/jobs.py", "from shop.app", "from shop.base import Made\nfrom shop.app"),
            replace("shop/jobs.py", 'name="job"', 'name="job", base=Made'),
            replace("shop/base.py", "def make_task() -> type[Task[Any, Any]]:\n    class", "class"),
            replace("shop/base.py", "        def", "    def"),
            replace("shop/base.py", "            return self", "        return self"),
            replace("shop/base.py", "    return Made\n", ""),
            replace("shop/other_calls.py", "delay(1)", "delay()"),
        ],
        replace("shop/base.py", "limit=1, ", ""),
        "other_calls.py:10",
    ),
}


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory, libraries: Path) -> Iterator[Ways]:
    """One daemon and one of each cache for all cases, as a user has them."""
    folder = tmp_path_factory.mktemp("shrunk")
    started = Ways(folder / "project", folder / "caches", libraries, Forked)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def clock() -> Iterator[int]:
    return count(1)


@pytest.mark.parametrize("name", FOUND)
def test_an_edit_that_was_once_missed_is_seen_in_every_way(name: str, ways: Ways, clock: Iterator[int]) -> None:
    """The workers of ``-n 2`` are started for the last run alone, over what the case before has left them."""
    before, edit, code = FOUND[name]
    files = dict(PROGRAM)
    few = ("cold", "warm", "daemon")

    def printed(*names: str) -> dict[str, frozenset[str]]:
        time = next(clock)
        write_files(ways.folder, files, time)
        paths = sorted(name for name in files if name.endswith(".py"))
        return {way: ways.lines(way, paths, time) for way in names}

    assert printed(*few) == dict.fromkeys(few, frozenset()), "the program is right"
    for earlier in before:
        earlier(files)
    first = printed(*few)
    assert first == dict.fromkeys(few, first["cold"])
    edit(files)
    second = printed(*WAYS)
    assert second == dict.fromkeys(WAYS, second["cold"])
    assert any(code in line for line in second["cold"]), second["cold"]
