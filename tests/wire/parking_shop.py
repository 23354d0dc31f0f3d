"""A project whose workers park, in folders of their own: the old release, which lacks what the new one has.

Law: processes and messages; what must become of a message is the tests' business.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from celery import Celery
from kombu import Connection, Exchange, Queue

from wire.program import run_command

__all__ = ["PARKED", "Shop"]

PARKED = "celery-registry.parked"

SHOP = """
import os, time
from celery import Celery
from kombu import Exchange, Queue
from celery_registry import guard

app = Celery("shop", broker=os.environ["SHOP_BROKER"])
arguments = {"x-queue-type": "quorum"} if os.environ.get("SHOP_QUEUES") == "quorum" else None
app.conf.task_queues = [Queue("shop", Exchange("shop"), routing_key="shop", queue_arguments=arguments)]
app.conf.task_default_queue = "shop"
app.conf.worker_enable_remote_control = "SHOP_CONTROL" in os.environ
app.conf.broker_connection_retry_on_startup = True
app.conf.worker_detect_quorum_queues = bool(arguments)
app.conf.broker_transport_options = OPTIONS
if os.environ.get("SHOP_QUEUES") == "quorum":
    app.conf.task_default_queue_type = "quorum"
app.conf.task_acks_late = app.conf.task_reject_on_worker_lost = bool(os.environ.get("SHOP_LATE"))
guard.install(app, INSTALL)


if os.environ.get("SHOP_LATE"):
    from kombu.transport.redis import QoS

    append = QoS.append

    def seen(self, message, tag):
        # kombu pops a message and writes it down in two steps; only after the second is it the worker's.
        append(self, message, tag)
        with open(os.environ["SHOP_RAN"] + ".seen", "a") as file:
            file.write(f"{message.headers.get('id')}\\n")

    QoS.append = seen


def record(text):
    with open(os.environ["SHOP_RAN"], "a") as file:
        file.write(f"{text}\\n")


@app.task(name="send")
def send(to: str, subject: str = "none"):
    record(to)


@app.task(name="sleep")
def sleep(seconds: float):
    record("asleep")
    time.sleep(seconds)
    record("awake")
"""

NEW = """

@app.task(name="mail")
def mail(to: str):
    record(to)


@app.task(name="send")
def send(to: str, subject: str = "none", urgent: bool = False):
    record(to)
"""

OLD_INSTALL = f'park="{PARKED}"'


class Shop:
    """A broker, an old and a new release, and what ran."""

    def __init__(
        self, folder: Path, broker: str, *, queues: str = "classic", install: str = OLD_INSTALL, late: bool = False
    ) -> None:
        self.folder, self.broker, self.queues = folder, broker, queues
        self.ran_file = folder / "ran"
        self.ran_file.touch()
        for name in ("queue", "control"):
            (folder / name).mkdir()
        self.options: dict[str, Any] = {}
        if broker.startswith("filesystem"):
            self.options = {
                "data_folder_in": str(folder / "queue"),
                "data_folder_out": str(folder / "queue"),
                "control_folder": str(folder / "control"),
                "polling_interval": 0.05,
            }
        elif broker.startswith("redis") and late:
            self.options = {"visibility_timeout": 5, "unacked_restore_interval": 1, "unacked_restore_throttle": 1}
        self.late = late
        text = SHOP.replace("OPTIONS", repr(self.options)).replace("INSTALL", install)
        self.write("old", text)
        self.write("new", text.partition("\n\n@app.task")[0] + NEW)
        self.app = Celery("sender", broker=broker, set_as_current=False)
        self.app.conf.broker_transport_options = self.options
        arguments = {"x-queue-type": "quorum"} if queues == "quorum" else None
        self.queue = Queue("shop", Exchange("shop"), routing_key="shop", queue_arguments=arguments)
        with self.app.connection() as connection:
            bound = self.queue(connection.default_channel)
            bound.declare()
            for name in ("shop", PARKED):
                try:
                    connection.default_channel.queue_purge(name)
                except connection.channel_errors:
                    connection.close()
        self.processes: list[subprocess.Popen[bytes]] = []

    def write(self, release: str, text: str) -> None:
        (self.folder / release).mkdir(exist_ok=True)
        (self.folder / release / "shop.py").write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SHOP_BROKER": self.broker,
            "SHOP_RAN": str(self.ran_file),
            "SHOP_QUEUES": self.queues,
            "SHOP_LATE": "1" if self.late else "",
        }

    def send(self, task: str, *args: Any, options: Mapping[str, Any] | None = None, **kwargs: Any) -> str:
        sent = self.app.send_task(task, args, kwargs, queue=self.queue, **(options or {}))
        return str(sent.id)

    def publish(self, body: Any, headers: Mapping[str, Any], **options: Any) -> None:
        """Anything at all, straight to the queue of the worker."""
        with self.app.connection() as connection:
            producer = connection.Producer()
            producer.publish(body, exchange="shop", routing_key="shop", headers=dict(headers), **options)

    def start(self, release: str, pool: str = "solo", *options: str, session: bool = False) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "shop", "worker", "-P", pool, "-c", "2", "-l", "INFO"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-n", f"{release}@test", *options]
        with (self.folder / f"{release}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self.folder / release,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=session,
            )
        self.processes.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes], sign: int = signal.SIGTERM) -> int:
        if process.poll() is None:
            process.send_signal(sign)
        status = process.wait(60)
        if process in self.processes:
            self.processes.remove(process)
        return status

    def close(self) -> None:
        for process in list(self.processes):
            self.stop(process, signal.SIGKILL)
        if self.broker.startswith("amqp"):
            # Other tests declare a queue of this name of another type.
            with self.app.connection() as connection:
                for name in ("shop", PARKED):
                    connection.channel().queue_delete(name)
        self.app.close()

    def command(self, release: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_command(self.folder / release, *arguments, **self.environment)

    def parked(self, release: str, action: str, *options: str) -> Any:
        """``parked ACTION -A shop:app --format json`` in the checkout of a release."""
        done = self.command(release, "parked", action, "-A", "shop:app", "--format", "json", *options)
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    def ran(self) -> list[str]:
        return self.ran_file.read_text().split()

    def log(self, release: str = "old") -> str:
        return (self.folder / f"{release}.log").read_text()

    def count(self, queue: str = PARKED) -> int:
        with Connection(self.broker, transport_options=self.options) as connection:
            # kombu asks for a Redis key without its prefix.
            size = getattr(connection.default_channel, "_size", None)
            if size is not None:
                return int(size(queue))
            try:
                return int(connection.default_channel.queue_declare(queue, passive=True).message_count)
            except connection.channel_errors:
                return 0

    def wait(self, ready: Callable[[], bool], seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < deadline, "\n".join(
                path.read_text()[-4000:] for path in sorted(self.folder.glob("*.log"))
            )
            time.sleep(0.05)
