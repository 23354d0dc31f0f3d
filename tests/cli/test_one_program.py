"""The commands that read the source agree on what the program is, layout by layout."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from pathlib import Path

import pytest

from cli.shop import run

REGISTRY = """
from celery import Task
from celery_registry import BaseTasksRegistry

class TasksRegistry(BaseTasksRegistry):
    @property
    def add(self) -> Task[[int], int]:
        return self._get_task_by_name("{name}")
"""
TASKS = """
from {app} import app

@app.task
def add(x: int) -> int:
    return x
"""
APP = "from celery import Celery\napp = Celery('shop', broker='memory://')\n"
FAKE = """
from celery import Celery, shared_task
fake = Celery("fake")

@fake.task(name="{name}")
def fake_add(a: str, b: str) -> str:
    return a
"""

#: Layout -> the files, the directory in it where the commands run, what they are given, the name of the task.
LAYOUTS: dict[str, tuple[dict[str, str], str, list[str], str]] = {
    "flat": ({"app.py": APP, "jobs.py": TASKS.format(app="app")}, ".", [], "jobs.add"),
    "src": (
        {"src/shop/__init__.py": "", "src/shop/app.py": APP, "src/shop/jobs.py": TASKS.format(app="shop.app")},
        ".",
        [],
        "shop.jobs.add",
    ),
    "a namespace package": (
        {"src/ns/app.py": APP, "src/ns/jobs.py": TASKS.format(app="ns.app")},
        ".",
        [],
        "ns.jobs.add",
    ),
    "a namespace package by its path": (
        {"src/ns/app.py": APP, "src/ns/jobs.py": TASKS.format(app="ns.app")},
        ".",
        ["src/ns"],
        "ns.jobs.add",
    ),
    "a namespace package in the working directory": (
        {"ns/app.py": APP, "ns/jobs.py": TASKS.format(app="ns.app")},
        ".",
        [],
        "ns.jobs.add",
    ),
    "a package from inside": (
        {"worker/__init__.py": "", "worker/app.py": APP, "worker/jobs.py": TASKS.format(app="app")},
        "worker",
        [],
        "jobs.add",
    ),
    "a folder that is a base by its imports": (
        {"worker/app.py": APP, "worker/jobs/__init__.py": "", "worker/jobs/work.py": TASKS.format(app="app")},
        ".",
        [],
        "jobs.work.add",
    ),
    "a package that only looks so": (
        {"shop/__init__.py": "", "shop/celery.py": APP, "shop/jobs.py": TASKS.format(app="shop.celery")},
        ".",
        [],
        "shop.jobs.add",
    ),
    "a package in it has the name of a library": (
        {
            "shop/__init__.py": "",
            "shop/apps/__init__.py": "",
            "shop/apps/paylib/__init__.py": "import paylib\n",
            "shop/apps/orders/__init__.py": "",
            "shop/apps/orders/app.py": APP,
            "shop/apps/orders/jobs.py": TASKS.format(app="shop.apps.orders.app"),
        },
        ".",
        [],
        "shop.apps.orders.jobs.add",
    ),
    "a package that is started from inside": (
        {
            "backend/__init__.py": "",
            "backend/manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n',
            "backend/config/__init__.py": "",
            "backend/config/app.py": APP,
            "backend/shop/__init__.py": "",
            "backend/shop/jobs.py": "from celery import shared_task\n\n@shared_task\ndef add(x: int) -> int:\n    return x\n",
        },
        ".",
        [],
        "shop.jobs.add",
    ),
    "a project in a folder of its own name": (
        {
            "shop/shop/__init__.py": "",
            "shop/shop/app.py": APP,
            "shop/shop/jobs.py": TASKS.format(app="shop.app"),
        },
        ".",
        [],
        "shop.jobs.add",
    ),
    "a Django project beside others": (
        {
            "backend/manage.py": "import django",
            "backend/shop/app.py": APP,
            "backend/shop/jobs.py": TASKS.format(app="shop.app").replace("from shop.app", "from .app"),
        },
        ".",
        [],
        "shop.jobs.add",
    ),
    "mypy_path says where names begin": (
        {
            "pyproject.toml": "[tool.mypy]\nmypy_path = 'backend'\n",
            "backend/shop/__init__.py": "",
            "backend/shop/app.py": APP,
            "backend/shop/jobs.py": TASKS.format(app=".app"),
        },
        ".",
        [],
        "shop.jobs.add",
    ),
    "a setting says where names begin": (
        {
            "pyproject.toml": "[tool.celery-registry]\napp = 'shop.app:app'\n",
            "backend/shop/app.py": APP,
            "backend/shop/jobs.py": TASKS.format(app=".app"),
        },
        ".",
        [],
        "shop.jobs.add",
    ),
    "the modules that Celery imports say where names begin": (
        {
            "backend/shop/__init__.py": "",
            "backend/shop/app.py": APP.replace("shop', ", "shop', include=['shop.jobs'], "),
            "backend/shop/jobs.py": TASKS.format(app=".app"),
        },
        ".",
        [],
        "shop.jobs.add",
    ),
    "the packages in which Celery looks say where names begin": (
        {
            "backend/shop/__init__.py": "",
            "backend/shop/app.py": APP + "app.autodiscover_tasks(['shop'], related_name='jobs')\n",
            "backend/shop/jobs.py": TASKS.format(app=".app"),
            "backend/jobs/__init__.py": "",
        },
        ".",
        [],
        "shop.jobs.add",
    ),
    "a text that names a task is no name of a module": (
        {
            "shop/__init__.py": "",
            "shop/web/app.py": APP + "app.conf.task_routes = {'web.jobs.add': {}}\n",
            "shop/web/jobs.py": TASKS.format(app="shop.web.app"),
        },
        ".",
        [],
        "shop.web.jobs.add",
    ),
    "one service of two": (
        {
            "a/shop/__init__.py": "",
            "a/shop/app.py": APP,
            "a/shop/jobs.py": TASKS.format(app="shop.app"),
            "b/shop/__init__.py": "",
            "b/shop/app.py": APP,
            "b/shop/jobs.py": TASKS.format(app="shop.app").replace("x: int", "x: int, y: str"),
        },
        ".",
        ["a"],
        "shop.jobs.add",
    ),
    "tests beside": (
        {"app.py": APP, "jobs.py": TASKS.format(app="app"), "tests/fakes.py": FAKE.format(name="jobs.add")},
        ".",
        [],
        "jobs.add",
    ),
    "tests inside": (
        {
            "src/shop/__init__.py": "",
            "src/shop/app.py": APP,
            "src/shop/jobs.py": TASKS.format(app="shop.app"),
            "src/shop/tests/__init__.py": "",
            "src/shop/tests/test_jobs.py": FAKE.format(name="shop.jobs.add"),
            "src/shop/conftest.py": FAKE.format(name="shop.jobs.add"),
        },
        ".",
        [],
        "shop.jobs.add",
    ),
}


def write(directory: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


def locked(directory: Path, *paths: str) -> dict[str, list[str]]:
    done = run(directory, "lock", "--static", *paths, "--output", "found.lock")
    assert done.returncode == 0, done.stderr
    tasks = json.loads((directory / "found.lock").read_text())["tasks"]
    return {name: task["parameters"] for name, task in tasks.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_command_reads_the_same_program(layout: str, tmp_path: Path) -> None:
    files, here, paths, name = LAYOUTS[layout]
    home = os.path.commonpath([os.path.dirname(path) for path in files if path.endswith("app.py") or "celery" in path])
    home = "a/shop" if paths == ["a"] else home
    write(tmp_path, {**files, f"{home or '.'}/registry.py": REGISTRY.format(name=name)})
    directory = tmp_path / here
    assert locked(directory, *paths) == {name: ["x: int"]}
    right = run(directory, "check", "--static", *paths)
    assert (right.returncode, right.stdout) == (0, right.stdout)
    assert right.stdout.endswith("\n\nSuccess: the registry and the application agree.\n"), right.stdout
    stubs = run(directory, "stubs", *paths)
    assert stubs.returncode == 0, stubs.stderr
    assert any("x: int" in stub.read_text() for stub in directory.glob("typeshed_overrides/**/*.pyi"))
    write(tmp_path, {f"{home or '.'}/registry.py": REGISTRY.format(name=name).replace("[[int]", "[[int, int]")})
    wrong = run(directory, "check", "--static", *paths, "--format", "json")
    assert [f["problem"] for f in json.loads(wrong.stdout)["findings"]] == ["too-many-declared"]


SHOP = {"shop/__init__.py": "", "shop/app.py": APP, "shop/registry.py": REGISTRY.format(name="shop.jobs.add")}

#: What cannot be relied on -> files besides the shop, what is said, and nothing else.
REFUSED = {
    "half a controller": (
        {"shop/jobs.py": TASKS.format(app="shop.app") + "\n\ndef half(\n"},
        f"shop/jobs.py:9: is not valid Python {sys.version_info[0]}.{sys.version_info[1]}: '(' was never closed; "
        "run celery-registry with the Python that runs the program, or leave these files out: mypy's setting exclude\n",
    ),
    "no UTF-8": (
        {"shop/jobs.py": "NAME = '\udce9'\n" + TASKS.format(app="shop.app")},
        "shop/jobs.py",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_green_or_written_that_depends_on_a_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    files, message = REFUSED[name]
    write(tmp_path, SHOP)
    for path, text in files.items():
        (tmp_path / path).write_text(text, errors="surrogateescape")
    for command in (["check", "--static"], ["lock", "--static"], ["stubs"]):
        done = run(tmp_path, *command)
        assert done.returncode == 2, command
        if command[0] == "check":
            # It writes nothing, and tells what is wrong with the rest.
            assert "Found nothing in what could be read. This is no verdict: 1 file could not be read." in done.stdout
            assert done.stderr.startswith(message.replace("; ", "\n"))
        else:
            assert done.stdout == ""
            assert done.stderr.startswith(f"celery-registry: {message}")
        assert done.stderr.count("jobs.py") == 1
    assert not (tmp_path / "typeshed_overrides").exists()
    assert not (tmp_path / "celery-registry.lock").exists()


@pytest.mark.parametrize("where", ["tests/data", "templates"])
def test_a_file_that_is_no_part_of_the_program_may_be_anything(where: str, tmp_path: Path) -> None:
    write(tmp_path, {**SHOP, "shop/jobs.py": TASKS.format(app="shop.app"), f"{where}/task.py": "@app.task\ndef {{x}}"})
    write(tmp_path, {"mypy.ini": "[mypy]\nexclude = ^templates/\n"})
    assert run(tmp_path, "check", "--static").returncode == 0
    assert locked(tmp_path) == {"shop.jobs.add": ["x: int"]}


def test_success_is_never_said_over_nothing(tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    for command in (["check", "--static"], ["lock", "--static"]):
        done = run(tmp_path, *command)
        assert done.returncode == 2
        assert "no task is registered in the 3 files under ." in done.stderr


def test_a_lock_of_two_services_is_refused_and_of_each_is_written(tmp_path: Path) -> None:
    for service, parameters in (("a", "deep: bool"), ("b", "region: str")):
        task = f"from {service}.app import app\n@app.task(name='health')\ndef health({parameters}) -> int: ...\n"
        write(tmp_path, {f"{service}/__init__.py": "", f"{service}/app.py": APP, f"{service}/tasks.py": task})
    done = run(tmp_path, "lock", "--static")
    assert (done.returncode, done.stderr) == (
        2,
        'celery-registry: a/tasks.py:2 and b/tasks.py:2 register "health" for two applications: name the paths of one\n',
    )
    assert locked(tmp_path, "a") == {"health": ["deep: bool"]}
    assert locked(tmp_path, "b") == {"health": ["region: str"]}


def test_two_files_for_one_module_are_refused(tmp_path: Path) -> None:
    for service in ("a", "b"):
        write(tmp_path, {f"{service}/app.py": APP, f"{service}/jobs.py": TASKS.format(app="app")})
    done = run(tmp_path, "lock", "--static")
    assert done.returncode == 2
    assert done.stderr == (
        "celery-registry: a/jobs.py and b/jobs.py are both the module jobs: "
        "run this for each service by itself, with the path a or b\n"
    )
    assert locked(tmp_path, "b") == {"jobs.add": ["x: int"]}


def test_each_of_two_services_of_one_package_name_is_read_by_its_path(tmp_path: Path) -> None:
    for service, parameters in (("a", "deep: bool"), ("b", "region: str")):
        task = f"from app.main import app\n@app.task(name='health')\ndef health({parameters}) -> int: ...\n"
        folder = f"services/{service}/app"
        write(tmp_path, {f"{folder}/__init__.py": "", f"{folder}/main.py": APP, f"{folder}/tasks.py": task})
    for command in (["list"], ["lock", "--static"]):
        done = run(tmp_path, *command)
        assert done.returncode == 2
        assert "services/a/app/tasks.py and services/b/app/tasks.py are both the module app.tasks" in done.stderr
    both = run(tmp_path, "check", "--static")
    assert both.returncode == 0, both.stderr
    assert "Looked at 3 files under services/a: 1 task, no calls" in both.stdout
    assert "; 3 files under services/b: 1 task, no calls" in both.stdout
    for service, parameters in (("a", ["deep: bool"]), ("b", ["region: str"])):
        assert run(tmp_path, "check", "--static", f"services/{service}").returncode == 0
        assert locked(tmp_path, f"services/{service}") == {"health": parameters}


#: Two services, each started from inside its own folder, and a package that both import.
MONOREPO = {
    "services/{s}/app.py": "from celery import Celery\n\napp = Celery('{s}')\n",
    "services/{s}/tasks.py": "from app import app\n\n@app.task\ndef health(of_{s}: str) -> None: ...\n\n"
    "@app.task\ndef only_{s}() -> None: ...\n",
    "services/{s}/views.py": "from libs.common.mail import mail\nfrom tasks import health\n\n"
    "health.delay(of_{s}='x')\nmail.delay('a')\n",
    "libs/common/__init__.py": "",
    "libs/common/mail.py": "from celery import shared_task\n\n@shared_task\ndef mail(to: str) -> None: ...\n",
    "libs/common/beat.py": "CELERY_BEAT_SCHEDULE = {{\n    'a': {{'task': 'tasks.only_a', 'schedule': 3.0}},\n}}\n",
}


def test_services_that_are_each_a_root_are_judged_each_against_itself(tmp_path: Path) -> None:
    for path, text in MONOREPO.items():
        write(tmp_path, {path.format(s=s): text.format(s=s) for s in ("a", "b")})
    done = run(tmp_path, "check")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "6 files under services/a: 3 tasks, 2 calls, 1 schedule entry" in done.stdout
    assert "6 files under services/b: 3 tasks, 2 calls, 1 schedule entry" in done.stdout
    done = run(tmp_path, "check", "services/a", "services/b")
    assert "3 files under services/b: 2 tasks, 2 calls (1 of them could not be judged" in done.stdout
    # What one of them alone does wrong stands there, what is wrong for both once.
    wrong = MONOREPO["services/{s}/views.py"].format(s="b").replace("of_b=", "of_a=") + "mail.delay(3)\n"
    beat = MONOREPO["libs/common/beat.py"].format().replace("only_a", "only_c")
    write(tmp_path, {"services/b/views.py": wrong, "libs/common/beat.py": beat})
    done = run(tmp_path, "check", "--format", "json")
    assert done.returncode == 1, done.stderr
    found = [(f["problem"], f["origin"]["path"], f["origin"]["line"]) for f in json.loads(done.stdout)["findings"]]
    assert found == [
        ("schedule-unknown-task", "libs/common/beat.py", 2),
        ("call-unexpected", "services/b/views.py", 4),
        ("call-type", "services/b/views.py", 6),
    ]


def test_a_registry_of_one_of_several_services_is_judged_there(tmp_path: Path) -> None:
    for path, text in MONOREPO.items():
        write(tmp_path, {path.format(s=s): text.format(s=s) for s in ("a", "b")})
    registry = REGISTRY.format(name="tasks.health").replace("[[int]", "[[str]")
    write(tmp_path, {"services/a/registry.py": registry})
    named = re.search(r"class (\w+)\(BaseTasksRegistry", registry)
    assert named is not None
    done = run(tmp_path, "check", "--registry", f"registry:{named[1]}")
    assert done.returncode == 0, done.stdout + done.stderr
    write(tmp_path, {"services/a/registry.py": registry.replace("[[str]", "[[str, int]")})
    done = run(tmp_path, "check", "--registry", f"registry:{named[1]}")
    assert (done.returncode, "services/a/registry.py:" in done.stdout) == (1, True), done.stdout + done.stderr
    done = run(tmp_path, "check", "--registry", f"registry:{named[1]}s")
    assert (done.returncode, done.stdout) == (2, "")
    assert f'is not in the source; did you mean "registry.{named[1]}"?' in done.stderr


def test_fix_mends_each_of_several_services(tmp_path: Path) -> None:
    task = "from celery import Celery\napp = Celery('{s}')\n@app.task(name='{s}.ping')\ndef ping_{s}() -> int: ...\n"
    entry = "app.conf.beat_schedule = {{'x': {{'task': '{s}.pnig', 'schedule': 1.0}}}}\n"
    for service in ("first", "other"):
        text = (task + entry).format(s=service)
        write(tmp_path, {f"{service}/tasks.py": text, f"{service}/main.py": "from tasks import app\n"})
    done = run(tmp_path, "check", "--static", "--fix", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    for service in ("first", "other"):
        assert f"'task': '{service}.ping'" in (tmp_path / service / "tasks.py").read_text()
