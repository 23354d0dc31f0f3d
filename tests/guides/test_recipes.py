"""The recipes: workflow files fit their schemas, and the commands in them do on a small project what the page says.

Law: schemas are those that check-jsonschema carries, so nothing is downloaded; a container, a unit and a pod are read for
the commands they run, and these are run against a real worker.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from guides.pages import ROOT, read_blocks, write_project

#: File -> its schema, and a word of it with a misspelling that the schema must not let pass.
SCHEMAS = {
    ".github/workflows/tasks.yml": ("vendor.github-workflows", "runs-on:", "run-on:"),
    ".github/workflows/celery-registry.yml": ("vendor.github-workflows", "runs-on:", "run-on:"),
    ".gitlab-ci.yml": ("vendor.gitlab-ci", "artifacts:", "artefacts:"),
    "compose.yaml": ("vendor.compose-spec", "restart:", "restarts:"),
}
BIN = Path(sys.executable).parent


def text_of(title: str) -> str:
    (text,) = [block.text for page in ("ci", "running") for block in read_blocks(page) if block.title == title]
    return text


def load(title: str) -> Any:
    return yaml.safe_load(text_of(title))


def environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "CELERY_"))}
    path = os.pathsep.join((str(BIN), kept.get("PATH", "")))
    return {**kept, "PATH": path, "PYTHONPATH": ".", "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:xdist -q"}


def shell(command: str, project: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command], cwd=project, env={**environment(), **more}, capture_output=True, text=True, timeout=180
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the page about scripts, under git, with its lock."""
    folder = write_project("scripts", tmp_path_factory.mktemp("recipes"))
    (folder / ".gitignore").write_text(".celery\n.mypy_cache\n")
    identity = "-c user.name=shop -c user.email=shop@example.com"
    done = shell(f"celery-registry lock && git init -q -b main && git add -A && git {identity} commit -qm shop", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert shell("git update-ref refs/remotes/origin/main main", folder).returncode == 0
    return folder


@pytest.fixture
def worker(project: Path) -> Iterator[psutil.Process]:
    """The worker of the Dockerfile."""
    command = re.search(r"^CMD (\[.*\])$", text_of("Dockerfile"), re.M)
    assert command is not None
    with (project / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [*yaml.safe_load(command[1]), "--pool", "solo", "--without-gossip", "--without-mingle"],
            executable=str(BIN / "celery"),
            cwd=project,
            env=environment(),
            stdout=log,
            stderr=log,
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait(timeout=60)


@pytest.mark.parametrize("title", SCHEMAS)
def test_a_workflow_file_fits_its_schema(title: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    schema, right, wrong = SCHEMAS[title]
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, "--no-cache"]
    if "gitlab" in title:
        check += ["--data-transform", "gitlab-ci"]
    for text, status in ((text_of(title), 0), (text_of(title).replace(right, wrong), 1)):
        file.write_text(text)
        done = subprocess.run([*check, str(file)], capture_output=True, text=True, timeout=120)
        assert done.returncode == status, done.stdout


def ours(commands: list[str]) -> list[str]:
    return [command for command in commands if not command.startswith("pip ")]


def github_commands() -> list[str]:
    steps = load(".github/workflows/tasks.yml")["jobs"]["tasks"]["steps"]
    return [step["run"] for step in steps if "run" in step]


def gitlab_commands() -> list[str]:
    return [command for job in load(".gitlab-ci.yml").values() for command in job["script"]]


def hooks() -> list[dict[str, Any]]:
    return [hook for repo in load(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]


def hook_commands() -> list[str]:
    return [shlex.join(["mypy", *hook["args"]]) if hook["id"] == "mypy" else hook["entry"] for hook in hooks()]


def test_the_commands_of_the_workflows_pass_on_a_sound_project(project: Path) -> None:
    commands = [*ours(github_commands()), *ours(gitlab_commands()), *hook_commands()]
    assert len(commands) > 4
    for command in dict.fromkeys(command.replace("${{ github.base_ref }}", "main") for command in commands):
        done = shell(command, project, CI_MERGE_REQUEST_DIFF_BASE_SHA="main")
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_a_workflow_fails_where_a_signature_changes_and_a_call_does_not(project: Path) -> None:
    tasks = project / "shop" / "tasks.py"
    before = tasks.read_text()
    tasks.write_text(before.replace("def send_email(to: str, subject: str)", "def send_email(to: str, header: str)"))
    try:
        told = shell("celery-registry check", project).stdout
        failed = [
            command.split('"')[0].strip()
            for command in ours(github_commands())
            if shell(command.replace("${{ github.base_ref }}", "main"), project).returncode
        ]
    finally:
        tasks.write_text(before)
    # The registry declares types alone, so a worker would start; check reads the calls, and the lock in git is the old one.
    check, lock = "celery-registry check --format github", "celery-registry lock --check"
    assert failed == ["mypy .", check, lock, "celery-registry compat", "pytest tests"]
    assert 'Unexpected keyword argument "subject"' in told


def test_the_hooks_are_hooks_and_mypys_has_the_plugin() -> None:
    (mypy,) = [hook for hook in hooks() if hook["id"] == "mypy"]
    assert "celery-registry[compatible-mypy]" in mypy["additional_dependencies"]
    assert not any(hook["pass_filenames"] for hook in hooks())
    offered = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    (check,) = [hook for hook in hooks() if hook["id"] == "celery-registry-check"]
    assert check["entry"] == offered["celery-registry-check"]["entry"]


def health_command() -> str:
    found = re.search(r"HEALTHCHECK .*?CMD (.*)$", text_of("Dockerfile").replace("\\\n", ""), re.M)
    assert found is not None
    return found[1]


def probe_command() -> str:
    (container,) = load("worker.yaml")["spec"]["template"]["spec"]["containers"]
    sh, option, command = container["readinessProbe"]["exec"]["command"]
    assert (sh, option) == ("sh", "-c")
    return str(command)


def test_the_health_checks_ask_the_worker_itself(project: Path, worker: psutil.Process) -> None:
    host = socket.gethostname()
    deadline = time.monotonic() + 60
    quick = health_command().replace("--timeout 10", "--timeout 1")
    while shell(quick, project, HOSTNAME=host).returncode and time.monotonic() < deadline:
        assert worker.is_running()
    assert shell(quick, project, HOSTNAME="another").returncode != 0
    healthy = shell(health_command(), project, HOSTNAME=host)
    assert healthy.returncode == 0, healthy.stdout + (project / "worker.log").read_text()
    assert shell(probe_command(), project, HOSTNAME=host).returncode == 0


def test_a_worker_that_refuses_has_the_status_that_the_unit_does_not_restart(project: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read_string(text_of("shop-worker.service"))
    service = unit["Service"]
    program, *arguments = shlex.split(service["ExecStart"].replace("%H", "host"))
    assert program.endswith("/bin/celery")
    tasks = project / "shop" / "tasks.py"
    before = tasks.read_text()
    tasks.write_text(before.replace("register_task(app, TaskName.SEND_EMAIL, send_email)\n", ""))
    try:
        refused = shell(shlex.join(["celery", *arguments]), project)
        checked = shell("celery-registry check", project)
    finally:
        tasks.write_text(before)
    assert refused.returncode == 78, refused.stdout + refused.stderr
    assert "78" in service["RestartPreventExitStatus"].split()
    assert service["Restart"] == "on-failure"
    # The job that asks before the rollout ends at once for what the command says.
    (rule,) = load("check.yaml")["spec"]["podFailurePolicy"]["rules"]
    assert checked.returncode in rule["onExitCodes"]["values"]
    (container,) = load("check.yaml")["spec"]["template"]["spec"]["containers"]
    assert (container["command"], container["name"]) == (
        ["celery-registry", "check"],
        rule["onExitCodes"]["containerName"],
    )


def test_the_image_checks_itself_and_stops_where_docker_says() -> None:
    assert "RUN celery-registry check" in text_of("Dockerfile")
    (worker,) = load("worker.yaml")["spec"]["template"]["spec"]["containers"]
    command = re.search(r"^CMD (\[.*\])$", text_of("Dockerfile"), re.M)
    assert command is not None
    assert yaml.safe_load(command[1]) == worker["command"]
