"""Which tool reads which layout without a line of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from stubs.checkers import run_checker
from stubs.projects import run_command, write_files
from stubs.small import FILES

CALLS = """\
from pkg.registry import Registry


def call(registry: Registry) -> None:
    registry.mail.delay(to="x")
    registry.mail.apply_async(("x",), countdown=3)
    registry.mail.delay(recipient="x")
    registry.mail.apply_async((1,))
"""

WITHOUT_SETTINGS = [
    ("beside", "pyright"),
    ("beside", "ty"),
    ("typings", "pyright"),
    ("typings", "basedpyright"),
]


@pytest.mark.parametrize(("layout", "checker"), WITHOUT_SETTINGS)
def test_a_layout_is_read_without_settings(layout: str, checker: str, tmp_path: Path) -> None:
    write_files(tmp_path, {**FILES, "pyproject.toml": "", "src/calls.py": CALLS})
    assert run_command(tmp_path, "stubs", "--layout", layout).returncode == 0
    assert {item.line for item in run_checker(checker, tmp_path, "src/calls.py")} == {7, 8}


def test_a_stub_tells_what_the_source_alone_does_not(tmp_path: Path) -> None:
    write_files(tmp_path, {**FILES, "pyproject.toml": "", "src/calls.py": CALLS})
    assert {item.line for item in run_checker("ty", tmp_path, "src/calls.py")} == {5, 7}
