"""Every case prints exactly what its comments promise."""

from __future__ import annotations

import pytest
from mypy_cases import CASES, expected_lines, printed_lines, show_difference

FOLDERS = sorted(path.parent for path in CASES.glob("*/mypy.ini"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_mypy_prints_exactly_what_the_comments_promise(folder):
    expected, printed = expected_lines(folder), printed_lines(folder)
    assert not show_difference(expected, printed)


def test_the_cases_hold_wrong_lines_and_right_twins():
    """A folder of cases without an expected error, or without a silent line, would prove nothing."""
    assert FOLDERS
    for folder in FOLDERS:
        assert any(folder.rglob("*.py")), folder
