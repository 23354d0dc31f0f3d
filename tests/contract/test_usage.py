"""What is certain about the use of a task, and what is only possible."""

import pytest

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.contract.usage import (
    Crontab,
    Given,
    RunHere,
    Sent,
    Undiscovered,
    judge_binding,
    judge_crontab,
    judge_discovery,
    judge_given,
    judge_run_here,
    judge_sent,
)

HERE, THERE = Origin("shop.py", 3), Origin("shop.py", 7)


@pytest.mark.parametrize(
    ("ignored", "inside", "blocking", "problems"),
    [
        (True, None, (), ["ignored-result", "ignored-result"]),
        (True, "report", (HERE, THERE), ["ignored-result", "ignored-result"]),
        (False, "report", (HERE, THERE), ["result-in-task", "result-in-task"]),
        (False, "report", (THERE,), ["result-in-task"]),
        (False, "report", (), []),
        (False, None, (HERE, THERE), []),
    ],
)
def test_a_result_that_is_waited_for(ignored, inside, blocking, problems):
    found = list(judge_sent(Sent("send", HERE, (HERE, THERE), blocking, ignored, inside)))
    assert [finding.problem for finding in found] == problems
    assert {finding.origin for finding in found} <= {HERE, THERE}


@pytest.mark.parametrize(
    ("type", "serializer", "told"),
    [
        ("set", "json", 'is given ids as "set", which the json serializer rejects: set cannot be sent'),
        ("django.db.models.query.QuerySet", "json", 'is given ids as "QuerySet", which the json serializer rejects'),
        ("set", "yaml", None),
        ("tuple", "json", None),
        ("shop.Unknown", "json", None),
    ],
)
def test_a_value_that_cannot_be_sent(type, serializer, told):
    found = [finding.sentence for finding in judge_given(Given("send", "ids", type, HERE), serializer)]
    assert len(found) == (told is not None)
    assert told is None or told in found[0]


def test_a_task_that_runs_where_it_was_to_be_sent():
    (finding,) = judge_run_here(RunHere("shop.send", "send", "delay", HERE))
    assert finding.sentence == '"send" runs here and returns None, which has no "delay"'
    assert finding.hint == "write send.delay(...)"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"hour": "3"}, "hour=3"),
        ({"hour": "'*/2'", "day_of_week": "0"}, "hour='*/2', day_of_week=0"),
        ({"hour": "'*'"}, None),
        ({"hour": "3", "minute": "'*'"}, None),
        ({"minute": "5"}, None),
        ({}, None),
    ],
)
def test_a_crontab_without_a_minute(fields, told):
    assert [finding.facts["fields"] for finding in judge_crontab(Crontab(fields, HERE))] == ([told] if told else [])


@pytest.mark.parametrize(
    ("kinds", "wrong"),
    [
        ([], True),
        ([Kind.KEYWORD_ONLY], True),
        ([Kind.VAR_KEYWORD], True),
        ([Kind.VAR_POSITIONAL], False),
        ([Kind.POSITIONAL_ONLY], False),
        ([Kind.POSITIONAL_OR_KEYWORD, Kind.VAR_KEYWORD], False),
        (None, False),
    ],
)
def test_a_bound_task_needs_a_place_for_the_task(kinds, wrong):
    parameters = None if kinds is None else tuple(Parameter(f"p{n}", kind, True) for n, kind in enumerate(kinds))
    found = [finding.problem for finding in judge_binding("send", "send", TaskSignature(parameters), HERE)]
    assert found == (["bound-without-self"] if wrong else [])


def test_a_task_that_is_sent_before_the_commit():
    (finding,) = judge_sent(Sent("send", THERE, in_transaction=True))
    assert (finding.problem, finding.origin, str(finding.severity)) == ("sent-in-transaction", THERE, "Severity.OFF")


def test_a_module_that_no_worker_imports():
    (finding,) = judge_discovery(Undiscovered("shop.jobs", "shop.tasks", HERE, THERE))
    assert (finding.task, finding.origin, finding.other) == ("shop.jobs", HERE, THERE)
    assert 'related_name="jobs"' in finding.hint


def test_a_value_that_celery_refuses_leaves_nothing_else_to_say():
    crontab = Crontab({"hour": "25"}, HERE, doubtful={"hour": 25})
    (finding,) = judge_crontab(crontab, {"hour": "Valid range is 0-23"})
    assert (finding.problem, finding.facts["value"]) == ("crontab-refused-value", "25")
    (finding,) = judge_crontab(Crontab({}, HERE, {"minutes": ""}))
    assert finding.problem == "crontab-unknown-field"
