"""What goes wrong around a parked message: a replay that is killed, a parking queue that takes nothing, hostile content."""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from kombu import Queue

from celery_registry.wire.parking.envelope import HEADER, Content, parked_facts, stamped
from celery_registry.wire.parking.publisher import Publisher
from wire.parking_shop import PARKED, Shop
from wire.parking_storm import restartable, run_storm
from wire.test_parking import make_shop


@pytest.fixture(params=["redis", "classic", "quorum", "filesystem"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    urls = {"redis": "redis_url", "classic": "rabbitmq_url", "quorum": "rabbitmq_url"}
    url = request.getfixturevalue(urls[request.param]) if request.param in urls else "filesystem://"
    shop = make_shop(tmp_path, url, "quorum" if request.param == "quorum" else "classic")
    yield shop
    shop.close()


def park(shop: Shop, *contents: Content, **facts: str) -> None:
    """Put messages into the parking queue as a worker does."""
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000} if shop.queues == "quorum" else None
    publisher = Publisher(shop.app, Queue(PARKED, durable=True, auto_delete=False, queue_arguments=arguments))
    told = {"reason": "unknown-task", "detail": "d", "task": "mail", "worker": "w", "queue": "shop"}
    for content in contents:
        publisher.publish(
            stamped(content, parked_facts(**{**told, "exchange": "shop", "routing_key": "shop", **facts}))
        )
    publisher.close()


def mail(name: str, *args: Any, headers: dict[str, Any] | None = None, body: bytes | None = None) -> Content:
    text = json.dumps([args or ["x"], {}, {}]).encode() if body is None else body
    return Content(text, "application/json", "utf-8", {"task": "mail", "id": name, **(headers or {})}, {"priority": 0})


def waiting(shop: Shop, queue: str) -> Counter[str]:
    """The ids of the messages in a queue, which is empty then."""
    found: Counter[str] = Counter()
    with shop.app.connection() as connection:
        channel = connection.default_channel
        while True:
            try:
                raw = channel.basic_get(queue, no_ack=True)
            except Exception:
                raw = None
            if raw is None:
                return found
            message = channel.message_to_python(raw)
            assert HEADER not in message.headers or queue == PARKED
            found[message.headers["id"]] += 1


def test_a_replay_that_is_killed_again_and_again_sends_each_message_once(shop: Shop) -> None:
    count, step = 240, 40
    park(shop, *(mail(f"m{number}") for number in range(count)))
    program = [sys.executable, "-c", "from celery_registry.cli import main; main()"]
    command = [*program, "parked", "replay", "-A", "shop:app", "--yes"]
    for killed in range(1, 6):
        process = subprocess.Popen(
            command,
            cwd=shop.folder / "new",
            env={**os.environ, **shop.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while shop.count("shop") < killed * step - 10 and process.poll() is None and time.monotonic() < deadline:
            pass
        time.sleep(killed / 1500)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    if not shop.options:
        # A file may be on its way, which the next replay finishes.
        shop.wait(lambda: shop.count("shop") + shop.count() == count)
    shop.parked("new", "replay", "--yes")
    assert waiting(shop, "shop") == {f"m{number}": 1 for number in range(count)}
    assert shop.count() == 0


#: AMQP 0-9-1's ``tx.commit``: class 90, method 20.
COMMIT = b"\x00\x5a\x00\x14"


@contextmanager
def cut_at_commit(url: str, commit: int, *, forward: bool) -> Iterator[str]:
    """The address of a way to the broker that breaks at commit number ``commit``: before the broker has it or, with ``forward``, after."""
    broker = urlsplit(url)
    seen = itertools.count(1)

    class Way(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((broker.hostname, broker.port)) as there:
                ends = {self.request: there, there: self.request}
                while True:
                    for end in select.select(list(ends), [], [])[0]:
                        data = end.recv(65536)
                        if not data:
                            return
                        if end is self.request and COMMIT in data and next(seen) == commit:
                            if forward:
                                there.sendall(data)
                                there.recv(65536)
                            return
                        ends[end].sendall(data)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Way) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield broker._replace(netloc=f"{broker.netloc.rpartition(':')[0]}:{server.server_address[1]}").geturl()
        server.shutdown()


@pytest.mark.parametrize("forward", [False, True], ids=["before the commit", "behind the commit"])
def test_a_broker_that_goes_away_during_a_commit_leaves_a_copy(
    forward: bool, rabbitmq_url: str, tmp_path: Path
) -> None:
    shop = make_shop(tmp_path, rabbitmq_url)
    try:
        park(shop, *(mail(f"m{number}") for number in range(3)))
        with cut_at_commit(rabbitmq_url, 2, forward=forward) as shop.broker:
            done = shop.command("new", "parked", "replay", "-A", "shop:app", "--yes")
        shop.broker = rabbitmq_url
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        assert 'the broker went away before it said whether message m1 was sent to queue "shop"' in done.stderr
        (copy,) = (shop.folder / "new").glob("celery-registry-in-doubt-*.jsonl")
        (line,) = copy.read_text().splitlines()
        assert json.loads(line)["headers"]["id"] == "m1"
        # Nothing is lost and nothing is there twice; which of the two became of it, only the broker knows.
        shop.wait(lambda: shop.count() == (1 if forward else 2))
        assert waiting(shop, "shop") == Counter(["m0", "m1"] if forward else ["m0"])
        assert waiting(shop, PARKED) == Counter(["m2"] if forward else ["m1", "m2"])
    finally:
        shop.close()


@pytest.mark.parametrize("broker", ["redis_url", "rabbitmq_url"])
def test_what_cannot_be_parked_is_kept_while_the_rest_goes_on(
    broker: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    import redis

    url = request.getfixturevalue(broker)
    shop = make_shop(tmp_path, url)
    client = redis.Redis.from_url(url) if broker == "redis_url" else None
    try:
        if client is not None:
            client.set(PARKED, "not a list")
        else:
            arguments = {"x-max-length": 0, "x-overflow": "reject-publish"}
            with shop.app.connection() as connection:
                Queue(PARKED, durable=True, queue_arguments=arguments)(connection.default_channel).queue_declare()
        for number in range(3):
            shop.send("mail", f"unknown-{number}")
        worker = shop.start("old", "threads")
        shop.wait(lambda: "cannot be parked" in shop.log())
        for number in range(60):
            shop.send("send", f"fits-{number}")
        shop.wait(lambda: len(shop.ran()) == 60)
        time.sleep(2)
        # One attempt for all, after 1, 2, 4 ... seconds.
        assert 1 <= shop.log().count("cannot be parked") <= 8
        if client is not None:
            client.delete(PARKED)
        else:
            with shop.app.connection() as connection:
                connection.default_channel.queue_delete(PARKED)
        shop.wait(lambda: shop.count() == 3)
        assert shop.stop(worker) == 0
        assert waiting(shop, "shop") == {}
    finally:
        if client is not None:
            client.close()
        shop.close()


def test_hostile_content_is_shown_and_left_alone(shop: Shop) -> None:
    bomb = zlib.compress(b'[["' + b"x" * (65 * 1024 * 1024) + b'"], {}, {}]')
    park(
        shop,
        mail("fits"),
        mail("bomb", headers={"compression": "application/x-gzip"}, body=bomb),
        mail("deep", body=b"[" * 100_000),
        mail("name", headers={"task": "x\x1b[31m" * 50}),
    )
    park(shop, Content(b"\x80\x04.", "application/x-python-serialize", "binary", {"task": "mail", "id": "pickle"}, {}))
    park(shop, mail("elsewhere"), queue="unacked")
    publisher = Publisher(shop.app, Queue(PARKED, durable=True))
    # Never parked by us, or pretending to be.
    publisher.publish(Content(b"{}", "application/json", "utf-8", {"id": "foreign"}, {}))
    publisher.publish(Content(b"{}", "application/json", "utf-8", {"id": "forged", HEADER: "text"}, {}))
    publisher.publish(Content(b"{}", "application/json", "utf-8", {"id": "forged", HEADER: {"id": 5, "time": []}}, {}))
    publisher.close()
    listed = shop.parked("new", "list")
    assert (listed["messages"], listed["fit"]) == (9, 1)
    done = shop.command("new", "parked", "show", "-A", "shop:app")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    assert "in its body" not in done.stdout
    reasons = " ".join(shop.parked("new", "replay", "--yes")["left"])
    assert "is larger than 67108864 bytes when decompressed" in reasons
    assert "the content type application/x-python-serialize is not accepted" in reasons
    assert 'its queue "unacked" is none of this application' in reasons
    assert waiting(shop, "shop") == {"fits": 1}
    assert shop.count() == 8


def test_two_applications_share_a_parking_queue(redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    shop = make_shop(tmp_path / "one", redis_url)
    park(shop, mail("ours"))
    park(shop, mail("theirs", headers={"task": "invoice"}), queue="billing")
    done = shop.parked("new", "replay", "--yes")
    assert done["sent"] == {"mail": 1}
    assert list(done["left"]) == ['mail: its queue "billing" is none of this application']
    assert shop.count() == 1
    shop.close()


def test_bad_input_is_one_line(redis_url: str, tmp_path: Path) -> None:
    shop = make_shop(tmp_path, redis_url)
    park(shop, mail("one"))
    (shop.folder / "new" / "there").touch()
    for arguments, text in (
        (("drop", "--yes", "--output", "there"), "celery-registry: there: File exists\n"),
        (("replay", "--to", PARKED), f'celery-registry: --to "{PARKED}" is the parking queue itself\n'),
    ):
        done = shop.command("new", "parked", arguments[0], "-A", "shop:app", *arguments[1:])
        assert (done.returncode, done.stdout, done.stderr) == (2, "", text)
    assert shop.count() == 1
    shop.close()


@pytest.mark.parametrize(("broker", "pool"), [("redis", "prefork"), ("rabbitmq", "threads")])
def test_a_small_storm_loses_nothing(broker: str, pool: str, tmp_path: Path) -> None:
    for name in ("broker", "shop"):
        (tmp_path / name).mkdir()
    with restartable(broker, tmp_path / "broker") as (url, restart):
        storm = run_storm(tmp_path / "shop", url, restart, pool=pool, messages=300, kills=2, restarts=1, seconds=120)
    assert (storm.lost, storm.wrongly_parked) == ([], [])
    # kombu's own window in Redis: popped, and not yet written down, when the worker is killed.
    assert len(storm.lost_by_kombu) <= storm.kills + storm.restarts
