"""Brokers on the loopback interface, each with ports and folders of its own.

Law: processes that are started here are stopped here, by their ids. What runs on the brokers is the tests' business.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["running_rabbitmq", "running_redis"]


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    """The address of a Redis that keeps nothing on disk."""
    program = shutil.which("redis-server")
    assert program, "redis-server is not installed"
    port = _free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            _wait(process, port, folder / "redis.log", 30)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(30)


@contextlib.contextmanager
def running_rabbitmq(folder: Path) -> Iterator[str]:
    """The address of a RabbitMQ node whose state lies in ``folder``."""
    # The program in PATH changes to a user of its own on Debian; the one beside the library does not.
    program = shutil.which("rabbitmq-server", path="/usr/lib/rabbitmq/bin") or shutil.which("rabbitmq-server")
    assert program, "rabbitmq-server is not installed"
    port, distribution, epmd = _free_port(), _free_port(), _free_port()
    environment = {
        **os.environ,
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd),
    }
    (folder / "plugins").write_text("[].")
    with (folder / "rabbitmq.log").open("wb") as log:
        # Erlang's port mapper would outlive the node if the node started it.
        mapper = subprocess.Popen(["epmd", "-port", str(epmd), "-address", "127.0.0.1"], env=environment, stderr=log)
        process = subprocess.Popen([program], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _wait(process, port, folder / "rabbitmq.log", 90)
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
        finally:
            process.terminate()
            process.wait(60)
            mapper.terminate()
            mapper.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[bytes], port: int, log: Path, seconds: float) -> None:
    """Until the port answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"the broker did not come: {log.read_text(errors='replace')[-2000:]}")
