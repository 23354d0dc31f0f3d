"""``check --fix``: the findings of a check, mended in the source.

Law: it brings the report, the source and the edits together, and knows no rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from celery_registry.changes import finish_changes
from celery_registry.cli.writes import offer_changes
from celery_registry.errors import ConfigurationError
from celery_registry.source.project import read_project

if TYPE_CHECKING:
    from celery_registry.report import Report
    from celery_registry.settings import Settings

__all__ = ["mend_report", "show_fixes"]


def show_fixes(report: Report, paths: Sequence[str], settings: Settings) -> Report:
    """The report with the finished text of each finding that can be mended; as it is where the source does not tell."""
    from celery_registry.writing.fixes import FIXED, Fixer

    if not any(finding.problem in FIXED for finding in report.findings):
        return report
    try:
        fixer = Fixer(read_project(paths, settings).index)
        return report.with_fixes(fixer.fix_of)
    except ConfigurationError:
        return report


def mend_report(
    ctx: click.Context, report: Report, paths: Sequence[str], settings: Settings, *, diff: bool, yes: bool, plain: bool
) -> Report | None:
    """Show the changes, write them where the user agrees, and return what is left of the report; None for a ``diff``.

    ``plain`` is whether standard output is for people. Raises ``ConfigurationError`` where nothing can be written.
    """
    from celery_registry.writing.fixes import Fixer

    for line in finish_changes():
        click.echo(line, err=True)
    mended = Fixer(read_project(paths, settings).index).mend(report.findings)
    for line in mended.left:
        click.echo(f"left to you: {line}", err=True)
    written = bool(mended.changes) and offer_changes(ctx, mended.changes, diff=diff, yes=yes, plain=plain)
    if diff:
        return None
    fixed = mended.fixed if written else ()
    return replace(report, findings=tuple(found for found in report.findings if found not in fixed))
