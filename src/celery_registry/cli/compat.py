"""``compat``: what two versions of the code do to messages in flight.

Law: it brings revisions, the comparison and its formats together, and knows no rule.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import click

from celery_registry.cli import CLEAN, FINDINGS
from celery_registry.cli.lock import LOCK_NAME
from celery_registry.cli.options import output_option, write_document
from celery_registry.contract.change import Order
from celery_registry.contract.lock import parse_lock
from celery_registry.settings import read_settings
from celery_registry.wire.compat import Comparison, compare_locks
from celery_registry.wire.compat_formats import FORMATS, render_comparison
from celery_registry.wire.revision import LockText, read_lock_file, read_lock_text
from celery_registry.wire.task_lines import Places

__all__ = ["compat"]

#: Tasks that are told to be stale.
_SHOWN: Final = 20
#: How a project deploys -> the verdicts that such a deploy survives.
_SURVIVED: Final = {
    "any": {Order.COMPATIBLE, Order.WORKERS_FIRST, Order.PRODUCERS_FIRST},
    "workers-first": {Order.COMPATIBLE, Order.WORKERS_FIRST},
    "producers-first": {Order.COMPATIBLE, Order.PRODUCERS_FIRST},
    "rolling": {Order.COMPATIBLE},
}


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@click.option(
    "--lock",
    "lock_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=LOCK_NAME,
    show_default=True,
    metavar="FILE",
    help="The lock file, in the working tree and at the revisions.",
)
@click.option(
    "--deploy",
    type=click.Choice(tuple(_SURVIVED)),
    default="any",
    show_default=True,
    help="How you deploy; a change that needs another order is a finding. any: the order that compat names.",
)
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True, help="The format."
)
@output_option
@click.pass_context
def compat(
    ctx: click.Context,
    base: str,
    head: str | None,
    lock_path: Path,
    deploy: str,
    format_name: str,
    output: Path | None,
) -> None:
    """Compare the lock at BASE with the lock at HEAD (default: the file in the working tree).

    BASE and HEAD are git revisions or lock files. For each task that changed: compatible, workers first,
    producers first or breaking, why, and what to do. Without HEAD a lock that the source has left behind is
    a finding. Exit status: 0 clean, 1 findings, 2 cannot run.
    """
    before = read_lock_text(base, lock_path)
    after = read_lock_file(lock_path) if head is None else read_lock_text(head, lock_path)
    comparison = compare_locks(parse_lock(before.text, before.label), parse_lock(after.text, after.label))
    stale = _stale(after, head is None)
    placed = _placed(comparison, after)
    write_document(render_comparison(placed, base, head or str(lock_path), format_name), output)
    for sentence in stale:
        click.echo(f"celery-registry: {sentence}", err=True)
    ctx.exit(CLEAN if comparison.order in _SURVIVED[deploy] and not stale else FINDINGS)


def _stale(head: LockText, is_working_tree: bool) -> list[str]:
    """What the checkout says otherwise than its lock: then the comparison is about code that is not deployed."""
    if not is_working_tree or head.path is None:
        return []
    from celery_registry.wire.stale import read_stale

    injected = read_settings(directory=head.path.absolute().parent).injected_parameters
    found = list(read_stale(parse_lock(head.text, head.label), head.path.parent, injected))
    told = [f"{head.path} is not what the code says: {sentence}" for sentence in found[:_SHOWN]]
    if len(found) > _SHOWN:
        told.append(f"and {len(found) - _SHOWN} more tasks of {head.path}")
    return [*told, "write it again: celery-registry lock"] if told else []


def _placed(comparison: Comparison, head: LockText) -> Comparison:
    """Each task with its line; the code at another revision is not at hand."""
    if head.path is None:
        return comparison
    places = Places(head.path.parent, head.text, head.path)
    tasks = tuple(replace(task, origin=places.find(task.task, task.implementation)) for task in comparison.tasks)
    return replace(comparison, tasks=tasks)
