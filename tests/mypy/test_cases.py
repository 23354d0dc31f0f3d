"""Every case prints exactly what its comments promise."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from mypy_cases import CASES, expected_lines, printed_lines, show_difference

#: A call up to its arguments: ``registry.send.delay(``.
CALL = re.compile(r"[\w.]+\(")
FOLDERS = sorted(path.parent for path in CASES.glob("*/mypy.ini"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_mypy_prints_exactly_what_the_comments_promise(folder):
    expected, printed = expected_lines(folder), printed_lines(folder)
    assert not show_difference(expected, printed)


def test_the_cases_hold_wrong_lines_and_right_twins():
    """A folder of cases without an expected error, or without silent lines like the wrong ones, would prove nothing.

    Two of three wrong calls at least stand on a silent line as well, with other arguments.
    """
    assert FOLDERS
    for folder in FOLDERS:
        lines = [line for path in folder.rglob("*.py") for line in path.read_text().splitlines()]
        wrong = {code.strip() for line in lines if "# E: " in line for code in [line.partition("#")[0]]}
        right = {line.strip() for line in lines if "# E: " not in line and "# N: " not in line}
        calls = {found[0] for code in wrong if (found := CALL.match(code))}
        twins = {call for call in calls if any(line.startswith(call) for line in right)}
        assert wrong, f"{folder.name} has no wrong line"
        assert len(twins) * 3 >= len(calls) * 2, f"{folder.name}: no right twin of {sorted(calls - twins)}"


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
