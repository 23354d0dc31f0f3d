"""The layers of the house are kept, and each contract that keeps them bites.

Law: import-linter judges; this file shows it the real package and, for each contract, a copy with one wrong import.
"""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "celery_registry"
CONFIG = ROOT / ".importlinter"


def lint(source: Path) -> tuple[int, str]:
    """The exit status and the report of import-linter over the package in ``source``."""
    program = f"import sys; sys.path.insert(0, {str(source)!r}); import importlinter.cli; importlinter.cli.lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache", "--config", str(CONFIG)]
    finished = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=120)
    return finished.returncode, finished.stdout + finished.stderr


def broken_contracts(report: str) -> list[str]:
    """The names of the contracts that the report calls broken; long names are wrapped over lines."""
    verdicts = report.partition("dependencies.")[2].partition("Contracts:")[0]
    flat = " ".join(verdicts.strip("\n- ").split())
    rows = re.findall(r"(.*?) (KEPT|BROKEN)(?: \(\d+ ignored imports?\))? ?", flat)
    return [name for name, verdict in rows if verdict == "BROKEN"]


def contract_name(key: str) -> str:
    config = configparser.ConfigParser()
    config.read(CONFIG)
    return config[f"importlinter:contract:{key}"]["name"]


def test_every_contract_is_kept() -> None:
    status, report = lint(ROOT / "src")
    assert (status, broken_contracts(report)) == (0, []), report


@pytest.mark.parametrize(
    ("key", "module", "line"),
    [
        ("layers", "contract/names.py", "from celery_registry import registry"),
        ("layers", "guard/__init__.py", "import celery_registry.mypy.emit"),
        # A module that nobody has given a layer.
        ("layers", "new_room.py", "import os"),
        ("mypy-stays-home", "source/model.py", "import mypy.nodes"),
        ("plain-core", "contract/compare.py", "import inspect"),
        ("plain-core", "errors.py", "import celery"),
        ("facts-cannot-report", "mypy/facts/__init__.py", "import celery_registry.mypy.emit"),
        ("acyclic", "source/values.py", "import celery_registry.source.resolve"),
        ("acyclic", "contract/codes.py", "def late() -> None:\n    import celery_registry.contract.finding"),
        ("plugin-without-celery", "mypy/sites.py", "def late() -> None:\n    import celery.app"),
    ],
)
def test_a_wrong_import_breaks_its_contract(tmp_path: Path, key: str, module: str, line: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / PACKAGE.name / module
    path.write_text(f"{path.read_text() if path.exists() else ''}\n\n{line}\n")
    status, report = lint(tmp_path)
    assert status == 1, report
    assert contract_name(key) in broken_contracts(report), report


def test_every_module_but_the_plugin_promises_not_to_import_mypy() -> None:
    config = configparser.ConfigParser()
    config.read(CONFIG)
    listed = config["importlinter:contract:mypy-stays-home"]["source_modules"].split()
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    assert sorted(listed) == sorted(f"celery_registry.{name}" for name in there - {"__init__", "mypy"})


@pytest.mark.parametrize("path", sorted((PACKAGE / "contract").glob("*.py")), ids=lambda path: str(path.name))
def test_the_core_imports_the_standard_library_and_itself_alone(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        for name in names:
            core = name.startswith(("celery_registry.contract", "celery_registry.errors"))
            assert core or name.partition(".")[0] in sys.stdlib_module_names, (
                f"{path.name}:{node.lineno} imports {name}"
            )
