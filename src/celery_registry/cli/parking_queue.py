"""The parking queue that a ``parked`` command is about, and which of its messages.

Law: options in, judged messages out; what goes wrong with the broker is one line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from celery import Celery
from kombu.exceptions import KombuError

from celery_registry.cli.application import import_task_modules, load_app
from celery_registry.cli.broker_driver import open_connection
from celery_registry.errors import CeleryRegistryError, ConfigurationError
from celery_registry.settings import read_settings
from celery_registry.wire.parking.brokers import open_queue
from celery_registry.wire.parking.policy import parking_of
from celery_registry.wire.parking.queue import ParkedQueue
from celery_registry.wire.parking.triage import Judge, Judged

__all__ = ["OpenedParking", "new_file", "open_parking"]

#: Messages between two lines of progress where standard error is no terminal.
_PROGRESS: Final = 1000
_DEFAULT_QUEUE: Final = "celery-registry.parked"


@dataclass(frozen=True)
class _Choice:
    """Which messages a command is about."""

    tasks: frozenset[str]
    reasons: frozenset[str]
    ids: tuple[str, ...]

    def takes(self, judged: Judged) -> bool:
        parked = judged.parked
        if parked is None:
            return not (self.tasks or self.reasons or self.ids)
        return (
            (not self.tasks or parked.task in self.tasks)
            and (not self.reasons or parked.reason in self.reasons)
            and (not self.ids or any(i in (parked.id, judged.message_id) for i in self.ids))
        )


class OpenedParking:
    """The parking queue of an application, with a judge."""

    def __init__(self, queue: ParkedQueue, judge: Judge, choice: _Choice, name: str) -> None:
        self.queue, self.name = queue, name
        self._judge, self._choice = judge, choice

    def judged(self) -> Iterator[Judged]:
        """The chosen messages, with progress on standard error."""
        total = self.queue.count()
        for number, entry in enumerate(self.queue.read(), 1):
            judged = self._judge.judge(entry)
            if self._choice.takes(judged):
                yield judged
            _show_progress(number, total)


@contextmanager
def open_parking(given: dict[str, Any], ids: Sequence[str] = (), to: str | None = None) -> Iterator[OpenedParking]:
    """The queue that the options name; what goes wrong with the broker is one line."""
    settings = read_settings(given["config_file"])
    app = load_app(given["app_name"], settings)
    import_task_modules(app)
    from celery_registry.guard.lock_reader import queues_of

    parking = parking_of(app)
    name = given["queue"] or (parking.name if parking is not None else _DEFAULT_QUEUE)
    queues = {*queues_of(app), *([to] if to else [])}
    if name in queues - {to}:
        raise ConfigurationError(f'queue "{name}" is a task queue of this application, not a parking queue')
    if name == to:
        raise ConfigurationError(f'--to "{name}" is the parking queue itself')
    judge = Judge(app, queues, validate=parking is not None and parking.validate, to=to)
    choice = _Choice(frozenset(given["tasks"]), frozenset(given["reasons"]), tuple(ids))
    with _broker(app) as connection:
        yield OpenedParking(open_queue(connection, name), judge, choice, name)


@contextmanager
def _broker(app: Celery) -> Iterator[Any]:
    # The connection that workers read from: there the parked messages are, and there they go back.
    connection, own = open_connection(app)
    errors: tuple[type[Exception], ...] = (OSError, KombuError, *own)
    try:
        connection.ensure_connection(max_retries=1, timeout=10)
        yield connection
    except (CeleryRegistryError, click.ClickException):
        raise
    except errors as error:
        raise ConfigurationError(f"the broker {connection.as_uri()}: {type(error).__name__}: {error}") from error
    finally:
        connection.release()


@contextmanager
def new_file(path: Path) -> Iterator[Callable[[str], None]]:
    """A file of our own that only its owner can read; each line is on the disk before the next step."""
    import os

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    with open(descriptor, "w", encoding="utf-8") as file:

        def write(line: str) -> None:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

        yield write


def _show_progress(number: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\rread {number} of about {total} messages", err=True, nl=number >= total)
    elif number % _PROGRESS == 0:
        click.echo(f"read {number} of about {total} messages", err=True)
