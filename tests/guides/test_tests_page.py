"""The page about tests: its tests pass under pytest, its program is right for mypy, its failure is what a user reads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from guides.pages import read_blocks, write_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project("tests", tmp_path_factory.mktemp("tests_page"))


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "CELERY_"))}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=project, env=environment, capture_output=True, text=True, timeout=180
    )


def test_the_tests_of_the_page_pass(project: Path) -> None:
    done = run(project, "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:xdist")
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout


def test_a_failure_reads_as_the_page_shows(project: Path) -> None:
    (text,) = [block.text for block in read_blocks("tests") if block.title == "failure"]
    (project / "tests" / "test_failing.py").write_text(
        "from shop.app import registry\n\n\n"
        "def test_failing(celery_registry_sent):\n"
        '    registry.send_email.delay("bob@example.com", "Hello")\n'
        '    registry.send_email.delay("ada@example.com", "Hello!")\n'
        '    celery_registry_sent.to(registry.send_email).one_with(to="ada@example.com", subject="Hello")\n'
    )
    done = run(project, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/test_failing.py")
    (project / "tests" / "test_failing.py").unlink()
    shown = "\n".join(line.removeprefix("E").strip() for line in done.stdout.splitlines() if line.startswith("E"))
    assert "\n".join(line.strip() for line in text.splitlines()) in shown.replace("AssertionError: ", "")


def test_mypy_finds_nothing_wrong(project: Path) -> None:
    (project / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins = celery_registry.mypy\n")
    done = run(project, "mypy", "shop", "tests")
    assert done.returncode == 0, done.stdout
