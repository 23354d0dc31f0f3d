"""Entries of a beat schedule."""

from __future__ import annotations

import pytest


def test_entries_are_read_wherever_the_schedule_stands(index_of):
    index = index_of(
        {
            "names.py": "PING = 'ping'\n",
            "settings.py": """
                from names import PING
                CELERY_BEAT_SCHEDULE = {
                    "literal": {"task": "add", "schedule": 3.0, "args": (1, 2)},
                    "constant": {"task": PING, "schedule": 3.0, "kwargs": {"a": 1, "b": 2}},
                    "stars": {"task": "x", "schedule": 3.0, "args": [*a], "kwargs": {**b}},
                    "open": {"task": "x", "schedule": 3.0, **rest},
                    "none": {"task": "x", "schedule": 3.0, "args": None, "kwargs": None},
                    "call": {"task": "x", "schedule": 3.0, "kwargs": dict(a=1)},
                }
                app.conf.beat_schedule["later"] = {"task": unknown(), "schedule": 1}

                def setup(app, name="x"):
                    NAME = "local"
                    app.conf.update(beat_schedule={"inner": {"task": NAME, "schedule": crontab(), "args": args}})
            """,
        }
    )
    assert [(e.key, e.task_name, e.args_count, e.kwargs_names) for e in index.schedules] == [
        ("literal", "add", 2, ()),
        ("constant", "ping", 0, ("a", "b")),
        ("stars", "x", None, None),
        ("open", "x", None, None),
        ("none", "x", 0, ()),
        ("call", "x", 0, ("a",)),
        ("later", None, 0, ()),
        ("inner", "local", None, ()),
    ]
    assert index.schedules[0].origin.line == 4


def test_another_dictionary_is_no_entry(index_of):
    text = "A = {'a': {'task': 'x'}, 'b': {'schedule': 1}, 'c': {task: 'x', schedule: 1}}\n"
    assert index_of({"m.py": text}).schedules == ()


def test_beside_entries_one_may_have_its_schedule_under_another_key(index_of):
    text = """
        CELERY_BEAT_SCHEDULE = {
            "whole": {"task": "x", "schedule": 3.0},
            "job": {"task": "x", "job": crontab()},
            "else": {"task": "x", "schedule": 3.0, "until": crontab()},
            "number": {"task": "x", "job": 3.0},
            "two": {"task": "x", "job": crontab(), "owner": "me"},
            "open": {"task": "x", "job": crontab(), **rest},
        }
    """
    found = {entry.key: entry.faults for entry in index_of({"m.py": text}).schedules}
    assert found == {
        "whole": (),
        "job": ('has no schedule: that stands under the key "job", which beat does not know',),
        "else": (),
    }


def test_a_dictionary_of_its_own_may_hold_crontabs(index_of):
    text = "JOBS = {'a': {'task': 'x', 'cron': crontab()}, 'b': {'task': 'y', 'cron': crontab()}}\n"
    assert index_of({"m.py": text}).schedules == ()


def test_a_key_is_told_as_it_is_worth(index_of):
    index = index_of(
        {
            "names.py": """
                from enum import Enum

                class TaskName(str, Enum):
                    READ = "read"
            """,
            "settings.py": """
                from names import TaskName
                CELERY_BEAT_SCHEDULE = {
                    TaskName.READ: {"task": "read", "schedule": 3.0},
                    TaskName.READ.value: {"task": "read", "schedule": 3.0},
                    f"read-{number}": {"task": "read", "schedule": 3.0},
                    elsewhere.NAME: {"task": "read", "schedule": 3.0},
                    make(): {"task": "read", "schedule": 3.0},
                }
            """,
        }
    )
    assert [e.key for e in index.schedules] == ["read", "read", "", "", ""]


@pytest.mark.parametrize(
    "line",
    [
        'SCHEDULE["a"]["args"] = (1, 2)',
        'SCHEDULE["a"]["kwargs"]["tenant"] = 1',
        "SCHEDULE['a']['kwargs'].update(tenant=1)",
        'for entry in SCHEDULE.values():\n    entry.setdefault("kwargs", {})["tenant"] = 1',
    ],
)
def test_of_an_entry_that_is_completed_later_the_name_alone_is_known(index_of, line):
    text = f'SCHEDULE = {{"a": {{"task": "x", "schedule": 1, "kwargs": {{}}}}}}\n{line}\n'
    (entry,) = index_of({"m.py": text}).schedules
    assert (entry.task_name, entry.args_count, entry.kwargs_names) == ("x", None, None)


@pytest.mark.parametrize("line", ['print(SCHEDULE["a"]["args"] == (1, 2))', 'OPTIONS["kwargs.a"] = 1'])
def test_an_entry_that_is_only_read_is_known(index_of, line):
    (entry,) = index_of({"m.py": f'SCHEDULE = {{"a": {{"task": "x", "schedule": 1}}}}\n{line}\n'}).schedules
    assert (entry.args_count, entry.kwargs_names) == (0, ())
