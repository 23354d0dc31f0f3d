"""``parked``: what stands in the parking queue, and what becomes of it.

Law: words of the command line; what fits is ``wire.parking.triage``'s verdict, how a message moves is the broker's module.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from celery_registry.cli import CLEAN, FINDINGS, CannotRun
from celery_registry.cli.options import app_option, config_option, format_option
from celery_registry.cli.parked_report import report_messages, show_count, show_task
from celery_registry.cli.parking_queue import new_file, open_parking
from celery_registry.wire.parking.documents import describe, dump_line
from celery_registry.wire.parking.envelope import restored
from celery_registry.wire.parking.queue import InDoubt, NotSent, ParkedQueue
from celery_registry.wire.parking.triage import Judged, State

__all__ = ["parked"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def parked() -> None:
    """Show the messages that did not fit their worker, and send back those that fit now.

    Exit status: 0 clean, 1 messages that do not fit, 2 cannot run.
    """


def _common(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that every command has; ``formats`` are those of its document."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in (
            config_option,
            format_option(*(formats or ("text", "json"))),
            click.option("--reason", "reasons", multiple=True, metavar="REASON",
                         help="Only these reasons: unknown-task, arguments, undecodable, content-type, types."),
            click.option("--task", "tasks", multiple=True, metavar="NAME", help="Only these tasks. May be repeated."),
            click.option("-Q", "--queue", "queue", metavar="NAME",
                         help="The parking queue. Default: that of guard.install, else celery-registry.parked."),
            app_option,
        ):  # fmt: skip
            command = option(command)
        return command

    return add


@parked.command("list")
@_common()
@click.pass_context
def list_(ctx: click.Context, /, **given: Any) -> None:
    """Count the parked messages by task and reason, and say which would fit this checkout."""
    ctx.exit(_listed(given, totals=False))


@parked.command()
@_common()
@click.pass_context
def stats(ctx: click.Context, /, **given: Any) -> None:
    """Totals: how many, how old, how large, by reason; for a dashboard."""
    ctx.exit(_listed(given, totals=True))


@parked.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--show-payload", is_flag=True, help="Show arguments too; they may be private.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many messages.")
@_common()
@click.pass_context
def show(ctx: click.Context, /, ids: tuple[str, ...], show_payload: bool, limit: int, **given: Any) -> None:
    """Show single messages, the oldest first, by the id of the message or of its parking."""
    with open_parking(given, ids) as opened:
        chosen = []
        for judged in opened.judged():
            chosen.append(describe(judged, payload=show_payload))
            if len(chosen) == limit or (ids and len(chosen) == len(ids)):
                break
    if given["format_name"] == "json":
        click.echo(json.dumps({"messages": chosen}, indent=2, ensure_ascii=False))
    else:
        for message in chosen:
            click.echo("\n".join(f"{name:<12} {value}" for name, value in message.items()) + "\n")
    ctx.exit(FINDINGS if ids and len(chosen) < len(ids) else CLEAN)


@parked.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only these messages. May be repeated.")
@click.option("--yes", is_flag=True, help="Do it. Without this option it is only said what would be done.")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), metavar="N", help="At most N messages a second.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N messages.")
@click.option("--to", metavar="QUEUE", help="Send them to this queue instead of the one they came from.")
@click.option("--allow-unexamined", is_flag=True, help="Also messages whose arguments could not be read.")
@_common()
@click.pass_context
def replay(
    ctx: click.Context,
    /,
    ids: tuple[str, ...],
    yes: bool,
    rate: float | None,
    limit: int | None,
    to: str | None,
    allow_unexamined: bool,
    **given: Any,
) -> None:
    """Send the messages that fit this checkout back to the queues they came from, each of them once."""
    sent: Counter[str] = Counter()
    left: Counter[str] = Counter()
    ready = (State.FITS, State.UNEXAMINED) if allow_unexamined else (State.FITS,)
    with open_parking(given, ids, to) as opened:
        for judged in opened.judged():
            name = show_task(judged)
            if judged.state not in ready:
                left[f"{name}: {judged.why}"] += 1
                continue
            if limit is not None and sum(sent.values()) == limit:
                left[f"{name}: beyond --limit {limit}"] += 1
                continue
            if yes:
                problem = _send_back(opened.queue, judged)
                if problem is not None:
                    left[f"{name}: {problem}"] += 1
                    continue
                if rate is not None:
                    time.sleep(1 / rate)
            sent[name] += 1
    if given["format_name"] == "json":
        click.echo(
            json.dumps({"dry_run": not yes, "sent": dict(sent), "left": dict(left)}, indent=2, ensure_ascii=False)
        )
    else:
        verb = "sent back" if yes else "would be sent back"
        lines = [f"{count} {verb}: {name}" for name, count in sorted(sent.items())]
        lines += [f"{count} left: {why}" for why, count in sorted(left.items())]
        lines.append(f"{show_count(sum(sent.values()))} {verb}, {sum(left.values())} left.")
        click.echo("\n".join(lines))
        if sent and not yes:
            click.echo("Nothing was sent: give --yes to do it.")
    ctx.exit(FINDINGS if left else CLEAN)


@parked.command()
@click.option("--id", "ids", multiple=True, metavar="ID", help="Only these messages. May be repeated.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--foreign", is_flag=True, help="Also messages that carry no header of ours.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write what is dropped to this new file. Default: celery-registry-dropped-<time>.jsonl here.")  # fmt: skip
@_common()
@click.pass_context
def drop(
    ctx: click.Context, /, ids: tuple[str, ...], yes: bool, foreign: bool, output: Path | None, **given: Any
) -> None:
    """Take messages away for good, after they were written to a file."""
    path = output or Path(time.strftime("celery-registry-dropped-%Y%m%dT%H%M%SZ.jsonl", time.gmtime()))
    dropped = 0
    with open_parking(given, ids) as opened:
        count = sum(1 for judged in opened.judged() if foreign or judged.parked is not None)
        if count and not yes:
            click.confirm(
                f"Drop {show_count(count)}? What is dropped is written to {path} first.", abort=True, err=True
            )
        if count:
            with new_file(path) as write:
                for judged in opened.judged():
                    if not foreign and judged.parked is None:
                        continue
                    if judged.entry.content is None and judged.entry.size:
                        click.echo(f"left: a message of {judged.entry.size} bytes is too large to be written", err=True)
                        continue
                    write(dump_line(judged))
                    dropped += opened.queue.remove(judged.entry)
    if given["format_name"] == "json":
        click.echo(json.dumps({"dropped": dropped, "file": str(path) if count else None}))
    else:
        click.echo(f"{show_count(dropped)} dropped{f', written to {path}' if count else ''}.")
    ctx.exit(CLEAN)


def _listed(given: dict[str, Any], *, totals: bool) -> int:
    with open_parking(given) as opened:
        return report_messages(opened.name, opened.judged(), format_name=given["format_name"], totals=totals)


def _send_back(queue: ParkedQueue, judged: Judged) -> str | None:
    """Send one message back; why it was not, None where it was."""
    content, parked = judged.entry.content, judged.parked
    assert content is not None
    assert parked is not None
    try:
        queue.send_back(judged.entry, restored(content, parked), judged.queue, parked.exchange, parked.routing_key)
    except NotSent as reason:
        return str(reason)
    except InDoubt as doubt:
        path = Path(time.strftime("celery-registry-in-doubt-%Y%m%dT%H%M%SZ.jsonl", time.gmtime()))
        with new_file(path) as write:
            write(dump_line(judged))
        raise CannotRun(
            f"the broker went away before it said whether message {judged.message_id or parked.id} was sent to "
            f'queue "{doubt.queue}" ({doubt}); all messages before it were, and a copy of this one is in {path}'
        ) from doubt
    return None
