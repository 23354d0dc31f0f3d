"""A child of the fork server prints what a new interpreter prints: the long run takes it for mypy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from differential.processes import Forked, New
from differential.replay import Replay, steps_of


@pytest.fixture
def forked() -> Iterator[Forked]:
    server = Forked()
    yield server
    server.close()


def test_runs_of_the_server_print_what_new_interpreters_print(tmp_path: Path, libraries: Path) -> None:
    """A cold run, a warm run and the daemon; ``long_run.py --check-server`` does the same for any number of edits."""
    replay = Replay(3, tmp_path, libraries, ("cold", "warm", "daemon"), starts=(Forked, New))
    steps = list(replay.steps(steps_of(3, 5)))
    assert any(step.printed["cold"] for step in steps), "no edit was a mistake: choose another seed"
    assert replay.runs["cold"] == replay.runs["cold again"] == len(steps)


@pytest.mark.parametrize(
    "arguments",
    [["--version"], ["--no-such-option"], ["missing.py"], ["--cache-dir=/dev/null", "right.py", "wrong.py"]],
)
def test_texts_and_exit_status_are_those_of_a_new_interpreter(
    arguments: list[str], tmp_path: Path, forked: Forked
) -> None:
    (tmp_path / "right.py").write_text("import os\n\nprint(os.sep)\n")
    (tmp_path / "wrong.py").write_text("import right\n\nright.os.sep = 1\nimport missing\n")
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = celery_registry.mypy\n")
    ours, theirs = forked.run("mypy", arguments, tmp_path), New().run("mypy", arguments, tmp_path)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)


def test_a_run_leaves_nothing_in_the_server(tmp_path: Path, forked: Forked) -> None:
    """The settings of one project are none of the next one's."""
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = celery_registry.mypy\n\n[celery-registry]\nseverity = x\n")
    refused = forked.run("mypy", ["-c", "1"], tmp_path)
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = celery_registry.mypy\n")
    accepted = forked.run("mypy", ["--no-error-summary", "-c", "1"], tmp_path)
    assert (refused.returncode, accepted.returncode, accepted.stdout) == (2, 0, "")
