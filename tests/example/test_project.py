"""The example project is whole: its types, its database, its HTTP side and its worker, on folders and on Redis.

Law: the project is used from outside, as its user would, in a state folder of the test's own.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "delivery_project"

HTTP = """
import json
import ioc
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

call_command("migrate", verbosity=0)
user = get_user_model().objects.create(username="ada", email="ada@example.com")
post = lambda body: Client().post("/orders/", body, content_type="application/json")
answers = [
    post({"user_id": user.pk, "product": "Teapot", "quantity": 2}),
    post({"user_id": user.pk, "product": "", "quantity": 2}),
    post("no json"),
    Client().get("/orders/"),
    Client().get("/ping/"),
]
print(json.dumps([[a.status_code, a.content.decode()] for a in answers]))
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    outside = ("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in outside}
    return {**kept, "PYTHONPATH": str(PROJECT / "src"), "DELIVERY_STATE_DIR": str(tmp_path / "state")}


def python(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=120
    )


@contextlib.contextmanager
def running_worker(env: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "delivery", "worker", "--pool", "solo", "--loglevel", "INFO"]
    with log.open("wb") as output:
        worker = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(30)


def test_the_whole_project_is_strictly_typed(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path)],
        cwd=PROJECT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "Success: no issues found" in finished.stdout


def test_the_migrations_are_those_of_the_models(env: dict[str, str]) -> None:
    finished = python(env, "manage.py", "makemigrations", "--check", "--dry-run")
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_an_order_over_http_leaves_one_message_for_its_email(env: dict[str, str]) -> None:
    finished = python(env, "-c", HTTP)
    assert finished.returncode == 0, finished.stderr
    created, empty, garbled, method, ping = json.loads(finished.stdout)
    assert created == [201, '{"id":1,"product":"Teapot","quantity":2}']
    assert [empty[0], garbled[0], method[0], ping[0]] == [422, 422, 405, 202]
    queue = Path(env["DELIVERY_STATE_DIR"]) / "queue"
    sent = [json.loads(path.read_text())["headers"] for path in queue.iterdir()]
    assert sorted(headers["task"] for headers in sent) == ["ping", "send_email"]


def test_the_worker_sends_the_email_of_an_order_without_any_server(env: dict[str, str], tmp_path: Path) -> None:
    with running_worker(env, tmp_path / "worker.log"):
        finished = python(env, "place_order.py")
    assert finished.returncode == 0, finished.stdout + (tmp_path / "worker.log").read_text()
    assert finished.stdout.splitlines()[1:] == [
        "Subject: Order Confirmation",
        "To: ada@example.com",
        "Your order #1 has been placed.",
    ]


@pytest.mark.parametrize("server", ["redis_broker", "rabbitmq_broker"])
def test_the_environment_points_the_project_at_a_server(
    server: str, request: pytest.FixtureRequest, env: dict[str, str], tmp_path: Path
) -> None:
    env["CELERY_BROKER_URL"] = request.getfixturevalue(server).url
    if server == "redis_broker":
        env["CELERY_RESULT_BACKEND"] = env["CELERY_BROKER_URL"]
    with running_worker(env, tmp_path / "worker.log"):
        finished = python(env, "calls_right.py")
    assert finished.stdout == "pong\n", finished.stderr + (tmp_path / "worker.log").read_text()
    state = Path(env["DELIVERY_STATE_DIR"])
    assert list((state / "queue").iterdir()) == []
    # RabbitMQ is the broker alone: the results stay where they were.
    assert bool(list((state / "results").iterdir())) == (server == "rabbitmq_broker")


def test_without_a_worker_an_order_says_that_no_email_came(env: dict[str, str]) -> None:
    finished = python({**env, "DELIVERY_PATIENCE": "1"}, "place_order.py")
    assert finished.returncode == 1
    assert finished.stdout.splitlines()[-1] == "no e-mail was sent within 1 seconds: is a worker running?"
