"""How a command that edits the user's files goes about it: it shows, asks, and writes all or nothing.

Law: changes in, files out. What the changes say is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from celery_registry.changes import Change, finish_changes, write_changes
from celery_registry.cli import FINDINGS
from celery_registry.report.document import show_path
from celery_registry.source.project import read_project

if TYPE_CHECKING:
    from celery_registry.settings import Settings
    from celery_registry.source.index import SourceIndex

__all__ = ["offer_changes", "read_sources"]


def offer_changes(ctx: click.Context, changes: Sequence[Change], *, diff: bool, yes: bool, plain: bool = True) -> bool:
    """Show the changes, and write them where the user agrees; returns whether they were written.

    Where standard output is not ``plain``, a document goes there, and the changes are shown on standard error.
    """
    if not changes:
        click.echo("nothing to change", err=not plain)
        return False
    for change in changes:
        click.echo(change.show(), nl=False, err=not plain)
    if diff:
        ctx.exit(FINDINGS)
    if not yes and not click.confirm("Write these changes?", err=True):
        click.echo("nothing was written", err=not plain)
        return False
    write_changes(changes)
    for change in changes:
        click.echo(f"wrote {change.path.as_posix()}", err=not plain)
    return True


def read_sources(paths: Sequence[str], settings: Settings, *, keep_going: bool) -> SourceIndex:
    """What the program's files say, once an interrupted write is finished.

    Files that are not Python are named; without ``keep_going`` nothing is written while there is one: then, and for
    a path that is not there, it raises ``ConfigurationError``.
    """
    for line in finish_changes():
        click.echo(line, err=True)
    project = read_project(paths, settings)
    if not keep_going:
        project.refuse_unread()
    for unread in project.index.unread:
        place = f"{show_path(unread.path)}:{unread.line}" if unread.line else show_path(unread.path)
        click.echo(f"left out: {place}: {unread.reason}", err=True)
    project.refuse_nothing()
    return project.index
