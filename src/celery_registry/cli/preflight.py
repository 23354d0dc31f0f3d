"""``preflight``: the messages that wait in the broker against the signatures of this checkout.

Law: it brings the application, the broker and the count together, and knows no rule.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from celery import Celery
from kombu.exceptions import KombuError

from celery_registry.cli import CLEAN, FINDINGS
from celery_registry.cli.application import import_task_modules, load_app
from celery_registry.cli.broker_driver import open_connection
from celery_registry.cli.options import app_option, config_option
from celery_registry.cli.parked_count import count_parked, show_parked
from celery_registry.contract.names import show_nearest
from celery_registry.errors import CeleryRegistryError, ConfigurationError
from celery_registry.settings import read_settings
from celery_registry.wire.brokers import WaitingMessages, open_broker
from celery_registry.wire.preflight import Preflight, examine
from celery_registry.wire.schedule_rows import read_schedule_rows

__all__ = ["preflight"]

#: Messages between two lines of progress where standard error is no terminal.
_PROGRESS = 10_000


@click.command()
@app_option
@click.option("-Q", "--queue", "queues", multiple=True, metavar="NAME",
              help="A queue to read. May be repeated. Default: all that the application consumes or routes to.")  # fmt: skip
@click.option("--hold", is_flag=True,
              help="RabbitMQ: hold the messages back while they are read; they are marked as redelivered.")  # fmt: skip
@click.option("--allow-unexamined", is_flag=True, help="Exit 0 where bodies could not be read and the rest fits.")
@click.option("--show-payload", is_flag=True, help="Show arguments of sample messages; they may be private.")
@click.option("--no-schedule", is_flag=True, help="Leave out the rows of django-celery-beat.")
@click.option("--format", "format_name", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="The format.")  # fmt: skip
@config_option
@click.pass_context
def preflight(
    ctx: click.Context,
    app_name: str | None,
    queues: tuple[str, ...],
    hold: bool,
    allow_unexamined: bool,
    show_payload: bool,
    no_schedule: bool,
    format_name: str,
    config_file: Any,
) -> None:
    """Bind every message that waits in the broker, and every row of django-celery-beat, to the tasks of this checkout.

    Nothing is consumed, and no argument is shown unless asked for.
    Exit status: 0 clean, 1 messages that would fail or could not be examined, 2 cannot run.
    """
    settings = read_settings(config_file)
    app = load_app(app_name, settings)
    import_task_modules(app)
    from celery_registry.guard.lock_reader import queues_of, read_signatures

    count = Preflight(read_signatures(app, settings.injected_parameters))
    known = queues_of(app)
    names = queues or known
    with _broker(app, hold) as (connection, broker):
        _require_queues(broker, queues, known)
        total = broker.count(names)
        for number in examine(count, broker.read(names, payload=show_payload)):
            _show_progress(number, total)
        parked = count_parked(app, connection, known, hold=hold)
    if not no_schedule:
        for _ in examine(count, read_schedule_rows()):
            pass
    click.echo(_document(count, parked) if format_name == "json" else "\n".join([_text(count), *show_parked(parked)]))
    failed = bool(count.misfits) or (count.unexamined > 0 and not allow_unexamined)
    ctx.exit(FINDINGS if failed else CLEAN)


@contextmanager
def _broker(app: Celery, hold: bool) -> Iterator[tuple[Any, WaitingMessages]]:
    """The connected broker; what goes wrong with it is one line."""
    connection, own = open_connection(app)
    errors: tuple[type[Exception], ...] = (OSError, KombuError, *own)
    try:
        connection.ensure_connection(max_retries=1, timeout=10)
        yield connection, open_broker(app, connection, hold=hold)
    except CeleryRegistryError:
        raise
    except errors as error:
        raise ConfigurationError(f"the broker {connection.as_uri()}: {type(error).__name__}: {error}") from error
    finally:
        connection.release()


def _require_queues(broker: WaitingMessages, asked: Sequence[str], known: Sequence[str]) -> None:
    """A queue that neither the application nor the broker has is misspelt, and not empty."""
    for name in asked:
        if name not in known and not broker.has_queue(name):
            nearest = show_nearest(name, known) or f"; the application has {', '.join(known)}"
            raise ConfigurationError(f'there is no queue "{name}"{nearest}')


def _show_progress(number: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\rread {number} of about {total} messages", err=True, nl=False)
    elif number % _PROGRESS == 0:
        click.echo(f"read {number} of about {total} messages", err=True)


def _text(count: Preflight) -> str:
    lines = []
    for misfit, finding in zip(count.misfits, count.findings, strict=True):
        lines.append(f"{finding.sentence} [{finding.code}]")
        lines += [f"    {sample}" for sample in misfit.samples if sample]
        lines.append(f"    -> {finding.hint}")
    lines += [f"{number} not examined: the message {reason}" for reason, number in sorted(count.unread.items())]
    places = ", ".join(f"{number} in {place}" for place, number in sorted(count.places.items()))
    lines.append(
        f"{count.read} {'message' if count.read == 1 else 'messages'} read{f' ({places})' if places else ''}: "
        f"{count.misfitting} {'does' if count.misfitting == 1 else 'do'} not fit, "
        f"{count.unexamined} not examined, {count.with_eta} with an ETA."
    )
    return "\n".join(lines)


def _document(count: Preflight, parked: dict[str, Any] | None) -> str:
    document = {
        "read": count.read,
        "places": dict(sorted(count.places.items())),
        "with_eta": count.with_eta,
        "misfitting": count.misfitting,
        "unexamined": dict(sorted(count.unread.items())),
        "misfits": [
            {
                "code": str(finding.code),
                "task": misfit.task,
                "place": misfit.place,
                "reason": misfit.reason or "the task is not registered",
                "count": misfit.count,
                "samples": misfit.samples,
                "hint": finding.hint,
            }
            for misfit, finding in zip(count.misfits, count.findings, strict=True)
        ],
        **({} if parked is None else {"parked": parked}),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
