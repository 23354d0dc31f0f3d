"""Every verdict of ``compat`` is what the messages of two real versions did on real workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from celery_registry.contract.change import RULES, Order
from wire.changes import CHANGES, Case, project_text

HERE = Path(__file__).parent
COMMAND = ("-c", "from celery_registry.cli import main; main()")


@dataclass
class Deploy:
    """One half-finished deploy: producers of one version, workers of the other."""

    failed: dict[str, list[str]] = field(default_factory=dict)

    def fails(self, case: Case, sender: str) -> bool:
        """Whether a message of this task was lost, failed, or came back with a result that its caller does not know."""
        made = getattr(case, sender)
        return made is not None and bool(self.failed[made.name or case.name])


class Project:
    """Two versions in two folders."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.folder = folder
        self.rules: set[str] = set()
        self.environment = {
            **os.environ,
            "PROJ_BROKER": broker,
            "PROJ_RESULTS": str(folder / "results"),
            "PROJ_RAN": str(folder / "ran"),
            "PYTHONPATH": "",
        }
        (folder / "results").mkdir()
        (folder / "ran").touch()
        for version in ("old", "new"):
            (folder / version).mkdir()
            (folder / version / "proj.py").write_text(project_text(version))
            (folder / version / "producer.py").write_text((HERE / "producer.py").read_text())

    def run(self, version: str, *command: str, given: str = "") -> str:
        finished = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder / version,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def verdicts(self) -> dict[str, str]:
        """What ``compat`` says of the locks of the two versions."""
        for version in ("old", "new"):
            self.run(version, *COMMAND, "lock", "-A", "proj:app")
        locks = [str(self.folder / version / "celery-registry.lock") for version in ("old", "new")]
        command = [sys.executable, *COMMAND, "compat", *locks, "--format", "json"]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert finished.returncode == 1, finished.stderr
        tasks = json.loads(finished.stdout)["tasks"]
        self.rules = {change["rule"] for task in tasks for change in task["changes"]}
        return {task["task"]: task["order"] for task in tasks}

    def deploy(self, sender: str, worker: str) -> Deploy:
        """Send everything with one version, run it with the other, and read it with the first."""
        sent = json.loads(self.run(sender, "producer.py", "send"))
        process = self.start_worker(worker)
        try:
            self.wait_for({end for queue, end in sent["ends"].items() if queue in _consumed(worker)}, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        wrong = json.loads(self.run(sender, "producer.py", "read", given=json.dumps(sent["sent"])))
        bad = set(wrong) | ({m for messages in sent["sent"].values() for m in messages} - self.ran())
        return Deploy(
            {name: [call for m, call in messages.items() if m in bad] for name, messages in sent["sent"].items()}
        )

    def start_worker(self, version: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "proj", "worker", "-P", "solo", "-l", "WARNING"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with (self.folder / f"{version}.log").open("ab") as log:
            return subprocess.Popen(command, cwd=self.folder / version, env=self.environment, stdout=log, stderr=log)

    def wait_for(self, messages: set[str], process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 60
        while not messages <= self.ran():
            assert process.poll() is None, "the worker ended"
            assert time.monotonic() < deadline, (self.folder / "new.log").read_text()[-3000:]
            time.sleep(0.2)

    def ran(self) -> set[str]:
        return set((self.folder / "ran").read_text().split())


def _consumed(version: str) -> tuple[str, ...]:
    return ("celery", "both", "legacy") if version == "old" else ("celery", "both", "fresh")


def observed(case: Case, forward: Deploy, backward: Deploy) -> Order:
    """The order that the messages themselves allow."""
    old_fails, new_fails = forward.fails(case, "old"), backward.fails(case, "new")
    if old_fails:
        return Order.BREAKING if new_fails else Order.PRODUCERS_FIRST
    return Order.WORKERS_FIRST if new_fails else Order.COMPATIBLE


@pytest.mark.parametrize("broker", ["redis_url", "rabbitmq_url"])
def test_each_verdict_is_what_messages_do_in_both_orders_of_a_deploy(
    broker: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    project = Project(tmp_path, request.getfixturevalue(broker))
    verdicts = project.verdicts()
    assert project.rules == set(RULES), "each rule of the table is proved by a change of the matrix"
    forward = project.deploy("old", "new")
    backward = project.deploy("new", "old")
    said = {case.name: verdicts.get(case.name, "compatible") for case in CHANGES}
    did = {case.name: observed(case, forward, backward).value for case in CHANGES}
    assert said == did
    assert did == {case.name: case.order.value for case in CHANGES}


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(CHANGES) >= 25
    assert len({case.name for case in CHANGES}) == len(CHANGES)
    assert {case.order for case in CHANGES} == set(Order)
