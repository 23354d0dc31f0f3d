"""The registry as a whole against the application as a whole."""

from celery_registry.contract.coverage import (
    NameTable,
    compare_coverage,
    compare_implementations,
    compare_names,
    compare_properties,
)
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin, TaskContract, TaskImplementation

NAMES = NameTable("TaskName", {"PING": "ping", "SEND": "mail.send"}, {"PING": Origin("n.py", 3)})


def contract(name, attribute, line=1):
    return TaskContract(name, f"Tasks.{attribute}", TaskSignature(None), Origin("r.py", line))


def implementation(name, label, line=1):
    return TaskImplementation(name, TaskSignature(()), Origin("t.py", line, 0, label))


def test_a_name_is_shown_as_its_member_and_found_at_its_line():
    assert NAMES.shown("ping") == "TaskName.PING"
    assert NAMES.shown("other") == "'other'"
    assert NAMES.origin("ping").line == 3
    assert NAMES.origin("mail.send") == NAMES.origin("other") == Origin()


def test_a_name_that_nobody_implements_is_found_with_its_nearest():
    (finding,) = compare_coverage(NAMES, ["ping", "mail.sent", "celery.chord"])
    assert finding.sentence == ('No task is registered as "mail.send" (TaskName.SEND); did you mean "mail.sent"?')


def test_a_name_that_begins_as_none_of_ours_may_be_another_services():
    names = NameTable("TaskName", {"SHIP": "shop.ship", "CHARGE": "billing.charge", "BARE": "bare"})
    other, own, bare = compare_coverage(names, ["billing.refund"])
    assert other.hint == (
        "register the implementation: register_task(app, TaskName.SHIP, function), or remove TaskName.SHIP; "
        'where another service has the task, say external=["shop.*"]'
    )
    assert own.hint.endswith("or remove TaskName.CHARGE")
    assert bare.hint.endswith("or remove TaskName.BARE")
    assert compare_coverage(names, ["billing.charge", "bare"], external=["shop.*"]) == ()


def test_names_that_others_implement_are_never_missed():
    assert compare_coverage(NAMES, ["ping"], external=["mail.*"]) == ()
    assert compare_coverage(NAMES, ["ping", "mail.send", "extra"]) == ()


def test_a_task_without_a_name_is_found_only_where_that_is_strict():
    (finding,) = compare_coverage(NAMES, ["ping", "mail.send", "re-send", "celery.chord"], strict=True)
    assert finding.sentence == 'Task "re-send" is registered, but TaskName does not name it'
    assert finding.hint == 'add RE_SEND = "re-send" to TaskName'
    assert compare_coverage(NAMES, ["ping", "mail.send", "x.y"], strict=True, external=["x.*"]) == ()


def test_two_members_with_one_name_are_found_at_the_second():
    table = NameTable("TaskName", {"A": "a", "B": "a"}, {"A": Origin("n.py", 1), "B": Origin("n.py", 2)})
    (finding,) = compare_names(table)
    assert (finding.origin.line, finding.other.line) == (2, 1)
    assert compare_names(NAMES) == ()


def test_properties_are_held_against_each_other_and_the_enum():
    right = [contract("ping", "ping"), contract("mail.send", "send")]
    assert compare_properties(right, NAMES, "Tasks") == ()
    twice = [*right, contract("ping", "pong", 9)]
    (finding,) = compare_properties(twice, NAMES, "Tasks")
    assert (finding.problem, finding.origin.line) == ("two-properties", 9)
    assert [f.problem for f in compare_properties(twice, None, "Tasks")] == ["two-properties"]
    (unknown,) = compare_properties([*right, contract("pin", "pin")], NAMES, "Tasks")
    assert unknown.sentence == 'Task name "pin" is not in TaskName; did you mean "ping"?'
    assert compare_properties([*right, contract("pin", "pin")], NAMES, "Tasks", external=["pin"]) == ()
    (missing,) = compare_properties(right[:1], NAMES, "Tasks")
    assert missing.sentence == 'Task name "mail.send" (TaskName.SEND) has no property in Tasks'


def test_two_implementations_of_one_name_are_found_unless_they_are_one():
    first, second = implementation("ping", "A.ping", 1), implementation("ping", "B.ping", 2)
    (finding,) = compare_implementations([first, second, implementation("pong", "A.pong", 3)])
    assert "two implementations: A.ping and B.ping" in finding.sentence
    assert compare_implementations([first, implementation("ping", "A.ping", 1)]) == ()
