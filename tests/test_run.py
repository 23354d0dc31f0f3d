"""The test command makes its environment once, hands the rest to pytest and says clearly why it cannot run.

Law: the script is run as a user runs it; the environment is a folder that looks ready, so that nothing is installed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEST = "def test_it(request):\n    print(request.config.getoption('numprocesses', None), request.config.invocation_params.args)\n"


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A folder that says of itself that everything is installed; its Python is this one."""
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (venv / "celery-registry-tests").write_text(hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest())
    return venv


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ("CI", "CELERY_REGISTRY_VENV")}
    command = [sys.executable, str(ROOT / "tests" / "run.py"), *arguments]
    return subprocess.run(command, env={**env, **environment}, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("how", ["option", "variable"])
def test_the_rest_of_the_arguments_go_to_pytest(ready: Path, tmp_path: Path, how: str) -> None:
    (tmp_path / "test_it.py").write_text(TEST)
    given = ["-q", "-s", "-n", "0", str(tmp_path / "test_it.py")]
    finished = run("--venv", str(ready), *given) if how == "option" else run(*given, CELERY_REGISTRY_VENV=str(ready))
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "tests.no_skips" not in finished.stdout
    assert finished.stdout.splitlines()[-1].startswith("1 passed")


def test_two_processes_share_the_tests_unless_told_otherwise(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(TEST)
    finished = run("--venv", str(ready), str(tmp_path / "test_it.py"))
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "2 workers" in finished.stdout


def test_a_skipped_test_fails_on_a_build_machine_only(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("import pytest\ndef test_it():\n    pytest.skip('no server')\n")
    arguments = ("--venv", str(ready), "-n", "0", str(tmp_path / "test_it.py"))
    assert run(*arguments).returncode == 0
    refused = run(*arguments, CI="true")
    assert refused.returncode == 1
    assert "a test may not be skipped here" in refused.stdout


def test_an_environment_that_cannot_be_made_is_exit_status_2(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    finished = run("--venv", str(tmp_path / "file" / "venv"))
    assert finished.returncode == 2
    assert finished.stderr.startswith("Cannot run: ")
    assert "Traceback" not in finished.stderr


def test_help_tells_where_the_environment_is_and_what_the_exit_status_means() -> None:
    finished = run("--help")
    assert finished.returncode == 0
    for words in ("$CELERY_REGISTRY_VENV", "Exit status", "goes to pytest"):
        assert words in " ".join(finished.stdout.split())
