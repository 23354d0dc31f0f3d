"""The demonstration keeps its promises on the example, and says so when one is broken.

Law: the script is run as a user runs it, in the environment of the tests instead of one of its own.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "examples" / "demo.py"
HERE = ("--venv", sys.prefix, "--no-install")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[ModuleType]:
    """The script as a module, whose project is a copy that a test may spoil."""
    spec = importlib.util.spec_from_file_location("celery_registry_demo", DEMO)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.PROJECT = tmp_path / "delivery_project"  # type: ignore[attr-defined]
    ignored = shutil.ignore_patterns(".celery", ".mypy_cache*", "__pycache__")
    shutil.copytree(ROOT / "examples" / "delivery_project", module.PROJECT, ignore=ignored)
    yield module
    del sys.modules[spec.name]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(DEMO), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
    )


def test_every_step_does_as_promised() -> None:
    finished = run(*HERE)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert re.findall(r"^\[\d/\d\]", finished.stdout, re.M) == [f"[{n}/6]" for n in range(1, 7)]
    assert finished.stdout.count("\n  ok  ") == 6
    assert re.search(r"\nAll 6 steps did as promised, in \d+ s besides pip\.\n$", finished.stdout)


def test_help_names_the_exit_statuses() -> None:
    finished = run("--help")
    assert finished.returncode == 0
    assert "Exit status: 0 every step did as promised" in " ".join(finished.stdout.split())


def test_an_environment_that_is_not_there_cannot_run(tmp_path: Path) -> None:
    finished = run("--venv", str(tmp_path / "none"), "--no-install")
    assert finished.returncode == 2
    assert "Cannot run: " in finished.stdout


def spoil(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_a_mistake_that_mypy_does_not_report_breaks_the_promise(demo: ModuleType) -> None:
    spoil(demo.PROJECT / "calls_wrong.py", 'registry.ping.delay("now")', "registry.ping.delay()")
    with pytest.raises(demo.BrokenPromise, match=r"mistakes stand on the lines \[7, .* mypy reported \[8, "):
        demo.show_plugin(demo.Account(), demo.PROJECT, Path(sys.executable), {**os.environ, "PYTHONPATH": "src"})


def test_an_error_in_a_right_call_breaks_the_promise(demo: ModuleType) -> None:
    spoil(demo.PROJECT / "calls_right.py", "registry.cleanup_sessions.delay(7)", 'registry.cleanup_sessions.delay("7")')
    with pytest.raises(demo.BrokenPromise, match="right calls should have no error"):
        demo.show_plugin(demo.Account(), demo.PROJECT, Path(sys.executable), {**os.environ, "PYTHONPATH": "src"})


def test_a_broken_promise_is_told_last_and_is_exit_status_1(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_it(account: object, venv: Path, install: bool) -> None:
        raise demo.BrokenPromise("the worker sleeps")

    monkeypatch.setattr(demo, "demonstrate", break_it)
    monkeypatch.setattr(sys, "argv", [str(DEMO), *HERE])
    assert demo.main() == 1
    assert capsys.readouterr().out.endswith("\nNOT as promised, step 0: the worker sleeps\n")


def test_a_guard_that_is_not_there_breaks_the_promise(
    demo: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # The worker would boot and consume: it is stopped, and that is the broken promise.
    spoil(
        demo.PROJECT / "src/delivery/tasks/factories.py",
        "        guard.install(app, registry=TasksRegistry, names=TaskName)\n",
        "",
    )
    account = demo.Account()
    env = {**os.environ, "PYTHONPATH": "src", "DELIVERY_STATE_DIR": str(tmp_path / "state")}
    monkeypatch.setattr(demo, "WORKER_LIMIT", 8)
    with pytest.raises(demo.BrokenPromise, match="no end after 8 seconds"):
        demo.show_refusing_worker(account, demo.PROJECT, Path(sys.executable), env)
    capsys.readouterr()
