"""Which workers and beats a command starts: read with Celery's own options, and said where nobody can tell."""

from __future__ import annotations

import pytest

from celery_registry.contract.deployment import CeleryProcess
from celery_registry.contract.task import Origin
from celery_registry.deployment.commands import read_started
from celery_registry.deployment.started import Started, Unreadable

#: Command -> its processes: application, queues, worker and beat.
READ: list[tuple[str | tuple[str, ...], list[tuple[str | None, tuple[str, ...] | None, str]]]] = [
    ("celery -A shop worker", [("shop", (), "w")]),
    ("celery -A shop worker -Q a,b -n w1@%h -c 4 -l info", [("shop", ("a", "b"), "w")]),
    ("celery --app=shop.celery:app worker --queues=a --loglevel=INFO --pool solo", [("shop.celery:app", ("a",), "w")]),
    ("/opt/venv/bin/celery -Ashop worker -Qa -B", [("shop", ("a",), "wb")]),
    ("celery -A shop worker --beat -E --without-gossip", [("shop", (), "wb")]),
    ("celery -A shop beat -l info -s /tmp/schedule", [("shop", (), "b")]),
    ("python -m celery -A shop worker -Q 'a, b'", [("shop", ("a", "b"), "w")]),
    ('sh -c "python manage.py migrate && exec celery -A shop worker -Q a"', [("shop", ("a",), "w")]),
    (("sh", "-c", "celery -A shop beat & celery -A shop worker -Q a"), [("shop", (), "b"), ("shop", ("a",), "w")]),
    (("bash", "-lc", "set -e\ncd /app\ncelery -A shop worker \\\n  -Q a"), [("shop", ("a",), "w")]),
    (("wait-for-it", "db:5432", "--", "celery", "-A", "shop", "worker"), [("shop", (), "w")]),
    ("poetry run celery -A shop worker", [("shop", (), "w")]),
    ("watchmedo auto-restart -d . -p '*.py' -- celery -A shop worker -Q a", [("shop", ("a",), "w")]),
    ("watchfiles --filter python 'celery -A shop worker -Q a' src", [("shop", ("a",), "w")]),
    ("env DEBUG=1 celery -A shop worker -Q ${QUEUES:-a,b}", [("shop", ("a", "b"), "w")]),
    ("celery -A shop worker -Q $NAMED", [("shop", ("c",), "w")]),
    ("celery -A shop worker -Q ${NAMED}-x -n $HOSTNAME", [("shop", ("c-x",), "w")]),
    ("CELERY_APP=shop celery worker", [("shop", (), "w")]),
    ("celery -A shop worker --our-own-option 3 -Q z", [("shop", ("z",), "w")]),
    ("celery -A shop worker -X a,b", [("shop", (), "w")]),
]  # fmt: skip
#: Commands of which somebody has to be told.
UNREAD = [
    "./start-worker.sh", "bash start.sh", "make worker", "supervisord -n", "honcho start", "python run_worker.py",
    "python manage.py celery_worker", "celery worker -A shop", "celery multi start w1 -A shop", "$COMMAND",
    "celery -A shop $ROLE", "celery 'unclosed",
]  # fmt: skip
#: Programs that are no worker.
OTHERS = [
    "gunicorn shop.wsgi -b 0.0.0.0:80", "uvicorn shop.asgi:app --reload", "python manage.py runserver 0:80", "redis-server",
    "celery -A shop flower --port=5555", "celery -A shop events", "sh -c 'alembic upgrade head && uvicorn shop:app'",
    "npm run dev", "sleep infinity", "pip install celery", "pkill celery", "celery --broker=redis://x flower",
]  # fmt: skip


def read(command: str | tuple[str, ...]) -> list[CeleryProcess | Unreadable]:
    return list(read_started(Started("x", Origin("Procfile", 3), command, {"NAMED": "c"})))


@pytest.mark.parametrize(("command", "expected"), READ, ids=str)
def test_a_command_is_read_as_celery_reads_it(command: str | tuple[str, ...], expected: object) -> None:
    found = read(command)
    assert [
        (p.app, p.queues, "w" * p.is_worker + "b" * p.is_beat) for p in found if isinstance(p, CeleryProcess)
    ] == expected
    assert not [each for each in found if isinstance(each, Unreadable)]


@pytest.mark.parametrize("command", UNREAD)
def test_what_may_start_a_worker_is_said(command: str) -> None:
    assert any(isinstance(each, Unreadable) for each in read(command))


@pytest.mark.parametrize("command", OTHERS)
def test_another_program_is_nothing(command: str) -> None:
    assert read(command) == []


def test_celerys_own_variables_count() -> None:
    environment = {"CELERY_APP": "shop", "CELERY_WORKER_QUEUES": "a,b", "CELERY_WORKER_BEAT": "1"}
    (process,) = read_started(Started("x", Origin(), "celery worker", environment))
    assert isinstance(process, CeleryProcess)
    assert (process.app, process.queues, process.is_beat) == ("shop", ("a", "b"), True)


def test_a_queue_that_nobody_can_tell_is_none() -> None:
    for command in ("celery -A shop worker -Q $UNSET", "celery -A shop worker -Q $(cat queues)"):
        (process,) = read(command)
        assert isinstance(process, CeleryProcess)
        assert process.queues is None
