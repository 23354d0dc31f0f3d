"""Contracts of other services in mypy: an edit of the lock is seen by a warm run, and a lock that is none is one line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mypy_cases import CASES, printed_lines


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CASES / "contracts", tmp_path / "contracts"))


def test_a_warm_run_sees_an_edit_of_the_lock(project: Path, tmp_path: Path) -> None:
    cache = f"--cache-dir={tmp_path / 'cache'}"
    cold = printed_lines(project, cache)
    assert printed_lines(project, cache) == cold
    lock = project / "mail.lock"
    lock.write_text(lock.read_text().replace('"body: str"', '"text: str"').replace('"count: int"', '"number: int"'))
    warm = printed_lines(project, cache)
    assert warm == printed_lines(project)
    assert warm != cold
    assert not any("task-incompatible" in message for _, _, message in warm["monorepo.py"])
    lock.write_text(lock.read_text().replace('"text: str"', '"body: str"').replace('"number: int"', '"count: int"'))
    assert printed_lines(project, cache) == cold


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "mypy.ini: contracts: mail.lock cannot be read: No such file or directory"),
        ("{}", "mail.lock: its format is"),
    ],
)
def test_a_lock_that_is_none_is_one_line(project: Path, text: str | None, told: str) -> None:
    (project / "mail.lock").unlink()
    if text is not None:
        (project / "mail.lock").write_text(text)
    command = [sys.executable, "-m", "mypy", "--cache-dir", "/dev/null", "."]
    finished = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 2
    assert told in finished.stderr
    assert "Traceback" not in finished.stderr


def test_check_static_and_the_stubs_know_the_same_names(project: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        program = "from celery_registry.cli import main; main()"
        command = [sys.executable, "-c", program, *words]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)

    (project / "monorepo.py").unlink()
    found = run("check", "--static", ".")
    assert found.returncode == 1, found.stdout + found.stderr
    assert 'Task "mail.send" declares 1 parameter, but mail.send also requires "body"' in found.stdout
    assert found.stdout.count("error [task-signature]") == 1, found.stdout
    assert "task-unregistered" not in found.stdout
    written = run("stubs", "--output", "typings", ".")
    assert written.returncode == 0, written.stderr
    stub = "".join(path.read_text() for path in (project / "typings").rglob("*.pyi"))
    assert "def delay(self, to: str, body: str, *, at: _t.Any = ...)" in stub
    assert "def delay(self, words: list[str], limit: int = ...)" in stub
