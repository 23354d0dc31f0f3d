"""A process that cannot be judged does not start, whatever went wrong inside the check; odd settings stop nobody.

Real workers and beats, several at a time; each program stands beside one that is as odd and right.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

APP = """
from celery import Celery
from celery_registry import guard

app = Celery("proj", broker="filesystem://", set_as_current=True)
app.conf.broker_transport_options = {"data_folder_in": "queue", "data_folder_out": "queue"}
app.conf.broker_connection_retry_on_startup = False
app.conf.beat_schedule = {"tick": {"task": "add", "schedule": 0.1, "args": (1, 1)}}


@app.task(name="add")
def add(a: int, b: int) -> int:
    return a + b


guard.install(app, registry="reg:TasksRegistry", names="reg:TaskName")
"""

REGISTRY = """
from enum import Enum
from celery import Task
from celery_registry import BaseTasksRegistry


class TaskName(str, Enum):
    ADD = "add"


class TasksRegistry(BaseTasksRegistry):
    @property
    def add(self) -> Task[[int, int], int]:
        return self._get_task_by_name(TaskName.ADD)
"""
#: What ends a process once it has started: a worker that is ready, a beat whose first tick is on its way.
STARTED = """
import os
from celery import signals

@signals.worker_ready.connect
def ready(**_):
    os.write(1, b"STARTED\\n")
    os._exit(0)

@signals.before_task_publish.connect
def published(**_):
    os.write(1, b"STARTED\\n")
    os._exit(0)
"""


@dataclass(frozen=True)
class Program:
    """Texts put below the registry and the application; ``told`` is part of the refusal, None for a right program."""

    name: str
    told: str | None
    registry: str = REGISTRY
    app: str = ""
    processes: tuple[str, ...] = ("beat",)


BOTH = ("worker", "beat")
META = """
class Loud(type):
    def __new__(meta, name, bases, namespace):
        made = super().__new__(meta, name, bases, namespace)
        if name in seen:
            raise RuntimeError("two classes of one name")
        seen.add(name)
        return made

seen = set()

class Base(BaseTasksRegistry, metaclass=Loud):
    subclasses = []
    def __init_subclass__(cls, **kwargs):
        if Base.subclasses:
            raise RuntimeError("a second registry")
        Base.subclasses.append(cls)
"""
PROGRAMS = (
    Program("right", None, processes=BOTH),
    Program(
        "registry raises",
        '"reg:TaskName" cannot be imported: RuntimeError: no database (',
        REGISTRY + '\nraise RuntimeError("no database")\n',
        processes=BOTH,
    ),
    Program("registry with a syntax error", "cannot be imported: SyntaxError: ", REGISTRY + "\ndef (:\n"),
    Program(
        "member twice",
        "cannot be imported: TypeError: ",
        REGISTRY.replace('    ADD = "add"\n', '    ADD = "add"\n    ADD = "sum"\n'),
    ),
    Program(
        "registry ends the process",
        "cannot be imported: SystemExit: 0",
        REGISTRY + "\nimport sys\nsys.exit(0)\n",
        processes=BOTH,
    ),
    Program(
        "a getter that ends the process",
        "[task-no-property]",
        REGISTRY.replace('    ADD = "add"\n', '    ADD = "add"\n    SUM = "sum"\n')
        + '\n    @property\n    def sum(self) -> "Task[[], None]":\n'
        "        raise SystemExit(0)\n        return self._get_task_by_name(TaskName.SUM)\n",
        '\n@app.task(name="sum")\ndef total() -> None: ...\n',
    ),
    Program(
        "a getter that ends the process, of no name that is missed",
        None,
        REGISTRY + '\n    @property\n    def sum(self) -> "Task[[], None]":\n'
        "        raise SystemExit(0)\n        return self._get_task_by_name(TaskName.ADD)\n",
    ),
    Program(
        "metaclass and __init_subclass__ of the user's",
        None,
        REGISTRY.replace("class TaskName", META + "\n\nclass TaskName").replace(
            "TasksRegistry(BaseTasksRegistry)", "TasksRegistry(Base)"
        ),
    ),
    Program(
        "an abstract registry with slots",
        None,
        REGISTRY.replace("Registry(BaseTasksRegistry)", "Registry(BaseTasksRegistry, ABC)").replace(
            "from enum", "from abc import ABC, abstractmethod\nfrom enum"
        )
        + "\n    @abstractmethod\n    def more(self) -> None: ...\n",
    ),
    Program("an annotation for no name", None, app="app.conf.task_annotations = {5: {}}\n", processes=BOTH),
    Program("queues that are a number", "task_queues must be a list of queues", app="app.conf.task_queues = 7\n"),
    # Beat alone makes its scheduler before it asks anybody.
    Program(
        "a schedule that is a list, before a worker with beat",
        "beat_schedule must be a dictionary of entries, not a list",
        app='app.conf.beat_schedule = [{"task": "add"}]\n',
        processes=("worker -B", "beat", "beat --logfile beat.log"),
    ),
    Program(
        "an entry without its task",
        "[task-schedule]",
        app='app.conf.beat_schedule = {"tick": {"tasks": "add", "schedule": 0.1, "args": (1, 1)}}\n',
    ),
    Program(
        "an entry that is a tuple",
        "[task-schedule]",
        app='app.conf.beat_schedule["more"] = {"task": "add", "schedule": 0.1, "args": (1, 1)},\n',
    ),
    Program(
        "a service of the user's",
        None,
        app="from celery.beat import Service\n"
        "class Own(Service):\n    def start(self, *args, **kwargs):\n        super().start(*args, **kwargs)\n"
        "app.Beat.Service = Own\n",
    ),
    Program(
        "a schedule that is a list, before a worker",
        None,
        app='app.conf.beat_schedule = [{"task": "add"}]\n',
        processes=("worker",),
    ),
    Program("a check that fails", "RuntimeError: odd", app=(
        "class Odd(dict):\n    def items(self):\n        raise RuntimeError('odd')\n"
        "app.conf.beat_schedule = Odd(app.conf.beat_schedule)\n"
    )),
    Program(
        "a task module that ends the process",
        "SystemExit: 0",
        app='open("late.py", "w").write("import sys; sys.exit(0)")\napp.conf.include = ["late"]\n',
        processes=BOTH,
    ),
)  # fmt: skip


def run(root: Path, program: Program, process: str) -> subprocess.CompletedProcess[str]:
    root.mkdir()
    (root / "queue").mkdir()
    (root / "reg.py").write_text(program.registry)
    (root / "proj.py").write_text(APP + program.app + STARTED)
    # An unrelated file that nobody can read as UTF-8.
    (root / "setup.cfg").write_bytes("[metadata]\nauthor = Jürgen\n".encode("latin-1"))
    command, *options = process.split()
    options += ["--max-interval=1"] if command == "beat" else ["-c", "1", "--without-gossip", "--without-mingle"]
    options += [] if "-B" in options or command == "beat" else ["-P", "solo"]
    return subprocess.run(
        [sys.executable, "-m", "celery", "-A", "proj", command, *options],
        cwd=root,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_what_ends_celery_alone_ends_beat_as_it_did(tmp_path: Path) -> None:
    """A scheduler that cannot be made for another reason than the registry's is Celery's to tell."""
    text = 'app.conf.beat_schedule_filename = "no/such/folder/schedule"\n'
    result = run(tmp_path / "own", Program("no folder", None, app=text), "beat")
    assert result.returncode == 1
    assert "celery-registry:" not in result.stdout + result.stderr


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], subprocess.CompletedProcess[str]]:
    """Every program with every process it is for, two at a time."""
    root = tmp_path_factory.mktemp("closed")
    runs = [(program, process) for program in PROGRAMS for process in program.processes]
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda item: run(root / str(item[0]), *item[1]), enumerate(runs))
    return {(program.name, process): result for (program, process), result in zip(runs, results, strict=True)}


@pytest.mark.parametrize(
    ("program", "process"),
    [(program, process) for program in PROGRAMS for process in program.processes],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_starts_only_where_it_was_judged(
    program: Program, process: str, finished: dict[tuple[str, str], subprocess.CompletedProcess[str]]
) -> None:
    result = finished[program.name, process]
    output = result.stdout + result.stderr
    if program.told is None:
        assert "STARTED" in result.stdout, output
        assert "celery-registry:" not in output
    else:
        assert result.returncode == 78, output
        assert "STARTED" not in output
        assert output.count("celery-registry:") == 1, output
        assert f"this {process.split()[0]} does not start" in output
        assert program.told in output
        assert "Traceback" not in output, output
