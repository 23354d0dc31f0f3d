"""Every case prints exactly what its comments promise."""

from __future__ import annotations

import shutil
from pathlib import Path

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


def test_a_file_says_the_same_alone_beside_others_and_after_an_edit(tmp_path):
    """What mypy has loaded besides a file, and from where, must not decide what is found in it."""
    folder = Path(shutil.copytree(CASES / "hostile", tmp_path / "hostile"))
    cache = f"--cache-dir={tmp_path / 'cache'}"
    beside = printed_lines(folder, cache)["local_tasks.py"]
    with (folder / "local_tasks.py").open("a") as file:
        file.write("# An edit.\n")
    assert printed_lines(folder, cache)["local_tasks.py"] == beside
    for other in folder.glob("*.py"):
        if other.name != "local_tasks.py":
            other.unlink()
    assert printed_lines(folder)["local_tasks.py"] == beside
