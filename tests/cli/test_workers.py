"""``celery-registry workers`` and ``map --live``: real workers of two versions of the code, on Redis."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from brokers import Broker, free_port
from browser import chromium, open_browser
from celery import Celery
from kombu.exceptions import OperationalError

from cli.shop import REGISTRY, TASKS, run, write_shop

APP = """
import os

from celery import Celery

from celery_registry import guard

app = Celery("shop", broker=os.environ["SHOP_BROKER"], include=["shop.tasks"])
if "SHOP_UNGUARDED" not in os.environ:
    guard.install(app, names="shop.registry:TaskName")
"""

NEW_APP = APP + 'app.conf.task_routes = {"refund": {"queue": "money"}}\n'
NEW_REGISTRY = REGISTRY.replace(
    '    SEND_EMAIL = "send_email"\n', '    SEND_EMAIL = "send_email"\n    REFUND = "refund"\n    CANCEL = "cancel"\n'
)
NEW_TASKS = TASKS.replace("subject: str) ->", "subject: str, body: str) ->") + (
    '\n\n@app.task(name="refund")\ndef refund(order: int) -> bool:\n    return True\n'
    '\n\n@app.task(name="cancel")\ndef cancel(order: int) -> bool:\n    return True\n'
)


class Fleet:
    """Two versions of one project, and workers of them that can be started and stopped."""

    def __init__(self, directory: Path, broker: str) -> None:
        self.new, self.old = directory / "new", directory / "old"
        for path in (self.new, self.old):
            path.mkdir()
        write_shop(self.new, app=NEW_APP, registry=NEW_REGISTRY, tasks=NEW_TASKS)
        write_shop(self.old, app=APP)
        self.environment = {"SHOP_BROKER": broker}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.log = (directory / "log").open("wb")

    def start(self, name: str, directory: Path, queues: str, *, guarded: bool = True) -> None:
        extra = {} if guarded else {"SHOP_UNGUARDED": "1"}
        command = [sys.executable, "-m", "celery", "-A", "shop.app", "worker", "-P", "threads", "-c", "1"]
        command += ["-n", name, "-Q", queues, "--without-gossip", "--without-mingle", "-l", "INFO"]
        self.processes[name] = subprocess.Popen(
            command, cwd=directory, env={**os.environ, **self.environment, **extra}, stdout=self.log, stderr=self.log
        )

    def wait_for(self, *names: str) -> None:
        """Until all of these answer a ping."""
        deadline = time.monotonic() + 240
        with Celery(broker=self.environment["SHOP_BROKER"]) as asking:
            while time.monotonic() < deadline and all(self.processes[name].poll() is None for name in names):
                with contextlib.suppress(OSError, OperationalError):
                    replies = asking.control.ping(list(names), timeout=2.0, limit=len(names))
                    if len(replies) == len(names):
                        return
                time.sleep(0.2)
        raise AssertionError(f"the workers never came: {Path(self.log.name).read_text()[-2000:]}")

    def stop(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(timeout=30)

    def close(self) -> None:
        for name in tuple(self.processes):
            self.stop(name)
        self.log.close()


OLD = ("old1@h", "old2@h")
NEW = ("new1@h", "new2@h")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, redis_broker: Broker) -> Iterator[Fleet]:
    """Five workers: two of the new code, two of the old, one of the old without the queue ``money``."""
    # A database of its own: other tests use the first one.
    fleet = Fleet(tmp_path_factory.mktemp("fleet"), redis_broker.url.removesuffix("0") + "5")
    try:
        fleet.start("new1@h", fleet.new, "celery,money")
        fleet.start("new2@h", fleet.new, "celery")
        fleet.start("old1@h", fleet.old, "celery,money")
        fleet.start("old2@h", fleet.old, "celery")
        fleet.start("bare@h", fleet.old, "celery", guarded=False)
        fleet.wait_for(*NEW, *OLD, "bare@h")
        yield fleet
    finally:
        fleet.close()


def test_a_table_by_worker_marks_the_skew(fleet: Fleet) -> None:
    done = run(fleet.new, "workers", "-A", "shop.app", environment=fleet.environment)
    assert done.returncode == 1, done.stderr
    table, *differences, summary = done.stdout.strip().split("\n\n")
    rows = [line.split() for line in table.splitlines()]
    assert rows == [
        ["worker", "same", "different", "missing", "other", "queue", "version"],
        ["?", "bare@h", "-", "-", "-", "-", "unknown:", "it", "runs", "without", "the", "guard"],
        ["new1@h", "4", "-", "-", "-", "0.1.0"],
        ["new2@h", "4", "-", "-", "-", "0.1.0"],
        ["!", "old1@h", "1", "1", "2", "-", "0.1.0"],
        ["!", "old2@h", "1", "1", "1", "1", "0.1.0"],
    ]
    assert differences == [
        "old1@h\n  send_email is different\n    here   (to: str, subject: str, body: str) -> bool\n"
        "    there  (to: str, subject: str) -> bool\n  cancel is missing\n  refund is missing",
        "old2@h\n  send_email is different\n    here   (to: str, subject: str, body: str) -> bool\n"
        "    there  (to: str, subject: str) -> bool\n  cancel is missing",
    ]
    assert summary == "2 of 5 workers have the same tasks as this code, 1 unknown."


def test_workers_of_the_same_code_are_the_same(fleet: Fleet) -> None:
    done = run(fleet.new, "workers", "-A", "shop.app", "-d", ",".join(NEW), environment=fleet.environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("2 of 2 workers have the same tasks as this code.\n")


def test_the_document_for_programs_says_the_same(fleet: Fleet) -> None:
    done = run(fleet.new, "workers", "-A", "shop.app", "--format", "json", environment=fleet.environment)
    document = json.loads(done.stdout)
    assert document["summary"] == {"workers": 5, "same": 2, "skewed": 2, "unknown": 1}
    assert document["tasks"][2] == {"name": "refund", "signature": "(order: int) -> bool", "queue": "money"}
    by_name = {worker["name"]: worker for worker in document["workers"]}
    assert by_name["old2@h"]["tasks"] == {
        "cancel": "missing",
        "ping": "same",
        "refund": "other queue",
        "send_email": "different",
    }
    assert by_name["old2@h"]["differing"] == {"send_email": "(to: str, subject: str) -> bool"}
    assert by_name["old1@h"]["queues"] == ["celery", "money"]
    assert by_name["bare@h"]["state"] == "unknown"


# -- map --live ------------------------------------------------------------------------------------------------------

LIVE = ("map", "shop", "--app", "shop.app", "--live", "--timeout", "5")


@pytest.fixture(scope="module")
def ahead(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of tomorrow: a task more, for a queue that no worker consumes."""
    app = NEW_APP.replace('{"refund"', '{"ship": {"queue": "ships"}, "refund"')
    tasks = NEW_TASKS + '\n\n@app.task(name="ship")\ndef ship(order: int) -> bool:\n    return True\n'
    registry = NEW_REGISTRY.replace('    PING = "ping"\n', '    PING = "ping"\n    SHIP = "ship"\n')
    return write_shop(tmp_path_factory.mktemp("ahead"), app=app, registry=registry, tasks=tasks)


def test_the_map_says_which_worker_has_what(fleet: Fleet, ahead: Path) -> None:
    done = run(ahead, *LIVE, environment=fleet.environment)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)["fleet"]
    rows = {row["name"]: row for row in found["workers"]}
    assert sorted(rows) == ["bare@h", "new1@h", "new2@h", "old1@h", "old2@h"]
    # A worker without the guard answers Celery's own questions.
    assert rows["bare@h"] == {
        "name": "bare@h",
        "state": "unknown",
        "reason": "it runs without the guard",
        "version": None,
        "tasks": ["ping", "send_email"],
        "queues": ["celery"],
        "missing": [],
        "different": [],
    }
    assert (rows["new1@h"]["state"], rows["new1@h"]["tasks"], rows["new1@h"]["queues"]) == (
        "same",
        ["cancel", "ping", "refund", "send_email"],
        ["celery", "money"],
    )
    assert (rows["old1@h"]["state"], rows["old1@h"]["missing"], rows["old1@h"]["different"]) == (
        "skewed",
        ["cancel", "refund"],
        ["send_email"],
    )
    assert (found["unregistered"], found["unconsumed"]) == (["ship"], ["ships"])


def test_nothing_is_missing_where_every_task_and_queue_has_a_worker(fleet: Fleet) -> None:
    found = json.loads(run(fleet.new, *LIVE, environment=fleet.environment).stdout)["fleet"]
    assert (found["unregistered"], found["unconsumed"]) == ([], [])


@chromium
def test_the_page_shows_the_workers_and_what_none_has_in_red(fleet: Fleet, ahead: Path) -> None:
    done = run(ahead, *LIVE, "--output", "site/", environment=fleet.environment)
    assert done.returncode == 0, done.stderr
    with open_browser() as page:
        page.visit((ahead / "site" / "index.html").as_uri())
        page.wait("document.querySelector('#workers table') !== null")
        rows = page.ask("[...document.querySelectorAll('#workers tbody tr')].map((r) => r.innerText.split('\t'))")
        assert [(row[0], row[2], row[3].strip()) for row in rows] == [
            ("bare@h", "celery", "2 tasks"),
            ("new1@h", "celery, money", "4 tasks"),
            ("new2@h", "celery", "4 tasks"),
            ("old1@h", "celery, money", "2 tasks"),
            ("old2@h", "celery", "2 tasks"),
        ]
        assert rows[3][1].split("\n")[1:-1] == ["cancel is missing", "refund is missing", "send_email is different"]
        red = page.ask("[...document.querySelectorAll('#workers > ul .bad')].map((e) => e.innerText)")
        assert red == ["ship", "ships"]
        page.page.select_option("#calls", "lacking")
        assert page.ask("[...document.querySelectorAll('#tasks li bdi')].map((e) => e.innerText)") == ["ship"]
        page.visit((ahead / "site" / "index.html").as_uri() + "#task=ship")
        page.wait("document.querySelector('#detail dl') !== null")
        said = page.ask("document.getElementById('detail').innerText")
        assert "no worker that answered has it" in said
        assert "ships: no worker that answered consumes it" in said
        assert page.errors == []


def test_without_the_option_nobody_is_asked_and_the_bytes_are_the_same(fleet: Fleet, ahead: Path) -> None:
    nowhere = {"SHOP_BROKER": f"redis://127.0.0.1:{free_port()}/0"}
    arguments = ("map", "shop", "--app", "shop.app")
    documents = [run(ahead, *arguments, environment=each).stdout for each in (fleet.environment, nowhere)]
    assert documents[0] == documents[1]
    assert "fleet" not in json.loads(documents[0])
    done = run(ahead, *LIVE, environment=nowhere)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "cannot be reached" in done.stderr


def test_a_fleet_that_nobody_is_in_is_told_and_no_task_is_called_missing(fleet: Fleet, ahead: Path) -> None:
    empty = {"SHOP_BROKER": fleet.environment["SHOP_BROKER"].removesuffix("5") + "6"}
    done = run(ahead, *LIVE[:-1], "0.5", environment=empty)
    assert (done.returncode, done.stderr) == (
        0,
        "celery-registry: no worker replied within 0.5 s: the map knows none\n",
    )
    assert json.loads(done.stdout)["fleet"] == {"workers": [], "unregistered": [], "unconsumed": []}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--live", "--output", "map.json", "--check"), "leave --check or --live out"),
        (("--live", "--format", "mermaid"), "--live has no place in --format mermaid"),
        (("--timeout", "3"), "--timeout is for --live"),
    ],
)
def test_what_the_option_does_not_go_with_is_a_usage_error(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run(write_shop(tmp_path), "map", "shop", "--app", "shop.app", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


# -- while it goes on ------------------------------------------------------------------------------------------------


def test_a_silent_worker_is_unknown_within_the_timeout(fleet: Fleet) -> None:
    process = fleet.processes["new2@h"]
    process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        arguments = ["workers", "-A", "shop.app", "-d", ",".join(NEW), "--timeout", "3"]
        done = run(fleet.new, *arguments, environment=fleet.environment)
        assert time.monotonic() - began < 30
    finally:
        process.send_signal(signal.SIGCONT)
    assert done.returncode == 0, done.stderr
    assert "unknown: no reply within 3 s" in done.stdout
    assert done.stdout.endswith("1 of 2 workers has the same tasks as this code, 1 unknown.\n")


def test_a_worker_answers_the_inspect_command_to_anybody_who_asks(fleet: Fleet) -> None:
    with Celery(broker=fleet.environment["SHOP_BROKER"]) as asking:
        (reply,) = asking.control.broadcast("registry_tasks", destination=["new1@h"], reply=True, timeout=30, limit=1)
    answer = reply["new1@h"]
    assert sorted(answer["tasks"]) == ["cancel", "ping", "refund", "send_email"]
    assert all(len(digest) == 12 for digest in answer["tasks"].values())


def test_watch_follows_a_rolling_deploy_to_its_end(fleet: Fleet) -> None:
    fleet.stop("bare@h")
    command = [*("workers", "-A", "shop.app", "--watch", "--interval", "0.2"), "--give-up-after", "60"]
    script = os.path.join(os.path.dirname(sys.executable), "celery-registry")
    watching = subprocess.Popen(
        [script, *command],
        cwd=fleet.new,
        env={**os.environ, **fleet.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watching.stderr is not None
    first = watching.stderr.readline()
    for name, queues in (("old1@h", "celery,money"), ("old2@h", "celery")):
        fleet.stop(name)
        fleet.start(name, fleet.new, queues)
        fleet.wait_for(name)
    out, progress = watching.communicate(timeout=60)
    assert watching.returncode == 0, progress
    assert first.split("  ", 1)[1] == "2 of 4 workers have the same tasks; not yet: old1@h, old2@h\n"
    assert progress.splitlines()[-1].endswith("  4 of 4 workers have the same tasks")
    assert out.endswith("4 of 4 workers have the same tasks as this code.\n")


def test_watch_gives_up_when_told_so(fleet: Fleet) -> None:
    arguments = ["workers", "-A", "shop.app", "--watch", "--interval", "0", "--expect", "9", "--give-up-after", "0"]
    done = run(fleet.new, *arguments, environment=fleet.environment)
    assert done.returncode == 1, done.stderr
    assert " of 9 workers have the same tasks" in done.stderr


def test_nobody_there_is_not_a_verdict(tmp_path: Path, fleet: Fleet) -> None:
    write_shop(tmp_path, app=NEW_APP, registry=NEW_REGISTRY, tasks=NEW_TASKS)
    elsewhere = {"SHOP_BROKER": fleet.environment["SHOP_BROKER"].removesuffix("5") + "7"}
    # Redis delivers broadcasts by database only where the prefix says so; another database has no workers.
    done = run(tmp_path, "workers", "-A", "shop.app", "--timeout", "0.5", environment=elsewhere)
    assert (done.returncode, done.stdout) == (2, "No worker replied within 0.5 s: nothing is known.\n"), done.stderr


def test_a_broker_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    write_shop(tmp_path, app=APP)
    for url in ("redis://:secret@127.0.0.1:1/0", "amqp://guest:secret@127.0.0.1:1//"):
        done = run(tmp_path, "workers", "-A", "shop.app", environment={"SHOP_BROKER": url})
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("celery-registry: the broker ")
        assert done.stderr.count("\n") == 1
        assert "secret" not in done.stderr
