"""``check`` of an application: the calls in the source around it are judged, too, and nothing is said twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.shop import APP, TASKS, run, write_shop

SETTINGS = "[tool.celery-registry]\napp = 'shop.app:app'\n"
CALLS = """
from shop.app import app
from shop.tasks import ping, send_email


def welcome(to: str) -> None:
    ping.delay()
    send_email.delay(to, subject="Hello")
    app.send_task("send_email", (to, "Hello"))
"""
WRONG = """

def wrong(to: str) -> None:
    ping.delay(1)
    send_email.delay(to, subjct="Hello")
    send_email.apply_async((to, "Hello"), countdwn=3)
    send_email.delay(to, 3)
    send_email.delay(to)  # type: ignore[call-arg]
"""


def write(directory: Path, calls: str = CALLS, **texts: str) -> Path:
    write_shop(directory, **texts)
    (directory / "shop" / "calls.py").write_text(calls)
    (directory / "pyproject.toml").write_text(SETTINGS)
    return directory


def findings(directory: Path, *arguments: str) -> list[tuple[str, str, int]]:
    done = run(directory, "check", "--format", "json", *arguments)
    assert done.returncode in (0, 1), done.stderr
    document = json.loads(done.stdout)
    assert done.returncode == int(any(f["severity"] == "error" for f in document["findings"]))
    return sorted(_row(finding) for finding in document["findings"])


def _row(finding: dict[str, Any]) -> tuple[str, str, int]:
    origin = finding["origin"] or {"path": "", "line": 0}
    return finding["problem"], origin["path"], origin["line"]


def test_what_static_says_of_the_calls_is_said_beside_the_application(tmp_path: Path) -> None:
    write(tmp_path, CALLS + WRONG)
    told = findings(tmp_path)
    assert told == findings(tmp_path, "--static")
    assert [(problem, line) for problem, _, line in told] == [
        ("call-too-many", 13),
        ("call-type", 16),
        ("call-unexpected", 14),
        ("call-unknown-option", 15),
    ]
    text = run(tmp_path, "check")
    assert text.stdout.endswith(
        "\n\nLooked at the application shop.app:app and 5 files under .: 2 tasks, 8 calls, no schedule entries, 1 registry."
        "\n\nFound 4 errors and 0 warnings.\n"
    ), text.stdout
    assert "::error title=call-arg,file=shop/calls.py,line=13," in run(tmp_path, "check", "--format", "github").stdout


def test_right_calls_are_counted_in_the_success(tmp_path: Path) -> None:
    done = run(write(tmp_path), "check", "--unused", "--explain-unseen")
    assert (done.returncode, done.stdout) == (
        0,
        "Looked at the application shop.app:app and 5 files under .: 2 tasks, 3 calls, no schedule entries, 1 registry.\n\n"
        "Success: the registry and the application agree, and the 3 calls that could be judged fit.\n",
    )
    assert done.stderr == (
        "Every task is named somewhere beside its definition.\nEvery call that may be one of a task was judged.\n"
    )


#: The application registers this name in a way that no text shows.
LATE = (
    TASKS
    + """

def late(days: int) -> None: ...


getattr(app, "task")(name="late")(late)
"""
)
SCHEDULE = (
    APP
    + """
app.conf.beat_schedule = {
    "late": {"task": "late", "schedule": 60.0, "args": (1,)},
    "ping": {"task": "png", "schedule": 60.0},
    "mail": {"task": "send_email", "schedule": 60.0, "args": ("a",)},
    "comment": {"task": "png", "schedule": 60.0},  # celery-registry: ignore[task-schedule]
}
app.conf.task_routes = {"late": "slow", "sned_email": "mail"}
"""
)


def test_what_both_see_is_said_once_on_its_line_and_the_application_is_believed(tmp_path: Path) -> None:
    write(tmp_path, tasks=LATE, app=SCHEDULE)
    assert [problem for problem, *_ in findings(tmp_path, "--static")].count("schedule-unknown-task") == 2
    assert findings(tmp_path) == [
        ("route-unknown-task", "shop/app.py", 12),
        ("schedule-arguments", "shop/app.py", 9),
        ("schedule-unknown-task", "shop/app.py", 8),
    ]


PERIODIC = """
from shop.app import app
from shop.tasks import send_email


@app.on_after_configure.connect
def setup(sender: object, **_: object) -> None:
    app.add_periodic_task(10.0, send_email.s("a"))
"""
#: A schedule of another deployment, which this application does not load.
OTHER = """
CELERY_BEAT_SCHEDULE = {
    "tidy": {"task": "shop.tidy", "schedule": 60.0},
    "late": {"task": "late", "schedule": 60.0, "args": (1,)},
}
"""


def test_a_schedule_that_the_application_does_not_load_is_read_where_it_stands(tmp_path: Path) -> None:
    write(tmp_path, PERIODIC, tasks=LATE)
    (tmp_path / "shop" / "production.py").write_text(OTHER)
    assert findings(tmp_path) == [
        ("schedule-arguments", "shop/calls.py", 8),
        ("schedule-unknown-task", "shop/production.py", 3),
    ]
    # Loaded, the periodic task is in the application, too.
    write(tmp_path, PERIODIC, tasks=LATE + "\nimport shop.calls\n")
    assert [problem for problem, *_ in findings(tmp_path)].count("schedule-arguments") == 1


def test_a_task_that_takes_any_number_of_arguments_in_truth_is_held_to_none(tmp_path: Path) -> None:
    write(tmp_path, CALLS + WRONG, tasks=TASKS + "\n\nfor each in (ping, send_email):\n    each.typing = False\n")
    assert [problem for problem, *_ in findings(tmp_path)] == ["call-unknown-option"]


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_judged(tmp_path: Path) -> None:
    write(tmp_path, CALLS + WRONG, tasks=LATE)
    (tmp_path / "shop" / "half.py").write_text(f"from shop.tasks import late\n{OTHER}\n@app.task\ndef half(:\n")
    done = run(tmp_path, "check")
    assert done.stderr.startswith("shop/half.py:9: is not valid Python"), done.stderr
    assert done.returncode == 2
    assert done.stdout.count(" error [") == 4
    assert "; 1 could not be read, and no call in it was looked at." in done.stdout


def test_calls_that_cannot_be_looked_at_are_said_to_be_so(tmp_path: Path) -> None:
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    elsewhere.mkdir()
    here.mkdir()
    write(elsewhere, CALLS + WRONG)
    (here / "other.py").write_text("from celery import Celery\n\napp = Celery('other')\n")
    done = run(here, "check", "--app", "shop.app:app", environment={"PYTHONPATH": str(elsewhere)})
    assert (done.returncode, done.stdout) == (
        0,
        "Looked at the application shop.app:app alone, and at no call.\n\n"
        "Success: the registry and the application agree.\n",
    )
    assert done.stderr == (
        "no call was looked at: the source of shop.app:app is not in the 1 file under .: "
        "`celery-registry check PATHS` reads others\n"
    )


REGISTRY_OF_THE_WEB = """
from celery import Task
from celery_registry import BaseTasksRegistry


class WebRegistry(BaseTasksRegistry):
    @property
    def send_email(self) -> Task[[str], bool]:
        return self._get_task_by_name("send_email")

    @property
    def late(self) -> Task[[int], None]:
        return self._get_task_by_name("late")
"""


def test_a_registry_that_the_application_does_not_import_is_held_to_the_source(tmp_path: Path) -> None:
    write(tmp_path, tasks=LATE)
    (tmp_path / "shop" / "web.py").write_text(REGISTRY_OF_THE_WEB)
    assert findings(tmp_path) == [("too-few-declared", "shop/web.py", 8)]
    # Who names a registry means that one.
    assert findings(tmp_path, "--registry", "shop.registry:TasksRegistry") == []


#: A Django project below the root of the repository, as far as Celery sees it.
BACKEND = {
    "backend/manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n',
    "backend/config/__init__.py": "",
    "backend/config/settings.py": "DEBUG = False\n",
    "backend/config/celery.py": 'from celery import Celery\n\napp = Celery("config", include=["orders.tasks"])\n',
    "backend/orders/__init__.py": "",
    "backend/orders/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef mail(to: str) -> None: ...\n",
    "backend/orders/views.py": "from orders.tasks import mail\n\n\ndef view() -> None:\n    mail.delay('a')\n",
}


def test_what_scaffold_writes_from_above_a_django_project_is_found_there_and_inside(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in BACKEND.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    done = run(tmp_path, "scaffold", "--yes")
    assert done.returncode == 0, done.stderr
    for here in (tmp_path, tmp_path / "backend"):
        done = run(here, "check")
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert "Success: the registry and the application agree, and the call that could be judged fits." in done.stdout
    (tmp_path / "backend/orders/views.py").write_text(BACKEND["backend/orders/views.py"].replace("('a')", "()"))
    assert findings(tmp_path) == [("call-missing", "backend/orders/views.py", 5)]


NAMED = """
from shop.app import app
from shop.registry import TaskName


def send(to: str) -> None:
    app.send_task("send_email", (to, "Hello"))
    app.send_task(TaskName.PING.value)
    app.send_task("billing.charge", (1,))
    app.send_task("celery.ping")
"""


def test_a_name_that_no_complete_enum_has_is_told_by_mypy_and_check_alike(tmp_path: Path) -> None:
    write(tmp_path, NAMED + '    app.send_task("send_emial", (to, "Hello"))\n    app.signature("pnig").delay()\n')
    settings = (
        "\n[tool.celery-registry]\nnames = ['shop.registry.TaskName']\nexternal = ['billing.*']\n"
        "[tool.mypy]\nplugins = ['celery_registry.mypy']\n"
    )
    (tmp_path / "pyproject.toml").write_text(settings)
    expected = [("name-not-in-enum", "shop/calls.py", line) for line in (11, 12)]
    assert findings(tmp_path) == expected
    assert findings(tmp_path, "--app", "shop.app:app") == expected
    command = [sys.executable, "-m", "mypy", "--cache-dir", os.devnull, "shop"]
    mypy = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False).stdout
    told = [line.split(": ")[0] for line in mypy.splitlines() if ": error: " in line]
    assert told == [f"shop/calls.py:{line}" for line in (11, 12)], mypy
    assert mypy.count('is not in TaskName; did you mean "') == 2
    # Nobody says that the enum is complete, and another service may have such a task.
    (tmp_path / "pyproject.toml").write_text(settings.replace("names = ['shop.registry.TaskName']\n", ""))
    assert findings(tmp_path) == []


REGISTERED = """
from shop.app import app
from celery_registry import alias


@app.task(name="shop.special")
def special() -> None: ...


alias(app, old="shop.old", new="shop.special", expires="2099-01-31")


def send() -> None:
    app.send_task("shop.special")
    app.send_task("shop.old")
    app.send_task("shop.specail")
"""
LOOPED = """
from shop.app import app


def make(name: str) -> None:
    def run() -> None: ...

    app.task(name=f"looped.{name}")(run)


make("one")


def send() -> None:
    app.send_task("looped.one")
    app.send_task("looped.oen")
"""


@pytest.mark.parametrize(
    ("text", "without_application", "with_application"),
    [(REGISTERED, [16], [16]), (LOOPED, [], [16])],
    ids=["registered", "a name that only the application tells"],
)
def test_a_name_that_is_registered_is_not_unknown(
    tmp_path: Path, text: str, without_application: list[int], with_application: list[int]
) -> None:
    write(tmp_path, text)
    app = tmp_path / "shop/app.py"
    app.write_text(app.read_text().replace('["shop.tasks"]', '["shop.tasks", "shop.calls"]'))
    settings = "names = ['shop.registry.TaskName']\n[tool.mypy]\nplugins = ['celery_registry.mypy']\n"
    (tmp_path / "pyproject.toml").write_text(f"[tool.celery-registry]\n{settings}")
    at = [("name-not-in-enum", "shop/calls.py", line) for line in without_application]
    assert findings(tmp_path) == at
    command = [sys.executable, "-m", "mypy", "--cache-dir", os.devnull, "shop"]
    mypy = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False).stdout
    assert [line.split(": ")[0] for line in mypy.splitlines() if "is not in TaskName" in line] == [
        f"shop/calls.py:{line}" for line in without_application
    ], mypy
    at = [("name-not-in-enum", "shop/calls.py", line) for line in with_application]
    assert findings(tmp_path, "--app", "shop.app:app") == at
