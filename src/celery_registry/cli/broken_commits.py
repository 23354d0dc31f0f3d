"""``compat --history``: the commits that broke messages in flight.

Law: it brings the walk, the accepted breaks and the layouts of a list of commits together, and knows no rule.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click

from celery_registry.cli import CannotRun
from celery_registry.cli.options import write_document
from celery_registry.contract.change import Order
from celery_registry.wire.acceptance import Acceptance, accept_changes
from celery_registry.wire.compat import Comparison
from celery_registry.wire.git import find_commit
from celery_registry.wire.history import Step, walk_history
from celery_registry.wire.history_formats import render_commits
from celery_registry.wire.tree import Trees

__all__ = ["show_history"]

#: Seconds between two lines that say how far it is.
_EVERY: Final = 5.0


@dataclass
class _Progress:
    """How far the walk is, on standard error, for whoever waits."""

    next: float = 0
    number: int = 0
    total: int = 0

    def __call__(self, number: int, total: int) -> None:
        self.number, self.total = number, total
        now = time.monotonic()
        if not self.next:
            self.next = now + _EVERY
        elif now >= self.next:
            self.next = now + _EVERY
            click.echo(f"celery-registry: {number} of {total} commits", err=True)


def show_history(
    span: str,
    paths: tuple[str, ...],
    rows: Sequence[Acceptance],
    survived: Collection[Order],
    format_name: str,
    output: Path | None,
) -> bool:
    """Write each commit of ``span`` with the tasks that it broke; whether there is one.

    A break is a change of one task that a deploy does not survive: a verdict that is not in ``survived``. Raises
    ``CannotRun`` for a span that is none.
    """
    first, dots, last = span.partition("..")
    if not dots or not first or last.startswith("."):
        raise CannotRun(f'--history: "{span}" is no span of commits; write REV..REV, such as v1.0..HEAD')
    here, today, progress = Path(), datetime.date.today(), _Progress()
    commits = find_commit(first, here), find_commit(last or "HEAD", here)
    broken: list[tuple[Step, Comparison]] = []
    changed = 0
    with Trees(here) as trees:
        for step in walk_history(trees, *commits, paths, progress):
            for sentence in step.said:
                click.echo(f"celery-registry: {step.commit[:12]}: {' '.join(sentence.split())}", err=True)
            if step.comparison is None:
                continue
            changed += bool(step.comparison.tasks)
            judged, _ = accept_changes(step.comparison, rows, today)
            tasks = tuple(task for task in judged.tasks if task.order not in survived)
            if tasks:
                broken.append((step, replace(judged, tasks=tasks)))
    write_document(render_commits(broken, (first, last or "HEAD"), (progress.number, changed), format_name), output)
    return bool(broken)
