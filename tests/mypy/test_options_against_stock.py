"""Nothing that stock mypy catches is lost: every call with every option, right, misspelt and of a wrong type.

What only stock says must be its own false error, and that is shown by running the call.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAD = """\
from datetime import datetime

from celery import Celery, Signature, chain, chord, group, shared_task, signature
from celery.canvas import maybe_signature
from kombu import Exchange, Queue

app = Celery("options", broker="memory://", backend="cache+memory://", set_as_current=False)


@shared_task(name="sub")
def sub(left: int, right: int) -> int:
    return left - right


@app.task(name="add")
def add(left: int, right: int) -> int:
    return left + right


def options() -> None:
"""

CALLS = {
    "shared.apply_async": "sub.apply_async((1, 2), {})",
    "apply_async": "add.apply_async((1, 2), {})",
    "apply": "add.apply((1, 2), {})",
    "signature": "add.signature((1, 2), {})",
    "subtask": "add.subtask((1, 2), {})",
    "send_task": "app.send_task('sub', (1, 2), {})",
    "app.signature": "app.signature('sub', (1, 2), {})",
    "s.set": "sub.s(1, 2).set({})",
    "s.apply_async": "sub.s(1, 2).apply_async({})",
    "chain.apply_async": "chain(sub.s(1, 2), sub.s(1)).apply_async({})",
    "chain.set": "chain(sub.s(1, 2), sub.s(1)).set({})",
    "group.apply_async": "group(sub.s(1, 2), sub.s(2, 1)).apply_async({})",
    "group.set": "group(sub.s(1, 2), sub.s(2, 1)).set({})",
    "chord.apply_async": "chord([sub.s(1, 2)], sub.si(1, 2)).apply_async({})",
    "chord.set": "chord([sub.s(1, 2)], sub.si(1, 2)).set({})",
    "Signature": "Signature('sub', (1, 2), {})",
}

#: Option -> right values.
RIGHT = {
    "add_to_parent": ["True"],
    "compression": ["'gzip'", "None"],
    "countdown": ["1", "0.5", "None"],
    "eta": ["datetime(2030, 1, 1)", "'2030-01-01T00:00:00'", "None"],
    "exchange": ["'celery'", "Exchange('celery')", "None"],
    "expires": ["60", "datetime(2030, 1, 1)", "'2030-01-01T00:00:00'", "None"],
    "headers": ["{'a': 'b'}", "{'a': 1}", "None"],
    "ignore_result": ["True"],
    "link": ["sub.s(1)", "[sub.s(1)]", "(sub.s(1),)", "None"],
    "link_error": ["sub.si(1, 2)", "[sub.si(1, 2)]", "None"],
    "priority": ["3", "None"],
    "queue": ["'celery'", "Queue('celery')", "None"],
    "retry": ["True", "None"],
    "retry_policy": ["{'max_retries': 1}", "None"],
    "routing_key": ["'celery'", "None"],
    "serializer": ["'json'", "None"],
    "shadow": ["'name'", "None"],
    "task_id": ["'a-b'", "None"],
    "time_limit": ["3", "None"],
    "soft_time_limit": ["3", "None"],
}
#: Option -> values that Celery or the broker cannot use.
WRONG = {
    "compression": ["3"],
    "countdown": ["'1'"],
    "eta": ["3"],
    "exchange": ["3"],
    "expires": ["'soon'"],
    "headers": ["3"],
    "link": ["add", "sub", "'name'", "3", "object()"],
    "link_error": ["add", "'name'", "3"],
    "priority": ["'high'"],
    "queue": ["3"],
    "retry_policy": ["3"],
    "routing_key": ["3"],
    "serializer": ["3"],
    "shadow": ["3"],
    "task_id": ["3"],
}
OTHER = [
    "chain('x')",
    "chain(3)",
    "chain(add)",
    "chain(sub)",
    "chain(sub.s(1, 2), 'x')",
    "group('x')",
    "group(3)",
    "group(sub)",
    "sub.apply_async('12')",
    "sub.apply_async(3)",
    "sub.apply_async((1, 2), 'x')",
    "sub.apply_async((1, 2), [('a', 1)])",
    "app.send_task(3)",
    "app.send_task('sub', 3)",
    "sub.s(1, 2).apply_async(3)",
    "sub.s(1, 2).link(3)",
    "sub.map(3)",
    "sub.chunks(3, 1)",
    "sub.chunks([(1, 2)], 'x')",
    "maybe_signature(3)",
    "app.add_periodic_task(object(), sub.s(1, 2))",
    "app.add_periodic_task(10.0, 'sub')",
    "app.add_periodic_task(10.0, 3)",
    "sub.delay(1, 2, eta=3)",
]


def misspelt(name: str) -> str:
    return name[:3] + name[4:]


def call(form: str, name: str, value: str) -> str:
    return CALLS[form].replace("{}", f"{name}={value}").replace("(, ", "(")


LINES = [
    *(call(form, name, value) for form in CALLS for name, values in RIGHT.items() for value in values),
    *(call(form, name, value) for form in CALLS for name, values in WRONG.items() for value in values),
    *(call(form, misspelt(name), values[0]) for form in CALLS for name, values in RIGHT.items()),
    *OTHER,
]
#: A group that is sent raises TypeError for them (test_errbacks).
OF_NO_GROUP = {
    call("group.apply_async", name, value)
    for name in ("link", "link_error")
    for value in RIGHT[name]
    if value != "None"
}
RIGHT_LINES = {
    call(form, name, value) for form in CALLS for name, values in RIGHT.items() for value in values
} - OF_NO_GROUP


def wrong_lines(folder: Path, configuration: str) -> tuple[set[str], str]:
    """The lines in which mypy finds an error, and all that it prints."""
    (folder / "options.py").write_text(HEAD + "".join(f"    {line}\n" for line in LINES))
    (folder / "mypy.ini").write_text(configuration)
    command = [sys.executable, "-m", "mypy", "--cache-dir", "/dev/null", "--no-error-summary", "options.py"]
    printed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    found = {int(n) for n in re.findall(r"^options\.py:(\d+): error", printed, re.MULTILINE)}
    first = HEAD.count("\n") + 1
    assert min(found) >= first, printed
    return {LINES[n - first] for n in found}, printed


RUN = """\
import json, sys, warnings

warnings.simplefilter("ignore")
app.set_current()
for line in json.load(sys.stdin):
    try:
        eval(line)
    except Exception as error:
        print(line, type(error).__name__, error)
"""


def failing(lines: list[str]) -> str:
    """The lines that Celery does not take, and what it says."""
    program = HEAD + "    pass\n\n" + RUN
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(lines), capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str], str]:
    """What stock mypy finds wrong, what it finds with the plugin, and what that prints."""
    folder = tmp_path_factory.mktemp("options")
    stock, _ = wrong_lines(folder, "[mypy]\n")
    return stock, *wrong_lines(folder, "[mypy]\nplugins = celery_registry.mypy\n")


def test_what_only_stock_says_is_its_own_false_error(verdicts):
    stock, plugin, _ = verdicts
    lost = sorted(stock - plugin - RIGHT_LINES)
    # In the same process no message is made: what only a message has is not looked at.
    assert not [line for line in lost if not line.startswith("add.apply(")], "\n".join(lost)
    assert failing(lost) == ""


def test_what_is_called_right_is_sent():
    """Every right value of every option, by the calls that have the most of them."""
    forms = ("shared.apply_async", "send_task", "s.apply_async", "chain.apply_async")
    lines = [call(form, name, value) for form in forms for name, values in RIGHT.items() for value in values]
    assert failing(lines) == ""


def test_no_right_call_is_refused(verdicts):
    _, plugin, _ = verdicts
    refused = sorted(plugin & RIGHT_LINES)
    assert not refused, "\n".join(refused)


def test_a_note_stands_below_its_error(verdicts):
    printed = verdicts[2].splitlines()
    error, note = (
        next(n for n, line in enumerate(printed) if part in line)
        for part in ('"eta" for "delay"', '"eta" is an option')
    )
    assert error + 1 == note
