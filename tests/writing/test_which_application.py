"""Which application gets the alias of ``rename`` and the guard of ``scaffold``: the one that is meant, or none.

Law: real Celery judges what was written; no other application takes the place of one that is not found.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from writing.shop import command, run, write_files

TASKS = "from celery import shared_task\n\n\n@shared_task\ndef add(x: int, y: int) -> int:\n    return x + y\n"
SENDER = 'from celery import Celery\n\nsender = Celery("sender")\n'
#: Each makes ``app`` at the top of ``proj`` in another way, beside an application that only sends.
FACTORY = (
    'from celery import Celery\n\n\ndef make_app():\n    app = Celery("proj", include=["proj.tasks"])\n    return app\n'
)
MADE = "from proj.factory import make_app\n\napp = make_app()\n"
KEPT = (
    "from celery import Celery\n\n_app = None\n\n\ndef make_app(name=None):\n    global _app\n    if _app is None:\n"
    '        _app = Celery(name or "proj", include=["proj.tasks"])\n        return _app\n    return _app\n'
)
CLASS = 'from celery import Celery\n\n\nclass App(Celery):\n    pass\n\n\ndef make_app(): return App("proj", include=["proj.tasks"])\n'
WAYS = {
    "a function": {"proj/factory.py": FACTORY, "proj/__init__.py": MADE},
    "an annotated function": {
        "proj/factory.py": FACTORY.replace("make_app():", "make_app() -> Celery:"),
        "proj/__init__.py": MADE,
    },
    "a function that keeps it": {"proj/factory.py": KEPT, "proj/__init__.py": MADE},
    "a function of a function": {
        "proj/factory.py": FACTORY,
        "proj/more.py": "from proj.factory import make_app\n\n\ndef build(): return make_app()\n",
        "proj/__init__.py": "from proj.more import build\n\napp = build()\n",
    },
    "a class of the program": {"proj/factory.py": CLASS, "proj/__init__.py": MADE},
}
LISTED = (
    "from proj import app; app.loader.import_default_modules(); print(*sorted(n for n in app.tasks if 'cel' not in n))"
)


def program(folder: Path, way: str, *, app: str | None = None) -> None:
    """A program of two applications, and the setting."""
    write_files(folder, {"proj/tasks.py": TASKS, "proj/producer.py": SENDER, **WAYS[way]})
    if app is not None:
        write_files(folder, {"pyproject.toml": f'[tool.celery-registry]\napp = "{app}"\n'})


RENAME = ("rename", "proj.tasks.add", "math.add", "--expires", "2099-01-31", "--yes")
ALIAS = 'alias(app, old="proj.tasks.add", new="math.add", expires="2099-01-31")\n'


@pytest.mark.parametrize("way", WAYS)
def test_the_alias_goes_to_the_application_of_the_settings(tmp_path: Path, way: str) -> None:
    program(tmp_path, way, app="proj:app")
    done = command(tmp_path, *RENAME)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "proj/__init__.py").read_text().endswith(ALIAS)
    assert (tmp_path / "proj/producer.py").read_text() == SENDER
    # What a message in flight is called still runs.
    assert run(tmp_path, "python", "-c", LISTED).stdout.split() == ["math.add", "proj.tasks.add"]


@pytest.mark.parametrize("way", WAYS)
def test_of_two_applications_the_alias_goes_to_none_that_nobody_names(tmp_path: Path, way: str) -> None:
    program(tmp_path, way)
    done = command(tmp_path, *RENAME)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "which application gets the alias? Give --app, found proj:app, proj.producer:sender; or" in done.stderr
    done = command(tmp_path, *RENAME, "--app", "proj:app")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "proj/__init__.py").read_text().endswith(ALIAS)


@pytest.mark.parametrize("app", ["proj", "proj.app", "proj.workers:app"])
def test_the_settings_may_name_it_as_celery_takes_it(tmp_path: Path, app: str) -> None:
    program(tmp_path, "a function", app=app)
    write_files(tmp_path, {"proj/workers.py": "from proj import app\n\n__all__ = ['app']\n"})
    assert command(tmp_path, *RENAME).returncode == 0
    assert (tmp_path / "proj/__init__.py").read_text().endswith(ALIAS)


@pytest.mark.parametrize("option", [True, False])
def test_an_application_that_is_named_and_not_found_is_one_line(tmp_path: Path, option: bool) -> None:
    write_files(tmp_path, {"proj/__init__.py": "", "proj/tasks.py": TASKS, "proj/producer.py": SENDER})
    if not option:
        write_files(tmp_path, {"pyproject.toml": '[tool.celery-registry]\napp = "house.apps:app"\n'})
    done = command(tmp_path, *RENAME, *(("--app", "house.apps:app") if option else ()))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert '"house.apps:app" is not in the source' in done.stderr
    assert "found proj.producer:sender" in done.stderr
    assert (tmp_path / "proj/tasks.py").read_text() == TASKS


def test_an_application_of_another_package_is_taken_where_it_is_named(tmp_path: Path) -> None:
    program(tmp_path, "a function", app="proj:app")
    write_files(tmp_path, {"proj/__init__.py": "from house import build\n\napp = build()\n"})
    assert command(tmp_path, *RENAME).returncode == 0
    assert (tmp_path / "proj/__init__.py").read_text().endswith(ALIAS)
    assert (tmp_path / "proj/producer.py").read_text() == SENDER


def test_what_is_used_as_an_application_is_one(tmp_path: Path) -> None:
    program(tmp_path, "a function")
    text = "from house import build\n\napp = build()\napp.autodiscover_tasks()\n"
    write_files(tmp_path, {"proj/__init__.py": text})
    done = command(tmp_path, *RENAME)
    assert (done.returncode, "found proj:app, proj.producer:sender" in done.stderr) == (2, True)


def test_what_only_looks_like_an_application_is_none(tmp_path: Path) -> None:
    other = """from celery import Celery
from celery.utils.log import get_task_logger
from sentry_sdk.integrations.celery import CeleryIntegration

logger = get_task_logger(__name__)
integration = CeleryIntegration()


def send():
    app = Celery("once")
    return app.send_task("x").id


def load(client):
    if client:
        return client.build()
    data = client.build()
    return data


class Builder:
    def build(self):
        return Celery("inner")


sent, data = send(), 1
other = load(None)
answer = send()
"""
    write_files(tmp_path, {"proj/__init__.py": SENDER, "proj/tasks.py": TASKS, "proj/other.py": other})
    assert command(tmp_path, *RENAME).returncode == 0
    assert "alias(sender, " in (tmp_path / "proj/__init__.py").read_text()


def test_the_alias_stays_beside_the_registration_whatever_the_settings_say(tmp_path: Path) -> None:
    program(tmp_path, "a function", app="proj:app")
    write_files(
        tmp_path,
        {"proj/tasks.py": TASKS.replace("from celery import shared_task", "from proj.producer import sender").replace("@shared_task", "@sender.task")},
    )  # fmt: skip
    assert command(tmp_path, *RENAME).returncode == 0
    assert "alias(sender, " in (tmp_path / "proj/tasks.py").read_text()


# scaffold


@pytest.mark.parametrize("way", WAYS)
def test_the_guard_goes_beside_the_application_that_is_meant(tmp_path: Path, way: str) -> None:
    program(tmp_path, way)
    done = command(tmp_path, "scaffold", "--yes")
    assert done.returncode == 0, done.stderr
    # Each has every shared task that its process imports.
    assert "guard: beside which application? Found proj:app, proj.producer:sender. The line is" in done.stderr
    assert (tmp_path / "proj/producer.py").read_text() == SENDER
    assert not (tmp_path / "pyproject.toml").exists()


@pytest.mark.parametrize("way", WAYS)
def test_the_guard_goes_beside_the_application_of_the_settings(tmp_path: Path, way: str) -> None:
    program(tmp_path, way, app="proj:app")
    done = command(tmp_path, "scaffold", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "proj/producer.py").read_text() == SENDER
    assert "guard.install(\n    app,\n" in (tmp_path / "proj/__init__.py").read_text()
    checked = run(tmp_path, "celery-registry", "check")
    assert (checked.returncode, "unregistered" in checked.stdout) == (0, False), checked.stdout + checked.stderr


@pytest.mark.parametrize("way", ["a function", "an annotated function"])
def test_the_guard_goes_beside_the_application_that_registers_the_tasks(tmp_path: Path, way: str) -> None:
    program(tmp_path, way)
    tasks = TASKS.replace("from celery import shared_task", "from proj import app").replace("@shared_task", "@app.task")
    write_files(tmp_path, {"proj/tasks.py": tasks})
    done = command(tmp_path, "scaffold", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "proj/producer.py").read_text() == SENDER
    assert 'app = "proj:app"' in (tmp_path / "pyproject.toml").read_text()
    checked = run(tmp_path, "celery-registry", "check")
    assert (checked.returncode, "unregistered" in checked.stdout) == (0, False), checked.stdout + checked.stderr


@pytest.mark.parametrize("way", ["a function", "a class of the program"])
def test_the_guard_goes_beside_none_where_both_may_register_tasks(tmp_path: Path, way: str) -> None:
    program(tmp_path, way)
    tasks = TASKS.replace("from celery import shared_task", "from proj import app").replace("@shared_task", "@app.task")
    own = SENDER + "\n\n@sender.task\ndef ping() -> None: ...\n"
    write_files(tmp_path, {"proj/tasks.py": tasks, "proj/producer.py": own})
    done = command(tmp_path, "scaffold", "--yes")
    assert "guard: beside which application? Found proj:app, proj.producer:sender. The line is" in done.stderr
    assert (tmp_path / "proj/producer.py").read_text() == own


def test_the_guard_is_left_where_the_application_of_the_settings_is_not_found(tmp_path: Path) -> None:
    write_files(tmp_path, {"proj/__init__.py": "", "proj/tasks.py": TASKS, "proj/producer.py": SENDER})
    write_files(tmp_path, {"pyproject.toml": '[tool.celery-registry]\napp = "house.apps:app"\n'})
    done = command(tmp_path, "scaffold", "--yes")
    assert 'guard: the application "house.apps:app" is not in the source' in done.stderr
    assert (tmp_path / "proj/producer.py").read_text() == SENDER


@pytest.mark.parametrize("base", ["celery:Celery", "tenants.app:TenantAwareCeleryApp"])
def test_an_application_of_a_class_of_the_program_gets_the_guard(tmp_path: Path, base: str) -> None:
    package, _, name = base.partition(":")
    app = f'from {package} import {name}\n\n\nclass App({name}):\n    pass\n\n\napp = App("app")\n'
    write_files(tmp_path, {"app.py": app, "tasks.py": TASKS})
    done = command(tmp_path, "scaffold", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "guard.install(\n    app,\n" in (tmp_path / "app.py").read_text()


JOB = """import functools

from celery import Celery, shared_task

app = Celery("app")


def job(*args, **options):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*a, **kw):
            return function(*a, **kw)

        task = shared_task(wrapper, **options)
        return task

    if len(args) == 1 and callable(args[0]):
        return decorate(args[0])
    return decorate


@job(name="special")
def special(a: int) -> int:
    return a


def send() -> None:
    app.send_task("special", (1,))


@app.task
def other(n: int) -> int:
    return n
"""


@pytest.mark.parametrize("live", [False, True])
def test_a_name_that_the_program_may_register_is_not_called_anothers(tmp_path: Path, live: bool) -> None:
    write_files(tmp_path, {"app.py": JOB})
    done = run(tmp_path, "celery-registry", "scaffold", "--yes", *(("--app", "app:app", "--only", "app.*") if live else ()))  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "external" not in done.stderr
    text = (tmp_path / "app.py").read_text()
    assert ("guard.install(" in text, "external=" in text) == (True, False)
    for mode in ((), ("--static",)):
        checked = run(tmp_path, "celery-registry", "check", *mode)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_name_that_nothing_of_the_program_can_register_is_anothers(tmp_path: Path) -> None:
    plain = JOB[: JOB.index("def job")] + JOB[JOB.index("def send") :]
    write_files(tmp_path, {"app.py": plain})
    done = command(tmp_path, "scaffold", "--yes")
    assert '"special" is sent and is no task of this program' in done.stderr
    assert 'external=[\n        "special",\n    ],\n' in (tmp_path / "app.py").read_text()
