"""The group of commands: quick to load, clear when it is asked for something that is not there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from celery_registry.contract.codes import CODES, Code
from cli.shop import run, run_celery


def test_the_versions_are_ours_mypys_celerys_and_pythons(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert done.returncode == 0, done.stderr
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert names == ["celery-registry", "mypy", "celery", "celery-types", "python"]
    assert done.stdout.splitlines()[-1].split()[1] == ".".join(map(str, sys.version_info[:3]))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["explain", "task-result"]])
def test_help_versions_and_explanations_import_neither_mypy_nor_celery(tmp_path: Path, arguments: list[str]) -> None:
    code = (
        "import sys, json\n"
        "from celery_registry.cli import registry\n"
        f"registry({arguments!r}, standalone_mode=False)\n"
        "print(json.dumps(sorted(m for m in sys.modules if m.split('.')[0] in ('mypy', 'celery', 'kombu'))))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_help_lists_the_commands_that_are_there(tmp_path: Path) -> None:
    done = run(tmp_path, "--help")
    assert done.returncode == 0
    listed = [line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines() if line[2:3].isalpha()]
    for command in listed[: listed.index("Exit")] if "Exit" in listed else listed:
        shown = run(tmp_path, command, "--help")
        assert (shown.returncode, shown.stdout.startswith(f"Usage: celery-registry {command}")) == (0, True), shown
    assert {"check", "explain", "workers", "doctor"} <= set(listed)


def test_celery_lists_the_group(tmp_path: Path) -> None:
    done = run_celery(tmp_path, "registry", "--help")
    assert done.returncode == 0
    assert "Usage: celery registry" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chekc"], 'there is no command "chekc"; did you mean "check"?'),
        (["explain", "task-undeclraed"], 'there is no code "task-undeclraed"; did you mean "task-undeclared" or "task-unverifiable" or "task-deadlock"?'),
        (["explain", "zzz"], 'there is no code "zzz"'),
    ],
)  # fmt: skip
def test_what_is_not_there_is_one_line_with_the_nearest_name(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"celery-registry: {message}\n")


def test_an_unknown_option_has_status_two(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "--nothing")
    assert done.returncode == 2
    assert "No such option" in done.stderr


def test_explain_lists_every_code(tmp_path: Path) -> None:
    done = run(tmp_path, "explain")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [str(code) for code in CODES]


def test_explain_shows_a_wrong_example_and_its_right_twin(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", str(Code.SIGNATURE))
    assert done.stdout.startswith("task-signature (error)\n\nThe declared parameters are not the parameters")
    assert "Task[[str, int, str], bool]" in done.stdout.partition("Wrong:")[2].partition("Right:")[0]
    assert "Task[[str, int], bool]" in done.stdout.partition("Right:")[2]
