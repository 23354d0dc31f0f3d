"""Findings as SARIF, for code scanning.

Law: SARIF 2.1.0 (OASIS Standard, 27 March 2020); the rules are the rows of ``contract.codes``.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

import celery_registry
from celery_registry.contract.codes import CODES, Code, Severity
from celery_registry.contract.explanations import EXPLANATIONS
from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.report.document import Fix, Replacement, Report, fingerprint, path_in_repository, repository_root
from celery_registry.report.text import show_unread

__all__ = ["render_report"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.OFF: "none"}


def render_report(report: Report) -> str:
    """One run; every code is a rule, so that a code with no result is known too."""
    codes = list(Code)
    run = {
        "tool": {
            "driver": {
                "name": "celery-registry",
                "version": celery_registry.__version__,
                "semanticVersion": celery_registry.__version__,
                "rules": [_rule(code, report) for code in codes],
            }
        },
        # Paths are taken from here (SARIF 3.14.14); a base ends in a slash.
        "originalUriBaseIds": {"%SRCROOT%": {"uri": f"{repository_root().as_uri().rstrip('/')}/"}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(finding, fix, report, codes.index(finding.code)) for finding, fix in report.rows],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _invocation(report: Report) -> dict[str, Any]:
    """SARIF 3.20: a run that could not read all has not succeeded."""
    notes = [
        {"level": "error", "message": {"text": show_unread(reason)}, "locations": [_location(origin)]}
        for origin, reason in report.unread
    ]
    return {"executionSuccessful": not notes, **({"toolExecutionNotifications": notes} if notes else {})}


def _rule(code: Code, report: Report) -> dict[str, Any]:
    explanation = EXPLANATIONS[code]
    level = _LEVELS[report.severities.get(code, CODES[code].severity)]
    return {
        "id": str(code),
        "shortDescription": {"text": CODES[code].meaning},
        "fullDescription": {"text": explanation.why},
        "help": {"text": f"{explanation.why}\n\nWrong:\n\n{explanation.wrong}\nRight:\n\n{explanation.mended}"},
        "defaultConfiguration": {"level": level, "enabled": level != "none"},
    }


def _result(finding: Finding, fix: Fix | None, report: Report, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": str(finding.code),
        "ruleIndex": rule,
        "level": _LEVELS[report.severity(finding)],
        "message": {"text": f"{finding.sentence}\n{finding.hint}"},
        "partialFingerprints": {"celeryRegistryTask/v1": fingerprint(finding)},
    }
    if finding.origin.path or finding.origin.label:
        result["locations"] = [_location(finding.origin)]
    if finding.other is not None and (finding.other.path or finding.other.label):
        result["relatedLocations"] = [{"id": 1, "message": {"text": "the other side"}, **_location(finding.other)}]
    if fix is not None:
        result["fixes"] = [_fix(fix)]
    return result


def _fix(fix: Fix) -> dict[str, Any]:
    """SARIF 3.55: the text, and for each file what is deleted and inserted."""
    files: dict[str, list[dict[str, Any]]] = {}
    for made in fix.replacements:
        files.setdefault(made.path, []).append(_replacement(made))
    changes = [{"artifactLocation": _artifact(path), "replacements": rows} for path, rows in files.items()]
    return {"description": {"text": fix.text}, "artifactChanges": changes}


def _replacement(made: Replacement) -> dict[str, Any]:
    start = {"startLine": made.start_line, "startColumn": made.start_column}
    end = {"endLine": made.end_line, "endColumn": made.end_column}
    return {"deletedRegion": {**start, **end}, "insertedContent": {"text": made.text}}


def _artifact(path: str) -> dict[str, str]:
    uri = quote(path_in_repository(path))
    # An absolute path is outside of the checkout; a relative one is taken from its root (SARIF 3.4.4).
    return {"uri": f"file://{uri}"} if uri.startswith("/") else {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _location(origin: Origin) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if origin.path:
        location["physicalLocation"] = {"artifactLocation": _artifact(origin.path)}
        if origin.line:
            location["physicalLocation"]["region"] = {"startLine": origin.line, "startColumn": origin.column + 1}
    if origin.label:
        location["logicalLocations"] = [{"fullyQualifiedName": origin.label}]
    return location
