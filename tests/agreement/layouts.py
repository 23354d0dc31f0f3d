"""Programs that differ in where their files stand: flat, src, namespace, monorepo, tests inside and beside.

Law: as ``programs``; the tasks are few and the places are what matters.
"""

from __future__ import annotations

from .program import Program, Unknown

__all__ = ["LAYOUTS"]

_NAMES = """
from enum import Enum


class TaskName(str, Enum):
    ADD = "add"
"""
_REGISTRY = """
from __future__ import annotations

from celery import Task

from celery_registry import BaseTasksRegistry
from {package}names import TaskName


class TasksRegistry(BaseTasksRegistry):
    @property
    def add(self) -> Task[[int, int], int]:
        return self._get_task_by_name(TaskName.ADD)
"""
_APP = """
from celery import Celery

from celery_registry import guard

app = Celery("{main}", broker="memory://", include=["{package}jobs"])
guard.install(app, registry="{package}registry:TasksRegistry", names="{package}names:TaskName")
"""
_JOBS = """
from {package}main import app
from {package}names import TaskName


@app.task(name=TaskName.ADD)
def add(first: int, second: int{more}) -> int:
    return first + second
"""
_SETTINGS = """
[tool.mypy]
plugins = ["celery_registry.mypy"]
check_untyped_defs = true
{mypy}
[tool.celery-registry]
{settings}
"""
_FAKE = """
from celery import Celery

from celery_registry import register_task

fake = Celery("fake", set_as_current=False)


def fake_add(first: str) -> str:
    return first


register_task(fake, "add", fake_add)
fake.task(name="add", shared=False)(fake_add)
"""


def _files(
    package: str = "", folder: str = "", more: str = "", init: bool = True, main: str = "shop"
) -> dict[str, str]:
    """The four modules of a program, in a package or not."""
    dotted = f"{package}." if package else ""
    place = "/".join(part for part in (folder, *package.split(".")) if part)
    place = f"{place}/" if place else ""
    files = {
        f"{place}names.py": _NAMES,
        f"{place}registry.py": _REGISTRY.format(package=dotted),
        f"{place}main.py": _APP.format(package=dotted, main=main),
        f"{place}jobs.py": _JOBS.format(package=dotted, more=more),
    }
    if package and init:
        files[f"{place}__init__.py"] = ""
    return files


def _settings(settings: str = "", mypy: str = "") -> dict[str, str]:
    return {"pyproject.toml": _SETTINGS.format(settings=settings, mypy=mypy)}


def _twins(
    layout: str,
    package: str,
    folder: str = "",
    *,
    init: bool = True,
    extra: dict[str, str] | None = None,
    mypy: str = "",
    settings: str = "",
    paths: tuple[str, ...] = (".",),
    base: str = ".",
    main: str = "shop",
) -> list[Program]:
    found = []
    app = f"{package}.main:app" if package else "main:app"
    for side, more in (("right", ""), ("wrong", ", third: int")):
        files = {**_settings(settings, mypy), **_files(package, folder, more, init, main), **(extra or {})}
        codes = () if side == "right" else ("task-signature",)
        found.append(Program(f"{layout}: {side}", files, codes, {}, app, paths, base, layout))
    return found


_SERVICES = {
    **_files("svc_a", main="svc_a"),
    **_files("svc_b", main="svc_b"),
    "svc_b/registry.py": _REGISTRY.format(package="svc_b.").replace("[[int, int], int]", "[[str], str]"),
    "svc_b/jobs.py": _JOBS.format(package="svc_b.", more="")
    .replace("first: int, second: int) -> int", "first: str) -> str")
    .replace("first + second", "first"),
}


def _of_one_name(more: str = "") -> dict[str, str]:
    """Two services, each of them a package ``app``; ``more`` is a parameter that the second one's task has besides."""
    second = {
        "services/b/app/registry.py": _REGISTRY.format(package="app.").replace("[[int, int], int]", "[[str], str]"),
        "services/b/app/jobs.py": _JOBS.format(package="app.", more="")
        .replace("first: int, second: int) -> int", f"first: str{more}) -> str")
        .replace("first + second", "first"),
    }
    return {**_settings(), **_files("app", "services/a"), **_files("app", "services/b"), **second}


_SHARED = """
from __future__ import annotations

from enum import Enum

from celery import Celery, Task

from celery_registry import BaseTasksRegistry, guard, register_task


class TaskName(str, Enum):
    PING = "ping"
    PONG = "pong"
{member}

class First(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[], str]:
        return self._get_task_by_name(TaskName.PING)


class Second(BaseTasksRegistry):
    @property
    def pong(self) -> Task[[], str]:
        return self._get_task_by_name(TaskName.PONG)


def ping() -> str:
    return "ping"


app = Celery("two", broker="memory://")
register_task(app, TaskName.PING, ping)
register_task(app, TaskName.PONG, ping)
{task}
guard.install(app, registry=[First, Second], names=TaskName)
"""
_SHARED_SETTINGS = _settings('registry = ["work.First", "work.Second"]\nnames = ["work.TaskName"]')
_DISCOVERED = """
from celery import Celery

from celery_registry import guard

app = Celery("found", broker="memory://")
app.autodiscover_tasks(["shop.jobs"])
guard.install(app, registry="shop.registry:TasksRegistry", names="shop.names:TaskName")
"""
_PLAIN = """
from celery import Celery

from celery_registry import guard

app = Celery("till", broker="memory://")


@app.task(name="ping")
def ping() -> str:
    return "pong"


app.conf.beat_schedule = {{"p": {{"task": "{name}", "schedule": 60}}}}
guard.install(app)
"""
_SHARING = {
    "shop/__init__.py": "",
    **{
        f"shop/{service}/{file}": text.format(service=service)
        for service in ("first", "second")
        for file, text in {
            "__init__.py": "",
            "main.py": """
from celery import Celery

from celery_registry import guard

app = Celery("{service}", broker="memory://", include=["shop.{service}.jobs"])
app.config_from_object("shop.settings")
app.conf.task_default_queue = "{service}"
guard.install(app)
""",
            "jobs.py": "from shop.{service}.main import app\n\n\n@app.task\ndef clean() -> None: ...\n",
        }.items()
    },
}
_SHARED_SETTINGS_MODULE = """
beat_schedule = {{
    "first": {{"task": "shop.first.jobs.clean", "schedule": 60}},
    "second": {{"task": "shop.second.jobs.{name}", "schedule": 60}},
}}
task_routes = {{"shop.first.*": {{"queue": "first"}}, "shop.second.jobs.{name}": {{"queue": "second"}}}}
"""
_OF_MYPY = "schedules and routes are values of the running application, and mypy knows types"
_NOT_THERE = """
app.conf.include = ["a_module_that_is_not_there"]
guard.install(app)
"""
_IMPORTS = Unknown(("task-import",), "which modules a worker imports is decided by the running application")
_VALUES = Unknown(("task-schedule",), "schedules are values of the running application, and mypy knows types")

LAYOUTS = [
    *_twins("flat", ""),
    *_twins("package", "shop"),
    *_twins("src", "shop", "src", mypy='mypy_path = "src"', paths=("src",), base="src"),
    *_twins("nested package", "shop.work", extra={"shop/__init__.py": ""}),
    *_twins(
        "namespace",
        "ns.work",
        "src",
        init=False,
        mypy='mypy_path = "src"\nexplicit_package_bases = true\nnamespace_packages = true',
        paths=("src",),
        base="src",
    ),
    *_twins("tests beside", "shop", extra={"tests/conftest.py": _FAKE, "tests/test_add.py": "import shop.main\n"}),
    *_twins("tests inside", "shop", extra={"shop/tests/__init__.py": "", "shop/tests/test_fake.py": _FAKE}),
    *_twins("tests are a package", "shop", extra={"tests/__init__.py": "", "tests/conftest.py": _FAKE}),
    *_twins(
        "tests beside src",
        "shop",
        "src",
        extra={"tests/conftest.py": _FAKE},
        mypy='mypy_path = "src"',
        paths=("src",),
        base="src",
    ),
    Program(
        "several registries of one enum: right",
        {**_SHARED_SETTINGS, "work.py": _SHARED.format(member="", task="")},
        layout="several registries",
    ),
    Program(
        "several registries of one enum: wrong",
        {
            **_SHARED_SETTINGS,
            "work.py": _SHARED.format(member='    BARE = "bare"', task="register_task(app, TaskName.BARE, ping)"),
        },
        ("task-no-property",),
        layout="several registries",
    ),
    Program(
        "monorepo, two services with a task of one name: right",
        {**_settings(), **_SERVICES},
        app="svc_a.main:app",
        layout="monorepo",
    ),
    Program(
        "monorepo, the other service: right", {**_settings(), **_SERVICES}, app="svc_b.main:app", layout="monorepo"
    ),
    *(
        Program(
            f"monorepo, two services of one package name: {side}",
            _of_one_name(more),
            codes,
            app="app.main:app",
            paths=("services/b",),
            base="services/b",
            layout="monorepo",
        )
        for side, more, codes in (("right", "", ()), ("wrong", ", second: str", ("task-signature",)))
    ),
    Program(
        "autodiscovery of a module: right",
        {
            **_settings(),
            **_files("shop"),
            "shop/main.py": _DISCOVERED,
            "shop/jobs.py": _JOBS.format(package="shop.", more="")
            .replace("from shop.main import app\n", "from celery import shared_task\n")
            .replace("@app.task", "@shared_task"),
        },
        app="shop.main:app",
    ),
    *(
        Program(
            f"monorepo, settings of two services: {side}",
            {**_settings(), **_SHARING, "shop/settings.py": _SHARED_SETTINGS_MODULE.format(name=name)},
            codes,
            {"mypy": Unknown(codes, _OF_MYPY)},
            app="shop.first.main:app",
            layout="monorepo",
        )
        for side, name, codes in (("right", "clean", ()), ("wrong", "claen", ("task-route", "task-schedule")))
    ),
    Program("no registry, modules: right", {**_settings(), "work.py": _PLAIN.format(name="ping")}),
    Program(
        "no registry, modules: wrong",
        {**_settings(), "work.py": _PLAIN.format(name="ping") + _NOT_THERE},
        ("task-import",),
        dict.fromkeys(("mypy", "static"), _IMPORTS),
    ),
    Program("no registry: right", {**_settings(), "work.py": _PLAIN.format(name="ping")}),
    Program(
        "no registry: wrong",
        {**_settings(), "work.py": _PLAIN.format(name="pnig")},
        ("task-schedule",),
        {"mypy": _VALUES},
    ),
]
