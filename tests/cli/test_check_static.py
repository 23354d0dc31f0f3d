"""``celery-registry check --static``: the source alone, nothing imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.shop import REGISTRY, TASKS, run, write_shop


def found(directory: Path, *arguments: str) -> list[tuple[str, str, str]]:
    """The findings as (task, problem, path:line)."""
    done = run(directory, "check", "--static", "--format", "json", *arguments)
    assert done.returncode in (0, 1), done.stderr
    document = json.loads(done.stdout)
    assert (done.returncode == 1) == bool(document["summary"]["errors"])
    return [
        (f["task"], f["problem"], f"{(f['origin'] or {}).get('path')}:{(f['origin'] or {}).get('line')}")
        for f in document["findings"]
    ]


def test_a_sound_project_is_clean_and_is_not_imported(tmp_path: Path) -> None:
    directory = write_shop(
        tmp_path, app="raise SystemExit('imported')\nfrom celery import Celery\napp = Celery('shop')\n"
    )
    done = run(directory, "check", "--static")
    looked_at = "Looked at 4 files under .: 2 tasks, no calls, no schedule entries, 1 registry."
    agree = "Success: the registry and the application agree."
    assert (done.returncode, done.stdout) == (0, f"{looked_at}\n\n{agree}\n"), done.stderr


@pytest.mark.parametrize(
    ("tasks", "registry", "expected"),
    [
        (TASKS.replace('name="send_email"', 'name="send_emial"'), REGISTRY, [("send_email", "name-not-registered", "shop/registry.py:13")]),
        (TASKS.replace("subject: str) ->", "subject: str, body: str) ->"), REGISTRY, [("send_email", "too-few-declared", "shop/registry.py:22")]),
        (TASKS.replace("subject: str) ->", "subject: str, body: str = '') ->"), REGISTRY, []),
        (TASKS, REGISTRY.replace("Task[[str, str], bool]", "Task[[str, str, str], bool]"), [("send_email", "too-many-declared", "shop/registry.py:22")]),
        (TASKS, REGISTRY.replace("Task[[str, str], bool]", "Task[[int, int], str]"), []),
        (TASKS, REGISTRY.replace('"send_email"\n', '"send_email"\n    REFUND = "refund"\n'), [("refund", "name-without-property", "shop/registry.py:14"), ("refund", "name-not-registered", "shop/registry.py:14")]),
        (TASKS, REGISTRY.replace("(TaskName.SEND_EMAIL)", "(TaskName.PING)").replace("Task[[str, str], bool]", "Task[[], str]"), [("send_email", "name-without-property", "shop/registry.py:13"), ("ping", "two-properties", "shop/registry.py:22")]),
        (TASKS + '\n\n@app.task(name="ping")\ndef again() -> str:\n    return "pong"\n', REGISTRY, [("ping", "two-implementations", "shop/tasks.py:17")]),
        (TASKS.replace("@app.task(name=\"ping\")\n", "") + '\n\nclass C:\n    def ping(self) -> str:\n        return ""\n\n    def register(self) -> None:\n        app.task(name="ping")(self.ping)\n', REGISTRY, [("ping", "bound-method", "shop/tasks.py:20")]),
        (TASKS + '\n\napp.conf.beat_schedule = {"often": {"task": "ping", "schedule": 1.0, "args": (1,)}}\n', REGISTRY, [("ping", "schedule-arguments", "shop/tasks.py:16")]),
        (TASKS + '\n\napp.conf.beat_schedule = {"often": {"task": "pign", "schedule": 1.0}}\n', REGISTRY, [("pign", "schedule-unknown-task", "shop/tasks.py:16")]),
        (TASKS + '\n\napp.conf.beat_schedule = {"often": {"task": "ping", "schedule": 1.0}}\n', REGISTRY, []),
    ],
)  # fmt: skip
def test_each_problem_is_found_at_its_line(
    tmp_path: Path, tasks: str, registry: str, expected: list[tuple[str, str, str]]
) -> None:
    assert found(write_shop(tmp_path, tasks=tasks, registry=registry)) == expected


SCHEDULED = """
from celery import Celery, Task, shared_task
from celery.schedules import crontab

class Loading(Task):
    def __call__(self, *args, **kwargs):
        return super().__call__(1, *args, **kwargs)

app = Celery("plain")

@shared_task
def ping(url: str, times: int = 1) -> None: ...

@app.task(name="clean", bind=True)
def clean(self) -> None: ...

@app.task(base=Loading)
def loading(session: int, pk: int) -> None: ...

@app.task(typing=False)
def untyped(session: int, pk: int) -> None: ...
"""


SCHEDULE_ENTRIES: list[tuple[str, str | None]] = [
    ('"task": "plain.ping", "schedule": 1.0, "args": ("u",)', None),
    ('"task": "plain.ping", "schedule": 1.0, "args": ["u", 3], "options": {"queue": "slow"}', None),
    ('"task": "plain.ping", "schedule": crontab(minute=0), "kwargs": {"url": "u"}', None),
    ('"task": "plain.ping", "schedule": crontab(minute=0), "kwargs": dict(url="u")', None),
    ('"task": "plain.ping", "schedule": 1.0, "args": ARGS', None),
    ('"task": "plain.ping", "schedule": 1.0, "kwargs": {**KWARGS}', None),
    ('"task": "celery.backend_cleanup", "schedule": 1.0', None),
    ('"task": "clean", "schedule": 1.0, "args": None', None),
    ('"task": "plain.loading", "schedule": 1.0, "args": (1,)', None),
    ('"task": "plain.untyped", "schedule": 1.0, "args": (1,)', None),
    ('"task": "plain.ping", "schedule": "60", "args": ("u",)', "schedule-entry"),
    ('"task": "plain.ping", "schedule": 1.0, "args": ("u",), "queue": "slow"', "schedule-entry"),
    ('"task": "plain.ping", "schedule": 1.0, "args": ("u",), "countdown": 3', "schedule-entry"),
    ('"task": "plain.ping", "schedule": 1.0, "args": ("u",), "expires": EXPIRES', None),
    ('"task": "plain.pnig", "schedule": 1.0', "schedule-unknown-task"),
    ('"task": "plian.ping", "schedule": 1.0', "schedule-unknown-task"),
    ('"task": "invoices.tasks.sweep", "schedule": 1.0', None),
    ('"task": "plain.ping", "schedule": 1.0', "schedule-arguments"),
    ('"task": "plain.ping", "schedule": 1.0, "args": ("u")', "schedule-entry"),
    ('"task": "plain.ping", "schedule": 1.0, "args": {"url": "u"}', "schedule-entry"),
    ('"task": "plain.ping", "schedule": 1.0, "kwargs": json.dumps({"url": "u"})', "schedule-entry"),
    ('"task": "plain.ping", "schedule": 1.0, "args": ("u",), "kwarg": {}', "schedule-entry"),
    ('"tasks": "plain.ping", "schedule": 1.0, "args": ("u",)', "schedule-entry"),
    ('"task": "plain.ping", "schedule": 1.0, "args": ("u",), "enabled": True', None),
    ('"task": "plain.ping", "schedul": 1.0, "args": ("u",)', "schedule-entry"),
    ('"task": "plain.ping", "scheduled": crontab(minute=0), "args": ("u",)', "schedule-entry"),
    ('"task": "plain.ping", "scheduled": 1.0, "args": (1, 2)', None),
    ('"task": "plain.ping", "reschedule": 1.0, "args": (1, 2)', None),
    ('"task": "plain.ping", "schedul": "daily", "args": (1, 2)', None),
    ('"tasks": ["plain.ping"], "schedule": 1.0', None),
    ('"task": "plain.ping", "schedule": 1.0, "args": (1, 2, 3)', "schedule-arguments"),
    ('"task": "plain.ping", "schedule": 1.0, "kwargs": {"urll": "u"}', "schedule-arguments"),
    ('"task": "plain.ping", "schedule": 1.0, "args": ("u",), "kwargs": {"url": "u"}', "schedule-arguments"),
    ('"task": "clean", "schedule": 1.0, "args": (1,)', "schedule-arguments"),
]


def test_schedules_need_no_registry(tmp_path: Path) -> None:
    rows = ",\n".join(f"    'e{number}': {{{entry}}}" for number, (entry, _) in enumerate(SCHEDULE_ENTRIES))
    (tmp_path / "plain.py").write_text(f"{SCHEDULED}\napp.conf.beat_schedule = {{\n{rows}\n}}\n")
    (tmp_path / "later.py").write_text(f"from plain import app\napp.conf.update(beat_schedule={{\n{rows}\n}})\n")
    (tmp_path / "settings.py").write_text(f"\nCELERY_BEAT_SCHEDULE = {{\n{rows}\n}}\n")
    before = {"plain.py": len(SCHEDULED.splitlines()) + 3, "later.py": 3, "settings.py": 3}
    assert sorted((place, problem) for _, problem, place in found(tmp_path)) == sorted(
        (f"{file}:{first + number}", problem)
        for file, first in before.items()
        for number, (_, problem) in enumerate(SCHEDULE_ENTRIES)
        if problem is not None
    )


OWN_TABLES = [
    'JOBS = {{"a": {entry}}}\n',
    'beat_schedule = {{"a": {entry}}}\nfor job in beat_schedule.values():\n    add(job.pop("queue"), **job)\n',
    'app.conf.beat_scheduler = "own.Scheduler"\napp.conf.beat_schedule = {{"a": {entry}}}\n',
    'CELERY_BEAT_SCHEDULER = SCHEDULER\nCELERY_BEAT_SCHEDULE = {{"a": {entry}}}\n',
    'from celery.beat import ScheduleEntry\nclass Own(ScheduleEntry): ...\napp.conf.beat_schedule = {{"a": {entry}}}\n',
]


@pytest.mark.parametrize("text", OWN_TABLES)
@pytest.mark.parametrize("entry", ['"schedule": 1.0, "queue": "slow"', '"schedule": "daily"'])
def test_a_table_or_a_scheduler_of_the_programs_own_may_have_any_key(tmp_path: Path, text: str, entry: str) -> None:
    entry = f'{{"task": "plain.ping", "args": ("u",), {entry}}}'
    (tmp_path / "plain.py").write_text(SCHEDULED + text.format(entry=entry))
    assert found(tmp_path) == []


@pytest.mark.parametrize("scheduler", ["django_celery_beat.schedulers:DatabaseScheduler", "redbeat.RedBeatScheduler"])
def test_no_scheduler_that_is_known_reads_an_option_beside_the_keys(tmp_path: Path, scheduler: str) -> None:
    entry = '{"task": "plain.ping", "schedule": 1.0, "args": ("u",), "queue": "slow"}'
    text = f'app.conf.beat_scheduler = "{scheduler}"\napp.conf.beat_schedule["a"] = {entry}\n'
    (tmp_path / "plain.py").write_text(SCHEDULED + text)
    assert [problem for _, problem, _ in found(tmp_path)] == ["schedule-entry"]


def test_a_folder_that_nothing_calls_a_package_may_be_where_the_program_starts(tmp_path: Path) -> None:
    """``jobs.add`` is right where a worker starts inside ``worker``, and so is the whole name where it starts above."""
    for package, wrong in (False, {"jobs.plus"}), (True, {"jobs.plus", "jobs.add", "worker.jobs.add"}):
        directory = tmp_path / str(package)
        worker = directory / "service" / "worker"
        worker.mkdir(parents=True)
        (worker / "jobs.py").write_text("from celery import shared_task\n\n@shared_task\ndef add() -> None: ...\n")
        for folder in (worker, worker.parent) if package else ():
            (folder / "__init__.py").touch()
        names = ("jobs.add", "worker.jobs.add", "service.worker.jobs.add", "jobs.plus")
        entries = [f'"{name}": {{"task": "{name}", "schedule": 1.0}}' for name in names]
        routes = [f'"{name}": {{"queue": "q"}}' for name in names]
        text = f"beat_schedule = {{{', '.join(entries)}}}\ntask_routes = {{{', '.join(routes)}}}\n"
        (directory / "settings.py").write_text(text)
        told = found(directory)
        assert {task for task, problem, _ in told if problem == "schedule-unknown-task"} == wrong
        assert {task for task, problem, _ in told if problem == "route-unknown-task"} <= wrong


def test_a_file_that_is_run_as_a_script_has_its_applications_name(tmp_path: Path) -> None:
    """Celery calls a task of ``__main__`` by the application's own name."""
    text = (
        "from celery import Celery\napp = Celery('scans')\n@app.task\ndef refresh() -> None: ...\n"
        "app.conf.beat_schedule = {'r': {'task': 'scans.refresh', 'schedule': 5}}\n"
    )
    (tmp_path / "brain").mkdir()
    for name in ("brain/__init__.py", "brain/scans.py"):
        (tmp_path / name).write_text("" if "init" in name else text)
    assert [problem for _, problem, _ in found(tmp_path)] == ["schedule-unknown-task"]
    (tmp_path / "brain/scans.py").write_text(f"{text}if __name__ == '__main__':\n    app.worker_main()\n")
    assert found(tmp_path) == []


def test_a_task_that_is_called_and_then_sent_is_told_where_it_returns_nothing(tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text(
        "from celery import Task, shared_task\nfrom celery import chain\n"
        "class Own(Task):\n    def __call__(self, *args): return chain()\n"
        "@shared_task\ndef label(x):\n    def inner():\n        ...\n    if x:\n        return\n    return None\n"
        "@shared_task\ndef made(x):\n    return chain(label.s(x))\n"
        "@shared_task\ndef each(x):\n    yield x\n"
        "@shared_task(base=Own)\ndef own(x): ...\n"
    )
    (tmp_path / "use.py").write_text(
        "from jobs import each, label, made, own\n\ndef use(other, x):\n"
        "    label(x).delay()\n    label(x).apply_async(countdown=3)\n"
        "    label.s(x).delay()\n    label.delay(x)\n    made(x).delay()\n    each(x).delay()\n    own(x).delay()\n"
        "    other(x).delay()\n    label(x)\n    label = other\n\ndef shadow(label, x):\n    label(x).delay()\n"
    )
    assert found(tmp_path) == []
    text = (tmp_path / "use.py").read_text().replace("    label = other\n", "")
    (tmp_path / "use.py").write_text(text)
    assert sorted(found(tmp_path)) == [
        ("jobs.label", "call-of-nothing", "use.py:4"),
        ("jobs.label", "call-of-nothing", "use.py:5"),
    ]


def test_fakes_in_tests_are_no_implementations(tmp_path: Path) -> None:
    directory = write_shop(tmp_path)
    (directory / "tests").mkdir()
    (directory / "tests" / "fakes.py").write_text(TASKS)
    (directory / "test_shop.py").write_text(TASKS)
    assert found(directory) == []
    assert {problem for _, problem, _ in found(directory, "shop", "tests/fakes.py")} == {"two-implementations"}


_TWICE = """\
from celery import Celery, shared_task

app = Celery("shop")


@app.task(name="export")
def release(ids: list[int]) -> None: ...


@app.task(name="export")
def export(task: int) -> None: ...


@shared_task
def clean() -> None: ...


@shared_task(ignore_result=True)
def clean(days: int) -> None: ...
"""
_ONCE = """\
import sys
from celery import Celery, shared_task

app = Celery("shop")
other = Celery("other")


@app.task(name="export")
def export(task: int) -> None: ...


@other.task(name="export")
def export_there(task: int) -> None: ...


if sys.platform == "win32":

    @shared_task(name="clean")
    def clean_windows() -> None: ...

else:

    @shared_task(name="clean")
    def clean() -> None: ...


app = Celery("third")


@app.task(name="export")
def export_third(task: int) -> None: ...


def make() -> None:
    @shared_task(name="made")
    def made() -> None: ...


def make_another() -> None:
    @shared_task(name="made")
    def made() -> None: ...
"""


def test_one_module_registers_a_name_once(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text(_TWICE)
    assert found(tmp_path) == [
        ("export", "two-implementations", "tasks.py:11"),
        ("tasks.clean", "two-implementations", "tasks.py:19"),
    ]
    (tmp_path / "tasks.py").write_text(_ONCE)
    assert found(tmp_path) == []


def test_settings_decide_what_implements_and_what_is_external(tmp_path: Path) -> None:
    directory = write_shop(tmp_path, tasks=TASKS.replace('name="send_email"', 'name="mail"'))
    assert found(directory) != []
    (directory / "setup.cfg").write_text("[celery-registry]\nexternal = send_*\n")
    assert found(directory) == []
    (directory / "setup.cfg").write_text("[celery-registry]\nexternal = send_*\nstrict = on\n")
    assert found(directory) == [("mail", "task-not-declared", "shop/tasks.py:11")]
    assert found(directory, "--no-strict") == []
    (directory / "shop" / "old.py").write_text(TASKS)
    (directory / "setup.cfg").write_text("[celery-registry]\nexternal = send_*\ntask-modules = shop.tasks\n")
    assert found(directory) == []


def test_a_name_that_cannot_be_read_silences_what_it_makes_uncertain(tmp_path: Path) -> None:
    unknown = "\n\ndef register(name: str) -> None:\n    app.task(name=name)(ping)\n"
    directory = write_shop(tmp_path, tasks=TASKS.replace('name="send_email"', 'name="mail"') + unknown)
    assert found(directory) == []


def test_a_name_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    computed = '\n\n@app.task(name=__import__("os").environ["X"])\ndef computed() -> None: ...\n'
    done = run(write_shop(tmp_path, tasks=TASKS + computed), "check", "--static")
    line = TASKS.count("\n") + 3
    assert f"No task name is called unknown: that of shop/tasks.py:{line} cannot be read." in done.stdout
    assert "Success: the registry and the application agree, as far as names can be read." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: there is no such file or directory"),
        (["--registry", "shop.registry:TaskRegistry"], 'registry "shop.registry.TaskRegistry": is not in the source; did you mean "shop.registry.TasksRegistry"?'),
        (["--names", "shop.registry.TasksName"], 'names "shop.registry.TasksName": is not in the source; did you mean "shop.registry.TaskName"?'),
        (["shop/app.py"], "no task is registered in the 1 file under shop/app.py"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_status_two(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(write_shop(tmp_path), "check", "--static", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"celery-registry: {message}\n")


def test_without_an_application_or_with_paths_the_source_is_read(tmp_path: Path) -> None:
    directory = write_shop(tmp_path)
    for arguments in ([], ["shop"]):
        done = run(directory, "check", *arguments)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Looked at 4 files under "), done.stdout
    done = run(directory, "check", "--app", "shop.app:app", "shop")
    assert done.returncode == 2
    assert done.stderr.endswith("--static and PATHS read the source: give one of them\n")


TEMPLATES = """
import json
BASE = {"task": "plain.ping", "schedule": 1.0}
FOUND = [{"task": "plain.ping", "schedule": 1.0}, {"task": "plain.pnig", "schedule": 1.0}]
for number, found in enumerate(FOUND):
    found["kwargs"] = {"url": "u"}
    app.conf.beat_schedule[str(number)] = found
app.conf.beat_schedule["based"] = {**BASE, "args": ("u",)}
app.conf.beat_schedule["comma"] = {"task": "plain.ping", "schedule": 1.0, "args": ("u",)},
row = dict(defaults={"task": "plain.ping", "schedule": 1.0, "kwargs": json.dumps({"url": "u"})})
"""


def test_of_a_template_the_name_alone_is_judged(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text(SCHEDULED + TEMPLATES)
    assert [(task, problem) for task, problem, _ in found(tmp_path)] == [
        ("plain.pnig", "schedule-unknown-task"),
        ("plain.ping", "schedule-entry"),
    ]


INJECTED = """
import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast
from celery import Celery, Task
from celery_registry import BaseTasksRegistry

F = TypeVar("F", bound=Callable[..., Any])
app = Celery("work", broker="memory://")

def with_db(function: F) -> F:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, db="db", **kwargs)
    return cast(F, wrapper)

class Tenant(Task):
    def __call__(self, *args, **kwargs):
        return super().__call__(*args, tenant=1, **kwargs)

@app.task(name="send")
@with_db
def send(to: str, db: str) -> None: ...

@app.task(name="mail", base=Tenant)
def mail(to: str, body: str, tenant: int) -> None: ...

class TasksRegistry(BaseTasksRegistry):
    @property
    def send(self) -> Task[[str{send}], None]:
        return self._get_task_by_name("send")
    @property
    def mail(self) -> Task[[str, str{mail}], None]:
        return self._get_task_by_name("mail")
"""
INJECTS = """
[tool.mypy]
plugins = ["celery_registry.mypy"]
[tool.celery-registry]
app = "work:app"
registry = ["work.TasksRegistry"]
[tool.celery-registry.injected-parameters]
"work.with_db" = ["db"]
"work.Tenant" = ["tenant"]
"""


@pytest.mark.parametrize("wrong", [False, True])
def test_what_a_decorator_or_a_class_supplies_is_the_same_in_every_front(tmp_path: Path, wrong: bool) -> None:
    text = INJECTED.format(send=", str", mail=", int") if wrong else INJECTED.format(send="", mail="")
    (tmp_path / "work.py").write_text(text)
    (tmp_path / "pyproject.toml").write_text(INJECTS)
    expected = [("send", "too-many-declared"), ("mail", "too-many-declared")] if wrong else []
    assert [(task, problem) for task, problem, _ in found(tmp_path)] == expected
    done = run(tmp_path, "check", "--format", "json")
    assert [(f["task"], f["problem"]) for f in json.loads(done.stdout)["findings"]] == expected, done.stderr
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", os.devnull, "--no-strict-optional", "work.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPY_FORCE_COLOR": "0"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert mypy.stdout.count("[task-signature]") == len(expected), mypy.stdout + mypy.stderr


PERIODIC = """
from celery import Celery

app = Celery("per")


@app.task
def say(word: str) -> None: ...


@app.on_after_configure.connect
def setup(sender, **kwargs):
    sender.add_periodic_task(
        10.0,
        say.s("hello", "again"),
        name="too many",
    )
    sender.add_periodic_task(10.0, say.s("hello"), name="right")
    sender.add_periodic_task(10.0, say.si(5), name="wrong type")
    say.s("hello", "again")
"""


def test_a_signature_of_a_periodic_task_is_told_once(tmp_path: Path) -> None:
    """It is an entry and a call; where the entry is not told, the call is."""
    (tmp_path / "per.py").write_text(PERIODIC)
    types = ("per.say", "call-type", "per.py:19")
    by_itself = ("per.say", "call-too-many", "per.py:20")
    assert found(tmp_path) == [("per.say", "schedule-arguments", "per.py:13"), types, by_itself]
    done = run(tmp_path, "check", "--static")
    assert "1 task, 4 calls, 3 schedule entries, no registries" in done.stdout
    (tmp_path / "pyproject.toml").write_text('[tool.celery-registry.severity]\ntask-schedule = "off"\n')
    assert found(tmp_path) == [("per.say", "call-too-many", "per.py:15"), types, by_itself]


def test_success_without_a_registry_claims_no_agreement(tmp_path: Path) -> None:
    (tmp_path / "per.py").write_text(
        "from celery import Celery\napp = Celery('per')\n"
        "@app.task\ndef say(word: str) -> None: ...\n"
        "app.conf.beat_schedule = {'s': {'task': 'per.say', 'schedule': 5, 'args': ('x',)}}\n"
    )
    assert run(tmp_path, "check", "--static").stdout == (
        "Looked at 1 file under .: 1 task, no calls, 1 schedule entry, no registries.\n\n"
        "Success: nothing wrong was found; there is no registry to compare with.\n"
    )


def test_calls_of_a_task_are_judged_where_its_options_stand_in_constants(tmp_path: Path) -> None:
    """A base class, or ``typing = False``, among options that nobody can tell would make any call right."""
    text = "import json\nfrom celery import Task, shared_task\nclass Loose(Task):\n    typing = False\nLIMITS = {'max_retries': 3}\n"
    for number, options in enumerate(
        ["{**LIMITS}", "{**LIMITS, 'base': Loose}", "{**json.loads('{}')}", "{'typing': False}"]
    ):
        text += f"O{number} = {options}\n@shared_task(**O{number})\ndef t{number}(a: int): ...\n\ndef f{number}():\n    t{number}.delay()\n"
    (tmp_path / "tasks.py").write_text(text)
    assert [task for task, problem, _ in found(tmp_path)] == ["tasks.t0"]


LAMBDAS = """
from celery import Celery, shared_task

app = Celery("plain")
app.task(name="one")(lambda: 1)
two = lambda x: x
app.task(name="two")(two)
three = shared_task(lambda x: x)


def four(f=lambda: 1): ...


app.task(name="four")(four)
"""


def test_a_lambda_is_a_task_with_which_no_application_starts(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text(LAMBDAS)
    assert found(tmp_path) == [
        ("one", "lambda-task", "plain.py:5"),
        ("two", "lambda-task", "plain.py:7"),
        ("lambda", "lambda-task", "plain.py:8"),
    ]
    done = run(tmp_path, "check", "--app", "plain:app")
    assert (done.returncode, done.stdout) == (2, "")
    assert "a lambda is registered as a task" in done.stderr
    # It may be given a name, with which Celery is content.
    (tmp_path / "plain.py").write_text(LAMBDAS.replace("two = lambda x: x", "two = lambda x: x\ntwo.__name__ = 'two'"))
    assert ("two", "lambda-task", "plain.py:8") not in found(tmp_path)


HANDED_OUT = """
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from celery import Celery, Task

P = ParamSpec("P")
R = TypeVar("R")
app = Celery("plain")


def job(name):
    return app.task(name=name)


def typed(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    return app.task(name=name)


@job("one")
def one(x: int) -> int:
    return x


@typed("two")
def two(x: int) -> int:
    return x


one.delay("1")
one.delay(1, 2)
two.delay("1")
app.send_task("one", ("1",))
"""


def test_a_task_from_a_function_without_annotations_is_held_to_celerys_count(tmp_path: Path) -> None:
    """To a type checker it is ``Any``: its types are nobody's promise, the number of arguments is Celery's own."""
    (tmp_path / "plain.py").write_text(HANDED_OUT)
    told = {(task, where) for task, _, where in found(tmp_path)}
    assert told == {("one", "plain.py:31"), ("two", "plain.py:32"), ("one", "plain.py:33")}


def test_a_file_that_is_no_python_is_named_whatever_it_says(tmp_path: Path) -> None:
    """Nothing depends on it, so the status stays; that nothing in it was judged is said."""
    directory = write_shop(tmp_path)
    (directory / "notes.py").write_text("def half(:\n")
    (directory / "caller.py").write_text("from shop.tasks import send_email\n\nsend_email.delay(1\n")
    (directory / "empty.py").write_text("\n")
    (directory / "tests").mkdir()
    (directory / "tests" / "test_x.py").write_text("def half(:\n")
    done = run(directory, "check", "--static")
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Looked at")]
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert line.count(f"is not valid Python {version}: ") == 2
    assert ". caller.py:3" in line
    assert ". notes.py:1" in line
    assert "test_x" not in line
    assert "caller.py:3" in json.loads(run(directory, "check", "--static", "--format", "json").stdout)["looked_at"]


QUEUED = """\
from celery import Celery
from kombu import Queue

app = Celery("shop")
{queues}


@app.task(queue="hevy")
def pack() -> None: ...
"""


@pytest.mark.parametrize(
    ("queues", "told"),
    [
        ('app.conf.task_queues = [Queue("heavy"), Queue("celery")]', True),
        ('app.conf.update(task_queues=(Queue(name="heavy"),))', True),
        ('app.conf.task_queues = {"heavy": {}}', True),
        ('app.conf.task_queues = [Queue("hevy")]', False),
        # Not all queues can be read.
        ("", False),
        ("app.conf.task_queues = []", False),
        ('app.conf.task_queues = [Queue("heavy")]\napp.conf.task_queues.append(Queue("hevy"))', False),
        ('app.conf.task_queues = [Queue("heavy"), *[Queue(name) for name in ["hevy"]]]', False),
        ('def made(name: str) -> Queue:\n    return Queue("x")\n\n\napp.conf.task_queues = [made("heavy")]', False),
        ('app.conf.task_queues = [Queue("heavy")]\napp.amqp.queues.add("hevy")', False),
        ('app.conf.task_queues = [Queue("heavy")]\napp.config_from_envvar("SETTINGS")', False),
        ('app.conf.task_queues = [Queue("heavy")]\nother = Celery("other")', False),
        ('app.conf.task_queues = [Queue("heavy")]\ndef send() -> None:\n    app.send_task("x", queue="hevy")', False),
    ],
)
def test_a_queue_that_task_queues_lacks_is_told_where_all_can_be_read(tmp_path: Path, queues: str, told: bool) -> None:
    (tmp_path / "work.py").write_text(QUEUED.format(queues=queues))
    line = QUEUED.format(queues=queues).split("@app.task")[0].count("\n") + 1
    expected = [("work.pack", "route-unknown-queue", f"work.py:{line}")]
    assert found(tmp_path) == (expected if told else [])


def test_what_a_package_may_register_is_not_missing(tmp_path: Path) -> None:
    names = ("theirs", "plain", "own", "gone")
    entries = [f'"{name}": {{"task": "shop.{name}", "schedule": 60}}' for name in names]
    routes = [f'"shop.{name}": {{"queue": "q"}}' for name in names]
    (tmp_path / "shop.py").write_text(
        "from celery import Celery\nfrom somebody.celery import transaction_task\n\napp = Celery('shop')\n"
        f"app.conf.beat_schedule = {{{', '.join(entries)}}}\napp.conf.task_routes = {{{', '.join(routes)}}}\n\n\n"
        "def task_timer(function):\n    return function\n\n\n"
        "@app.task\ndef known():\n    return 1\n\n\n"
        "@transaction_task\ndef theirs():\n    return 1\n\n\n"
        "def plain():\n    return 1\n\n\n"
        "@task_timer\ndef own():\n    return 1\n"
    )
    told = {(task, problem) for task, problem, _ in found(tmp_path)}
    # It may give any name.
    assert told == set()
    text = (tmp_path / "shop.py").read_text()
    (tmp_path / "shop.py").write_text(text.replace("@transaction_task\n", "@app.task\n"))
    told = {(task, problem) for task, problem, _ in found(tmp_path)}
    missing = ("shop.plain", "shop.own", "shop.gone")
    assert told == {(name, p) for name in missing for p in ("schedule-unknown-task", "route-unknown-task")}


def test_a_route_with_a_slip_in_the_package_alone_is_told(tmp_path: Path) -> None:
    names = ("kithcen.send", "kitchen.send", "outside.send", "kithcen.other", "kitchen2.send", "chicken.send")
    routes = [f'"{name}": {{"queue": "q"}}' for name in names]
    (tmp_path / "kitchen.py").write_text(
        f"from celery import Celery\n\napp = Celery('kitchen')\napp.conf.task_routes = {{{', '.join(routes)}}}\n\n\n"
        "@app.task\ndef send():\n    return 1\n"
    )
    assert [(task, problem) for task, problem, _ in found(tmp_path)] == [("kithcen.send", "route-unknown-task")]


def test_calls_through_a_property_that_disagrees_with_its_function_are_not_judged(tmp_path: Path) -> None:
    calls = "from shop.registry import TasksRegistry\n\n\ndef use(tasks: TasksRegistry) -> None:\n    tasks.{call}\n"
    directory = write_shop(tmp_path, registry=REGISTRY.replace("Task[[str, str], bool]", "Task[[str, str, str], bool]"))
    told = [("send_email", "too-many-declared", "shop/registry.py:22")]
    for call in ("send_email.delay('a', 'b', 'c')", "send_email.delay('a')"):
        (directory / "shop" / "use.py").write_text(calls.format(call=call))
        assert found(directory) == told, call
    assert [problem for _, problem, _ in found(write_shop(tmp_path))] == ["call-missing"]


@pytest.mark.parametrize("path", ["", "import sys\nsys.path.append('apps')\n"])
def test_a_folder_of_packages_on_the_path_is_no_part_of_a_tasks_name(tmp_path: Path, path: str) -> None:
    (tmp_path / "apps" / "bills").mkdir(parents=True)
    for package in ("apps", "apps/bills"):
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "apps" / "bills" / "tasks.py").write_text(
        "from celery import shared_task\n\n\n@shared_task\ndef pay():\n    return 1\n"
    )
    (tmp_path / "settings.py").write_text(
        f"{path}CELERY_BEAT_SCHEDULE = {{\n    'a': {{'task': 'bills.tasks.pay', 'schedule': 60}},\n"
        "    'b': {'task': 'bills.tasks.gone', 'schedule': 60},\n}\n"
    )
    missing = {task for task, problem, _ in found(tmp_path) if problem == "schedule-unknown-task"}
    assert missing == ({"bills.tasks.gone"} if path else {"bills.tasks.gone", "bills.tasks.pay"})
