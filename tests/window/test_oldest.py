"""The oldest releases that we promise give the same verdicts as the newest.

Both ends of the window: the rest of the tests runs with the newest releases.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mypy_cases import CASES, expected_lines, printed_lines

ROOT = Path(__file__).parents[2]
#: What stock mypy says of these depends on celery-types: 0.23 declares a GroupResult with nothing in it,
#: and no parameters for the tasks of an application.
OTHER_STUBS = (
    "groups.py",
    "kept_errors.py",
    "callbacks.py",
    "name_of_a_task.py",
    "aliases.py",
    "lists_in_groups.py",
    "of_the_class.py",
)
OLDEST = ("mypy==1.15.0", "celery==5.3.6", "celery-types==0.23.0")


def _oldest_python() -> str:
    """Python 3.10 where this machine has one, else the Python that runs the tests."""
    candidates = [shutil.which("python3.10"), *map(str, Path.home().glob(".pyenv/versions/3.10.*/bin/python"))]
    for candidate in filter(None, candidates):
        if subprocess.run([candidate, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0:
            return candidate
    return sys.executable


@pytest.fixture(scope="module")
def oldest(tmp_path_factory):
    """The Python of an environment with the oldest promised releases and this checkout."""
    folder = tmp_path_factory.mktemp("oldest") / "venv"
    subprocess.run([_oldest_python(), "-m", "venv", str(folder)], check=True, timeout=120)
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    install = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--editable", str(ROOT)]
    packages = [
        *OLDEST,
        "pytest",
        "pytest-timeout",
        "hypothesis",
        "redis",
        "psutil",
        "pydantic",
        "msgpack",
        "pyyaml",
        "tomli",
        "django-celery-beat",
        "setuptools<81",
    ]
    subprocess.run([*install, *packages], check=True, timeout=600)
    return python


def _plain(message: str) -> str:
    """A message without what mypy itself has changed: the code of "too many", full names in revealed types."""
    message = message.replace("builtins.", "").replace("  [misc]", "  [call-arg]")
    return re.sub(r"TypedDict\('([^']+)'", r"TypedDict(\1", message)


@pytest.mark.parametrize("folder", ["calls", "agreement", "payloads"])
def test_the_oldest_mypy_reports_every_mistake_and_nothing_that_stock_does_not(oldest, folder):
    expected = expected_lines(CASES / folder)
    printed = printed_lines(CASES / folder, python=oldest)
    stock = printed_lines(CASES / folder, "--config-file=", "--strict", python=oldest)
    wrong = []
    for path in sorted(expected.keys() | printed.keys()):
        promised = {(n, k, _plain(m)) for n, k, m in expected[path] if "Revealed type" not in m}
        found = {(n, k, _plain(m)) for n, k, m in printed[path] if "Revealed type" not in m}
        if path in OTHER_STUBS:
            # The same lines, in the words of other stubs; what these stubs do not declare cannot be promised.
            found, promised = ({(n, k, "") for n, k, _ in rows} for rows in (found, promised))
            promised &= found
        wrong += [f"missed: {path}:{row}" for row in sorted(promised - found)]
        alone = {(n, k, "" if path in OTHER_STUBS else _plain(m)) for n, k, m in stock[path]}
        wrong += [f"false alarm: {path}:{row}" for row in sorted(found - promised - alone)]
    assert not wrong, "\n".join(wrong)


def test_the_guard_and_the_registry_work_on_the_oldest_celery(oldest):
    tests = ["tests/guard", "tests/registry", "tests/contract", "tests/source", "tests/testing/test_recording.py"]
    tests = [test for test in tests if (ROOT / test).exists()]
    command = [oldest, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
