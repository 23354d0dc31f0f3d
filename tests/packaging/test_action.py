"""The action at the root of the repository is valid, and each of its steps does what it says.

Law: the steps are run with bash as a runner runs them, in a clone of a small project without registry or settings.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
TASKS = """from celery import Celery

app = Celery("shop")


@app.task
def send_email(to: str, subject: str): ...


def welcome(to: str) -> None:
    send_email.delay(to, "Welcome")
"""
#: What the runner knows of a pull request.
GITHUB = {"github.base_ref": "main"}


def value(expression: str, inputs: dict[str, str]) -> str:
    """What the runner puts in the place of ``${{ ... }}``."""

    def known(found: re.Match[str]) -> str:
        name = found[1]
        return inputs[name.removeprefix("inputs.")] if name.startswith("inputs.") else GITHUB[name]

    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", known, expression)


def run_steps(clone: Path, given: dict[str, str], **more: str) -> dict[str, tuple[int, str, str]]:
    """Each step but the first: name -> status, standard output, what it wrote for the steps after it."""
    inputs = {name: value(str(row["default"]), {}) for name, row in ACTION["inputs"].items()} | given
    ends = {}
    for step in ACTION["runs"]["steps"][1:]:
        if "inputs.base" in step.get("if", "") and not inputs["base"]:
            continue
        output = clone.parent / "output"
        output.write_text("")
        program = Path(sys.executable).parent
        environment = {name: value(text, inputs) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=clone / value(step["working-directory"], inputs),
            env={
                **os.environ,
                "PATH": f"{program}{os.pathsep}{os.environ['PATH']}",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(clone.parent / "summary.md"),
                **environment,
                **more,
            },
            capture_output=True,
            text=True,
            timeout=300,
        )
        ends[step.get("id", "check")] = (done.returncode, done.stdout + done.stderr, output.read_text())
    return ends


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.email=a@example.com", "-c", "user.name=A", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone on a branch that is behind ``main`` by one new task."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    (origin / "tasks.py").write_text(TASKS)
    git(origin, "init")
    git(origin, "add", ".")
    git(origin, "commit", "-m", "one")
    git(tmp_path, "clone", str(origin), str(clone))
    git(clone, "checkout", "-b", "change")
    (origin / "more.py").write_text("from tasks import app\n\n\n@app.task\ndef more(): ...\n")
    git(origin, "add", ".")
    git(origin, "commit", "-m", "two")
    git(clone, "fetch")
    return clone


def test_the_action_is_valid_and_a_mistake_in_it_would_be_found(tmp_path: Path) -> None:
    spoilt = tmp_path / "action.yml"
    spoilt.write_text((ROOT / "action.yml").read_text().replace("using: composite", "using: composed"))
    for file, status in ((ROOT / "action.yml", 0), (spoilt, 1)):
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == status, done.stdout


def test_a_sound_change_passes_and_a_wrong_one_fails_in_each_step(clone: Path) -> None:
    ends = run_steps(clone, {})
    assert {name: status for name, (status, _, _) in ends.items()} == {"check": 0, "sarif": 0, "compat": 0}, ends
    # What main has gained since is no change of this branch.
    assert "no task changed" in (clone / "celery-registry.md").read_text()
    (clone / "tasks.py").write_text(TASKS.replace("subject: str)", "subject: str, locale: str)"))
    ends = run_steps(clone, {"paths": "tasks.py"})
    assert {name: status for name, (status, _, _) in ends.items()} == {"check": 1, "sarif": 0, "compat": 1}, ends
    assert "::error title=call-arg,file=tasks.py,line=11" in ends["check"][1]
    assert "::error title=task-incompatible%3A breaking,file=tasks.py,line=7" in ends["compat"][1]
    assert (ends["sarif"][2], ends["compat"][2]) == ("sarif=celery-registry.sarif\n", "comment=celery-registry.md\n")
    document: dict[str, Any] = json.loads((clone / "celery-registry.sarif").read_text())
    assert [result["ruleId"] for result in document["runs"][0]["results"]] == ["call-arg"]
    assert "| `tasks.send_email` | breaking |" in (clone / "celery-registry.md").read_text()
    assert (clone.parent / "summary.md").read_text().count("### Messages in flight") == 2


def test_what_cannot_run_fails_and_without_a_base_nothing_is_compared(clone: Path) -> None:
    ends = run_steps(clone, {"base": ""})
    assert set(ends) == {"check", "sarif"}
    ends = run_steps(clone, {"base": "nowhere", "paths": "missing"})
    assert {name: status == 0 for name, (status, _, _) in ends.items()} == {
        "check": False,
        "sarif": False,
        "compat": False,
    }
    assert '"origin/nowhere" is no lock file and no git revision' in ends["compat"][1]


def test_the_first_step_installs_this_repository(tmp_path: Path) -> None:
    (step,) = [step for step in ACTION["runs"]["steps"] if "pip" in step["run"]]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTION_PATH": str(ROOT),
        # The tests have no network: hatchling is here, and what celery-registry needs.
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_TARGET": str(tmp_path),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]], env=environment, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "celery_registry" / "cli" / "check.py").is_file()


def test_the_check_hook_needs_no_configuration(clone: Path) -> None:
    hooks = {hook["id"]: hook["entry"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    program, *arguments = hooks["celery-registry-check"].split()
    for text, status in ((TASKS, 0), (TASKS.replace('to, "Welcome"', "to"), 1)):
        (clone / "tasks.py").write_text(text)
        command = [str(Path(sys.executable).with_name(program)), *arguments]
        done = subprocess.run(command, cwd=clone, capture_output=True, text=True, timeout=120)
        assert done.returncode == status, done.stdout + done.stderr
