"""Nothing of mypy's or of another plugin's is taken away, in any order of plugins; a hook that fails takes nothing either."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from neighbour.celery_guide import read_blocks

OURS = "celery_registry.mypy"
#: Methods with the names of a task's, on classes of the user's and of the standard library.
PROGRAM = """
from functools import partial, singledispatch


class Machine:
    def __call__(self) -> int: return 1
    def run(self) -> int: return 1
    def map(self) -> int: return 1
    def apply(self) -> int: return 1
    def delay(self) -> int: return 1
    def s(self) -> int: return 1


class Mill(Machine): ...


@singledispatch
def show(value: object, width: int) -> str:
    return str(value)


@show.register
def _(value: int, width: int) -> str:
    return f"{value:{width}}"


def inside() -> None:
    class Local(Machine): ...

    Local().run()


show(1, "wide")
show(1)
show(1, 2, 3)
Machine()()
for machine in (Mill(), Machine()):
    machine.run()
    machine.map()
    machine.apply()
    machine.delay()
    machine.s()
partial(show, 1)(2)
partial(int, "1", bases=2)
"""
#: Tasks beside them: ours to check in every order.
TASKS = """
from celery import Celery, Task

app = Celery("shop")


class Counting(Task[[int], int]):
    name = "counting"

    def run(self, count: int) -> int:
        return count


@app.task
def add(a: int) -> int:
    return a


def call() -> None:
    class Local(Counting): ...

    add.apply_async(args=("1",))
    Counting().apply_async(args=("2",))
    Local().apply_async(args=("3",))
"""
HOUSE = """
from mypy.plugin import Plugin

class House(Plugin):
    def _says(self, fullname):
        owner, _, method = fullname.rpartition(".")
        if owner.startswith("program.") or owner.startswith("program.Local"):
            return lambda ctx: self._told(ctx, method)

    def _told(self, ctx, method):
        ctx.api.fail(f"house rule about {method}", ctx.context)
        return getattr(ctx, "default_return_type", None) or ctx.default_signature

    def get_method_signature_hook(self, fullname):
        return self._says(fullname) if fullname.endswith((".run", ".delay", ".__call__")) else None

    def get_method_hook(self, fullname):
        return self._says(fullname) if fullname.endswith((".map", ".apply", ".s")) else None

    def get_function_hook(self, fullname):
        if fullname == "functools.partial":
            return lambda ctx: self._told(ctx, "partial")

def plugin(version):
    return House
"""
#: What every hook of ours meets when it is broken; the rest of mypy is as it was.
BROKEN = """
from celery_registry.mypy import plugin
from celery_registry.mypy.checks import bound_methods
from celery_registry.mypy.checks.untyped_self import UntypedSelf
from celery_registry.mypy.facts.registry_class import TaskAnnotation
from celery_registry.mypy.facts.signatures import Signatures
from celery_registry.mypy import handlers

def fail(*args, **kwargs):
    raise RuntimeError("planted")

TaskAnnotation.attach = fail
Signatures.of_task = fail
UntypedSelf._check_body = fail
handlers.check_partial_function = fail
"""
ANNOTATED = """
from enum import Enum
from functools import partial
from typing import Any
from celery import Celery, Task, shared_task
from celery_registry import BaseTasksRegistry

app = Celery("shop")


class Name(str, Enum):
    ADD = "add"


@app.task(name="add")
def add(a: int) -> int:
    return a


class Registry(BaseTasksRegistry):
    @property
    def add(self) -> Task[[int], int]:
        return self._get_task_by_name(Name.ADD)


# mypy tries each overload: what is said meanwhile counts as an error in it.
@shared_task(bind=True, name="send")
def send(self: Any, to: str) -> bool:
    return self.retry()


class Odd(Task[[int], int, str]): ...


one: Task[[int], int] = Registry(app).add
two: Task[[Missing], int] = Registry(app).add
reveal_type(one)
one.delay(1).get() + ""
Registry(app).add.delay(1).get() + ""
partial(int, "1", bases=2)
"""


def mypy(root: Path, plugins: str, program: str) -> list[str]:
    """The sorted lines that mypy prints for a program, configured on its own."""
    config = root / f"mypy-{plugins.replace(', ', '-')}.ini"
    config.write_text("[mypy]\n" + (f"plugins = {plugins}\n" if plugins else ""))
    command = [sys.executable, "-m", "mypy", "--config-file", config.name, "--cache-dir", f"cache-{config.stem}"]
    result = subprocess.run(
        [*command, "--no-error-summary", program], cwd=root, capture_output=True, text=True, timeout=300
    )
    assert not result.stderr, result.stderr
    return sorted(result.stdout.splitlines())


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[str]]:
    """What mypy prints for each program with each list of plugins."""
    root = tmp_path_factory.mktemp("neighbours")
    for name, text in {
        "program.py": PROGRAM,
        "tasks.py": TASKS,
        "annotated.py": ANNOTATED,
        "house.py": HOUSE,
        "broken.py": BROKEN,
    }.items():
        (root / name).write_text(text)
    runs = [("", "program.py"), (OURS, "program.py"), ("house.py", "program.py"), (OURS, "tasks.py")]
    runs += [(f"{OURS}, house.py", "program.py"), (f"house.py, {OURS}", "program.py")]
    runs += [("", "annotated.py"), ("broken.py", "annotated.py")]
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda run: mypy(root, *run), runs)
    return dict(zip(runs, results, strict=True))


Printed = dict[tuple[str, str], list[str]]


def test_mypy_says_all_that_it_says_alone(printed: Printed) -> None:
    alone = printed["", "program.py"]
    assert sum('"show"' in line for line in alone) == 3, alone
    assert printed[OURS, "program.py"] == alone


@pytest.mark.parametrize("plugins", [f"{OURS}, house.py", f"house.py, {OURS}"])
def test_another_plugin_says_all_that_it_says_alone(plugins: str, printed: Printed) -> None:
    alone = printed["house.py", "program.py"]
    assert sum("house rule" in line for line in alone) == 9, alone
    assert printed[plugins, "program.py"] == alone


def test_tasks_are_ours_wherever_their_class_stands(printed: Printed) -> None:
    errors = [line for line in printed[OURS, "tasks.py"] if "error" in line]
    assert [line.split(" error: ")[1] for line in errors] == [
        'Argument 1 to "add" has incompatible type "str"; expected "int"  [arg-type]',
        'Argument 1 to "Counting" has incompatible type "str"; expected "int"  [arg-type]',
        'Argument 1 to "Local" has incompatible type "str"; expected "int"  [arg-type]',
    ], errors


def test_a_hook_that_fails_leaves_what_mypy_says_alone(printed: Printed) -> None:
    alone, broken = printed["", "annotated.py"], printed["broken.py", "annotated.py"]
    faults = [line for line in broken if "could not check this" in line]
    assert any("Task[...]" in line for line in faults), broken
    assert any("partial" in line for line in faults), broken
    assert any("(self: " in line for line in faults), broken
    assert sum(" error: " in line for line in alone) >= 4, alone
    assert [line for line in broken if line not in faults] == alone


@pytest.mark.parametrize("shown", [False, True])
def test_handlers_that_cannot_be_made_are_one_line_and_no_run(tmp_path: Path, shown: bool) -> None:
    """As with a mypy of tomorrow that has not a name that we import: nothing would be checked, and mypy not at fault."""
    (tmp_path / "broken.py").write_text(
        "from celery_registry.mypy import plugin, handlers\n"
        "def fail(*args):\n    raise ImportError('cannot import name')\n"
        "handlers.Handlers.__init__ = fail\n"
    )
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = broken.py\n")
    (tmp_path / "tasks.py").write_text(TASKS)
    command = [sys.executable, "-m", "mypy", *(["--show-traceback"] if shown else []), "tasks.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    *traceback, line = done.stderr.splitlines()
    assert line.startswith("celery-registry ")
    assert line.endswith(": ImportError: cannot import name; please report it")
    assert bool(traceback) == shown, traceback


def test_show_traceback_tells_where_a_hook_failed(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = broken.py\n")
    (tmp_path / "one.py").write_text("from functools import partial\npartial(int, '1')\n")
    command = [sys.executable, "-m", "mypy", "--show-traceback", "one.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert "could not check this (partial: RuntimeError: planted)" in done.stdout
    assert done.stderr.endswith("RuntimeError: planted\n"), done.stderr


def test_the_daemon_sees_a_class_become_a_task_and_cease_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nplugins = {OURS}\n")
    base = "from celery import Task\nclass Plain:\n    def apply_async(self, args: object = None) -> None: ...\n"
    (tmp_path / "use.py").write_text("from own import Own\nOwn().apply_async(args=('1',))\n")
    command = [sys.executable, "-m", "mypy.dmypy", "--status-file", "status.json"]
    told = []
    try:
        for parent in ("Plain", "Task[[int], int]", "Plain"):
            (tmp_path / "own.py").write_text(
                f"{base}class Own({parent}):\n    def run(self, n: int) -> int: return n\n"
            )
            result = subprocess.run(
                [*command, "run", "--", "use.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300
            )
            told.append('Argument 1 to "Own" has incompatible type "str"' in result.stdout)
    finally:
        subprocess.run([*command, "kill"], cwd=tmp_path, capture_output=True)
    assert told == [False, True, False]


def test_the_blocks_of_a_page_are_its_python() -> None:
    """The job over Celery's documentation (``celery_guide``) reads what a reader would type."""
    page = (
        "Chains\n======\n\n.. code-block:: python\n    :caption: tasks.py\n\n    @app.task\n    def add(x):\n        return x\n\n"
        "- As so:\n\n    .. code-block:: pycon\n\n        >>> for x in (1,):\n        ...     add.delay(x)\n        <AsyncResult>\n\n"
        ".. code-block:: console\n\n    $ celery worker\n\nOr::\n\n    add.si(1)\n"
    )
    assert [(line, block.strip()) for line, block in read_blocks(page)] == [
        (5, "@app.task\ndef add(x):\n    return x"),
        (14, "for x in (1,):\n    add.delay(x)"),
        (24, "add.si(1)"),
    ]
