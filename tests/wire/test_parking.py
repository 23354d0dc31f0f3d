"""A message that does not fit is parked by a real worker, shown by the command, and runs once the code that fits is there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from wire.parking_shop import PARKED, Shop

HEADER = "celery-registry-parked"


@pytest.fixture(
    params=[
        ("redis", "prefork"),
        ("classic", "prefork"),
        ("quorum", "threads"),
        ("filesystem", "solo"),
    ],
    ids="-".join,
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Shop, str]]:
    """A shop on one of the brokers, and the pool of its workers."""
    broker, pool = request.param
    urls = {"redis": "redis_url", "classic": "rabbitmq_url", "quorum": "rabbitmq_url"}
    url = request.getfixturevalue(urls[broker]) if broker in urls else "filesystem://"
    shop = make_shop(tmp_path, url, "quorum" if broker == "quorum" else "classic")
    yield shop, pool
    shop.close()


def make_shop(folder: Path, url: str, queues: str = "classic", **options: Any) -> Shop:
    if url.startswith("amqp"):
        from kombu import Connection

        with Connection(url) as connection:
            for name in ("shop", PARKED):
                connection.channel().queue_delete(name)
    if url.startswith("redis"):
        import redis

        with redis.Redis.from_url(url) as client:
            client.flushdb()
    if url.startswith("filesystem"):
        from kombu.transport.filesystem import Transport

        # kombu remembers per process which queues it has bound, whatever the folder.
        Transport.global_state.clear()
    return Shop(folder, url, queues=queues, **options)


def test_what_does_not_fit_is_parked_and_runs_when_the_code_that_fits_is_there(place: tuple[Shop, str]) -> None:
    shop, pool = place
    # Each way in which Celery throws a message away, among messages that fit.
    shop.send("send", "fits-1")
    shop.send("mail", "unknown-1")
    shop.send("send")
    shop.send("send", "arguments-1", urgent=True)
    shop.send("send", "pickled", options={"serializer": "pickle"})
    shop.publish("{", {"task": "send", "id": "broken"}, content_type="application/json", content_encoding="utf-8")
    shop.publish({"some": "thing"}, {})
    shop.publish(5, {"task": "send", "id": "five"})
    shop.publish([["x"], {}, {}], {"task": ["send"], "id": "list"})
    late = {"priority": 3, "expires": 3000, "headers": {"mine": [1, {"two": None}]}, "compression": "zlib"}
    kept = shop.send("mail", "unknown-2", options=late)
    shop.send("send", to="fits-2")
    worker = shop.start("old", pool)
    shop.wait(lambda: shop.count() == 9)
    shop.wait(lambda: sorted(shop.ran()) == ["fits-1", "fits-2"])
    assert shop.stop(worker) == 0

    listed = shop.parked("new", "list")
    assert {(group["task"], group["reason"], group["messages"]) for group in listed["groups"]} == {
        ("mail", "unknown-task", 2),
        ("send", "arguments", 2),
        ("send", "content-type", 1),
        ("send", "undecodable", 2),
        ("(no task)", "undecodable", 2),
    }
    assert (listed["messages"], listed["fit"]) == (9, 3)
    (shown,) = shop.parked("new", "show", kept)["messages"]
    assert (shown["task"], shown["reason"], shown["queue"], shown["worker"]) == (
        "mail",
        "unknown-task",
        "shop",
        "old@test",
    )
    assert "unknown-2" not in json.dumps(shown)

    preflight = shop.command("new", "preflight", "-A", "shop:app", "--format", "json")
    fit = None if shop.broker.startswith("amqp") else 3
    assert json.loads(preflight.stdout)["parked"] == {"queue": PARKED, "messages": 9, "fit": fit}
    assert preflight.returncode == 0, preflight.stderr

    dry = shop.parked("new", "replay")
    assert (dry["dry_run"], dry["sent"]) == (True, {"mail": 2, "send": 1})
    assert shop.count() == 9
    done = shop.parked("new", "replay", "--yes")
    assert (done["sent"], sum(done["left"].values())) == ({"mail": 2, "send": 1}, 6)
    assert (shop.count(), shop.count("shop")) == (6, 3)

    worker = shop.start("new", pool)
    shop.wait(lambda: len(shop.ran()) == 5)
    assert shop.stop(worker) == 0
    assert sorted(shop.ran()[2:]) == ["arguments-1", "unknown-1", "unknown-2"]
    assert shop.count() == 6

    dropped = shop.parked("new", "drop", "--yes", "--output", "dropped.jsonl", "--reason", "undecodable")
    assert (dropped["dropped"], shop.count()) == (4, 2)
    lines = (shop.folder / "new" / "dropped.jsonl").read_text().splitlines()
    assert sorted(str(json.loads(line)["headers"].get("id")) for line in lines) == ["None", "broken", "five", "list"]


def received(shop: Shop) -> dict[str, Any]:
    """The one message that waits in the queue of the shop, as a consumer sees it."""
    shop.wait(lambda: shop.count("shop") == 1)
    with shop.app.connection() as connection:
        channel = connection.default_channel
        message = channel.basic_get("shop", no_ack=False)
        found = channel.message_to_python(message)
        raw = getattr(message, "body", None) if not isinstance(message, dict) else message["body"]
        found.ack()
        properties = {k: v for k, v in found.properties.items() if k not in ("delivery_tag", "application_headers")}
        info = {k: v for k, v in found.delivery_info.items() if k in ("routing_key",)}
        return {"headers": dict(found.headers), "properties": properties, "body": found.body, "raw": raw, "info": info}


@pytest.mark.parametrize("broker", ["redis_url", "rabbitmq_url", "filesystem"])
def test_a_message_that_comes_back_is_the_message_that_was_sent(
    broker: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = "filesystem://" if broker == "filesystem" else request.getfixturevalue(broker)
    shop = make_shop(tmp_path, url)
    try:
        options = {
            "task_id": "one",
            "priority": 5,
            "expires": datetime.now(timezone.utc) + timedelta(hours=5),
            "eta": "2030-01-01T00:00:00+00:00",
            "headers": {"mine": {"deep": [1, 2.5, None, True, "text"]}},
            "compression": "zlib",
            "correlation_id": "corr",
            "reply_to": "back",
            "delivery_mode": 1,
            "origin": "here",
            "root_id": "root",
            "group_id": "group",
            "chain": [],
            "chord": {"task": "body", "args": [], "kwargs": {}, "options": {}},
        }
        if broker == "rabbitmq_url":
            options |= {"app_id": "shop", "type": "kind", "message_id": "m1", "user_id": "guest"}
        shop.send("mail", "a", options=options)
        before = received(shop)
        shop.send("mail", "a", options=options)
        worker = shop.start("old")
        shop.wait(lambda: shop.count() == 1)
        shop.stop(worker)
        assert shop.parked("new", "replay", "--yes")["sent"] == {"mail": 1}
        after = received(shop)
        # What the sender writes anew for each message.
        moments = [int(found["properties"].pop("expiration")) for found in (before, after)]
        assert abs(moments[0] - moments[1]) < 60_000
        assert HEADER not in after["headers"]
        assert after["headers"] == before["headers"]
        if broker == "rabbitmq_url":
            # The message goes straight to its queue, whose exchange may know others.
            assert after["info"] == {"routing_key": "shop"}
        assert (after["properties"], after["body"], after["raw"]) == (
            before["properties"],
            before["body"],
            before["raw"],
        )
    finally:
        shop.close()


def test_a_worker_that_would_park_into_its_own_queue_does_not_start(tmp_path: Path) -> None:
    shop = make_shop(tmp_path, "filesystem://", install='park="shop"')
    worker = shop.start("old")
    assert worker.wait(60) == 78
    assert 'park="shop" is a queue that this worker consumes' in shop.log()
    shop.close()
    done = shop.command("old", "parked", "list", "-A", "shop:app")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'celery-registry: queue "shop" is a task queue of this application, not a parking queue\n'


def test_a_broker_that_cannot_park_safely_is_refused_at_boot(tmp_path: Path) -> None:
    """A transport that kombu does not know is as Amazon SQS is: no confirmation, no transaction that we could rely on."""
    program = """
import sys
from celery import Celery
from celery_registry import guard
from kombu.transport import TRANSPORT_ALIASES, memory

class Other(memory.Transport):
    driver_type = driver_name = "other"

sys.modules["other"] = sys.modules["__main__"]
TRANSPORT_ALIASES["other"] = "other:Other"
app = Celery("shop", broker="other://")
guard.install(app, park="celery-registry.parked")
app.worker_main(["worker", "-P", "solo", "--loglevel", "ERROR"])
"""
    command = [sys.executable, "-c", program]
    finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert finished.returncode == 78
    assert 'park= cannot be safe with a "other" broker: it is supported with' in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_body_of_fifty_megabytes_is_parked_like_any_other(redis_url: str, tmp_path: Path) -> None:
    shop = make_shop(tmp_path, redis_url)
    try:
        shop.send("mail", "x" * 50_000_000)
        shop.send("send", "fits")
        worker = shop.start("old", "solo")
        shop.wait(lambda: shop.count() == 1 and shop.ran() == ["fits"])
        assert shop.stop(worker) == 0
        (group,) = shop.parked("new", "list")["groups"]
        assert (group["task"], group["reason"], group["messages"]) == ("mail", "unknown-task", 1)
    finally:
        shop.close()


def test_a_worker_that_is_killed_loses_nothing(rabbitmq_url: str, tmp_path: Path) -> None:
    shop = make_shop(tmp_path, rabbitmq_url, late=True)
    try:
        for number in range(200):
            shop.send("mail" if number % 2 else "send", f"m{number}")
        worker = shop.start("old", "prefork")
        shop.wait(lambda: shop.count() >= 20)
        shop.stop(worker, signal.SIGKILL)
        worker = shop.start("old", "prefork")
        shop.wait(lambda: len(set(shop.ran())) == 100 and shop.count("shop") == 0 and shop.count() >= 100)
        shop.stop(worker)
        messages = shop.parked("new", "show", "--show-payload", "--limit", "500")["messages"]
        assert {message["payload"] for message in messages} == {f"(['m{n}'], {{}})" for n in range(1, 200, 2)}
    finally:
        shop.close()


def test_a_worker_tells_how_many_it_has_parked(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_CONTROL", "1")
    shop = make_shop(tmp_path, redis_url)
    try:
        for _ in range(3):
            shop.send("mail", "a")
        worker = shop.start("old", "threads")
        shop.wait(lambda: shop.count() == 3)
        done = shop.command("old", "workers", "-A", "shop:app", "--timeout", "20", "-d", "old@test")
        assert done.returncode == 0, done.stderr
        rows = [line.split() for line in done.stdout.splitlines()[:2]]
        assert rows[0] == ["worker", "same", "different", "missing", "other", "queue", "parked", "version"]
        assert rows[1][:6] == ["old@test", "2", "-", "-", "-", "3"]
        shop.stop(worker)
    finally:
        shop.close()


@pytest.mark.parametrize("broker", ["redis_url", "rabbitmq_url"])
def test_a_message_goes_back_to_its_own_queue_of_a_topic_exchange(
    broker: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """With priorities and a prefix for all keys on Redis; another queue of the exchange must not get the message again."""
    from kombu import Exchange, Queue

    url = request.getfixturevalue(broker)
    shop = make_shop(tmp_path, url)
    options = {"global_keyprefix": "shop-", "priority_steps": [0, 5, 9]} if broker == "redis_url" else {}
    topic = Exchange("events", type="topic")
    arguments = {"x-max-priority": 9} if broker == "rabbitmq_url" else None
    ours = Queue("ours", topic, routing_key="mail.#", queue_arguments=arguments)
    theirs = Queue("theirs", topic, routing_key="#", queue_arguments=arguments)
    for release in ("old", "new"):
        text = (shop.folder / release / "shop.py").read_text()
        text += (
            "\n\ntopic = Exchange('events', type='topic')\n"
            f"app.conf.task_queues = [Queue('ours', topic, routing_key='mail.#', queue_arguments={arguments!r})]\n"
            "app.conf.task_default_queue = 'ours'\n"
            f"app.conf.broker_transport_options = {options!r}\n"
        )
        shop.write(release, text)
    shop.app.conf.broker_transport_options = shop.options = options
    try:
        with shop.app.connection() as connection:
            for queue in (ours, theirs):
                bound = queue(connection.default_channel)
                bound.declare()
                bound.purge()
            producer = shop.app.amqp.Producer(connection)
            for number in range(3):
                shop.app.send_task(
                    "mail",
                    [f"m{number}"],
                    task_id=f"m{number}",
                    exchange=topic,
                    routing_key="mail.now",
                    priority=(0, 5, 9)[number],
                    producer=producer,
                )
        shop.wait(lambda: (shop.count("ours"), shop.count("theirs")) == (3, 3))
        worker = shop.start("old", "threads")
        shop.wait(lambda: shop.count() == 3)
        shop.stop(worker)
        messages = shop.parked("new", "show")["messages"]
        assert {(m["queue"], m["exchange"], m["routing key"]) for m in messages} == {("ours", "events", "mail.now")}
        assert shop.parked("new", "replay", "--yes")["sent"] == {"mail": 3}
        assert (shop.count("ours"), shop.count("theirs"), shop.count()) == (3, 3, 0)
        worker = shop.start("new", "solo")
        shop.wait(lambda: len(shop.ran()) == 3)
        shop.stop(worker)
        assert sorted(shop.ran()) == ["m0", "m1", "m2"]
    finally:
        shop.close()
        if broker == "rabbitmq_url":
            with shop.app.connection() as connection:
                for name in ("ours", "theirs"):
                    connection.default_channel.queue_delete(name)
