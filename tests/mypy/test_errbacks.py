"""An errback that mypy accepts is one that Celery runs, and the other way round."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import time

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker

PROGRAM = """\
from typing import Any

from celery import Celery, Task, chain, chord, group

app = Celery("errbacks", broker="memory://", backend="cache+memory://", set_as_current=False)
app.conf.broker_transport_options = {"polling_interval": 0.01}
ran: list[str] = []


@app.task
def fail(n: int) -> None:
    raise ValueError(n)


@app.task
def done(*values: Any) -> int:
    return 1


@app.task
def nothing() -> None:
    ran.append("nothing")


@app.task
def of_id(task_id: str) -> None:
    ran.append("of_id")


@app.task
def two(request: Any, exc: Exception) -> None:
    ran.append("two")


@app.task
def three(request: Any, exc: Exception, traceback: Any) -> None:
    ran.append("three")


@app.task
def with_default(task_id: str, message: str = "") -> None:
    ran.append("with_default")


@app.task
def anything(*values: Any) -> None:
    ran.append("anything")


@app.task(bind=True)
def bound_id(self: Task[[str], None], task_id: str) -> None:
    ran.append("bound_id")


@app.task(bind=True)
def bound_three(self: Task[[Any, Any, Any], None], request: Any, exc: Any, traceback: Any) -> None:
    ran.append("bound_three")


@app.task
def four(request: Any, exc: Exception, traceback: Any, job: int) -> None:
    ran.append("four")

"""
ERRBACKS = [
    "nothing.s()",
    "nothing.si()",
    "of_id.s()",
    "two.s()",
    "three.s()",
    "with_default.s()",
    "anything.s()",
    "bound_id.s()",
    "bound_three.s()",
    "four.s(job=7)",
    "four.s()",
]


FLOWS = [
    "fail.s(1)",
    "chain(fail.s(1), done.s())",
    "chain(done.s(1), fail.s())",
    "done.s(1) | fail.s()",
    "chord([done.s(1), fail.s(2)], done.s())",
    "chord([done.s(1), done.s(2)], fail.s())",
]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The errbacks that mypy refuses; one run for all."""
    folder = tmp_path_factory.mktemp("errbacks")
    first = PROGRAM.count("\n") + 1
    text = PROGRAM + "".join(f"fail.apply((1,), link_error={errback})\n" for errback in ERRBACKS)
    (folder / "errbacks.py").write_text(text)
    (folder / "mypy.ini").write_text("[mypy]\nplugins = celery_registry.mypy\n")
    command = [sys.executable, "-m", "mypy", "--cache-dir", "/dev/null", "--no-error-summary", "errbacks.py"]
    printed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300).stdout
    lines = re.findall(r"^errbacks\.py:(\d+): error: ", printed, re.MULTILINE)
    assert all(int(line) >= first for line in lines), printed
    return {ERRBACKS[int(line) - first] for line in lines}


@pytest.fixture(scope="module")
def space() -> dict[str, object]:
    """The program, run."""
    found: dict[str, object] = {"__name__": "errbacks"}
    exec(compile(PROGRAM, "errbacks.py", "exec"), found)
    assert isinstance(found["app"], Celery)
    return found


@pytest.mark.parametrize("errback", ERRBACKS)
def test_celery_runs_what_mypy_accepts(errback, refused, space, caplog):
    caplog.set_level(logging.CRITICAL)
    ran = space["ran"]
    assert isinstance(ran, list)
    ran.clear()
    eval(f"fail.apply((1,), link_error={errback})", space)
    assert bool(ran) is (errback not in refused), f"{errback}: ran {ran}, mypy refuses {sorted(refused)}"


@pytest.fixture(scope="module")
def worker(space):
    with start_worker(space["app"], perform_ping_check=False, pool="solo", loglevel="CRITICAL"):
        yield


@pytest.mark.parametrize("flow", FLOWS)
def test_every_flow_calls_the_same_errbacks(flow, refused, space, worker, caplog):
    """What is accepted of a task is run of a chain and a chord, wherever the failure is."""
    caplog.set_level(logging.CRITICAL)
    ran = space["ran"]
    # One that is refused would take the worker's loop with it.
    for errback in (errback for errback in ERRBACKS if errback not in refused):
        ran.clear()
        eval(f"({flow}).apply_async(link_error={errback})", space)
        deadline = time.monotonic() + 10
        while not ran and time.monotonic() < deadline:
            time.sleep(0.01)
        assert ran == [errback.partition(".")[0]], errback


def test_a_group_that_is_sent_refuses_callbacks(space):
    for option in ("link", "link_error"):
        with pytest.raises(TypeError, match="Cannot add link to group"):
            eval(f"group(done.s(1), done.s(2)).apply_async({option}=of_id.s())", space)
