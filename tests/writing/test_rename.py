"""``celery-registry rename``: the name everywhere, an alias beside the registration, nothing in flight lost.

Law: a real worker runs the old message; the real lock, ``compat``, ``check`` and mypy judge what was written.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from wire.program import run_git

from writing.shop import command, run, write_files

SHOP: Mapping[str, str] = {
    "mypy.ini": "[mypy]\nplugins = celery_registry.mypy\nstrict = True\n",
    "shop/__init__.py": "",
    "shop/registry.py": '''from __future__ import annotations

from enum import Enum

from celery import Task

from celery_registry import BaseTasksRegistry


class TaskName(str, Enum):
    SEND_MAIL = "send_mail"  # by mail
    OTHER = "other"


class TasksRegistry(BaseTasksRegistry):
    @property
    def send_mail(self) -> Task[[str], str]:
        return self._get_task_by_name(TaskName.SEND_MAIL)

    @property
    def other(self) -> Task[[], None]:
        return self._get_task_by_name(TaskName.OTHER)
''',
    "shop/app.py": '''from pathlib import Path

from celery import Celery

from celery_registry import register_task
from shop.registry import TaskName

state = Path(__file__).parents[1] / "state"
app = Celery("shop", broker="filesystem://", backend=(state / "results").as_uri())
app.conf.update(
    broker_transport_options={"data_folder_in": f"{state}/queue", "data_folder_out": f"{state}/queue", "control_folder": f"{state}/control"},
    broker_connection_retry_on_startup=True,
    include=["shop.older"],
    beat_schedule={"nightly": {"task": "send_mail", "schedule": 60.0, "args": ("x",)}, "mine": {"task": TaskName.OTHER, "schedule": 9.0}},
)
app.conf.task_routes = {"send_mail": {"queue": "celery"}, "send_*": {"priority": 3}}


class Mailer:
    def send(self, to: str) -> str:
        """Not "send_mail"."""
        return f"mail to {to}"


register_task(app, TaskName.SEND_MAIL, Mailer().send)


@app.task(name=TaskName.OTHER)
def other() -> None:
    app.send_task("send_mail", ("y",))
    app.send_task(TaskName.SEND_MAIL, args=["y"])
    app.signature('send_mail', args=("z",)).delay()
    print("send_mail", app.tasks["send_mail"].name)
''',
    "shop/beat.py": 'from shop.app import app\n\napp.conf.beat_schedule = {"a": {"task": TASK, "schedule": 1.0}}\n'.replace("TASK", '"older"'),
    "shop/older.py": 'import celery_registry\nfrom shop.app import app\n\ncelery_registry.alias(app, old="older", new="send_mail")\n',
    "tests/test_mail.py": 'NAME = "send_mail"\n',
}  # fmt: skip
WORKER = ("-m", "celery", "-A", "shop.app", "worker", "--pool", "solo", "--without-gossip", "--without-mingle")


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """The shop after the renaming, what it said, and the id of a message that was sent before."""
    folder = tmp_path_factory.mktemp("renamed")
    write_files(folder, SHOP)
    for name in ("queue", "control", "results"):
        (folder / "state" / name).mkdir(parents=True)
    run_git(folder, "init")
    assert run(folder, "celery-registry", "lock", "-A", "shop.app:app").returncode == 0
    run_git(folder, "add", "celery-registry.lock")
    run_git(folder, "commit", "-m", "lock")
    sent = run(folder, "python", "-c", "from shop.app import app; print(app.send_task('send_mail', ('ada',)).id)")
    assert sent.returncode == 0, sent.stderr
    done = run(folder, "celery-registry", "rename", "send_mail", "mail.send", "--expires", "2099-01-31", "--yes")
    assert done.returncode == 0, done.stderr
    return folder, done.stderr, sent.stdout.strip()


def test_the_name_changes_everywhere_and_nothing_else_does(renamed: tuple[Path, str, str]) -> None:
    folder, said, _ = renamed
    right = {
        "shop/registry.py": SHOP["shop/registry.py"].replace('"send_mail"', '"mail.send"'),
        "shop/app.py": SHOP["shop/app.py"]
        .replace("import register_task\n", "import alias, register_task\n")
        .replace('{"task": "send_mail"', '{"task": "mail.send"')
        .replace('{"send_mail": {', '{"mail.send": {')
        .replace('send_task("send_mail"', 'send_task("mail.send"')
        .replace("signature('send_mail'", "signature('mail.send'")
        .replace('app.tasks["send_mail"]', 'app.tasks["mail.send"]')
        .replace(
            "Mailer().send)\n",
            'Mailer().send)\nalias(app, old="send_mail", new=TaskName.SEND_MAIL, expires="2099-01-31")\n',
        ),
        # An older alias leads to the new name, and a schedule may name the old one.
        "shop/older.py": SHOP["shop/older.py"].replace("send_mail", "mail.send"),
        "shop/beat.py": SHOP["shop/beat.py"],
        "tests/test_mail.py": SHOP["tests/test_mail.py"],
    }
    assert {name: (folder / name).read_text() for name in right} == right
    assert said.splitlines() == [
        "left alone: shop.registry.TaskName.SEND_MAIL keeps its name: others use it",
        "left alone: shop.registry.TasksRegistry.send_mail keeps its name: callers use it",
        'left alone: shop/app.py:34: says "send_mail" too, and was left: look at it',
        'left alone: tests/test_mail.py:1: says "send_mail" too, and was left: look at it',
        'left alone: shop/app.py:16: "send_*" held for "send_mail", and does not for "mail.send"',
    ]


def test_check_and_mypy_and_the_lock_agree(renamed: tuple[Path, str, str]) -> None:
    folder, _, _ = renamed
    static = command(folder, "check", "--static")
    assert (static.returncode, "Success" in static.stdout) == (0, True), static.stdout
    checked = run(
        folder, "celery-registry", "check", "--app", "shop.app:app", "--registry", "shop.registry:TasksRegistry"
    )
    assert checked.returncode == 0, checked.stdout
    mypy = run(folder, "mypy", "--no-error-summary", "shop")
    assert (mypy.returncode, mypy.stdout) == (0, "")
    assert run(folder, "celery-registry", "lock", "-A", "shop.app:app", "--check").stdout == ""


def test_compat_says_workers_first(renamed: tuple[Path, str, str]) -> None:
    done = command(renamed[0], "compat", "HEAD", "--deploy", "workers-first")
    assert (done.returncode, "workers first" in done.stdout) == (0, True), done.stdout
    assert "was renamed to mail.send, and the old name is kept as an alias" in done.stdout
    assert command(renamed[0], "compat", "HEAD", "--deploy", "rolling").returncode == 1


def test_a_message_that_was_in_flight_runs(renamed: tuple[Path, str, str]) -> None:
    folder, _, sent = renamed
    with (folder / "worker.log").open("wb") as log:
        worker = subprocess.Popen([sys.executable, *WORKER], cwd=folder, stdout=log, stderr=log)
        try:
            result = folder / "state/results" / f"celery-task-meta-{sent}"
            deadline = time.monotonic() + 90
            while not result.exists() and time.monotonic() < deadline and worker.poll() is None:
                time.sleep(0.1)
            assert result.exists(), (folder / "worker.log").read_text()
        finally:
            worker.terminate()
            worker.wait(60)
    text = result.read_text()
    assert '"status": "SUCCESS"' in text
    assert "mail to ada" in text


def test_a_second_run_has_nothing_to_rename(renamed: tuple[Path, str, str]) -> None:
    done = command(renamed[0], "rename", "send_mail", "mail.send", "--yes")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert '"send_mail" is the old name of "mail.send" already: shop/app.py:26' in done.stderr
    back = command(renamed[0], "rename", "mail.send", "send_mail", "--yes")
    assert '"send_mail" is an old name, kept by the alias at shop/app.py:26: take that away first' in back.stderr


AUTOMATIC = """from celery import shared_task

from shop.app import app


@shared_task
def sync() -> None: ...


@app.task(bind=True)
def count(self: object) -> None: ...


@app.task()
def plain() -> None: ...


def use() -> None:
    app.send_task("shop.tasks.sync")
"""
APP = 'from celery import Celery\n\napp = Celery("shop", include=["shop.tasks"])\n\nif __name__ == "__main__":\n    app.start()\n'


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_automatic_name_is_written_down(tmp_path: Path, newline: str) -> None:
    files = {"shop/app.py": APP, "shop/tasks.py": AUTOMATIC, "shop/__init__.py": ""}
    write_files(tmp_path, {name: text.replace("\n", newline).encode() for name, text in files.items()})
    command(tmp_path, "lock", "--static")
    for name in ("sync", "count", "plain"):
        done = command(tmp_path, "rename", f"shop.tasks.{name}", f"shop.{name}", "--expires", "2099-01-31", "--yes")
        assert (done.returncode, done.stderr) == (0, "")
    tasks = (tmp_path / "shop/tasks.py").read_bytes().decode()
    assert tasks == (
        AUTOMATIC.replace("@shared_task\n", '@shared_task(name="shop.sync")\n')
        .replace("task(bind", 'task(name="shop.count", bind')
        .replace("task()", 'task(name="shop.plain")')
        .replace('send_task("shop.tasks.sync")', 'send_task("shop.sync")')
        .replace("import shared_task\n\n", "import shared_task\n\nfrom celery_registry import alias\n")
        .replace("self: object) -> None: ...\n", 'self: object) -> None: ...\n\n\nalias(app, old="shop.tasks.count", new="shop.count", expires="2099-01-31")\n')
        .replace("plain() -> None: ...\n", 'plain() -> None: ...\n\n\nalias(app, old="shop.tasks.plain", new="shop.plain", expires="2099-01-31")\n')
    ).replace("import shared_task\n\nfrom celery_registry import alias\nfrom shop", "import shared_task\nfrom celery_registry import alias\n\nfrom shop").replace("\n", newline)  # fmt: skip
    app = (tmp_path / "shop/app.py").read_bytes().decode()
    assert f'alias(app, old="shop.tasks.sync", new="shop.sync", expires="2099-01-31"){newline}' in app
    assert app.endswith(f'{newline}if __name__ == "__main__":{newline}    app.start(){newline}')
    listed = run(tmp_path, "python", "-c", "from shop.app import app; app.loader.import_default_modules(); print(*sorted(n for n in app.tasks if 'shop' in n))")  # fmt: skip
    assert listed.stdout.split() == ["shop.count", "shop.plain", "shop.sync", "shop.tasks.count", "shop.tasks.plain", "shop.tasks.sync"]  # fmt: skip
    # The lock of the source has the aliases too.
    assert command(tmp_path, "lock", "--static", "--check").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("shop.tasks.sink", "x"), 'no task is registered as "shop.tasks.sink" in what was looked at; did you mean "shop.tasks.sync"'),
        (("shop.tasks.sync", "shop.tasks.sync"), 'both names are "shop.tasks.sync"'),
        (("shop.tasks.sync", "shop.tasks.count"), '"shop.tasks.count" is there: shop/tasks.py:10'),
        (("shop.tasks.sync", "a b"), "'a b' cannot be the name of a task"),
        (("shop.tasks.sync", "x", "--expires", "soon"), "--expires 'soon': is no day such as \"2027-01-31\""),
        (("shop.tasks.sync", "x", "--expires", "2020-01-31"), "--expires 2020-01-31: is in the past, so the alias would keep no message"),
        (("shop.tasks.sync", "x", "--app", "shop.app:ap"), "which application gets the alias? Give --app, found shop.app:app"),
        (("shop.tasks.sync", "x", "nowhere"), "nowhere: there is no such file or directory"),
    ],
)  # fmt: skip
def test_what_it_cannot_do_is_one_line(tmp_path: Path, arguments: tuple[str, ...], reason: str) -> None:
    write_files(tmp_path, {"shop/app.py": APP, "shop/tasks.py": AUTOMATIC, "shop/__init__.py": ""})
    done = command(tmp_path, "rename", *arguments, "--yes")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert reason in done.stderr
    assert (tmp_path / "shop/tasks.py").read_text() == AUTOMATIC


def test_constants_and_task_classes(tmp_path: Path) -> None:
    tasks = """from celery import Task, shared_task

from shop.app import app

SYNC = "sync"
OTHER = "sync"


@shared_task(name=SYNC)
def sync() -> None: ...


class Resend(Task):
    name = "resend"

    def run(self) -> None:
        app.send_task(SYNC)
        app.send_task("resend")


app.register_task(Resend())
"""
    write_files(tmp_path, {"shop/app.py": APP, "shop/tasks.py": tasks, "shop/__init__.py": ""})
    done = command(tmp_path, "rename", "sync", "shop.sync", "--no-alias", "--yes")
    assert done.stderr == 'left alone: shop/tasks.py:6: says "sync" too, and was left: look at it\n'
    done = command(tmp_path, "rename", "resend", "shop.resend", "--no-alias", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    right = tasks.replace('SYNC = "sync"', 'SYNC = "shop.sync"').replace('"resend"', '"shop.resend"')
    assert (tmp_path / "shop/tasks.py").read_text() == right
    assert (tmp_path / "shop/app.py").read_text() == APP


def test_a_value_that_is_no_text_is_not_guessed(tmp_path: Path) -> None:
    automatic = (
        SHOP["shop/registry.py"]
        .replace('SEND_MAIL = "send_mail"', "SEND_MAIL = auto()")
        .replace('= "other"', "= auto()")
    )
    automatic = automatic.replace(
        "    SEND_MAIL",
        "    @staticmethod\n    def _generate_next_value_(name, start, count, last):\n        return name.lower()\n\n    SEND_MAIL",
    ).replace("import Enum", "import Enum, auto")
    write_files(tmp_path, {**SHOP, "shop/registry.py": automatic})
    done = command(tmp_path, "rename", "send_mail", "mail.send", "--yes")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "shop.registry.TaskName.SEND_MAIL: its value is not written as" in done.stderr
    assert (tmp_path / "shop/registry.py").read_text() == automatic


def test_locks_that_others_read_are_named(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"shop/app.py": APP, "shop/tasks.py": AUTOMATIC, "shop/__init__.py": "", "web/__init__.py": ""}
    )
    assert command(tmp_path, "lock", "--static").returncode == 0
    copied = (tmp_path / "celery-registry.lock").read_bytes()
    others = {"web/shop.lock": copied, "web/poetry.lock": b'"shop.tasks.sync" = 1', "shop/else.lock": b"{}"}
    write_files(tmp_path, others)
    shown = command(tmp_path, "rename", "shop.tasks.sync", "shop.sync", "--expires", "2099-01-31", "--diff")
    done = command(tmp_path, "rename", "shop.tasks.sync", "shop.sync", "--expires", "2099-01-31", "--yes")
    assert (shown.returncode, done.returncode) == (1, 0), done.stderr
    assert (
        shown.stderr
        == done.stderr
        == (
            'left alone: web/shop.lock: has "shop.tasks.sync" too, and was left: who reads it sends by that name; '
            "copy the new lock there before the alias ends\n"
        )
    )
    assert {name: (tmp_path / name).read_bytes() for name in others} == others


def test_an_enum_beside_the_directory_is_asked_for(tmp_path: Path) -> None:
    names = "from enum import Enum\n\n\nclass Name(str, Enum):\n    CLOSE = 'shop.close'\n"
    tasks = "from celery import Celery\nfrom names import Name\n\napp = Celery('shop')\n\n\n"
    tasks += "@app.task(name=Name.CLOSE)\ndef close() -> None: ...\n"
    write_files(tmp_path, {"libs/names/__init__.py": names, "service/jobs.py": tasks})
    here = ("rename", "shop.close", "shop.end", "--expires", "2099-01-31", "--yes")
    done = command(tmp_path / "service", *here)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert (
        'no task is registered as "shop.close" in what was looked at: the name of the task at jobs.py:7 stands in no file of it; '
        "where the enum is in another directory, name that, too: celery-registry rename shop.close shop.end . ../DIRECTORY"
    ) in done.stderr
    done = command(tmp_path / "service", *here, ".", "../libs")
    assert done.returncode == 0, done.stderr
    assert "CLOSE = 'shop.end'" in (tmp_path / "libs/names/__init__.py").read_text()
