"""mypy's verdict beside the guard's, for every row of the table."""

from __future__ import annotations

import sys

import pytest
from agreement_table.places import DECLARATIONS, NAMES, REGISTRATIONS
from agreement_table.program import Row, rows_of, write_program
from agreement_table.shapes import SHAPES
from agreement_table.types import TYPES
from agreement_table.verdicts import Verdicts, guard_verdicts, mypy_verdicts, show_verdicts
from agreement_table.wrappers import WRAPPERS

BATCHES = {
    "parameters": (SHAPES, "str, Enum"),
    "types": (TYPES, "str, Enum"),
    "wrappers": (WRAPPERS, "str, Enum"),
    "declarations": (DECLARATIONS, "str, Enum"),
    "registrations": (REGISTRATIONS, "str, Enum"),
    "names": (NAMES, "str, Enum"),
    "names of a StrEnum": (NAMES, "StrEnum"),
}
#: The word of both for "I cannot know".
UNKNOWN = "hidden-signature"


def judge(row: Row, mypy: Verdicts, guard: Verdicts) -> list[str]:
    """What is wrong with the verdicts about one row."""
    wrong = []
    said, booted = mypy.of(row.value), guard.of(row.value)
    if said != tuple(sorted(row.side.problems)):
        wrong.append(f"mypy reports {said}, not {row.side.problems}")
    if booted != tuple(sorted(row.side.boot_problems)):
        wrong.append(f"the guard reports {booted}, not {row.side.boot_problems}")
    if UNKNOWN not in said and not set(booted) - {UNKNOWN} <= set(said):
        wrong.append("the guard reports what mypy does not")
    stock = mypy.stock.get(f"shop/tasks/{row.key}.py", [])
    if sorted(stock) != sorted(row.side.stock):
        wrong.append(f"mypy's own errors are {stock}")
    return [f"{row.key}: {text}" for text in wrong]


@pytest.mark.parametrize("batch", BATCHES)
def test_the_guard_reports_nothing_that_mypy_does_not_and_both_say_what_the_table_says(batch, tmp_path, cache):
    cases, enum = BATCHES[batch]
    if enum == "StrEnum" and sys.version_info < (3, 11):
        enum = "str, Enum"
    rows = rows_of(cases)
    write_program(tmp_path, rows, enum)
    mypy, guard = mypy_verdicts(tmp_path, cache()), guard_verdicts(tmp_path)
    wrong = [text for row in rows for text in judge(row, mypy, guard)]
    elsewhere = {path: codes for path, codes in mypy.stock.items() if not path.startswith("shop/tasks/")}
    unknown = {*mypy.problems, *guard.problems} - {row.value for row in rows}
    shown = "\n\n".join(show_verdicts(row.value, mypy, guard) for row in rows if judge(row, mypy, guard))
    assert not wrong, "\n".join([*wrong, shown])
    assert not elsewhere
    assert not unknown


@pytest.mark.parametrize("batch", BATCHES)
def test_every_wrong_row_has_a_right_twin(batch):
    for case in BATCHES[batch][0]:
        assert not set(case.right.problems) - {UNKNOWN}, case.id
        assert case.wrong.problems, case.id
