"""Programs that are right in an odd way: the guard has nothing to say about them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from celery_registry.guard import check
from guard.conftest import Load

HEAD = """
from enum import Enum
from celery import Celery, Task
from kombu import Queue
from celery_registry import BaseTasksRegistry, register_task

app = Celery("odd", broker="memory://", set_as_current=False)

class TaskName(str, Enum):
    WRITE = "write_rows"
    READ = "WRITE"

@app.task(name=TaskName.WRITE)
def write_rows(program: str) -> None: ...

@app.task(name=TaskName.READ)
def read_rows(first: int, second: int) -> None: ...

class TasksRegistry(BaseTasksRegistry):
    @property
    def write(self) -> Task[[str], None]:
        return self._get_task_by_name(TaskName.WRITE)
    @property
    def read(self) -> Task[[int, int], None]:
        return self._get_task_by_name(TaskName.READ)
"""

RIGHT = {
    "a member in a schedule": 'app.conf.beat_schedule = {"w": {"task": TaskName.WRITE, "schedule": 1.0, "args": ("p",)}}',
    "a task in a schedule": "app.add_periodic_task(1.0, write_rows.s('p'))",
    "a value in a signature": "app.add_periodic_task(1.0, app.signature(TaskName.WRITE.value, args=('p',)))",
    "a member as the name of the signature": "app.add_periodic_task(1.0, app.signature(write_rows.name.value, ('p',)))",
    "members in routes": "app.conf.task_routes = {TaskName.WRITE: {'queue': 'rows'}, TaskName.READ: 'rows'}",
    "a member in annotations": "app.conf.task_annotations = {TaskName.WRITE: {'rate_limit': '1/s'}}",
    "a list as args": 'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ["p"]}}',
    "None as args": 'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": None, "kwargs": {"program": "p"}}}',
    "a queue of an option": (
        'app.conf.task_queues = [Queue("celery"), Queue("slow")]\n'
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), "options": {"queue": "slow"}}}'
    ),
    "a queue that Celery creates, for a worker with -Q": (
        'app.conf.task_queues = [Queue("celery"), Queue("main"), Queue("part_1")]\n'
        'app.conf.task_routes = {"write_rows": "mail"}\n'
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), "options": {"queue": "part_2"}}}'
    ),
    "queues without the default, which nobody set": 'app.conf.task_queues = [Queue("fast"), Queue("slow")]',
    "an entry of another service's task": (
        'app.conf.beat_schedule = {"w": {"task": "billing.tasks.charge", "schedule": 1.0, "options": {"queue": "billing"}}}'
    ),
    "an entry of a task that is routed": (
        'app.conf.beat_schedule = {"w": {"task": "billing.tasks.charge", "schedule": 1.0, "args": (1,)}}\n'
        'app.conf.task_routes = {"billing.*": {"queue": "billing"}}'
    ),
    "an entry of a task that code routes": (
        'app.conf.beat_schedule = {"w": {"task": "billing.tasks.charge", "schedule": 1.0, "args": (1,)}}\n'
        'app.conf.task_routes = (lambda name, *args, **kwargs: {"queue": "billing"},)'
    ),
    "every key of an entry": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), "kwargs": {}, '
        '"options": {}, "relative": True}}'
    ),
    "options": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), '
        '"options": {"countdown": 3, "x_match": "all"}}}'
    ),
    "an expiry that is a field of the database's rows": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), "expires": None}}'
    ),
    "a scheduler of the program's own, which may read any key": (
        'app.conf.beat_scheduler = "odd.Scheduler"\n'
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": "daily", "args": ("p",), "queue": "slow"}}'
    ),
    "a scheduler with keys of its own": (
        'app.conf.beat_scheduler = "redbeat.RedBeatScheduler"\n'
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), "enabled": True}}'
    ),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_a_right_program_is_not_blamed(text: str, load: Load) -> None:
    module = load(HEAD + text)
    assert [f.sentence for f in check(module.app, module.TasksRegistry, module.TaskName)] == []


WRONG = {
    "a member in a signature, of which Celery takes the name": (
        "app.add_periodic_task(1.0, app.signature(TaskName.WRITE, args=('p',)), name='w')",
        ["schedule-arguments"],
    ),
    "an entry that has the name of the function": (
        'app.conf.beat_schedule = {"w": {"task": __name__ + ".write_rows", "schedule": 1.0, "args": ("p",)}}',
        ["schedule-unknown-task"],
    ),
    "an entry of a task that nobody has": (
        'app.conf.beat_schedule = {"w": {"task": "gone.task", "schedule": 1.0}}',
        ["schedule-unknown-task"],
    ),
    "one value": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": (3)}}',
        ["schedule-entry"],
    ),
    "a text": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": "p"}}',
        ["schedule-entry"],
    ),
    "a mapping": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": {"program": "p"}}}',
        ["schedule-entry"],
    ),
    "json": (
        'import json\napp.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "kwargs": json.dumps({"program": "p"})}}',
        ["schedule-entry"],
    ),
    "a key": (
        'app.conf.beat_schedule = {"w": {"tasks": "write_rows", "schedule": 1.0, "args": ("p",)}}',
        ["schedule-entry"],
    ),
    "another key": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "arg": ("p",)}}',
        ["schedule-entry"],
    ),
    "an option in the place of a key": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), "queue": "slow"}}',
        ["schedule-entry"],
    ),
    "a text as schedule": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": "60", "args": ("p",)}}',
        ["schedule-entry"],
    ),
    "a comma": (
        'app.conf.beat_schedule["w"] = {"task": "write_rows", "schedule": 1.0, "args": ("p",)},',
        ["schedule-entry"],
    ),
    "a queue of the default": (
        'app.conf.task_queues = [Queue("quick")]\napp.conf.task_default_queue = "qiuck"',
        ["route-unknown-queue"],
    ),
    "a queue that Celery does not create": (
        'app.conf.task_queues = [Queue("main")]\napp.conf.task_create_missing_queues = False\n'
        'app.conf.task_routes = {"write_rows": "mail"}',
        ["route-unknown-queue"],
    ),
    "a queue of a task": (
        'app.conf.task_queues = [Queue("heavy")]\n@app.task(queue="hevy")\ndef heavy() -> None: ...',
        ["route-unknown-queue"],
    ),
    "an option": (
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), "options": {"countdwn": 3}}}',
        ["schedule-option"],
    ),
    "a queue of an option": (
        'app.conf.task_queues = [Queue("heavy")]\n'
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": 1.0, "args": ("p",), "options": {"queue": "heavey"}}}',
        ["route-unknown-queue"],
    ),
}


@pytest.mark.filterwarnings("ignore:\\s*The 'queue' task attribute:celery.exceptions.CDeprecationWarning")
@pytest.mark.parametrize(("text", "problems"), WRONG.values(), ids=WRONG)
def test_its_wrong_twin_is_told(text: str, problems: list[str], load: Load) -> None:
    module = load(HEAD + text)
    findings = check(module.app, module.TasksRegistry, module.TaskName)
    assert [f.problem for f in findings] == problems
    assert all(f.hint and f.sentence for f in findings)


ENUMS = """
class Names(str, Enum):
    PING = "ping"
    PONG = "pong"

class First(BaseTasksRegistry):
    @property
    def ping(self) -> Task[[], str]:
        return self._get_task_by_name(Names.PING)

class Second(BaseTasksRegistry):
    @property
    def pong(self) -> Task[[], str]:
        return self._get_task_by_name(Names.PONG)

@app.task(name="ping")
def ping() -> str: ...

@app.task(name="pong")
def pong() -> str: ...
"""


class TestSeveralRegistries:
    def test_they_may_share_one_enum(self, load: Load) -> None:
        module = load(HEAD + ENUMS)
        assert check(module.app, [module.First, module.Second], module.Names) == ()

    def test_one_that_is_not_judged_counts_too(self, load: Load) -> None:
        module = load(HEAD + ENUMS)
        assert check(module.app, module.First, module.Names) == ()

    def test_each_has_an_enum_of_its_own(self, load: Load) -> None:
        module = load(HEAD + ENUMS)
        given = [module.First, module.Second, module.TasksRegistry], [module.Names, module.TaskName]
        assert check(module.app, *given) == ()

    def test_a_name_that_none_of_them_has_is_told_once(self, load: Load) -> None:
        module = load(
            HEAD
            + ENUMS.replace('PONG = "pong"', 'PONG = "pong"\n    BARE = "ping_bare"')
            .replace("ping()", "ping_bare()", 1)
            .replace('@app.task(name="ping")', "@app.task(name='ping_bare')\n@app.task(name='ping')", 1)
        )
        findings = check(module.app, [module.First, module.Second], module.Names)
        assert [(f.problem, f.task) for f in findings] == [("name-without-property", "ping_bare")]
        assert findings[0].origin.line > 0


BATCHES = """
class Batches(Task):
    abstract = True
    typing = False
    Strategy = "celery_batches:strategy"

class Count(str, Enum):
    CLICK = "click"
    LOOSE = "loose"

@app.task(name="click", base=Batches)
def click(requests: list) -> None: ...

@app.task(name="loose", typing=False)
def loose(to: str, tenant: int) -> None: ...

class Right(BaseTasksRegistry):
    @property
    def click(self) -> Task[[str, int], None]:
        return self._get_task_by_name(Count.CLICK)
    @property
    def loose(self) -> Task[[str], None]:
        return self._get_task_by_name(Count.LOOSE)

class Wrong(BaseTasksRegistry):
    @property
    def click(self) -> Task[[str, int], None]:
        return self._get_task_by_name(Count.CLICK)
    @property
    def loose(self) -> Task[[str], int]:
        return self._get_task_by_name(Count.LOOSE)

SCHEDULE = {
    "c": {"task": "click", "schedule": 60, "args": ("https://x", 1)},
    "l": {"task": "loose", "schedule": 60, "args": ("a",)},
}
app.conf.beat_schedule = SCHEDULE
"""


def test_a_task_with_a_strategy_of_its_own_or_without_typing_is_held_to_names_never_to_counts(load: Load) -> None:
    module = load(HEAD + BATCHES)
    assert check(module.app, module.Right, module.Count) == ()
    module.SCHEDULE["l"]["task"] = "lose"
    assert [f.problem for f in check(module.app, module.Wrong, module.Count)] == [
        "result-type",
        "schedule-unknown-task",
    ]


def test_references_are_imported_as_celery_imports(tmp_path, monkeypatch, load: Load) -> None:
    import sys

    (tmp_path / "flat").mkdir()
    (tmp_path / "flat" / "flat_reg.py").write_text("class TaskName:\n    WRITE = 'write_rows'\n")
    module = load(HEAD)
    monkeypatch.chdir(tmp_path / "flat")
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p])
    assert check(module.app, names="flat_reg:TaskName") == ()
    del sys.modules["flat_reg"]


def test_a_class_of_entries_of_the_programs_own_may_read_any_key() -> None:
    """In a process of its own: a class is known to its base as long as it lives."""
    text = (
        "from celery.beat import ScheduleEntry\nclass Own(ScheduleEntry): ...\n"
        'app.conf.beat_schedule = {"w": {"task": "write_rows", "schedule": "daily", "args": ("p",), "queue": "slow"}}\n'
        "from celery_registry.guard import check\nprint(check(app, TasksRegistry, TaskName))\n"
    )
    done = subprocess.run([sys.executable, "-c", HEAD + text], capture_output=True, text=True, check=True)
    assert done.stdout == "()\n"
