"""Waiting messages are read where they are: on a live Redis, on RabbitMQ, on the filesystem, and in hostile hands."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, chain
from kombu.transport.filesystem import Transport

from wire.program import run_command

SHOP = """
import os, time
from celery import Celery
from kombu import Exchange, Queue

app = Celery("shop", broker=os.environ["SHOP_BROKER"])
app.conf.task_queues = [Queue(name, Exchange(name), routing_key=name) for name in ("shop", "slow")]
app.conf.task_default_queue = "shop"
app.conf.worker_enable_remote_control = False
app.conf.broker_transport_options = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}


@app.task(name="send_email", queue="shop")
def send_email(to, subject, body="text"):
    time.sleep(0.002)
    with open("ran", "a") as file:
        file.write(f"{to}\\n")


@app.task(name="cleanup", queue="slow")
def cleanup(*, days): ...
"""


class Shop:
    """The checkout of a project, and an application that sends to its queues whatever it likes."""

    def __init__(self, folder: Path, broker: str) -> None:
        self.folder, self.broker = folder, broker
        (folder / "shop.py").write_text(SHOP)
        (folder / "ran").touch()
        for name in ("queue", "control"):
            (folder / name).mkdir()
        self.app = Celery("other", broker=broker, set_as_current=False)
        self.app.conf.broker_transport_options = {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
        }

    def send(self, task: str, *args: Any, queue: str = "shop", **kwargs: Any) -> None:
        self.app.send_task(task, args, kwargs, queue=queue, exchange=queue, routing_key=queue)

    def preflight(self, *options: str) -> subprocess.CompletedProcess[str]:
        return run_command(self.folder, "preflight", "-A", "shop:app", *options, SHOP_BROKER=self.broker)

    def worker(self, pool: str = "solo") -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "shop", "worker", "-P", pool, "-c", "1", "-l", "WARNING"]
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with (self.folder / "worker.log").open("ab") as log:
            environment = {**os.environ, "SHOP_BROKER": self.broker}
            return subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)

    def ran(self) -> list[str]:
        return (self.folder / "ran").read_text().split()

    def wait(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not ready():
            assert time.monotonic() < deadline, (self.folder / "worker.log").read_text()[-2000:]
            time.sleep(0.1)


@pytest.fixture
def redis_shop(redis_url: str, tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path, redis_url)
    client = redis_client(shop)
    client.flushdb()
    yield shop
    client.flushdb()
    client.close()


@pytest.fixture
def rabbit_shop(rabbitmq_url: str, tmp_path: Path) -> Shop:
    shop = Shop(tmp_path, rabbitmq_url)
    with shop.app.connection() as connection:
        channel = connection.default_channel
        for name in ("shop", "slow"):
            channel.exchange_declare(name, "direct", durable=True, auto_delete=False)
            channel.queue_declare(name, durable=True, auto_delete=False)
            channel.queue_bind(name, name, name)
            channel.queue_purge(name)
    return shop


@pytest.fixture
def file_shop(tmp_path: Path) -> Shop:
    # kombu remembers per process which queues it has bound, whatever the folder.
    Transport.global_state.clear()
    return Shop(tmp_path, "filesystem://")


def redis_client(shop: Shop) -> Any:
    import redis

    return redis.Redis.from_url(shop.broker)


def send_sample(shop: Shop) -> None:
    """Three messages that fit, and four that do not in three ways."""
    shop.send("send_email", "a@example.com", "s")
    shop.send("send_email", to="a@example.com", subject="s", body="b")
    shop.send("cleanup", queue="slow", days=3)
    shop.send("send_email", "secret@example.com")
    shop.send("send_email", "secret@example.com")
    shop.send("cleanup", 3, queue="slow")
    shop.send("send_mail", "a", "b")


SAMPLE = [
    '2 messages waiting in queue "shop" do not fit task "send_email": missing a required argument: \'subject\''
    " [task-incompatible]",
    '1 message waiting in queue "shop" names the task "send_mail", which is not registered; did you mean "send_email"?'
    " [task-incompatible]",
    '1 message waiting in queue "slow" does not fit task "cleanup": too many positional arguments [task-incompatible]',
]


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if line.endswith("[task-incompatible]")]


# -- Redis -------------------------------------------------------------------------------------------------------


def test_messages_in_redis_are_read_and_stay_as_they_are(redis_shop: Shop) -> None:
    send_sample(redis_shop)
    client = redis_client(redis_shop)
    before = {key: client.lrange(key, 0, -1) for key in ("shop", "slow")}
    keys = sorted(client.keys())
    done = redis_shop.preflight()
    assert done.returncode == 1, done.stderr
    assert told(done) == SAMPLE
    assert done.stdout.splitlines()[-1] == (
        '7 messages read (5 in queue "shop", 2 in queue "slow"): 4 do not fit, 0 not examined, 0 with an ETA.'
    )
    assert {key: client.lrange(key, 0, -1) for key in ("shop", "slow")} == before
    assert sorted(client.keys()) == keys


def test_a_long_queue_tells_its_progress_beside_the_result(redis_shop: Shop) -> None:
    redis_shop.send("send_email", "a", "b")
    client = redis_client(redis_shop)
    message = json.loads(client.lpop("shop"))
    waiting = []
    for number in range(25_001):
        message["properties"]["delivery_tag"] = f"tag {number}"
        message["headers"]["id"] = f"id {number}"
        waiting.append(json.dumps(message))
    client.lpush("shop", *waiting)
    done = redis_shop.preflight("--format", "json")
    assert done.stderr.splitlines() == [
        "read 10000 of about 25001 messages",
        "read 20000 of about 25001 messages",
    ]
    assert json.loads(done.stdout)["read"] == 25_001
    assert client.llen("shop") == 25_001


def test_arguments_are_shown_only_where_they_are_asked_for(redis_shop: Shop) -> None:
    redis_shop.send("send_email", "secret@example.com")
    assert "secret" not in (hidden := redis_shop.preflight()).stdout + hidden.stderr
    assert "secret@example.com" in redis_shop.preflight("--show-payload").stdout


def test_right_messages_and_empty_queues_are_clean(redis_shop: Shop) -> None:
    done = redis_shop.preflight()
    assert (done.returncode, done.stdout) == (
        0,
        "0 messages read: 0 do not fit, 0 not examined, 0 with an ETA.\n",
    )
    redis_shop.send("send_email", "a", "b")
    redis_shop.send("celery.backend_cleanup")
    done = redis_shop.preflight("--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["read"] == 2


def test_every_priority_and_a_key_prefix_are_read(redis_shop: Shop) -> None:
    for priority in (0, 3, 9):
        redis_shop.app.send_task("gone", queue="shop", exchange="shop", routing_key="shop", priority=priority)
    assert json.loads(redis_shop.preflight("--format", "json").stdout)["misfitting"] == 3
    text = SHOP.replace('"data_folder_in"', '"global_keyprefix": "pre:", "data_folder_in"')
    (redis_shop.folder / "shop.py").write_text(text)
    assert json.loads(redis_shop.preflight("--format", "json").stdout)["read"] == 0
    redis_shop.app.conf.broker_transport_options = {"global_keyprefix": "pre:"}
    prefixed = Celery("other", broker=redis_shop.broker, set_as_current=False)
    prefixed.conf.broker_transport_options = {"global_keyprefix": "pre:"}
    prefixed.send_task("gone", queue="shop", exchange="shop", routing_key="shop")
    assert json.loads(redis_shop.preflight("--format", "json").stdout)["misfitting"] == 1


def test_the_rest_of_a_chain_and_callbacks_are_bound_too(redis_shop: Shop) -> None:
    app = redis_shop.app
    first = app.signature("send_email", args=("a", "b"))
    where = {"queue": "shop", "exchange": "shop", "routing_key": "shop"}
    chain(first, app.signature("cleanup", kwargs={"days": 1}, immutable=True), app=app).apply_async(**where)
    assert redis_shop.preflight().returncode == 0
    # Not immutable: the result of the first becomes a positional argument, which cleanup has not.
    chain(first, app.signature("cleanup", kwargs={"days": 1}), app=app).apply_async(**where)
    app.send_task("send_email", ("a", "b"), link=app.signature("gone"), **where)
    assert [line.partition("[")[0] for line in told(redis_shop.preflight())] == [
        '1 message waiting in queue "shop" does not fit task "cleanup": too many positional arguments ',
        '1 message waiting in queue "shop" names the task "gone", which is not registered ',
    ]


def test_a_live_queue_under_load_loses_and_reorders_nothing(redis_shop: Shop) -> None:
    sent: list[str] = []
    stop = threading.Event()

    def produce() -> None:
        while not stop.is_set():
            for _ in range(10 if len(sent) >= 1000 else 100):
                redis_shop.send("send_email", f"m{len(sent)}", "s")
                sent.append(f"m{len(sent)}")
            time.sleep(0.1 if len(sent) >= 1000 else 0)

    producer = threading.Thread(target=produce)
    producer.start()
    redis_shop.wait(lambda: len(sent) > 1000)
    worker = redis_shop.worker()
    try:
        redis_shop.wait(lambda: len(redis_shop.ran()) > 50)
        reports = [json.loads(redis_shop.preflight("--format", "json").stdout) for _ in range(2)]
        running = len(redis_shop.ran())
        stop.set()
        producer.join()
        assert running < len(sent), "the queue was empty, so this shows nothing"
        redis_shop.wait(lambda: len(redis_shop.ran()) >= len(sent))
    finally:
        stop.set()
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
    assert redis_shop.ran() == sent
    assert all(report["read"] > 100 and report["misfitting"] == 0 for report in reports), reports


def test_messages_that_wait_for_their_eta_in_a_worker_are_read(redis_shop: Shop) -> None:
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    where = {"queue": "shop", "exchange": "shop", "routing_key": "shop"}
    redis_shop.app.send_task("send_email", ("late@example.com",), eta=later, **where)
    worker = redis_shop.worker()
    client = redis_client(redis_shop)
    try:
        redis_shop.wait(lambda: client.llen("shop") == 0 and client.hlen("unacked") == 1)
        before = client.hgetall("unacked"), client.zrange("unacked_index", 0, -1)
        done = redis_shop.preflight()
        assert (client.hgetall("unacked"), client.zrange("unacked_index", 0, -1)) == before
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
    assert told(done) == [
        '1 message waiting in the hands of workers (unacked) does not fit task "send_email": missing a required '
        "argument: 'subject' [task-incompatible]"
    ]
    assert done.stdout.splitlines()[-1].endswith("1 with an ETA.")


class Trap:
    """Leaves a mark where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (self.path, "w"))


def envelope(body: bytes, content_type: str, **headers: Any) -> bytes:
    return json.dumps(
        {
            "body": b64encode(body).decode(),
            "content-type": content_type,
            "content-encoding": "binary",
            "headers": {"task": "send_email", "id": "1", **headers},
            "properties": {"body_encoding": "base64"},
        }
    ).encode()


def test_hostile_bodies_are_counted_and_never_run(redis_shop: Shop, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    client = redis_client(redis_shop)
    hostile = [
        envelope(pickle.dumps(Trap(trap)), "application/x-python-serialize"),
        envelope(b"!!python/object/apply:os.system ['touch sprung']", "application/x-yaml"),
        envelope(zlib.compress(b"[" + b" " * 50_000_000 + b"[], {}, {}]"), "application/json", compression="application/x-gzip"),
        envelope(b"[" * 400_000, "application/json"),
        envelope(b"[[], {}, {}]" + b" " * 3_000_000, "application/json"),
        envelope(b"\xff\xfe", "application/json"),
        envelope(b'[["a"], "b", 3]', "application/json"),
        envelope(b"[[], {}, {}]", "\x1b[2Jnonsense"),
        b"",
        b"\x00\x01",
        b"null",
        b"[1, 2]",
        b'{"body": 7}',
        b'{"body": "e30=", "content-type": "application/json", "properties": {"body_encoding": "base64"}}',
    ]  # fmt: skip
    client.lpush("shop", *hostile)
    client.hset("unacked", "tag", b"[[[")
    client.lpush("slow", envelope(b"[[], {}, {}]", "application/json", task="\x1b[2J" + "x" * 10_000))
    done = redis_shop.preflight()
    assert done.returncode == 1, done.stderr
    assert not trap.exists()
    assert "\x1b" not in done.stdout
    assert len(done.stdout) < 6_000
    assert done.stdout.splitlines()[-1].endswith(f"1 does not fit, {len(hostile) + 1} not examined, 0 with an ETA."), (
        done.stdout
    )
    assert "is pickled, and nothing is unpickled here" in done.stdout
    assert client.llen("shop") == len(hostile)


def test_bodies_that_could_not_be_examined_pass_only_where_that_is_allowed(redis_shop: Shop) -> None:
    redis_client(redis_shop).lpush("shop", envelope(pickle.dumps(1), "application/x-python-serialize"))
    assert redis_shop.preflight().returncode == 1
    assert redis_shop.preflight("--allow-unexamined").returncode == 0


def test_a_key_that_is_no_queue_is_one_line(redis_shop: Shop) -> None:
    redis_client(redis_shop).set("shop", "text")
    done = redis_shop.preflight()
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr


# -- RabbitMQ ----------------------------------------------------------------------------------------------------


def test_rabbitmq_is_not_read_without_the_users_word(rabbit_shop: Shop) -> None:
    assert rabbit_shop.preflight().returncode == 0
    send_sample(rabbit_shop)
    done = rabbit_shop.preflight()
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert 'queue "shop": 5 messages wait, and RabbitMQ shows none without handing it over' in done.stderr


def test_messages_held_in_rabbitmq_come_back_in_their_order_marked_as_redelivered(rabbit_shop: Shop) -> None:
    send_sample(rabbit_shop)
    for number in range(200):
        rabbit_shop.send("send_email", f"m{number}", "s")
    done = rabbit_shop.preflight("--hold")
    assert done.returncode == 1, done.stderr
    assert told(done) == SAMPLE
    with rabbit_shop.app.connection() as connection:
        channel = connection.default_channel
        taken = [channel.basic_get("shop", no_ack=True) for _ in range(205)]
        assert channel.basic_get("shop") is None
    firsts = [json.loads(message.body)[0][:1] for message in taken]
    assert firsts[5:] == [[f"m{number}"] for number in range(200)]
    assert all(message.delivery_info["redelivered"] for message in taken)


def test_a_queue_that_producers_fill_meanwhile_is_held_and_loses_and_reorders_nothing(rabbit_shop: Shop) -> None:
    sent: list[str] = []
    stop = threading.Event()

    def produce() -> None:
        while not stop.is_set():
            rabbit_shop.send("send_email", f"m{len(sent)}", "s")
            sent.append(f"m{len(sent)}")
            time.sleep(0 if len(sent) < 300 else 0.01)

    producer = threading.Thread(target=produce)
    producer.start()
    try:
        rabbit_shop.wait(lambda: len(sent) > 300)
        before = len(sent)
        reports = [json.loads(rabbit_shop.preflight("--hold", "--format", "json").stdout) for _ in range(2)]
        during = len(sent)
    finally:
        stop.set()
        producer.join()
    assert during > before, "nothing was sent meanwhile, so this shows nothing"
    assert all(before <= report["read"] and report["misfitting"] == 0 for report in reports), reports
    taken: list[str] = []
    with rabbit_shop.app.connection() as connection:
        while (message := connection.default_channel.basic_get("shop", no_ack=True)) is not None:
            taken.append(json.loads(message.body)[0][0])
    assert taken == sent


def test_a_reader_that_dies_gives_everything_back(rabbit_shop: Shop) -> None:
    for number in range(50):
        rabbit_shop.send("send_email", f"m{number}", "s")
    holding = (
        "import os, sys, shop\n"
        "from celery_registry.wire.brokers import open_broker\n"
        "connection = shop.app.connection_for_read()\n"
        "connection.connect()\n"
        "messages = open_broker(shop.app, connection, hold=True).read(['shop'])\n"
        "for _ in range(30): next(messages)\n"
        "os._exit(9)\n"
    )
    environment = {**os.environ, "SHOP_BROKER": rabbit_shop.broker}
    done = subprocess.run([sys.executable, "-c", holding], cwd=rabbit_shop.folder, env=environment)
    assert done.returncode == 9
    found: list[str] = []

    def take() -> bool:
        with rabbit_shop.app.connection() as connection:
            while (message := connection.default_channel.basic_get("shop", no_ack=True)) is not None:
                found.append(json.loads(message.body)[0][0])
        return len(found) >= 50

    time.sleep(1)
    rabbit_shop.wait(take)
    assert found == [f"m{number}" for number in range(50)]


def test_a_queue_with_consumers_is_not_held(rabbit_shop: Shop) -> None:
    for number in range(20):
        rabbit_shop.app.send_task(
            "send_email", (f"m{number}", "s"), queue="shop", exchange="shop", routing_key="shop", countdown=3600
        )
    with rabbit_shop.app.connection() as connection:
        channel = connection.channel()
        channel.basic_qos(0, 1, False)
        channel.basic_consume("shop", consumer_tag="c", no_ack=False, callback=lambda message: None)
        done = rabbit_shop.preflight("--hold")
    assert done.returncode == 2
    assert 'queue "shop": 1 consumers are connected' in done.stderr


# -- filesystem and the rest -------------------------------------------------------------------------------------


def test_files_of_the_filesystem_broker_are_read_and_stay_as_they_are(file_shop: Shop) -> None:
    send_sample(file_shop)
    (file_shop.folder / "queue" / "1_x.shop.msg").write_bytes(b"\x00")
    folder = file_shop.folder / "queue"
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    done = file_shop.preflight()
    assert done.returncode == 1, done.stderr
    assert told(done) == SAMPLE
    assert "1 not examined: the message is no JSON" in done.stdout
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()} == before


def test_one_queue_can_be_chosen(file_shop: Shop) -> None:
    send_sample(file_shop)
    done = file_shop.preflight("--queue", "slow")
    assert told(done) == SAMPLE[2:], (done.stdout, done.stderr)


def test_a_broker_that_cannot_be_read_or_reached_is_one_line(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "memory://")
    for broker, said in [
        ("memory://", 'the messages of a "memory" broker cannot be read without consuming them'),
        ("redis://:secret@127.0.0.1:1/0", "the broker redis://:**@127.0.0.1:1/0: "),
    ]:
        done = run_command(tmp_path, "preflight", "-A", "shop:app", SHOP_BROKER=broker)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
        assert said in done.stderr
        assert "secret" not in done.stderr
    assert shop.ran() == []


DJANGO = """
import os, django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django_celery_beat"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "beat.sqlite3"}},
    USE_TZ=True,
)
django.setup()
"""


def test_the_rows_of_django_celery_beat_are_bound(file_shop: Shop) -> None:
    (file_shop.folder / "shop.py").write_text(DJANGO + SHOP)
    done = file_shop.preflight()
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "the rows of django-celery-beat cannot be read" in done.stderr
    fill = (
        "import shop\nfrom django.core.management import call_command\ncall_command('migrate', verbosity=0)\n"
        "from django_celery_beat.models import IntervalSchedule, PeriodicTask\n"
        "every = IntervalSchedule.objects.create(every=1, period='days')\n"
        "def row(name, task, **more): PeriodicTask.objects.create(name=name, task=task, interval=every, **more)\n"
        "row('right', 'send_email', args='[\"a\", \"b\"]')\nrow('wrong', 'cleanup', kwargs='{\"day\": 1}')\n"
        "row('off', 'gone', enabled=False)\nrow('lost', 'gone')\n"
    )
    environment = {**os.environ, "SHOP_BROKER": "filesystem://"}
    subprocess.run([sys.executable, "-c", fill], cwd=file_shop.folder, env=environment, check=True)
    done = file_shop.preflight()
    assert done.returncode == 1, done.stderr
    assert [line.partition(":")[0] for line in told(done)] == [
        '1 message waiting in django-celery-beat does not fit task "cleanup"',
        '1 message waiting in django-celery-beat names the task "gone", which is not registered [task-incompatible]',
    ]
    assert "    wrong" in done.stdout
    assert file_shop.preflight("--no-schedule").returncode == 0


# -- queues that are not there -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["redis_shop", "rabbit_shop", "file_shop"])
def test_a_queue_that_nobody_has_is_told_with_the_near_one(kind: str, request: pytest.FixtureRequest) -> None:
    shop: Shop = request.getfixturevalue(kind)
    done = shop.preflight("--queue", "shpo", "--hold")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'celery-registry: there is no queue "shpo"; did you mean "shop"?\n'
    assert "0 messages read" in shop.preflight("--queue", "slow", "--hold").stdout
    # The application does not know it, and the broker does.
    shop.send("send_email", "a", "b", queue="elsewhere")
    done = shop.preflight("--queue", "elsewhere", "--hold")
    assert (done.returncode, "1 message read" in done.stdout) == (0, True), done.stdout + done.stderr
