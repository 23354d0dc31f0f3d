"""One contract against one implementation: each disagreement is one finding, agreement is silence."""

import pytest

from celery_registry.contract.compare import compare_contract, compare_task, show_parameters
from celery_registry.contract.rules import Verdict
from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import Origin, TaskContract, TaskImplementation

WIDER = {("object", "int"), ("object", "str"), ("float", "int")}


class TextRules:
    """Types are words; ``?`` is one that nobody knows."""

    def accepts(self, target, value):
        if "?" in (target, value):
            return Verdict.UNKNOWN
        return Verdict.YES if target == value or (target, value) in WIDER else Verdict.NO

    def show(self, type):
        return type


def declare(*types, result="None", documented=None):
    parameters = tuple(Parameter(None, Kind.POSITIONAL_ONLY, True, type) for type in types)
    if types == (...,):
        parameters = None
    return TaskContract("send", "Tasks.send", TaskSignature(parameters, result), Origin("r.py", 3), documented)


def implement(*parameters, result="None", **facts):
    return TaskImplementation("send", TaskSignature(parameters, result), Origin("t.py", 7, 0, "Mail.send"), **facts)


TO = Parameter("to", type="str")
COPIES = Parameter("copies", required=False, type="int")
REST = Parameter("rest", Kind.VAR_POSITIONAL, required=False, type="int")
DRY = Parameter("dry", Kind.KEYWORD_ONLY, required=False, type="bool")
NOTE = Parameter("note", Kind.KEYWORD_ONLY, type="str")
MORE = Parameter("more", Kind.VAR_KEYWORD, required=False)


def problems(contract, implementation):
    return [finding.problem for finding in compare_task(contract, implementation, TextRules())]


@pytest.mark.parametrize(
    ("contract", "implementation", "expected"),
    [
        (declare("str"), implement(TO), []),
        (declare("str", "int"), implement(TO), ["too-many-declared"]),
        (declare("str", "int", "int"), implement(TO, REST), []),
        (declare("str", "str"), implement(TO, REST), ["parameter-type"]),
        (declare(), implement(TO), ["too-few-declared"]),
        (declare("str"), implement(TO, COPIES), []),
        (declare("str", "int"), implement(TO, COPIES), []),
        (declare("str", "str"), implement(TO, COPIES), ["parameter-type"]),
        (declare("?"), implement(TO), []),
        (declare("str"), implement(Parameter("to")), []),
        (declare("str"), implement(TO, DRY), []),
        (declare("str"), implement(TO, NOTE), ["keyword-only-required"]),
        (declare("str", result=None), implement(TO, NOTE), ["keyword-only-required"]),
        (declare(...), implement(TO, NOTE), []),
        (declare("str"), TaskImplementation("send", TaskSignature(None, "None")), []),
        (declare(result="int"), implement(result="str"), ["result-type"]),
        (declare(result="object"), implement(result="int"), []),
        (declare(result="?"), implement(result="int"), []),
        (declare(result=None), implement(result="int"), []),
        (declare(result="int"), implement(result=None), []),
        (declare("str", documented=("to",)), implement(TO), []),
        (declare("str", documented=("too",)), implement(TO), ["documented-name"]),
        (declare("str", documented=("too",)), implement(TO, MORE), []),
        (declare(documented=("to",)), implement(), ["documented-name"]),
        (declare("int"), implement(TO, hidden="is a partial"), ["hidden-signature"]),
        (declare("int"), implement(TO, hidden="is a lambda"), ["lambda-task"]),
        (declare("int", "int", result="int"), implement(TO), ["too-many-declared", "parameter-type", "result-type"]),
    ],
)
def test_the_findings_are_exactly_the_disagreements(contract, implementation, expected):
    assert problems(contract, implementation) == expected


def test_a_finding_names_the_task_both_facts_and_both_places():
    (finding,) = compare_task(declare("int"), implement(TO), TextRules())
    assert finding.sentence == 'Task "send" declares parameter 1 as "int", but Mail.send takes "to" as "str"'
    assert finding.hint == 'declare str at position 1, or widen "to" in Mail.send'
    assert str(finding.code) == "task-signature"
    assert finding.severity.value == "error"
    assert (finding.origin.line, finding.other.line) == (3, 7)


def test_counts_are_said_in_words():
    for declared, words in ((declare("str", "int"), "2 parameters"), (declare("int"), "1 parameter")):
        (finding,) = compare_task(declared, implement(), TextRules())[:1]
        assert f"declares {words}, but Mail.send accepts at most 0" in finding.sentence
    (finding,) = compare_task(declare(), implement(TO), TextRules())
    assert 'declares no parameters, but Mail.send also requires "to"' in finding.sentence


def test_an_implementation_without_a_place_is_called_the_implementation():
    nowhere = TaskImplementation("send", TaskSignature((), "str"))
    (finding,) = compare_task(declare(result="int"), nowhere, TextRules())
    assert "but the implementation returns" in finding.sentence
    assert finding.other is None


def test_parameters_are_shown_as_a_person_writes_them():
    signature = TaskSignature((TO, COPIES, REST, NOTE, MORE, Parameter(None, type="str"), Parameter(None)))
    shown = show_parameters(signature, TextRules())
    assert shown == "(to: str, copies: int = ..., *rest: int, note: str, **more, str, Any)"
    assert show_parameters(TaskSignature(None), TextRules()) == "(...)"


@pytest.mark.parametrize(
    ("actual", "promised"),
    [
        (implement(TO, COPIES), implement(TO, COPIES)),
        (implement(Parameter("to", type="?")), implement(TO)),
        (implement(Parameter("to")), implement(TO)),
        (implement(TO, hidden="is wrapped"), implement(COPIES)),
        (TaskImplementation("send", TaskSignature(None)), implement(TO)),
        (implement(TO), TaskImplementation("send", TaskSignature(None))),
    ],
)
def test_a_task_that_is_what_its_contract_says_or_cannot_be_known_is_silent(actual, promised):
    assert compare_contract(actual, promised, TextRules()) == ()


@pytest.mark.parametrize(
    ("actual", "promised"),
    [
        (implement(TO, COPIES), implement(TO)),
        (implement(Parameter("receiver", type="str")), implement(TO)),
        (implement(Parameter("to", required=False, type="str")), implement(TO)),
        (implement(Parameter("to", type="int")), implement(TO)),
        (implement(TO, result="str"), implement(TO)),
        (implement(TO, result=None), implement(COPIES, result=None)),
    ],
)
def test_a_task_that_is_not_what_its_contract_says_is_one_finding(actual, promised):
    (found,) = compare_contract(actual, promised, TextRules())
    assert found.problem == "contract-differs"
    assert found.facts["contract"] == "t.py"
