"""What the settings change in a mypy run, each beside the run without them."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

TASKS = """
from enum import Enum
from typing import Any
from celery import Celery, Task, shared_task

app = Celery("settings")

class Names(str, Enum):
    SEND = "send"

class Base(Task):  # type: ignore[type-arg]
    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None: ...

@shared_task(name=Names.SEND)
def send(to: str) -> int:
    return 1

@app.task(base=Base)
def bill(tenant: int, amount: int) -> int:
    return amount
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """One cache for all runs: what the settings change must not come out of it."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def run(tmp_path, cache):
    """Run mypy over some modules with a section of settings; gives the status and the lines without hints."""
    (tmp_path / "tasks.py").write_text(TASKS)

    def run_mypy(code: str, settings: str = "", name: str = "views.py"):
        (tmp_path / name).write_text(textwrap.dedent(code))
        section = f"[celery-registry]\n{settings}\n" if settings else ""
        (tmp_path / "mypy.ini").write_text(f"[mypy]\nstrict = True\nplugins = celery_registry.mypy\n{section}")
        command = [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", str(cache), name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        return done.returncode, [line for line in done.stdout.splitlines() if "hint:" not in line], done.stderr

    return run_mypy


def test_an_unknown_name_is_an_error_only_where_the_enum_is_complete(run):
    code = """
        from tasks import Names, app
        app.send_task(Names.SEND, ("a",))
        app.send_task("sned", ("a",))
        app.send_task("other.run", (1, 2))
        app.send_task("celery.backend_cleanup")
    """
    assert run(code) == (0, [], "")
    status, lines, _ = run(code, "names = tasks.Names\nexternal = other.*")
    assert status == 1
    assert lines == ['views.py:4: error: Task name "sned" is not in Names; did you mean "send"?  [task-unknown-name]']


def test_a_synchronous_call_is_reported_only_in_request_handlers(run):
    code = """
        from tasks import send
        send("a")
        send.delay("a")
    """
    assert run(code) == (0, [], "")
    status, lines, _ = run(code, "request-handlers = views")
    assert status == 1
    assert lines == [
        'views.py:3: error: Task "send" is called synchronously: the request hangs until it completes  [task-sync-call]'
    ]
    assert run(code, "request-handlers = other.*") == (0, [], "")
    code = """
        from tasks import send
        send.run("a")
        send.apply(("a",))
        send.delay("a").get()
        sent = send.delay("a")
        sent.get()
        sent.get(timeout=3)
        send.apply_async(("a",)).get(3)
        send.apply_async(("a",)).ready()
    """
    assert run(code) == (0, [], "")
    status, lines, _ = run(code, "request-handlers = views")
    assert status == 1
    said = 'error: Task "send" is called synchronously: the request hangs until it completes  [task-sync-call]'
    assert lines == [f"views.py:{n}: {said}" for n in (3, 4, 5, 7)]


def test_injected_parameters_are_not_asked_of_the_caller(run):
    code = """
        from tasks import bill
        bill.delay(1, 2)
        bill.delay(amount=2)
        bill.apply_async(kwargs={"amount": 2})
    """
    status, lines, _ = run(code)
    assert status == 1
    assert [line.split(" error: ")[0] for line in lines if "error" in line] == ["views.py:4:", "views.py:5:"]
    code = code.replace("bill.delay(1, 2)", "bill.delay(2)")
    assert run(code, "injected-parameters = tasks.Base: tenant") == (0, [], "")


def test_a_severity_turns_an_error_into_a_note_or_silence(run):
    code = """
        from tasks import send
        send.apply_async(("a",), ignore_result=True).get()
        send.apply_async(("a",)).get()
    """
    status, lines, _ = run(code)
    assert status == 1
    assert [line.split(" ")[1] for line in lines] == ["error:"]
    status, lines, _ = run(code, "severity = task-ignored-result: warning")
    assert status == 0
    assert [line.split(" ")[1] for line in lines] == ["note:"]
    assert run(code, "severity = task-ignored-result: off") == (0, [], "")


def test_an_error_can_be_ignored_by_its_code(run):
    code = """
        from tasks import send
        send.apply_async(("a",), ignore_result=True).get()  # type: ignore[task-ignored-result]
    """
    assert run(code) == (0, [], "")


def test_the_report_says_which_call_sites_were_checked(run, tmp_path):
    code = """
        from celery import Task
        from tasks import send
        from typing import Any
        send.delay("a")
        send.apply_async(("a",))
        anything: Task[..., Any] = send
        anything.delay(1, 2)
    """
    assert run(code, "report = sites.jsonl")[0] == 0
    rows = [json.loads(line) for line in (tmp_path / "sites.jsonl").read_text().splitlines()]
    found = {(row["path"], row["line"], row["method"], row["checked"]) for row in rows}
    assert found == {
        ("views.py", 5, "delay", True),
        ("views.py", 6, "apply_async", True),
        ("views.py", 8, "delay", False),
    }
    assert all("reason" in row for row in rows if not row["checked"])


def test_the_report_has_the_calls_that_name_a_task(run, tmp_path):
    code = """
        from celery import Signature, signature
        from tasks import Names, app
        def call(name: str) -> None:
            app.send_task(Names.SEND, ("a",))
            app.send_task(name, ("a",))
            app.send_task("nobody.knows", ("a",))
            app.signature("send", ("a",))
            signature("send", args=("a",))
            Signature("send", args=("a",))
    """
    assert run(code, "report = sites.jsonl") == (0, [], "")
    rows = [json.loads(line) for line in (tmp_path / "sites.jsonl").read_text().splitlines()]
    assert [(row["line"], row["method"], row["checked"], row.get("reason")) for row in rows] == [
        (5, "send_task", True, None),
        (6, "send_task", False, "the name is known at run time only"),
        (7, "send_task", False, "no function of the program has this name"),
        (8, "signature", True, None),
        (9, "signature", True, None),
        (10, "Signature", True, None),
    ]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("task-module = x", 'mypy.ini: unknown setting "task-module"'),
        ("strict = perhaps", "mypy.ini"),
        ("severity = task-signatur: off", "task-signature"),
    ],
)
def test_a_mistake_in_the_settings_is_one_line_and_no_run(run, setting, message):
    status, lines, errors = run("x: int = ''", setting)
    assert status == 2
    assert lines == []
    assert len(errors.splitlines()) == 1
    assert message in errors
