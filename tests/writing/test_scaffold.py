"""``celery-registry scaffold``: a registry for a program that has none, and what is new for one that has.

Law: real mypy, pyright, ruff, Celery and ``check --static`` judge what was written.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from writing.shop import SHOP, command, judge, run, write_files


@pytest.fixture(scope="module")
def scaffolded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The shop and what the command said on standard error."""
    folder = tmp_path_factory.mktemp("scaffolded")
    write_files(folder, SHOP)
    done = run(folder, "celery-registry", "scaffold", "--yes")
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


def declared(text: str) -> dict[str, str]:
    """Task name -> annotation of the property that looks it up."""
    tree = ast.parse(text)
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    names = {node.targets[0].id: node.value.value for node in classes["TaskName"].body}  # type: ignore[attr-defined]
    return {
        names[node.body[-1].value.args[0].attr]: f"{node.name}: {ast.unparse(node.returns)}"  # type: ignore[attr-defined]
        for node in classes["TasksRegistry"].body
    }


def test_every_task_is_declared_as_it_is(scaffolded: tuple[Path, str]) -> None:
    text = (scaffolded[0] / "shop/task_registry.py").read_text()
    assert declared(text) == {
        "mail.send-email": "send_email: Task[[str, str], Sender.Report]",
        "mail.resend": "resend: Task[[str], bool]",
        "shop.orders.tasks.sync": "orders_sync: Task[[Sequence[int], datetime | None], Result]",
        "orders.refund": "refund: Task[..., ShopResult]",
        "orders.list": "orders_list: Task[[int], dict[str, list[Any]]]",
        "shop.users.tasks.sync": "users_sync: Task[[int, int, str, float, bool, str], None]",
        "shop.users.tasks.count": "count: Task[..., int]",
        "shop.users.tasks.echo": "echo: Task[[object], object]",
        "users.watched": "watched: Task[..., Any]",
        "shop.users.tasks.untyped": "untyped: Task[..., Any]",
        "shop.users.tasks.close": "close: Task[[int, ShopResult], None]",
    }
    assert "from shop.models import Result as ShopResult\n" in text
    assert '        """\n        Args:\n            orders: Their numbers, \\\\d+ as "text"\n' in text
    assert "gone" not in text


def test_the_tools_agree_with_what_is_written(scaffolded: tuple[Path, str]) -> None:
    folder, _ = scaffolded
    said = judge(folder, "shop/task_registry.py", "shop/celery.py")
    # A decorator that hides the parameters is told, and is no error.
    assert all(": note: " in line for line in said.pop("mypy", "").splitlines())
    assert said == {}


def test_what_a_person_should_look_at_is_listed(scaffolded: tuple[Path, str]) -> None:
    lines = scaffolded[1].splitlines()
    assert any("mail.twice" in line and "shop/mail.py:43, shop/mail.py:47" in line for line in lines)
    assert any('untyped: the parameter "something" has no type' in line for line in lines)
    assert any("shop.mail.say: its name is not in the text" in line for line in lines)
    assert not any("users.tasks.sync" in line and '"depth"' in line for line in lines)


def test_the_application_boots_with_the_guard(scaffolded: tuple[Path, str]) -> None:
    done = run(scaffolded[0], "celery-registry", "check")
    assert done.returncode == 0, done.stdout + done.stderr
    program = (
        "from shop.celery import app; from shop.task_registry import TasksRegistry; app.loader.import_default_modules();"
        "print(TasksRegistry(app).orders_sync.name)"
    )
    assert run(scaffolded[0], "python", "-c", program).stdout == "shop.orders.tasks.sync\n"


def test_a_second_run_changes_nothing(scaffolded: tuple[Path, str]) -> None:
    before = {path: path.read_bytes() for path in scaffolded[0].rglob("*.py")}
    done = run(scaffolded[0], "celery-registry", "scaffold")
    assert (done.returncode, done.stdout) == (0, "nothing to change\n"), done.stderr
    assert {path: path.read_bytes() for path in scaffolded[0].rglob("*.py")} == before


REGISTRY = """# The names.
from enum import Enum
import celery
from celery_registry import BaseTasksRegistry


class Names(str, Enum):
\tPING = "ping"  # the first

\tdef shout(self) -> str:
\t\treturn self.upper()


class Registry(BaseTasksRegistry):
\t@property
\tdef ping(self) -> celery.Task[[], str]:
\t\treturn self._get_task_by_name(name=Names.PING)

\t@property
\tdef sync(self) -> celery.Task[[], None]:
\t\treturn self._get_task_by_name(Names("shop.sync"))  # odd

\tother = 1
"""
TASKS = """from celery import shared_task


class Report: ...


@shared_task(name="ping")
def ping() -> str:
    return ""


@shared_task
def sync(number: int) -> "Report":
    return Report()


@shared_task(name="café.brew")
def brew(cups: int = 1) -> None: ...
"""


@pytest.mark.parametrize(
    ("newline", "encoding"),
    [("\n", "utf-8"), ("\r\n", "utf-8"), ("\r", "utf-8"), ("\r\n", "utf-8-sig"), ("\r\n", "latin-1")],
)
def test_a_registry_that_is_there_gets_what_is_new_and_keeps_every_byte(
    tmp_path: Path, newline: str, encoding: str
) -> None:
    head = "# coding: latin-1\n# é\n" if encoding == "latin-1" else ""
    old = (head + REGISTRY).replace("\n", newline).encode(encoding)
    write_files(tmp_path, {"shop/__init__.py": "", "shop/registry.py": old, "shop/tasks.py": TASKS})
    done = command(tmp_path, "scaffold", "--yes", "--no-guard")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "shop/registry.py").read_bytes()
    added = written.decode(encoding).replace(newline, "\n")
    assert '\tPING = "ping"  # the first\n\tTASKS_SYNC = "shop.tasks.sync"\n\tBREW = "café.brew"\n' in added or (
        '\tSHOP_SYNC = "shop.tasks.sync"\n\tBREW = "café.brew"\n' in added
    )
    assert '\t@property\n\tdef brew(self) -> "celery.Task[[int], None]":\n' in added
    assert "if TYPE_CHECKING:\n\tfrom shop.tasks import Report\n" in added
    # Take away the lines that are new: the rest is what was there.
    kept = iter(written.decode(encoding).split(newline))
    assert all(line in kept for line in old.decode(encoding).split(newline))
    assert run(tmp_path, "python", "-c", "import shop.registry").returncode == 0
    again = command(tmp_path, "scaffold", "--yes", "--no-guard")
    assert again.stdout == "nothing to change\n"


def test_a_file_that_cannot_carry_a_name_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    old = ("# coding: latin-1\n" + REGISTRY).encode("latin-1")
    tasks = TASKS.replace("café", "каша")
    write_files(tmp_path, {"shop/__init__.py": "", "shop/registry.py": old, "shop/tasks.py": tasks})
    done = command(tmp_path, "scaffold", "--yes", "--no-guard")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "shop/registry.py: its encoding iso-8859-1 cannot carry" in done.stderr
    assert (tmp_path / "shop/registry.py").read_bytes() == old


def test_a_broken_module_is_named(tmp_path: Path) -> None:
    write_files(tmp_path, {**SHOP, "shop/broken.py": "from celery import shared_task\n@shared_task\ndef f(:\n"})
    done = command(tmp_path, "scaffold", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    assert (done.stderr.count("\n"), done.stderr.startswith("celery-registry: shop/broken.py:3: ")) == (1, True)
    assert not (tmp_path / "shop/task_registry.py").exists()
    done = command(tmp_path, "scaffold", "--yes", "--keep-going")
    assert done.returncode == 0
    assert done.stderr.startswith("left out: shop/broken.py:3: ")
    assert (tmp_path / "shop/task_registry.py").exists()


def test_it_asks_first_and_can_only_look(tmp_path: Path) -> None:
    write_files(tmp_path, SHOP)
    assert command(tmp_path, "scaffold", "--diff").returncode == 1
    done = run(tmp_path, "celery-registry", "scaffold", answer="n\n")
    assert done.stdout.endswith("nothing was written\n")
    assert "+++ b/shop/task_registry.py" in done.stdout
    assert not (tmp_path / "shop/task_registry.py").exists()


def test_only_some_tasks_and_another_file(tmp_path: Path) -> None:
    write_files(tmp_path, SHOP)
    wanted = ("--only", "mail.*", "--output", "shop/mail_registry.py")
    assert command(tmp_path, "scaffold", "--yes", *wanted).returncode == 0
    assert list(declared((tmp_path / "shop/mail_registry.py").read_text())) == ["mail.send-email", "mail.resend"]
    assert command(tmp_path, "scaffold", "--yes", "--only", "shop.users.*").returncode == 0
    assert len(declared((tmp_path / "shop/mail_registry.py").read_text())) == 8


def test_an_older_python_gets_an_enum_of_its_own(tmp_path: Path) -> None:
    write_files(tmp_path, {**SHOP, "pyproject.toml": '[project]\nrequires-python = ">=3.10"\n'})
    assert command(tmp_path, "scaffold", "--yes").returncode == 0
    assert "class TaskName(str, Enum):" in (tmp_path / "shop/task_registry.py").read_text()


@pytest.mark.parametrize(
    ("files", "arguments", "reason"),
    [
        ({"shop/tasks.py": "x = 1\n"}, (), "no task is registered in the 1 file under ."),
        ({"shop/tasks.py": TASKS, "task_registry.py": "x = 1\n"}, (), "task_registry.py: is there and holds no registry"),
        ({"shop/tasks.py": TASKS, "a.py": REGISTRY, "b.py": REGISTRY}, (), "which registry? Give --registry: a.Registry, b.Registry"),
        ({"shop/tasks.py": TASKS, "a.py": REGISTRY}, ("--registry", "a:Registri"), 'registry "a:Registri": is not in the source; did you mean "a.Registry"?'),
        ({"shop/tasks.py": TASKS}, ("nowhere",), "nowhere: there is no such file or directory"),
    ],
)  # fmt: skip
def test_what_it_cannot_do_is_one_line(
    tmp_path: Path, files: dict[str, str], arguments: tuple[str, ...], reason: str
) -> None:
    write_files(tmp_path, files)
    done = command(tmp_path, "scaffold", "--yes", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert reason in done.stderr


def test_each_package_gets_a_registry_of_its_own(tmp_path: Path) -> None:
    write_files(tmp_path, SHOP)
    done = command(tmp_path, "scaffold", "--split-by", "package", "--yes")
    assert done.returncode == 0, done.stderr
    registries = {path.parent.name: path.read_text() for path in tmp_path.rglob("task_registry.py")}
    assert {package: list(declared(text)) for package, text in registries.items()} == {
        "orders": ["shop.orders.tasks.sync", "orders.refund", "orders.list"],
        "shop": ["mail.send-email", "mail.resend"],
        "users": [
            *("shop.users.tasks.sync", "shop.users.tasks.count", "shop.users.tasks.echo"),
            *("users.watched", "shop.users.tasks.untyped", "shop.users.tasks.close"),
        ],
    }
    # Of two tasks with one short name each has it in its own package.
    assert "def sync(self)" in registries["orders"]
    assert "def sync(self)" in registries["users"]
    said = judge(tmp_path, "shop/task_registry.py", "shop/orders/task_registry.py", "shop/users/task_registry.py", "shop/celery.py")  # fmt: skip
    assert all(": note: " in line for line in said.pop("mypy", "").splitlines())
    assert said == {}
    checked = run(tmp_path, "celery-registry", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    again = command(tmp_path, "scaffold", "--split-by", "package", "--yes")
    assert again.stdout == "nothing to change\n"
    # A task more goes to its own package, and one in a new package makes a registry that the guard lacks.
    more = '\n\n@app.task(name="users.more")\ndef more() -> None: ...\n'
    with (tmp_path / "shop/users/tasks.py").open("a") as file:
        file.write(more)
    write_files(tmp_path, {"shop/new/__init__.py": "", "shop/new/jobs.py": "from shop.celery import app\n" + more.replace("users", "new")})  # fmt: skip
    done = command(tmp_path, "scaffold", "--split-by", "package", "--yes")
    assert "wrote shop/users/task_registry.py\n" in done.stdout
    assert "wrote shop/new/task_registry.py\n" in done.stdout
    assert "guard: give guard.install in shop/celery.py these too: shop.new.task_registry:TasksRegistry" in done.stderr
    wrong = command(tmp_path, "scaffold", "--split-by", "package", "--output", "x.py")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


TWO_SERVICES = {
    "shop/__init__.py": "",
    "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop", include=["shop.tasks"])\n\n\ndef ready() -> None: ...\n',
    "shop/tasks.py": """import os

from shop.celery import app


@app.task(name="shop.order")
def order(number: int) -> None:
    app.send_task("lab.orders.create", kwargs={"number": number}, queue="lab")
    app.send_task("shop.order", args=[number])


if os.environ.get("DEMO"):

    @app.task(name="shop.demo")
    def demo() -> None: ...
""",
}


def test_a_right_program_stays_right(tmp_path: Path) -> None:
    write_files(tmp_path, TWO_SERVICES)
    done = command(tmp_path, "scaffold", "--yes")
    assert done.returncode == 0, done.stderr
    assert '"lab.orders.create" is sent and is no task of this program' in done.stderr
    assert '"shop.demo" is registered only under "if os.environ.get("DEMO")"' in done.stderr
    text = (tmp_path / "shop/celery.py").read_text()
    assert 'external=[\n        "lab.orders.create",\n    ],\n' in text
    # Two empty lines below a function.
    assert "def ready() -> None: ...\n\n\nguard.install(" in text
    for mode in ((), ("--static",)):
        checked = run(tmp_path, "celery-registry", "check", *mode)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "task-u" not in checked.stdout
    # A name that is new is told, and how to say whose it is.
    with (tmp_path / "shop/tasks.py").open("a") as file:
        file.write('\n\ndef cancel() -> None:\n    app.send_task("lab.orders.cancel")\n')
    checked = run(tmp_path, "celery-registry", "check")
    assert (checked.returncode, "add it to external" in checked.stdout) == (1, True)


def test_no_enum_is_called_complete_that_lacks_a_task(tmp_path: Path) -> None:
    write_files(
        tmp_path, {**TWO_SERVICES, "shop/more.py": TWO_SERVICES["shop/tasks.py"].replace("shop.order", "shop.more")}
    )
    done = command(tmp_path, "scaffold", "--yes", "--only", "shop.order")
    assert done.returncode == 0, done.stderr
    assert "names=" not in (tmp_path / "shop/celery.py").read_text()


def test_of_two_applications_the_one_that_is_given_gets_the_guard(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            **TWO_SERVICES,
            "api.py": 'from celery import Celery\n\napp = Celery("api")\n\n\n@app.task(name="api.one")\ndef one() -> None: ...\n',
        },
    )
    done = command(tmp_path, "scaffold", "--yes")
    assert 'Found api:app, shop.celery:app. The line is: guard.install(app, registry="' in done.stderr
    done = run(tmp_path, "celery-registry", "scaffold", "--app", "shop.celery:app", "--yes")
    assert "guard:" not in done.stderr
    assert "guard.install(" in (tmp_path / "shop/celery.py").read_text()


def test_a_running_application_tells_what_the_text_does_not(tmp_path: Path) -> None:
    lonely = 'from celery import Celery\n\nother = Celery("lonely")\n\n\n@other.task(name="lonely.one", shared=False)\ndef one() -> None: ...\n'
    write_files(tmp_path, {**SHOP, "shop/lonely.py": lonely})
    done = run(
        tmp_path,
        "celery-registry",
        "scaffold",
        "--app",
        "shop.celery:app",
        "--no-guard",
        "--output",
        "shop/task_registry.py",
        "--yes",
    )
    assert done.returncode == 0, done.stderr
    shown = declared((tmp_path / "shop/task_registry.py").read_text())
    # Two names that a loop makes, and the one of two implementations that is registered.
    assert (shown.pop("one"), shown.pop("two"), shown.pop("mail.twice")) == (
        "one: Task[[], None]",
        "two: Task[[], None]",
        "twice: Task[[], None]",
    )
    write_files(tmp_path / "other", SHOP)
    assert command(tmp_path / "other", "scaffold", "--yes").returncode == 0
    assert shown == declared((tmp_path / "other/shop/task_registry.py").read_text())
    assert "look at these" in done.stderr
    assert '"lonely.one" is in the source, and the application does not have it' in done.stderr
    checked = run(
        tmp_path,
        "celery-registry",
        "check",
        "--app",
        "shop.celery:app",
        "--registry",
        "shop.task_registry:TasksRegistry",
    )
    # That there are two is still said.
    assert set(re.findall(r"error \[([a-z-]+)\]", checked.stdout)) <= {"task-duplicate"}, checked.stdout
    bad = command(tmp_path, "scaffold", "--app", "shop.celery:nothing", "--yes")
    assert (bad.returncode, bad.stderr.count("\n")) == (2, 1)
