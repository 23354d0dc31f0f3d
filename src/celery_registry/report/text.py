"""Findings as text for a person: on the terminal, in a log, in the message of a worker that refuses to boot.

Law: it arranges what ``contract.codes`` words, and adds no sentence about a task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from celery_registry.contract.codes import Code, Severity
from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.report.document import Fix, Report, show_path

__all__ = ["render_report", "render_text", "show_unread"]

_TWO_SIDES = frozenset({Code.SIGNATURE, Code.RESULT, Code.UNVERIFIABLE})


def render_text(
    findings: Sequence[Finding],
    *,
    heading: str | None = None,
    severities: Mapping[Code, Severity] | None = None,
    fixes: Sequence[Fix | None] = (),
) -> str:
    """One block of text: the findings grouped by task, each with its code, both places and what to write.

    ``heading`` is the first line; without it there is none. ``severities`` are the user's own, over those of
    ``codes.CODES``; ``fixes`` has one place for each finding, or none at all. The result has no trailing newline; it is the heading alone where nothing was found.
    """
    lines = [] if heading is None else [heading]
    groups: dict[str, list[tuple[Finding, Fix | None]]] = {}
    for finding, fix in zip(findings, fixes or (None,) * len(findings), strict=True):
        groups.setdefault(finding.task, []).append((finding, fix))
    for task, group in groups.items():
        if lines:
            lines.append("")
        lines.append(f"  {task}")
        for finding, fix in group:
            severity = (severities or {}).get(finding.code, finding.severity)
            lines.append(f"    {severity.value} [{finding.code}] {finding.sentence}")
            lines += [f"        {side:<9} {place}" for side, place in _places(finding)]
            if fix is not None:
                lines.append(f"        {'write':<9} {fix.text}")
            lines.append(f"        {'write' if fix is None else 'that is':<9} {finding.hint}")
    return "\n".join(lines)


def render_report(report: Report) -> str:
    """The findings, then what the baseline holds, then one line that sums up."""
    parts = [render_text(report.findings, severities=report.severities, fixes=report.fixes)] if report.findings else []
    if report.stale:
        rows = [f"  {row.task} [{row.code}] {row.problem}" for row in report.stale]
        parts.append("\n".join(["No longer found, remove from the baseline (or run with --write-baseline):", *rows]))
    if report.looked_at:
        parts.append(f"Looked at {report.looked_at}.")
    errors, warnings = report.count(Severity.ERROR), report.count(Severity.WARNING)
    known = f", {report.accepted} accepted by the baseline" if report.accepted else ""
    if report.findings:
        # A baseline of an older version does not know what this one looks at besides.
        again = " `check --write-baseline` accepts these, too." if report.accepted or report.stale else ""
        parts.append(f"Found {_count(errors, 'error')} and {_count(warnings, 'warning')}{known}.{again}")
    elif report.unread:
        parts.append(f"Found nothing in what could be read{known}.")
    else:
        parts.append(f"Success: {report.held}{known}.")
    if report.unread:
        parts[-1] += f" This is no verdict: {_count(len(report.unread), 'file')} could not be read."
    return "\n\n".join(parts)


def show_unread(reason: str) -> str:
    """What a format without room for a summary says of a file that could not be read."""
    return f"This file {reason}. Neither it nor what hangs on it was judged."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _places(finding: Finding) -> list[tuple[str, str]]:
    """Both sides of a disagreement that have a place, as a person reads them."""
    two_sides = finding.code in _TWO_SIDES and finding.problem != "lambda-task"
    sides = ("declared", "actual") if two_sides else ("at", "and at")
    origins = (finding.origin, finding.other or Origin())
    return [(side, _show_origin(origin)) for side, origin in zip(sides, origins, strict=True) if origin.path]


def _show_origin(origin: Origin) -> str:
    """``tasks/email.py:12 (EmailController.send)``, relative to the working directory where it is inside."""
    path = show_path(origin.path)
    place = f"{path}:{origin.line}" if origin.line else path
    return f"{place} ({origin.label})" if origin.label else place
