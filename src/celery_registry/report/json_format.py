"""Findings as JSON, for programs.

Law: the schema of ``docs/commands.md``, which only ever gains keys under one ``schema`` number.
"""

from __future__ import annotations

import json
from typing import Any, Final

import celery_registry
from celery_registry.contract.codes import Severity
from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.report.document import Fix, Replacement, Report, show_path

__all__ = ["SCHEMA", "render_report"]

#: Raised when a key changes its meaning or goes.
SCHEMA: Final = 1


def render_report(report: Report) -> str:
    """One object; keys in a fixed order, findings in the order of the report."""
    document = {
        "schema": SCHEMA,
        "tool": {"name": "celery-registry", "version": celery_registry.__version__},
        "summary": {
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "accepted": report.accepted,
        },
        "findings": [_finding(finding, fix, report) for finding, fix in report.rows],
        "stale": [{"task": row.task, "code": row.code, "problem": row.problem} for row in report.stale],
        "looked_at": report.looked_at or None,
        "unread": [{"origin": _origin(origin), "reason": reason} for origin, reason in report.unread],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _finding(finding: Finding, fix: Fix | None, report: Report) -> dict[str, Any]:
    return {
        "code": str(finding.code),
        "problem": finding.problem,
        "severity": report.severity(finding).value,
        "task": finding.task,
        "message": finding.sentence,
        "hint": finding.hint,
        "facts": dict(sorted(finding.facts.items())),
        "origin": _origin(finding.origin),
        "other": _origin(finding.other),
        "fix": None if fix is None else {"text": fix.text, "replacements": [_replacement(r) for r in fix.replacements]},
    }


def _replacement(made: Replacement) -> dict[str, Any]:
    return {
        "path": show_path(made.path),
        "start": {"line": made.start_line, "column": made.start_column},
        "end": {"line": made.end_line, "column": made.end_column},
        "text": made.text,
    }


def _origin(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None or not (origin.path or origin.label):
        return None
    return {
        "path": show_path(origin.path) or None,
        "line": origin.line or None,
        "column": origin.column + 1 if origin.line else None,
        "label": origin.label or None,
    }
