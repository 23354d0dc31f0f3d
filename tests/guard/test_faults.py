"""Every fault is found alone and among others, and its healthy twin is never blamed."""

from __future__ import annotations

import pytest

from celery_registry.guard import check
from guard.conftest import Load
from guard.faults import FAULTS, Fault, write_module

STRIDES = (1, 7, 11)


def found(load: Load, pieces: list, strict: bool) -> list[tuple[str, str, str]]:
    module = load(write_module(pieces))
    findings = check(module.app, registry=module.TasksRegistry, names=module.TaskName, strict=strict)
    for finding in findings:
        # Every sentence and hint can be written.
        assert finding.task in finding.sentence
        assert finding.hint
    return sorted((str(f.code), f.problem, f.task) for f in findings)


@pytest.mark.filterwarnings("ignore:Task name:celery.exceptions.CeleryWarning")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
class TestAlone:
    def test_a_fault_is_found(self, fault: Fault, load: Load) -> None:
        assert found(load, [fault.wrong], fault.strict) == sorted(fault.expected)

    def test_its_healthy_twin_is_not_blamed(self, fault: Fault, load: Load) -> None:
        assert found(load, [fault.right], False) == []


@pytest.mark.filterwarnings("ignore:Task name:celery.exceptions.CeleryWarning")
@pytest.mark.parametrize("index", range(len(FAULTS)), ids=lambda index: FAULTS[index].name)
def test_three_faults_together_are_all_found_and_nothing_else(index: int, load: Load) -> None:
    three = [FAULTS[(index + stride) % len(FAULTS)] for stride in STRIDES]
    if len({f.name for f in three} & {"queue", "annotation"}) == 2:
        three = three[:2]
    others = [f for f in FAULTS if f not in three and f.name not in ("undeclared", "two_implementations")]
    strict = any(f.strict for f in three)
    pieces = [f.wrong for f in three] + [f.right for f in others[:: 5 if strict else 3] if not strict]
    expected = sorted(e for f in three for e in f.expected)
    assert found(load, pieces, strict) == expected
