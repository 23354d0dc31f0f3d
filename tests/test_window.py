"""The releases that the README promises are those in ``window``, and a newer one is met with one line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from celery_registry.window import TESTED, is_newer

ROOT = Path(__file__).resolve().parents[1]
# A mypy that has moved something that the plugin imports.
MOVED = """
import mypy.{module}
del mypy.{module}.{name}
from celery_registry.mypy import plugin
from mypy.plugin import Plugin
print(plugin({version!r}) is Plugin)
"""


@pytest.mark.parametrize("page", ["README.md", "docs/install.md"])
def test_the_table_of_releases_is_what_is_tested(page: str) -> None:
    rows = dict(re.findall(r"^\| (Python|mypy|Celery) \| ([\d.]+ \| [\d.]+) \|$", (ROOT / page).read_text(), re.M))
    shown = {name.lower(): row for name, row in rows.items()}
    assert shown == {name: " | ".join(".".join(map(str, release)) for release in ends) for name, ends in TESTED.items()}


@pytest.mark.parametrize(
    ("version", "newer"),
    [("2.4.1", False), ("1.15.0", False), ("2.5.0", True), ("3.0.0+dev", True), ("unknown", False)],
)
def test_what_is_newer(version: str, newer: bool) -> None:
    assert is_newer("mypy", version) is newer


def load(version: str, module: str = "modulefinder", name: str = "matches_exclude") -> subprocess.CompletedProcess[str]:
    program = MOVED.format(module=module, name=name, version=version)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(("module", "name"), [("modulefinder", "matches_exclude"), ("subtypes", "is_subtype")])
def test_a_newer_mypy_that_the_plugin_cannot_use_checks_nothing_and_says_so_in_one_line(module: str, name: str) -> None:
    finished = load("99.0", module, name)
    assert (finished.returncode, finished.stdout) == (0, "True\n"), finished.stderr
    assert re.fullmatch(r"celery-registry \S+ checks nothing on mypy 99\.0, which is newer .*\n", finished.stderr)


def test_on_a_mypy_that_was_tested_the_same_is_an_error_and_never_silence() -> None:
    finished = load("2.4.1")
    assert finished.returncode == 1
    assert "matches_exclude" in finished.stderr


BOOT = """
import logging, sys
import celery
celery.__version__ = {version!r}
from celery_registry import guard
app = celery.Celery("shop", broker="memory://")
guard.install(app)
logging.basicConfig(level="WARNING", stream=sys.stdout)
from celery_registry.guard import boot
print(boot._refusal(app, "worker", schedules=False))
"""


@pytest.mark.parametrize(("version", "lines"), [("5.7.0", 0), ("99.0.1", 1)])
def test_a_guarded_worker_on_a_newer_celery_boots_and_says_so_once(version: str, lines: int) -> None:
    program = BOOT.format(version=version)
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert finished.stdout.splitlines()[-1] == "None", finished.stdout + finished.stderr
    assert finished.stdout.count("Celery 99.0.1 is newer than celery-registry") == lines
