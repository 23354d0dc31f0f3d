"""The text of a lock: what is written is read again, and what is no lock is one line."""

import json

import pytest

from celery_registry.contract.lock import Lock, LockedTask, alias_of
from celery_registry.contract.lock_text import parse_lock, render_lock, show_locked
from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.errors import ConfigurationError

ONLY = Parameter("first", Kind.POSITIONAL_ONLY, type="int")
PLAIN = Parameter("to", type="str")
LATER = Parameter("copies", required=False)
NAMED = Parameter("note", Kind.KEYWORD_ONLY)
REST = Parameter("rest", Kind.VAR_POSITIONAL, False, "int")
MORE = Parameter("more", Kind.VAR_KEYWORD, False)
SIGNATURES = [
    TaskSignature(None),
    TaskSignature(()),
    TaskSignature((ONLY,), "int"),
    TaskSignature((ONLY, PLAIN, LATER, NAMED, MORE), "dict[str, int]"),
    TaskSignature((PLAIN, REST, NAMED)),
]


def rich_lock():
    tasks = {f"task{n}": LockedTask(f"task{n}", signature) for n, signature in enumerate(SIGNATURES)}
    tasks["old"] = LockedTask("old", TaskSignature(()), "yaml", "slow", False, "app.old", "new", "2030-12-31")
    return Lock(tasks, ("json", "yaml"), ("celery", "idle"))


def test_what_is_written_is_read_again_at_once_or_task_by_task():
    text = render_lock(rich_lock())
    assert parse_lock(text, "it") == rich_lock()
    lazy = parse_lock(text, "it", lazily=True).tasks
    assert ("old" in lazy, "new" in lazy, len(lazy)) == (True, False, 6)
    assert lazy["old"] is lazy["old"]
    assert dict(lazy) == rich_lock().tasks


def test_the_queues_that_are_consumed_are_those_of_the_tasks_too():
    assert rich_lock().consumed == {"celery", "idle", "slow"}


def test_a_signature_is_shown_as_a_def_writes_it():
    assert [show_locked(signature) for signature in SIGNATURES] == [
        "(...)",
        "()",
        "(first: int, /) -> int",
        "(first: int, /, to: str, copies = ..., *, note, **more) -> dict[str, int]",
        "(to: str, *rest: int, note)",
    ]


def test_the_old_name_of_a_task_has_its_signature_unless_that_is_adapted():
    task = LockedTask("new", TaskSignature((PLAIN,), "int"), "yaml", implementation="app.new")
    old = alias_of(task, "old", "2030-12-31")
    assert (old.name, old.alias_of, old.signature, old.implementation) == ("old", "new", task.signature, None)
    assert alias_of(task, "old", None, adapted=True).signature == TaskSignature(None, "int")


def of_task(**table):
    return json.dumps({"format": 1, "tasks": {"a": table}})


def of_parameters(*lines):
    return of_task(parameters=list(lines))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a lock: Expecting value"),
        ("[" * 100_000, "is nested too deep for a lock"),
        ("[]", "the lock must be a table, not a list"),
        ('{"format": true}', "its format is True"),
        ('{"format": {}}', "its format is a table"),
        ('{"format": "' + "x" * 99 + '"}', "..., and this version reads format 1"),
        ('{"form": 1}', "the lock has an unknown key 'form'"),
        ('{"format": 1, "format": 1}', "'format' stands twice in one table"),
        ('{"format": NaN}', "NaN is no JSON"),
        ('{"format": 1, "accept": "json"}', "accept must be a list of texts"),
        ('{"format": 1, "accept": [""]}', "accept must be a text of one line"),
        (of_task(results="no"), "results of task 'a' must be true, false or null"),
        (of_task(expires="soon"), "must be a date such as 2030-12-31"),
        (of_parameters("x y"), "has a parameter that is none: 'x y'"),
        (of_parameters("x", "x"), "two parameters of one name"),
        (of_parameters("*a", "*b"), "has a second *: '*b'"),
        (of_parameters("**a", "b"), "a parameter after **"),
        (of_parameters("a = ...", "b"), "a required parameter after an optional one"),
    ],
)
def test_a_refusal_says_what_is_wrong(text, said):
    with pytest.raises(ConfigurationError, match=r"^it: ") as refused:
        parse_lock(text, "it")
    assert said in str(refused.value)
