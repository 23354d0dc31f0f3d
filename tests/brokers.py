"""Real brokers for tests: started on loopback with a directory of their own, stopped by their process id.

Law: servers, ports and queues. It never learns what is sent through them.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from kombu import Connection, Queue

__all__ = ["Broker", "RabbitMQ", "Tally", "find_program", "free_port", "rabbitmq_program", "run_rabbitmq", "run_redis"]

START_SECONDS = 60


@dataclass(frozen=True)
class Tally:
    """How many messages a queue holds: in all, to be taken, and taken by somebody who has not answered for them."""

    messages: int
    ready: int
    unacknowledged: int


@dataclass(frozen=True)
class Broker:
    """A running broker and what its queues hold."""

    url: str

    def count(self, queue: str) -> int:
        """How many messages are ready; none where there is no such queue."""
        with Connection(self.url) as connection:
            channel = connection.default_channel
            try:
                return int(channel.queue_declare(queue, passive=True).message_count)
            except connection.channel_errors:
                return 0

    def tally(self, queue: str) -> Tally:
        """The messages of a queue, by whether somebody has them."""
        ready = self.count(queue)
        with Connection(self.url) as connection:
            # Kombu keeps what was taken and not answered for in one hash for all queues.
            taken = int(connection.default_channel.client.hlen("unacked"))
        return Tally(ready + taken, ready, taken)

    def drain(self, queue: str) -> list[bool]:
        """Take every message; for each, whether it had been delivered to somebody before."""
        redelivered = []
        with Connection(self.url) as connection:
            simple = connection.SimpleQueue(Queue(queue, durable=True))
            while True:
                try:
                    message = simple.get(block=False)
                except simple.Empty:
                    break
                message.ack()
                redelivered.append(
                    bool(message.delivery_info.get("redelivered") or message.headers.get("redelivered"))
                    or bool(message.properties.get("redelivered"))
                )
            simple.close()
        return redelivered


@dataclass(frozen=True)
class RabbitMQ(Broker):
    """A running RabbitMQ node, which is asked in its own words."""

    environment: Mapping[str, str]

    def tally(self, queue: str) -> Tally:
        """The counts of ``rabbitmqctl list_queues``."""
        command = [rabbitmq_program("rabbitmqctl"), "--quiet", "list_queues", "--no-table-headers"]
        columns = ["name", "messages", "messages_ready", "messages_unacknowledged"]
        listed = subprocess.run([*command, *columns], env=self.environment, capture_output=True, text=True, timeout=60)
        assert listed.returncode == 0, listed.stderr
        for line in listed.stdout.splitlines():
            name, *counts = line.split("\t")
            if name == queue:
                return Tally(*map(int, counts))
        return Tally(0, 0, 0)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def run_redis(directory: Path) -> Iterator[Broker]:
    """A Redis server that keeps nothing on disk."""
    executable = find_program("redis-server", "apt-get install redis-server")
    port = free_port()
    command = [executable, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with (directory / "redis.log").open("wb") as log:
        process = subprocess.Popen([*command, "--dir", str(directory)], stdout=log, stderr=log)
    try:
        url = f"redis://127.0.0.1:{port}/0"
        _wait_for(url, process, directory / "redis.log")
        yield Broker(url)
    finally:
        _stop(process)


@contextmanager
def run_rabbitmq(directory: Path) -> Iterator[Broker]:
    """A RabbitMQ node of its own, with an epmd of its own."""
    executable = rabbitmq_program("rabbitmq-server")
    port, dist, epmd = free_port(), free_port(), free_port()
    (directory / "plugins").write_text("[].\n", encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": str(directory),
        "ERL_EPMD_PORT": str(epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(dist),
        "RABBITMQ_MNESIA_BASE": str(directory / "mnesia"),
        "RABBITMQ_LOG_BASE": str(directory / "log"),
        "RABBITMQ_PID_FILE": str(directory / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(directory / "none"),
        "RABBITMQ_CONFIG_FILE": str(directory / "none"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
    }
    with (directory / "rabbitmq.log").open("wb") as log:
        process = subprocess.Popen([executable], env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"amqp://guest:guest@127.0.0.1:{port}//"
        _wait_for(url, process, directory / "rabbitmq.log")
        yield RabbitMQ(url, environment)
    finally:
        _stop(process)
        for pid in _listeners(epmd):
            os.kill(pid, signal.SIGTERM)


def rabbitmq_program(program: str) -> str:
    """One of RabbitMQ's programs. Debian's change the user; this is what they run."""
    found = find_program(program, "apt-get install rabbitmq-server")
    inner = Path("/usr/lib/rabbitmq/bin", program)
    return str(inner) if inner.exists() else found


def find_program(program: str, how: str) -> str:
    """The path of a program; without it the test is skipped, and fails where ``CI`` is set."""
    path = shutil.which(program)
    if path is None:
        sentence = f"{program} is not installed; on Debian: {how}"
        if os.environ.get("CI"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return path


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with Connection(url, connect_timeout=2) as connection:
            try:
                connection.connect()
                # Redis connects when it is first asked something.
                connection.default_channel.client.ping() if url.startswith("redis") else None
                return
            except Exception:
                time.sleep(0.2)
    pytest.fail(f"{url} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a server and what it started."""
    try:
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in tree:
        try:
            member.terminate()
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(tree[1:], timeout=20)
    for member in alive:
        member.kill()
    process.wait(timeout=20)


def _listeners(port: int) -> set[int]:
    """The processes of this user that listen on a port."""
    found = set()
    for process in psutil.process_iter():
        try:
            connections = (
                process.net_connections("tcp") if hasattr(process, "net_connections") else process.connections()
            )
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
        if any(c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port for c in connections):
            found.add(process.pid)
    return found
