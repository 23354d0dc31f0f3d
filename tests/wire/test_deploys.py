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
from typing import Any

import pytest
from kombu import Connection

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
        sent = self.send_and_work(sender, worker)
        wrong = json.loads(self.run(sender, "producer.py", "read", given=json.dumps(sent["sent"])))
        bad = set(wrong) | ({m for messages in sent["sent"].values() for m in messages} - self.ran())
        return Deploy(
            {name: [call for m, call in messages.items() if m in bad] for name, messages in sent["sent"].items()}
        )

    def send_and_work(self, sender: str, worker: str) -> Any:
        """Send everything with one version and run it with the other; what was sent."""
        sent = json.loads(self.run(sender, "producer.py", "send"))
        process = self.start_worker(worker)
        try:
            self.wait_for({end for queue, end in sent["ends"].items() if queue in _consumed(worker)}, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        return sent

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


#: The third column: what becomes of messages for which the advice was ignored, where workers park. Of the changes that are
#: not named here every message runs. ``misread``: it binds, each value is of its type, and it means something else.
THIRD_COLUMN = {
    **dict.fromkeys(
        (
            *("added_required", "added_optional", "added_keyword_only_required", "added_keyword_only_optional"),
            *("removed_required", "removed_optional", "removed_first", "renamed_parameter", "became_required"),
            *("became_optional", "became_keyword_only", "no_longer_keyword_only", "became_positional_only"),
            *("no_longer_positional_only", "positional_only_to_keyword_only", "gained_args", "lost_args"),
            *("gained_kwargs", "lost_kwargs", "removed_and_added", "type_widened", "type_narrowed", "type_changed"),
            *("type_int_to_float", "type_str_to_uuid", "added_task", "removed_task", "renamed_task"),
            *("renamed_with_alias", "adapted", "misadapted", "serializer_gained", "serializer_dropped"),
            *("serializer_swapped", "serializer_refused"),
        ),
        "parked",
    ),
    **dict.fromkeys(("added_first", "removed_into_kwargs"), "misread, parked"),
    **dict.fromkeys(("queue_gained", "queue_dropped", "queue_swapped"), "waits"),
    "swapped": "misread",
}


def ids_in(broker: str, *queues: str) -> set[str]:
    """The ids of all messages in some queues, which are empty then."""
    found = set()
    with Connection(broker) as connection:
        for queue in queues:
            channel = connection.channel()
            while True:
                try:
                    raw = channel.basic_get(queue, no_ack=True)
                except connection.channel_errors:
                    break
                if raw is None:
                    break
                found.add(channel.message_to_python(raw).headers["id"])
    return found


@pytest.mark.parametrize("broker", ["redis_url", "rabbitmq_url"])
def test_where_workers_park_no_message_of_any_change_is_lost(
    broker: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue(broker)
    ids_in(url, "celery", "both", "legacy", "fresh", "celery-registry.parked")
    project = Project(tmp_path, url)
    project.environment["PROJ_PARK"] = "1"
    became: dict[str, set[str]] = {case.name: set() for case in CHANGES}
    for sender, worker in (("old", "new"), ("new", "old")):
        sent = project.send_and_work(sender, worker)
        parked = ids_in(url, "celery-registry.parked")
        waiting = ids_in(url, "celery", "both", "legacy", "fresh")
        for case in CHANGES:
            made = getattr(case, sender)
            for message in sent["sent"].get(made.name or case.name, ()) if made is not None else ():
                places = [message in project.ran(), message in parked, message in waiting]
                assert sum(places) <= 1, (case.name, message, places)
                became[case.name].add(("runs", "parked", "waits", "misread")[[*places, True].index(True)])
    said = {name: ", ".join(sorted(found - {"runs"})) for name, found in became.items() if found - {"runs"}}
    assert said == THIRD_COLUMN


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
