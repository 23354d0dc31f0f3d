"""A lock says what messages rely on, is made for review, and is refused in one line where it is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.lock_text import parse_lock, render_lock
from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.errors import ConfigurationError
from wire.program import run_command

PROJECT = """
from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal, Optional

from celery import Celery

from celery_registry import alias, register_task

if TYPE_CHECKING:
    from results import EmailResult

app = Celery("proj", backend="cache+memory://")
app.conf.task_routes = {"reports.*": {"queue": "reports"}}


@app.task(name="send_email")
def send_email(to: str, subject: str, body: str = "", *, at: dt.datetime | None = None) -> EmailResult: ...


@app.task(name="reports.daily", bind=True, serializer="pickle")
def daily(self, day: Optional[dt.date], /, *rest: int, mode: Literal["a.b", "c"] = "c", **more: Any) -> dict[str, int]: ...


class Cleanup:
    def run(self, days_old: int) -> None: ...


register_task(app, "cleanup", Cleanup().run, ignore_result=True)
"""

LOCK = """{
  "format": 1,
  "accept": [
    "json"
  ],
  "queue": "celery",
  "queues": [
    "celery"
  ],
  "serializer": "json",
  "tasks": {
    "cleanup": {
      "implementation": "proj.Cleanup.run",
      "parameters": [
        "days_old: int"
      ],
      "result": "None",
      "results": false
    },
    "reports.daily": {
      "implementation": "proj.daily",
      "parameters": [
        "day: date | None",
        "/",
        "*rest: int",
        "mode: Literal['a.b', 'c'] = ...",
        "**more: Any"
      ],
      "queue": "reports",
      "result": "dict[str, int]",
      "serializer": "pickle"
    },
    "send_email": {
      "implementation": "proj.send_email",
      "parameters": [
        "to: str",
        "subject: str",
        "body: str = ...",
        "*",
        "at: datetime | None = ..."
      ],
      "result": "EmailResult"
    }
  }
}
"""


def test_the_lock_of_an_application_is_sorted_and_small(tmp_path: Path) -> None:
    (tmp_path / "proj.py").write_text(PROJECT)
    done = run_command(tmp_path, "lock", "-A", "proj:app")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "celery-registry.lock: 3 tasks\n")
    assert (tmp_path / "celery-registry.lock").read_text() == LOCK


def test_the_source_alone_gives_the_same_tasks(tmp_path: Path) -> None:
    (tmp_path / "proj.py").write_text(PROJECT)
    done = run_command(tmp_path, "lock", "--static", "--output", "static.lock")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "static.lock").read_text() == LOCK.replace(
        '"format": 1,', '"format": 1,\n  "made-from": "source",'
    )


CALLED = """
import contextlib

from celery import Celery, Task

app = Celery("proj")


class Logs(Task):
    def __call__(self, *args, **kwargs):
        print(self.name, args)
        return super().__call__(*args, **kwargs)


class InContext(Task):
    def __call__(self, *args: object, **kwargs: object) -> object:
        with contextlib.nullcontext():
            return self.run(*args, **kwargs)


class Both(Logs):
    def __call__(self, *args, **kwargs):
        return Logs.__call__(self, *args, **kwargs)


class Reads(Task):
    def __call__(self, *args, **kwargs):
        return self.run(*map(int, args), **kwargs)


class Adds(Logs):
    def __call__(self, *args, **kwargs):
        return super().__call__(*args, tenant=1, **kwargs)


class BelowOne(Reads):
    def __call__(self, *args, **kwargs):
        return super().__call__(*args, **kwargs)


for cls in (Logs, InContext, Both, Reads, Adds, BelowOne):

    @app.task(name=cls.__name__, base=cls)
    def charge(cents: int) -> str: ...
"""


def test_types_are_kept_where_a_call_of_the_class_hands_everything_on(tmp_path: Path) -> None:
    (tmp_path / "proj.py").write_text(CALLED)
    done = run_command(tmp_path, "lock", "--app", "proj:app", "--output", "app.lock")
    assert done.returncode == 0, done.stderr
    tasks = json.loads((tmp_path / "app.lock").read_text())["tasks"]
    typed, untyped = ["cents: int"], ["cents"]
    assert {name: task["parameters"] for name, task in tasks.items()} == {
        **dict.fromkeys(("Logs", "InContext", "Both"), typed),
        # What each of these gives to the function is its own business.
        **dict.fromkeys(("Reads", "Adds", "BelowOne"), untyped),
    }


def test_check_writes_nothing_and_fails_where_the_code_says_something_else(tmp_path: Path) -> None:
    (tmp_path / "proj.py").write_text(PROJECT)
    missing = run_command(tmp_path, "lock", "-A", "proj:app", "--check")
    assert missing.returncode == 2
    assert missing.stderr == (
        "celery-registry: celery-registry.lock: there is no such lock file; write it with: celery-registry lock\n"
    )
    (tmp_path / "celery-registry.lock").write_text(LOCK)
    right = run_command(tmp_path, "lock", "-A", "proj:app", "--check")
    assert (right.returncode, right.stdout) == (0, "")
    (tmp_path / "proj.py").write_text(PROJECT.replace("subject: str,", "subject: str, locale: str,"))
    wrong = run_command(tmp_path, "lock", "-A", "proj:app", "--check")
    assert wrong.returncode == 1
    assert '+        "locale: str",' in wrong.stdout.splitlines()
    assert (tmp_path / "celery-registry.lock").read_text() == LOCK


def test_check_fails_for_an_alias_past_its_day(tmp_path: Path) -> None:
    text = PROJECT + '\nalias(app, old="mail", new="send_email", expires="DAY")\n'
    for day, status in (("2999-01-31", 0), ("2020-01-31", 1)):
        (tmp_path / "proj.py").write_text(text.replace("DAY", day))
        assert run_command(tmp_path, "lock", "-A", "proj:app").returncode == 0
        done = run_command(tmp_path, "lock", "-A", "proj:app", "--check")
        assert done.returncode == status, done.stdout
    assert done.stdout == (
        'The alias "mail" of task "send_email" expired on 2020-01-31 [task-incompatible]: '
        "remove the alias once no message carries the old name, or set a later day\n"
    )


def test_an_application_that_cannot_be_imported_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "proj.py").write_text("import nothing_of_this_name")
    (tmp_path / "celery-registry.lock").write_text("mine")
    done = run_command(tmp_path, "lock", "-A", "proj:app")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert (tmp_path / "celery-registry.lock").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["celery-registry.lock", "proj.py"]


# -- the text, both ways -----------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "to", "größe", "days_old"])
TEXTS = st.sampled_from(["x", "app.tasks.send_email", "ünï", 'qu"ote', "a b", "*"])
TYPES = st.sampled_from(
    [None, "str", "int | None", "dict[str, list[int]]", "Literal['a = ...', ': ']", "tuple[int, ...]"]
)


@st.composite
def signatures(draw: st.DrawFn) -> TaskSignature[str]:
    if draw(st.booleans()) and draw(st.booleans()):
        return TaskSignature(None, draw(TYPES))
    names = draw(st.lists(NAMES, unique=True, max_size=4))
    kinds = sorted(draw(st.integers(0, 2)) for _ in names)
    found: list[Parameter[str]] = []
    optional = False
    for name, kind in zip(names, kinds, strict=True):
        which = (Kind.POSITIONAL_ONLY, Kind.POSITIONAL_OR_KEYWORD, Kind.KEYWORD_ONLY)[kind]
        default = draw(st.booleans())
        if which is not Kind.KEYWORD_ONLY:
            default = optional = optional or default
        found.append(Parameter(name, which, not default, draw(TYPES)))
    if draw(st.booleans()):
        found.insert(sum(p.positional for p in found), Parameter("args", Kind.VAR_POSITIONAL, False, draw(TYPES)))
    if draw(st.booleans()):
        found.append(Parameter("kwargs", Kind.VAR_KEYWORD, False, draw(TYPES)))
    return TaskSignature(tuple(found), draw(TYPES))


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    tasks = {}
    for name in draw(st.lists(TEXTS, unique=True, max_size=3)):
        tasks[name] = LockedTask(
            name,
            draw(signatures()),
            draw(st.none() | TEXTS),
            draw(st.none() | TEXTS),
            draw(st.none() | st.booleans()),
            draw(st.none() | TEXTS),
            draw(st.none() | TEXTS),
            draw(st.none() | st.just("2027-01-31")),
        )
    some = st.lists(TEXTS, unique=True, max_size=2).map(sorted).map(tuple)
    unknown = st.none()
    return Lock(
        tasks,
        draw(unknown | some),
        draw(unknown | some),
        draw(unknown | TEXTS),
        draw(unknown | TEXTS),
        draw(st.booleans()),
        draw(some),
    )


@settings(max_examples=200, deadline=None)
@given(lock=locks())
def test_what_is_written_is_read_again(lock: Lock) -> None:
    text = render_lock(lock)
    assert parse_lock(text, "lock") == lock
    assert render_lock(parse_lock(text, "lock")) == text


# -- fuzz --------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["format", "tasks", "accept", "queues", "queue", "parameters", "result", "a", ""]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def refusal(text: str) -> str:
    try:
        parse_lock(text, "the lock")
    except ConfigurationError as error:
        return str(error)
    return "the lock: "


def parsed_or_refused(text: str) -> None:
    line = refusal(text)
    assert line.startswith("the lock: ")
    assert line.isprintable()
    assert len(line) < 400


@settings(max_examples=100, deadline=None)
@given(value=JSON)
def test_json_that_is_no_lock_is_one_line(value: object) -> None:
    parsed_or_refused(json.dumps(value))
    if not isinstance(value, dict):
        assert refusal(json.dumps(value)) != "the lock: "
    parsed_or_refused(json.dumps({"format": 1, "tasks": value}))
    parsed_or_refused(json.dumps({"format": 1, "tasks": {"a": value}}))
    parsed_or_refused(json.dumps({"format": 1, "tasks": {"a": {"parameters": value}}}))


@settings(max_examples=100, deadline=None)
@given(
    lines=st.lists(
        st.sampled_from(["a", "b: int", "*", "/", "**k", "*a", "c = ...", "d: int = ...", "a b", ":", "= ..."])
    )
)
def test_parameters_that_no_def_could_have_are_one_line(lines: list[str]) -> None:
    parsed_or_refused(json.dumps({"format": 1, "tasks": {"a": {"parameters": lines}}}))


@settings(max_examples=100, deadline=None)
@given(position=st.integers(0, len(LOCK) - 1), text=st.text(max_size=3))
def test_a_damaged_lock_is_read_or_is_one_line(position: int, text: str) -> None:
    parsed_or_refused(LOCK[:position] + text)
    parsed_or_refused(LOCK[:position] + text + LOCK[position + 1 :])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a lock: Expecting value"),
        ("[" * 100_000, "is nested too deep for a lock"),
        ('{"format": 2}', "its format is 2, and this version reads format 1"),
        ('{"format": 1, "task": {}}', "the lock has an unknown key 'task'"),
        ('{"format": 1, "format": 1}', "is not a lock: 'format' stands twice in one table"),
        ('{"format": 1, "tasks": {"a": {"parameters": ["x y"]}}}', "task 'a' has a parameter that is none: 'x y'"),
        ('{"format": 1, "tasks": {"a": {"parameters": ["x", "x"]}}}', "task 'a' has two parameters of one name"),
        ('{"format": 1, "tasks": {"a\\u001b[2J": {}}}', "the name of a task must be a text of one line"),
        ('{"format": NaN}', "is not a lock: NaN is no JSON"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^the lock: ") as refused:
        parse_lock(text, "the lock")
    assert said in str(refused.value)


def test_a_lock_whose_expires_is_no_date_is_refused() -> None:
    text = render_lock(Lock({"old": LockedTask("old", TaskSignature(()), alias_of="new", expires="2030-12-31")}))
    assert parse_lock(text, "it").tasks["old"].expires == "2030-12-31"
    with pytest.raises(
        ConfigurationError, match=r"^it: expires of task 'old' must be a date such as 2030-12-31, not 'soon'$"
    ):
        parse_lock(text.replace("2030-12-31", "soon"), "it")


def test_what_cannot_be_read_back_replaces_nothing(tmp_path: Path) -> None:
    """A file whose name has a newline gives its tasks names that no lock can hold."""
    (tmp_path / "right.py").write_text("from celery import Celery\napp = Celery('a')\n@app.task\ndef add(): ...\n")
    assert run_command(tmp_path, "lock", "--static").returncode == 0
    lock = tmp_path / "celery-registry.lock"
    before = lock.read_text()
    (tmp_path / "odd\nname.py").write_text("from celery import Celery\napp = Celery('a')\n@app.task\ndef more(): ...\n")
    done = run_command(tmp_path, "lock", "--static")
    assert (done.returncode, lock.read_text()) == (2, before), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
