"""What Celery gives an errback, what of it does not fit, and the advice."""

from __future__ import annotations

import pytest

from celery_registry.contract.calls import Argument, TaskCall, judge_call
from celery_registry.contract.errbacks import FAILURE, IDENTITY, errback_rule, given_to_errback
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.contract.task import Origin

HERE = Origin("views.py", 3)
BOUND = "an errback with bind=True is given the task's id alone"
FREE = "an errback is given the task's id or, where it takes more than one argument"


@pytest.mark.parametrize(
    ("positional", "any_number", "has_own", "bound", "given"),
    [
        (1, False, False, False, (IDENTITY,)),
        (3, False, False, False, (FAILURE,)),
        (0, True, False, False, (FAILURE,)),
        (3, False, False, True, (IDENTITY,)),
        (3, False, False, None, (FAILURE, IDENTITY)),
        (1, False, False, None, (IDENTITY, FAILURE)),
        (4, False, True, False, (FAILURE, IDENTITY)),
    ],
)
def test_how_many_values_an_errback_is_given(
    positional: int, any_number: bool, has_own: bool, bound: bool | None, given: tuple[int, ...]
) -> None:
    assert given_to_errback(positional, any_number=any_number, has_own=has_own, bound=bound) == given


@pytest.mark.parametrize(
    ("names", "own", "bound", "sentence", "rule"),
    [
        (["request", "exc", "trace"], 0, False, None, None),
        (["request", "exc", "trace"], 0, None, None, None),
        (["task_id"], 0, True, None, None),
        (["request", "exc", "trace"], 0, True, 'Missing positional arguments "exc", "trace" in call to "late"', BOUND),
        (["request", "exc"], 0, False, 'Too many arguments for "late"', FREE),
        ([], 0, True, 'Too many arguments for "late"', FREE),
        ([], 1, False, 'Too many arguments for "late"', None),
    ],
)
def test_an_errback_that_does_not_fit_is_advised_by_what_it_is_given(
    names: list[str], own: int, bound: bool | None, sentence: str | None, rule: str | None
) -> None:
    signature = TaskSignature(tuple(map(Parameter, names)))
    given = given_to_errback(len(names), any_number=False, has_own=bool(own), bound=bound)
    written = (Argument(None, HERE),) * own
    call = TaskCall("late", '"late"', signature, HERE, written, partial=True, given=given)
    found = list(judge_call(call))
    assert [finding.sentence for finding in found] == ([] if sentence is None else [sentence])
    assert all(finding.hint.startswith(f"take what Celery gives: {rule}") == (rule is not None) for finding in found)


def test_the_rule_names_bind_only_where_it_decides() -> None:
    assert errback_rule(3, (IDENTITY,)).startswith(BOUND)
    assert errback_rule(3, (FAILURE,)).startswith(FREE)
    assert errback_rule(1, (IDENTITY,)).startswith(FREE)
