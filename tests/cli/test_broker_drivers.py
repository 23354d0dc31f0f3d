"""A driver that is not installed, and a transport that does not exist, are one line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.shop import APP, run, write_shop

#: The hidden package, what is told first, and the end of the line.
MISSING = {
    "sqs://": ("botocore", 'the broker "sqs": ', 'pip install "celery[sqs]"'),
    "redis://localhost:1": ("redis", 'the broker "redis": ', 'pip install "celery[redis]"'),
    # kombu asks for these where it makes the transport, or makes a class of a name that the import was to bring.
    "zookeeper://localhost:1": ("kazoo", 'the broker "zookeeper": ', 'pip install "celery[zookeeper]"'),
    "etcd://localhost:1": ("etcd", 'the broker "etcd": Missing python-etcd library', ""),
    "confluentkafka://x": ("confluent_kafka", 'the broker "confluentkafka": ', 'pip install "kombu[confluentkafka]"'),
    "azureservicebus://x": ("azure", 'the broker "azureservicebus": ', 'pip install "kombu[azureservicebus]"'),
    "foo://x": ("nothing", 'the broker "foo": No such transport: foo', ""),
}


@pytest.mark.parametrize("url", MISSING)
@pytest.mark.parametrize("command", [("preflight",), ("workers", "--timeout", "0.1")], ids=lambda command: command[0])
def test_is_one_line(tmp_path: Path, url: str, command: tuple[str, ...]) -> None:
    package, first, last = MISSING[url]
    # Hidden from this project, whether it is installed or not.
    hidden = f"import sys\nsys.modules[{package!r}] = None\n"
    write_shop(tmp_path, app=hidden + APP.replace("memory://", url))
    done = run(tmp_path, *command, "--app", "shop.app:app")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith(f"celery-registry: {first}"), done.stderr
    assert done.stderr.endswith(f"{last}\n"), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
