"""Findings as annotations of a GitHub workflow run.

Law: the syntax of workflow commands (GitHub documentation, *Workflow commands: Setting an error message*).
"""

from __future__ import annotations

from celery_registry.contract.codes import Severity
from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.report.document import Fix, Report, path_in_repository
from celery_registry.report.text import show_unread

__all__ = ["render_report"]


def render_report(report: Report) -> str:
    """One line per finding, one per file that could not be read and one notice per stale row of the baseline."""
    lines = [_line("error", {"title": "unread"}, origin, show_unread(reason)) for origin, reason in report.unread]
    lines += [_command(finding, fix, report.severity(finding)) for finding, fix in report.rows]
    lines += [
        f"::notice title=baseline::{_escape_data(f'{row.task} [{row.code}] {row.problem} is no longer found')}"
        for row in report.stale
    ]
    return "\n".join(lines)


def _command(finding: Finding, fix: Fix | None, severity: Severity) -> str:
    lines = [finding.sentence, finding.hint, *([] if fix is None else [f"write: {fix.text}"])]
    return _line(severity.value, {"title": str(finding.code)}, finding.origin, "\n".join(lines))


def _line(level: str, properties: dict[str, str], origin: Origin, text: str) -> str:
    if origin.path:
        properties["file"] = path_in_repository(origin.path)
        if origin.line:
            properties |= {"line": str(origin.line), "col": str(origin.column + 1)}
    shown = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    return f"::{level} {shown}::{_escape_data(text)}"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
