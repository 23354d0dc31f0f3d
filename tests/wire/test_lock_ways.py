"""A lock of the source and one of the application: they agree, or the source says that it does not know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from celery_registry.contract.change import Order
from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.lock_text import parse_lock
from celery_registry.wire.compat import compare_locks
from wire.lock_programs import PROGRAMS, LockProgram
from wire.program import run_command

#: Both locks of each directory, each in a fork of a process that has imported the tools.
_SCRIPT = """
import contextlib, io, os, sys
import celery_registry.cli.lock, celery_registry.guard.lock_reader, celery_registry.wire.alias
import celery_registry.wire.static_lock
from celery_registry.cli import registry

for place in sys.stdin.read().splitlines():
    for arguments in (["--app", "work:app", "--output", "app.lock"], ["--static", "--output", "static.lock"]):
        child = os.fork()
        if child == 0:
            os.chdir(place)
            sys.path.insert(0, place)
            with contextlib.suppress(BaseException):
                registry.main(["lock", *arguments], standalone_mode=False)
            sys.stderr.flush()
            os._exit(0)
        os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def locks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Lock, Lock]]:
    """Program -> its lock of the application, its lock of the source."""
    root = tmp_path_factory.mktemp("programs")
    places = {}
    for number, program in enumerate(PROGRAMS):
        place = places[program.name] = root / f"p{number}"
        for path, text in program.files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        input="\n".join(map(str, places.values())),
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found = {}
    for name, place in places.items():
        assert (place / "app.lock").is_file(), (name, done.stderr)
        assert (place / "static.lock").is_file(), (name, done.stderr)
        found[name] = (
            parse_lock((place / "app.lock").read_text(), name),
            parse_lock((place / "static.lock").read_text(), name),
        )
    return found


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])
def test_what_did_not_change_is_no_change_whichever_way_a_lock_was_made(
    program: LockProgram, locks: dict[str, tuple[Lock, Lock]]
) -> None:
    app, static = locks[program.name]
    for before, after in ((app, static), (static, app)):
        compared = compare_locks(before, after)
        assert compared.order is Order.COMPATIBLE, compared.tasks
        assert set(compared.untold) == program.untold
    unknown = {key for key in ("accept", "queues") if getattr(static, key) is None}
    assert static.accept in (None, app.accept)
    assert static.queues in (None, app.queues)
    for name in app.tasks.keys() & static.tasks.keys():
        unknown |= _unknown(app.tasks[name], static.tasks[name])
    assert unknown == program.unknown


def _unknown(app: LockedTask, static: LockedTask) -> set[str]:
    """What the lock of the source does not know of a task; all that it does know is true."""
    found = set()
    for key in ("queue", "serializer", "results"):
        said = getattr(static, key)
        if said is None:
            found.add(key)
        else:
            assert said == getattr(app, key), key
    there, here = app.signature.parameters, static.signature.parameters
    if there is not None and here is not None:
        assert [(p.name, p.kind, p.required) for p in there] == [(p.name, p.kind, p.required) for p in here]
    return found


_TASK = (
    "from celery import Celery\napp = Celery('work', broker='memory://')\n@app.task({})\ndef ping({}) -> None: ...\n"
)


@pytest.mark.parametrize(
    ("options", "parameters", "rule"),
    [("", "a: int, b: int", "parameter-added-required"), ("queue='q'", "a: int", "queue-changed")],
)
def test_what_did_change_is_told_across_both_ways(options: str, parameters: str, rule: str, tmp_path: Path) -> None:
    found: dict[str, list[Lock]] = {"old": [], "new": []}
    for side, text in (("old", _TASK.format("", "a: int")), ("new", _TASK.format(options, parameters))):
        (tmp_path / side).mkdir()
        (tmp_path / side / "work.py").write_text(text)
        for way in (["--static"], ["-A", "work:app"]):
            done = run_command(tmp_path / side, "lock", *way)
            assert done.returncode == 0, done.stderr
            found[side].append(parse_lock((tmp_path / side / "celery-registry.lock").read_text(), side))
    for before, after in ((found["old"][0], found["new"][1]), (found["old"][1], found["new"][0])):
        (task,) = compare_locks(before, after).tasks
        assert rule in {change.rule for change in task.changes}


def test_a_task_whose_name_the_text_stops_telling_is_not_called_removed(tmp_path: Path) -> None:
    before = "from celery import Celery\napp = Celery('work')\n@app.task(name='ping')\ndef ping(a: int) -> None: ...\n@app.task(name='gone')\ndef gone(b: int) -> None: ...\n"
    after = before.replace("name='ping'", "name=''.join(['p', 'ing'])").partition("@app.task(name='gone')")[0]
    for name, text in (("a.lock", before), ("b.lock", after + "@app.task(name='late')\ndef late() -> None: ...\n")):
        (tmp_path / "work.py").write_text(text)
        done = run_command(tmp_path, "lock", "--static", "--output", name)
        assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "b.lock").read_text())["unnamed"] == ["work.ping"]
    done = run_command(tmp_path, "compat", "a.lock", "b.lock", "--format", "json")
    assert done.returncode == 1
    assert {task["task"] for task in json.loads(done.stdout)["tasks"]} == {"gone", "late"}
    assert done.stderr == (
        "celery-registry: ping is left out: in one lock only, which may come from how it was made: with --static, or not; "
        "write both in the same way\n"
    )
