"""Every program of the page is real: mypy prints what its comments promise, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy_cases import expected_lines, printed_lines, show_difference

PAGE = Path(__file__).parents[2] / "docs" / "agreement.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_of_the_page_has_the_errors_that_its_comments_promise(number, tmp_path, cache):
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins = celery_registry.mypy\n")
    (tmp_path / "tasks.py").write_text(PROGRAMS[number])
    printed = printed_lines(tmp_path, f"--cache-dir={cache()}")
    errors = {path: {line for line in lines if line[1] == "error"} for path, lines in printed.items()}
    assert not show_difference(expected_lines(tmp_path), errors)


def test_the_page_shows_right_and_wrong():
    assert any("# E: " not in program for program in PROGRAMS)
    assert any("# E: " in program for program in PROGRAMS)
