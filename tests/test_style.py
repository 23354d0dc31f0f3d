"""Format, lint, types and the manners of the house are tests like any other.

Law: ruff and mypy judge with the project's own configuration; what they cannot see is read from the tracked files.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "celery_registry"
MODULES = sorted(PACKAGE.rglob("*.py"))
# A path of somebody's machine. In pieces, so that this line is not one.
MACHINE_PATHS = re.compile("|".join(("/tmp/" + "v/", "/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/")))


def run(*command: str) -> tuple[int, str]:
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    return finished.returncode, finished.stdout + finished.stderr


def tracked_files() -> list[Path]:
    """What git tracks; the owner of the checkout may be somebody else, as on a build machine."""
    status, output = run("git", "-c", "safe.directory=*", "ls-files", "-z")
    assert status == 0, output
    return [ROOT / name for name in output.split("\0") if name and (ROOT / name).is_file()]


def test_the_code_is_formatted() -> None:
    status, output = run(sys.executable, "-m", "ruff", "format", "--check", ".")
    assert status == 0, output


def test_the_code_has_no_lint() -> None:
    status, output = run(sys.executable, "-m", "ruff", "check", ".")
    assert status == 0, output


def test_the_package_is_strictly_typed() -> None:
    status, output = run(sys.executable, "-m", "mypy")
    assert status == 0, output


@pytest.mark.parametrize("script", ["examples/demo.py", "tests/run.py"])
def test_the_two_commands_are_strictly_typed_for_the_oldest_python(script: str) -> None:
    status, output = run(sys.executable, "-m", "mypy", script)
    assert status == 0, output


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = []
    for path in tracked_files():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{n}: {line}" for n, line in enumerate(lines, 1) if MACHINE_PATHS.search(line)
        ]
    assert found == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_its_law(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    assert "\nLaw: " in docstring, f"{path.relative_to(ROOT)} opens with no law: what it knows and must never learn"


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "tools"}
    assert [path for path in MODULES if path.stem in drawers or path.parent.name in drawers] == []
