"""Every code is explained, and docs/codes.md is the page that the tables make."""

from __future__ import annotations

from pathlib import Path

import pytest

from celery_registry.contract.codes import CODES, PROBLEMS, Code
from celery_registry.contract.explanations import EXPLANATIONS
from celery_registry.report.codes_page import render_codes_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "codes.md"


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text() == render_codes_page(), (
        f"write it anew: python -m celery_registry.report.codes_page docs/{PAGE.name}"
    )


@pytest.mark.parametrize("code", Code, ids=str)
def test_every_code_has_a_row_an_explanation_and_a_right_twin(code: Code) -> None:
    explanation = EXPLANATIONS[code]
    assert CODES[code].meaning.endswith(".")
    assert explanation.mended != explanation.wrong
    for old, _ in explanation.right:
        assert explanation.wrong.count(old + "\n") == 1, old
    for text in (explanation.wrong, explanation.mended):
        compile(text, str(code), "exec")


def test_every_problem_belongs_to_a_code_and_names_its_facts() -> None:
    assert {problem.code for problem in PROBLEMS.values()} <= set(CODES)
