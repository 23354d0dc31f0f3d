"""The files under ``.github`` are valid, and the commands in them are those that the tests run.

Law: check-jsonschema judges with the schemas that it brings along.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
#: Command -> the test that runs it.
RUN_BY = {
    "bash .ci/run": ROOT / ".ci" / "run",
    "python -m build": ROOT / "tests" / "packaging" / "test_distribution.py",
    "python -m twine check --strict dist/*": ROOT / "tests" / "packaging" / "test_distribution.py",
    "check-wheel-contents dist/*.whl": ROOT / "tests" / "packaging" / "test_distribution.py",
}


def validate(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("vendor.github-workflows", "workflows/*.yml"),
        ("vendor.github-issue-forms", "ISSUE_TEMPLATE/[!c]*.yml"),
        ("vendor.github-issue-forms", "ISSUE_TEMPLATE/crash.yml"),
        ("vendor.github-issue-config", "ISSUE_TEMPLATE/config.yml"),
    ],
)
def test_the_files_are_valid(schema: str, pattern: str) -> None:
    files = sorted((ROOT / ".github").glob(pattern))
    assert files
    finished = validate(schema, *files)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_a_mistake_in_a_workflow_would_be_found(tmp_path: Path) -> None:
    spoilt = tmp_path / "ci.yml"
    spoilt.write_text(WORKFLOWS[0].read_text().replace("runs-on:", "run-on:"))
    assert validate("vendor.github-workflows", spoilt).returncode == 1


def commands(workflow: Path) -> list[str]:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    scripts = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    return [line.strip() for script in scripts for line in script.splitlines() if line.strip()]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_command_of_a_workflow_is_run_by_a_test(workflow: Path) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    for command in commands(workflow):
        words = shlex.split(command)
        if words[:4] == ["python", "-m", "pip", "install"]:
            asked = [words[n + 1] for n, word in enumerate(words) if word == "--group"]
            assert set(asked) <= set(groups), command
        elif words[0] == "test":
            assert shutil.which("test"), command
        else:
            assert RUN_BY[command].is_file(), command


def test_ci_runs_on_every_python_that_is_promised() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    promised = [c.rpartition(" ")[2] for c in project["classifiers"] if "Python :: 3." in c]
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    assert jobs["tests"]["strategy"]["matrix"]["python"] == promised
