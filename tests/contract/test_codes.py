"""The table of codes is whole: every problem has a code, every code a meaning, every sentence its facts."""

import string

import pytest

from celery_registry.contract.codes import CODES, PROBLEMS, Code
from celery_registry.contract.explanations import EXPLANATIONS
from celery_registry.contract.finding import Finding


def test_every_code_has_a_row_and_is_written_as_it_is_typed():
    assert set(CODES) == set(Code)
    assert {problem.code for problem in PROBLEMS.values()} == set(Code)
    assert all(EXPLANATIONS[code].reported_by for code in Code)
    assert all(EXPLANATIONS[code].mended != EXPLANATIONS[code].wrong for code in Code)
    # The others are mypy's own, for what is found without mypy.
    assert {str(code) for code in Code if not str(code).startswith("task-")} == {"call-arg", "arg-type"}


@pytest.mark.parametrize("problem", sorted(PROBLEMS))
def test_sentence_and_hint_are_filled_by_the_same_facts(problem):
    row = PROBLEMS[problem]
    wanted = {name for text in (row.sentence, row.hint) for _, name, _, _ in string.Formatter().parse(text) if name}
    finding = Finding(problem, "send", {name: f"<{name}>" for name in wanted - {"task"}})
    assert finding.code is row.code
    assert "{" not in finding.sentence + finding.hint
    assert finding.severity is (row.severity or CODES[row.code].severity)
