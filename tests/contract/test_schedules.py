"""A schedule entry is held to the task it names, as far as its reader could tell what it passes."""

from dataclasses import replace

import pytest

from celery_registry.contract.rules import Verdict
from celery_registry.contract.schedules import (
    Entry,
    Scheduled,
    compare_schedule,
    fault_of_args,
    fault_of_keys,
    fault_of_kwargs,
    fault_of_schedule,
    faults_of_options,
    knows_scheduler,
)
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.contract.task import Origin

HERE, THERE = Origin("beat.py", 4), Origin("tasks.py", 9, 0, "tasks.send")


class Rules:
    def accepts(self, target, value):
        return Verdict.UNKNOWN

    def show(self, type):
        return type


SEND = Scheduled(TaskSignature((Parameter("to", type="str"),)), lambda: THERE)


def judge(*entries, scheduled=SEND, **facts):
    return list(compare_schedule(entries, ["send", "celery.x"], lambda name: scheduled, Rules(), **facts))


@pytest.mark.parametrize(
    ("entry", "problems"),
    [
        (Entry("e", "send", 1), []),
        (Entry("e", "send", 0, ("to",)), []),
        (Entry("e", "send"), ["schedule-arguments"]),
        (Entry("e", "send", 1, ("to",)), ["schedule-arguments"]),
        (Entry("e", "send", None), []),
        (Entry("e", "send", 0, None), []),
        (Entry("e", "sent"), ["schedule-unknown-task"]),
        (Entry("e", "celery.backend_cleanup"), []),
        (Entry("e", None, faults=("names no task",)), ["schedule-entry"]),
        # Of what beat cannot read the arguments are not known.
        (Entry("e", "send", faults=("args is one text",)), ["schedule-entry"]),
    ],
)
def test_an_entry_is_held_to_its_task(entry, problems):
    assert [finding.problem for finding in judge(entry)] == problems


def test_a_task_that_holds_nobody_to_its_parameters_is_not_counted():
    assert judge(Entry("e", "send", 9), scheduled=Scheduled(None, lambda: THERE)) == []
    assert judge(Entry("e", "send", 9), scheduled=None) == []
    assert judge(Entry("e", "other.work"), external=["other.*"]) == []


def test_the_place_is_the_entrys_and_where_it_has_no_line_the_tasks():
    (with_line,) = judge(Entry("e", "send", origin=HERE))
    assert (with_line.origin, with_line.other) == (HERE, THERE)
    (without,) = judge(Entry("e", "send"))
    assert (without.origin, without.other) == (THERE, None)


def test_a_misspelt_option_is_told_unless_the_task_may_have_its_own():
    entry = Entry("e", "send", 1, options=("queu", "MessageGroupId", "queue"))
    (finding,) = judge(entry)
    assert (finding.problem, finding.facts["near"]) == ("schedule-option", "queue")
    assert judge(entry, scheduled=replace(SEND, own_options=True)) == []


def test_a_plain_value_is_held_to_a_plain_type():
    plain = replace(SEND, plain=lambda: TaskSignature((Parameter("to", type="str"),)))
    (finding,) = judge(Entry("e", "send", 1, types={0: "int"}), scheduled=plain)
    assert (finding.problem, finding.facts["given"]) == ("schedule-type", "int")
    assert judge(Entry("e", "send", 1, types={0: "str"}), scheduled=plain) == []
    assert judge(Entry("e", "send", 1, types={0: "int"})) == []


def test_the_name_of_a_member_is_told_from_a_slip():
    (member,) = judge(Entry("e", "SEND"), members={"SEND": "send"})
    assert ".value" in member.sentence + member.hint
    (slip,) = judge(Entry("e", "sen"), members={"SEND": "send"})
    assert '"send"' in slip.sentence + slip.hint


def test_what_beat_cannot_read_is_said_in_a_few_words():
    assert fault_of_keys(["task", "schedule", "args"]) == ()
    assert fault_of_keys(["tasks", "schedule"])[0].endswith('; did you mean "task"?')
    # A key of another scheduler's, as of celery-redbeat.
    assert fault_of_keys(["task", "schedule", "enabled"]) == ()


def test_a_schedule_under_another_key_is_no_schedule():
    (fault,) = fault_of_keys(["task", "job"], ["job"])
    assert fault == 'has no schedule: that stands under the key "job", which beat does not know'
    assert fault_of_keys(["task", "schedule", "until"], ["schedule", "until"]) == ()
    assert fault_of_keys(["task", "job"]) == ()
    assert [fault_of_args(sort) is None for sort in ("list", "text", "mapping", "value")] == [True, False, False, False]
    assert [fault_of_kwargs(sort) is None for sort in ("mapping", "text", "list", "value")] == [
        True,
        False,
        False,
        False,
    ]


def test_an_option_beside_the_keys_is_read_by_no_known_scheduler():
    assert [*map(len, map(faults_of_options, (["queue", "countdown"], ["task", "expires", "enabled", "x"])))] == [2, 0]
    assert [fault_of_schedule(sort) is None for sort in ("value", "text")] == [True, False]
    known = ("celery.beat:PersistentScheduler", "django", "redbeat.RedBeatScheduler", "own.Scheduler", "celeryx.S")
    assert [*map(knows_scheduler, known)] == [True, True, True, False, False]
