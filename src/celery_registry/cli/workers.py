"""``workers``: does the running fleet have the tasks that this code sends?

Law: it asks ``guard.fleet`` and lays the answer out; what a difference means is decided there.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import click

from celery_registry.cli import CLEAN, FINDINGS, UNUSABLE
from celery_registry.cli.application import import_classes, import_task_modules, load_app
from celery_registry.cli.broker_driver import open_connection
from celery_registry.cli.options import app_option, config_option, format_option
from celery_registry.settings import Settings, read_settings

if TYPE_CHECKING:
    from celery import Celery

    from celery_registry.contract.lock import LockedTask
    from celery_registry.guard.fleet import Fleet, Worker

__all__ = ["contracts_of", "workers"]

#: Raised when a key of the JSON document changes its meaning or goes.
SCHEMA = 1


@click.command()
@app_option
@click.option("--names", multiple=True, metavar="MODULE:ENUM", help="Ask about these names alone. May be repeated.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the workers to reply.",
)
@click.option("--destination", "-d", metavar="A,B", help="Ask these workers alone; one that is silent is told.")
@format_option("text", "json")
@click.option("--watch", is_flag=True, help="Ask again and again until all workers have the same tasks.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="With --watch: the pause between two questions.",
)
@click.option(
    "--expect",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --watch: how many workers there must be. Default: as many as reply at first.",
)
@click.option(
    "--give-up-after",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="With --watch: exit with 1 where it takes longer.",
)
@config_option
@click.pass_context
def workers(
    ctx: click.Context,
    app_name: str | None,
    names: tuple[str, ...],
    timeout: float,
    destination: str | None,
    format_name: str,
    watch: bool,
    interval: float,
    expect: int | None,
    give_up_after: float | None,
    config_file: Any,
) -> None:
    """Ask the running workers whether they have the same tasks as this code.

    A worker answers when guard.install was called for its application. No reply is unknown, not wrong; a worker
    that does not consume a task's queue is not at fault. Exit status: 0 the same, 1 skew, 2 nobody answered.
    """
    settings = read_settings(config_file)
    app = load_app(app_name, settings)
    import_task_modules(app)
    open_connection(app)[0].release()
    asked = _task_names(app, names, settings)
    contracts = contracts_of(app)
    chosen = [name for name in (destination or "").split(",") if name]

    def ask() -> Fleet:
        from celery_registry.guard.fleet import ask_fleet

        return ask_fleet(app, asked, timeout=timeout, destination=chosen, contracts=contracts)

    fleet = _watch(ask, interval, expect, give_up_after) if watch else ask()
    click.echo(_json(fleet) if format_name == "json" else show_fleet(fleet, timeout))
    if len(fleet.unknown()) == len(fleet.workers):
        ctx.exit(UNUSABLE)
    ctx.exit(FINDINGS if fleet.skewed() or (watch and not _converged(fleet, expect or 0)) else CLEAN)


def _task_names(app: Celery, given: tuple[str, ...], settings: Settings) -> list[str] | None:
    """The names to ask about: those of the enums that are known, else None for all tasks registered here."""
    from celery_registry.guard.installation import recall
    from celery_registry.guard.name_reader import read_names

    enums = import_classes(given, "names") or recall(app).name_classes() or import_classes(settings.names, "names")
    return sorted({name for enum in enums for name in read_names(enum).members.values()}) or None


def contracts_of(app: Celery) -> dict[str, LockedTask]:
    """What the locks of other services say, those of the settings and those of ``remote_tasks``."""
    from celery_registry.guard.installation import recall

    return {name: task for name, (_, task) in recall(app).contracts.items()}


def _watch(ask: Any, interval: float, expect: int | None, give_up_after: float | None) -> Fleet:
    """Ask until all have the same tasks; tell on standard error whenever something changed."""
    started = time.monotonic()
    told = None
    while True:
        fleet: Fleet = ask()
        if expect is None and fleet.workers:
            # A worker that restarts is silent for a while: fewer than at first is not the end.
            expect = len(fleet.workers)
        line = _progress(fleet, expect)
        if line != told:
            click.echo(f"{time.strftime('%H:%M:%S')}  {line}", err=True)
            told = line
        late = give_up_after is not None and time.monotonic() - started + interval > give_up_after
        if late or _converged(fleet, expect or 1):
            return fleet
        time.sleep(interval)


def _converged(fleet: Fleet, expect: int) -> bool:
    return not fleet.skewed() and len(fleet.same()) >= expect


def _progress(fleet: Fleet, expect: int | None) -> str:
    line = f"{len(fleet.same())} of {max(expect or 0, len(fleet.workers))} workers have the same tasks"
    behind = [worker.name for worker in fleet.skewed()]
    return f"{line}; not yet: {', '.join(behind)}" if behind else line


def show_fleet(fleet: Fleet, timeout: float) -> str:
    """A table by worker, then what differs on each."""
    from celery_registry.guard.fleet import State

    if not fleet.workers:
        return f"No worker replied within {timeout:g} s: nothing is known."
    columns = (State.SAME, State.DIFFERENT, State.MISSING, State.OTHER_QUEUE)
    parks = any(worker.parked is not None for worker in fleet.workers)
    rows = [["", "worker", *(state.value for state in columns), *(["parked"] if parks else []), "version"]]
    for worker in fleet.workers:
        if worker.unknown is not None:
            rows.append(
                ["?", worker.name, *["-" for _ in columns], *(["-"] if parks else []), f"unknown: {worker.unknown}"]
            )
        else:
            counts = [str(len(worker.tasks(state)) or "-") for state in columns]
            parked = [str(sum(worker.parked.values())) if worker.parked is not None else "-"] if parks else []
            rows.append(["!" if worker.skewed else "", worker.name, *counts, *parked, worker.version])
    parts = [_table(rows)]
    parts += [_differences(worker, fleet) for worker in fleet.skewed()]
    total, same, unknown = len(fleet.workers), len(fleet.same()), len(fleet.unknown())
    summary = (
        f"{same} of {total} worker{'s' * (total != 1)} {'has' if same == 1 else 'have'} the same tasks as this code"
    )
    parts.append(f"{summary}{f', {unknown} unknown' if unknown else ''}.")
    return "\n\n".join(parts)


def _differences(worker: Worker, fleet: Fleet) -> str:
    from celery_registry.guard.fleet import State

    lines = [worker.name]
    signatures = {task.name: task.signature for task in fleet.tasks}
    for name in worker.tasks(State.DIFFERENT):
        lines.append(f"  {name} is different")
        lines.append(f"    here   {signatures[name] or 'not registered'}")
        lines.append(f"    there  {(worker.differing or {}).get(name, 'unknown')}")
    lines += [f"  {name} is missing" for name in worker.tasks(State.MISSING)]
    return "\n".join(lines)


def _table(rows: list[list[str]]) -> str:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _json(fleet: Fleet) -> str:
    document = {
        "schema": SCHEMA,
        "summary": {
            "workers": len(fleet.workers),
            "same": len(fleet.same()),
            "skewed": len(fleet.skewed()),
            "unknown": len(fleet.unknown()),
        },
        "tasks": [{"name": t.name, "signature": t.signature, "queue": t.queue} for t in fleet.tasks],
        "workers": [_worker(worker) for worker in fleet.workers],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _worker(worker: Worker) -> dict[str, Any]:
    if worker.unknown is not None:
        return {"name": worker.name, "state": "unknown", "reason": worker.unknown}
    return {
        "name": worker.name,
        "state": "skewed" if worker.skewed else "same",
        "version": worker.version,
        "queues": list(worker.queues),
        "tasks": {name: state.value for name, state in (worker.states or {}).items()},
        "differing": dict(worker.differing or {}),
        **({} if worker.parked is None else {"parked": dict(worker.parked)}),
    }
