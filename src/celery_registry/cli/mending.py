"""``check --fix``: the findings of a check, mended in the source.

Law: it brings the report, the source and the edits together, and knows no rule.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from celery_registry.changes import finish_changes
from celery_registry.cli.writes import offer_changes
from celery_registry.errors import ConfigurationError
from celery_registry.source.project import Project, read_projects

if TYPE_CHECKING:
    from celery_registry.changes import Change
    from celery_registry.contract.finding import Finding
    from celery_registry.report import Report
    from celery_registry.settings import Settings

__all__ = ["mend_report", "show_fixes"]


def show_fixes(report: Report, paths: Sequence[str], settings: Settings) -> Report:
    """The report with the finished text of each finding that can be mended; as it is where the source does not tell."""
    from celery_registry.writing.fixes import FIXED, Fixer

    if not any(finding.problem in FIXED for finding in report.findings):
        return report
    try:
        projects = read_projects(paths, settings)
        fixers = [Fixer(project.index) for project in projects]
        return report.with_fixes(lambda finding: fixers[_owner(projects, finding)].fix_of(finding))
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
    projects = read_projects(paths, settings)
    changes: list[Change] = []
    fixed: list[Finding] = []
    for number, project in enumerate(projects):
        mended = Fixer(project.index).mend([f for f in report.findings if _owner(projects, f) == number])
        changes += mended.changes
        fixed += mended.fixed
        for line in mended.left:
            click.echo(f"left to you: {line}", err=True)
    written = bool(changes) and offer_changes(ctx, changes, diff=diff, yes=yes, plain=plain)
    if diff:
        return None
    fixed = fixed if written else []
    return replace(report, findings=tuple(found for found in report.findings if found not in fixed))


def _owner(projects: Sequence[Project], finding: Finding) -> int:
    """The number of the program that mends a finding: its own one, the first for a file that several share."""
    path = os.path.abspath(finding.origin.path) if finding.origin.path else ""
    return next((number for number, project in enumerate(projects) if project.owns(path)), 0)
