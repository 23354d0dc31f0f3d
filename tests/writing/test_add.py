"""``celery-registry add``: a member, a property and a skeleton, in the style of the tasks beside it.

Law: one project with a package for every style; real mypy, ``check --static`` and Celery judge what was written.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from writing.shop import command, run, write_files

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "delivery_project"


def registry(annotation: str, *, own: str = "", name: str = "one") -> str:
    """A registry with one task; ``own`` is what stands between it and the imports."""
    return f'''from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from celery import Task

from celery_registry import BaseTasksRegistry
{own}

class Names(str, Enum):
    ONE = "{name}"


class Registry(BaseTasksRegistry):
    @property
    def one(self) -> {annotation}:
        return self._get_task_by_name(Names.ONE)
'''


STYLES: Mapping[str, str | bytes] = {
    "mypy.ini": "[mypy]\nplugins = celery_registry.mypy\nstrict = True\n",
    # The names are automatic.
    "auto/__init__.py": "",
    "auto/registry.py": registry("Task[[], int]", name="auto.tasks.one"),
    "auto/tasks.py": (
        "from celery import shared_task\n\nfrom auto.models import Order\n\n\n@shared_task\ndef one() -> int:\n"
        "    return Order.count\n\n\nLAST = 1\n"
    ),
    "auto/models.py": "class Order:\n    count = 1\n\n\nclass Customer: ...\n",
    # Names of the enum, an application, a list of modules.
    "named/__init__.py": "",
    "named/registry.py": registry("Task[[], int]", name="named.one"),
    "named/app.py": 'from celery import Celery\n\napp = Celery("named", include=["named.tasks"])\n',
    "named/tasks.py": (
        "from named.app import app\nfrom named.registry import Names\n\n\n@app.task(name=Names.ONE, ignore_result=True)\n"
        "def one() -> int:\n    return 1\n"
    ),
    # Functions that another module registers; CRLF and tabs.
    "wired/__init__.py": "",
    "wired/registry.py": registry("Task[[], int]", name="wired.one")
    .replace("    ", "\t")
    .replace("\n", "\r\n")
    .encode(),
    "wired/jobs.py": b"def one() -> int:\r\n\treturn 1",
    "wired/start.py": (
        b"from celery import Celery\r\nfrom celery_registry import register_task\r\nfrom wired.jobs import one\r\n"
        b"from wired.registry import Names\r\n\r\n\r\ndef start() -> Celery:\r\n\tapp = Celery()\r\n"
        b"\tregister_task(app, Names.ONE, one)\r\n\treturn app\r\n"
    ),
    # Controllers that the application makes.
    "made/__init__.py": "",
    "made/registry.py": registry("Task[[], Done]", name="made.one").replace(
        "\n\nclass Names", "\nif TYPE_CHECKING:\n    from made.one import Done\n\n\nclass Names", 1
    ),
    "made/one.py": (
        "import celery\nfrom dataclasses import dataclass\n\nfrom celery_registry import register_task\n"
        "from made.registry import Names\n\n\n@dataclass(frozen=True)\nclass Done:\n    number: int\n\n\nclass OneHandler:\n"
        "    def register(self, app: celery.Celery) -> None:\n        register_task(app, Names.ONE.value, self.one)\n\n"
        "    def one(self) -> Done:\n        return Done(1)\n"
    ),
    "made/app.py": 'from celery import Celery\n\nfrom made.one import OneHandler\n\napp = Celery("made")\nOneHandler().register(app)\n',
    # Everything in one file, an instance, a plain name.
    "single.py": registry(
        "Task[[], int]",
        name="single.one",
        own='from celery import Celery\nfrom celery_registry import register_task\n\napp = Celery("single")\n\n\n'
        "class Cleaner:\n    def one(self) -> int:\n        return 1\n\n\ncleaner = Cleaner()\n"
        'register_task(app, "single.one", cleaner.one)\n',
    ),
    # A task in a function, below a condition.
    "inner/__init__.py": "",
    "inner/registry.py": registry("Task[[], int]", name="inner.one"),
    "inner/tasks.py": (
        "from celery import Celery\n\n\ndef make(app: Celery, more: bool = True) -> None:\n    if more:\n\n"
        '        @app.task(name="inner.one")\n        def one() -> int:\n            return 1\n'
    ),
}
ADDED = {
    "auto": ("two", "order: Order, of: Customer, *, at: datetime.datetime | None = None", "--returns", "bool", "--in", "auto.tasks"),
    "named": ("named.two", "to: str, mode: Literal['a', 'b'] = 'a'", "--in", "named.more"),
    "wired": ("wired.two", "number: 'int', /, *rest: str", "--returns", "dict[str, Any]", "--in", "wired.jobs"),
    "made": ("made.two-more", "amount: decimal.Decimal", "--returns", "TwoDone", "--in", "made.two"),
    "single": ("single.two", "", "--returns", "list[int]", "--in", "single"),
    "inner": ("inner.two", "to: str", "--returns", "dict[Outcome, list[Any | Other]]", "--in", "inner/tasks.py"),
}  # fmt: skip


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The project and what each run said on standard error."""
    folder = tmp_path_factory.mktemp("added")
    write_files(folder, STYLES)
    said = {}
    for style, (name, parameters, *options) in ADDED.items():
        place = "single:Registry" if style == "single" else f"{style}.registry:Registry"
        done = command(folder, "add", name, parameters, "--registry", place, "--yes", *options)
        assert done.returncode == 0, done.stderr
        said[style] = done.stderr
    return folder, said


def text(folder: Path, name: str) -> str:
    return (folder / name).read_bytes().decode()


def test_every_style_is_kept(added: tuple[Path, dict[str, str]]) -> None:
    folder, said = added
    assert text(folder, "auto/tasks.py") == (
        "from datetime import datetime\n\nfrom celery import shared_task\n\nfrom auto.models import Customer, Order\n\n\n@shared_task\ndef one() -> int:\n    return Order.count\n\n\n@shared_task\n"
        "def two(order: Order, of: Customer, *, at: datetime | None = None) -> bool:\n"
        '    raise RuntimeError("two is not written yet")\n\n\nLAST = 1\n'
    )
    assert said["auto"] == 'the task is called "auto.tasks.two", as those beside it are\n'
    assert "def two(self) -> Task[[Order, Customer], bool]:" in text(folder, "auto/registry.py")
    assert text(folder, "named/more.py") == (
        "from typing import Literal\n\nfrom named.app import app\nfrom named.registry import Names\n\n\n"
        '@app.task(name=Names.TWO)\ndef two(to: str, mode: Literal["a", "b"] = "a") -> None:\n'
        '    raise RuntimeError("two is not written yet")\n'
    )
    assert 'include=["named.tasks", "named.more"]' in text(folder, "named/app.py")
    assert said["named"] == ""
    assert text(folder, "wired/jobs.py") == (
        "from typing import Any\r\ndef one() -> int:\r\n\treturn 1\r\n\r\n\r\n"
        "def two(number: int, /, *rest: str) -> dict[str, Any]:\r\n"
        '\traise RuntimeError("two is not written yet")\r\n'
    )
    start = text(folder, "wired/start.py")
    assert "from wired.jobs import one, two\r\n" in start
    assert "\tregister_task(app, Names.ONE, one)\r\n\tregister_task(app, Names.TWO, two)\r\n" in start
    assert "\tdef two(self) -> Task[..., dict[str, Any]]:\r\n" in text(folder, "wired/registry.py")
    assert text(folder, "made/two.py") == (
        "from dataclasses import dataclass\nfrom decimal import Decimal\n\nfrom celery import Celery\n"
        "from celery_registry import register_task\n\nfrom made.registry import Names\n\n\n@dataclass(frozen=True)\n"
        "class TwoDone:\n    pass\n\n\nclass TwoMoreHandler:\n    def register(self, app: Celery) -> None:\n"
        "        register_task(app, Names.TWO_MORE.value, self.two_more)\n\n    def two_more(self, amount: Decimal) -> TwoDone:\n"
        '        raise RuntimeError("two_more is not written yet")\n'
    )
    assert text(folder, "made/app.py").endswith("OneHandler().register(app)\nTwoMoreHandler().register(app)\n")
    assert said["made"].startswith('left to you: made.two: "TwoDone" is nowhere in the source')
    single = text(folder, "single.py")
    assert 'cleaner.one)\nregister_task(app, "single.two", cleaner.two)\n' in single
    assert '        return 1\n\n    def two(self) -> list[int]:\n        raise RuntimeError("' in single
    inner = text(folder, "inner/tasks.py")
    assert inner.startswith(
        "from typing import Any, TypedDict\n\nfrom celery import Celery\n\n\nclass Outcome(TypedDict):\n    pass\n\n\n"
        "class Other(TypedDict):\n    pass\n\n\ndef make("
    )
    assert inner.endswith('            return 1\n\n        @app.task(name="inner.two")\n        def two(to: str) -> dict[Outcome, list[Any | Other]]:\n            raise RuntimeError("two is not written yet")\n')  # fmt: skip


def test_check_and_mypy_are_clean(added: tuple[Path, dict[str, str]]) -> None:
    folder, _ = added
    done = command(folder, "check", "--static")
    assert (done.returncode, "Success" in done.stdout) == (0, True), done.stdout
    mypy = run(folder, "mypy", "--no-error-summary", ".")
    assert (mypy.returncode, mypy.stdout) == (0, "")


def test_celery_knows_what_was_added(added: tuple[Path, dict[str, str]]) -> None:
    program = (
        "from celery import Celery; import auto.tasks, single, inner.tasks, wired.start, made.app, named.app\n"
        "inner.tasks.make(single.app); named.app.app.loader.import_default_modules()\n"
        "tasks = {*single.app.tasks, *wired.start.start().tasks, *made.app.app.tasks, *named.app.app.tasks}\n"
        "print(*sorted(str(getattr(name, 'value', name)) for name in tasks if 'two' in name.lower()))\n"
    )
    names = run(added[0], "python", "-c", program).stdout.split()
    assert names == ["auto.tasks.two", "inner.two", "made.two-more", "named.two", "single.two", "wired.two"]


def test_the_seed_gets_its_three_steps(tmp_path: Path) -> None:
    folder = tmp_path / "delivery"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".celery", "__pycache__", ".mypy_cache"))
    words = ("add", "my_new_task", "to: str, subject: str, retries: int = 3", "--returns", "MyTaskResult")
    words = (*words, "--in", "delivery.tasks.tasks.my_task")
    before = {path: path.read_bytes() for path in folder.rglob("*.py")}
    shown = run(folder, "celery-registry", *words, "--diff")
    assert shown.returncode == 1
    asked = run(folder, "celery-registry", *words, answer="n\n")
    assert asked.stdout == f"{shown.stdout}nothing was written\n"
    assert {path: path.read_bytes() for path in folder.rglob("*.py")} == before
    done = command(folder, *words, "--yes")
    assert done.returncode == 0
    place = "left to you: delivery.tasks.tasks.my_task: make a MyNewTaskController and call its register, as "
    assert f"{place}src/delivery/tasks/factories.py:17 does with PingTaskController\n" in done.stderr
    declared = (folder / "src/delivery/tasks/registry.py").read_text()
    assert '    MY_NEW_TASK = "my_new_task"\n' in declared
    assert (
        "    @property\n    def my_new_task(self) -> Task[[str, str, int], MyTaskResult]:\n"
        '        """\n        Args:\n            to: str\n            subject: str\n            retries: int, 3 unless it is given\n'
        '        """\n        return self._get_task_by_name(TaskName.MY_NEW_TASK)\n'
    ) in declared
    again = command(folder, *words, "--yes")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    # A second method of the new controller.
    more = command(folder, "add", "other", "a: int", "--in", "delivery.tasks.tasks.my_task", "--yes")
    assert (more.returncode, more.stderr) == (0, "")
    written = (folder / "src/delivery/tasks/tasks/my_task.py").read_text()
    assert (
        "self.my_new_task)\n        register_task(app, TaskName.OTHER, self.other)\n\n    def my_new_task(" in written
    )
    assert "Success" in command(folder, "check", "--static").stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("x", "to: str, subject"), 'the parameter "subject" has no type: write "subject: str"'),
        (("x", "to: str,, a: int"), "'to: str,, a: int': is no list of parameters: invalid syntax"),
        (("x", "a: int): ...\ndef y("), "is no list of parameters"),
        (("x", "self: int"), 'the parameter "self": give those that a caller gives'),
        (("a b", ""), "'a b' cannot be the name of a task"),
        (("", ""), "'' cannot be the name of a task"),
        (("x", "a: Oder"), 'the type "Oder" of a parameter: is not in the source; did you mean "Order"?'),
        (("x", "a: nowhere.Thing"), 'the type "nowhere.Thing" of a parameter: is not in the source'),
        (("x", "", "--returns", "list["), "--returns 'list[': is no type"),
        (("x", "", "--returns", "str_"), 'the type "str_" of the result: is not in the source'),
        (("one", ""), '"auto.tasks.one" is there: auto/tasks.py:7'),
        (("x", "", "--in", "auto.taks.x"), 'module "auto.taks.x": is not in the source, and no package is there for it; did you mean "auto.tasks"?'),
        (("x", "", "--in", "auto.models", "--registry", "auto.registry:Registri"), 'is not in the source; did you mean "auto.registry.Registry"?'),
        (("LAST", ""), 'auto.tasks has a "LAST" already; give another name, or another --in'),
        (("x", "", "nowhere"), "nowhere: there is no such file or directory"),
    ],
)  # fmt: skip
def test_what_it_cannot_do_is_one_line(tmp_path: Path, arguments: tuple[str, ...], reason: str) -> None:
    write_files(tmp_path, {name: content for name, content in STYLES.items() if name.startswith("auto/")})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.py")}
    done = command(tmp_path, "add", *arguments, "--yes")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert reason in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.py")} == before


def test_several_registries_and_modules_are_named(tmp_path: Path) -> None:
    write_files(tmp_path, STYLES)
    done = command(tmp_path, "add", "x", "--yes")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "which registry? Give --registry: auto.registry.Registry, inner.registry.Registry" in done.stderr
    done = command(tmp_path, "add", "x", "--registry", "single:Registry", "--yes")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "which module? Give --in MODULE, a new one or one of auto.tasks, inner.tasks" in done.stderr
    write_files(tmp_path, {"lonely/a.py": "from celery import shared_task\n\n\n@shared_task\ndef f() -> None: ...\n"})
    done = command(tmp_path, "add", "x", "", "lonely", "--yes")
    assert "there is no registry in the source; write one first: celery-registry scaffold" in done.stderr


MAILER = """
from celery import Celery

from celery_registry import register_task
from lonely.registry import Names

app = Celery("lonely")


class Mailer:
    def connect(self) -> None: ...

    def send(self) -> int:
        return 1


mailer = Mailer()
register_task(app, Names.ONE, mailer.send)
"""


def test_a_class_that_holds_more_than_tasks_gets_none(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {"lonely/__init__.py": "", "lonely/registry.py": registry("Task[[], int]"), "lonely/tasks.py": MAILER},
    )
    done = command(tmp_path, "add", "two", "to: str", "--yes")
    assert done.returncode == 0, done.stderr
    head, _, rest = (tmp_path / "lonely/tasks.py").read_text().partition("mailer = Mailer()\n")
    assert head in MAILER
    assert (
        rest
        == """

def two(to: str) -> None:
    raise RuntimeError("two is not written yet")


register_task(app, Names.ONE, mailer.send)
register_task(app, Names.TWO, two)
"""
    )
    # All that the class has is tasks.
    (tmp_path / "lonely/tasks.py").write_text(MAILER.replace("    def connect(self) -> None: ...\n\n", ""))
    (tmp_path / "lonely/registry.py").write_text(registry("Task[[], int]"))
    assert command(tmp_path, "add", "two", "to: str", "--yes").returncode == 0
    assert "\n\n    def two(self, to: str) -> None:\n" in (tmp_path / "lonely/tasks.py").read_text()
