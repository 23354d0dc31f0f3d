"""Findings as GitLab shows them beside the lines of a merge request.

Law: the report format of GitLab's Code Quality (GitLab documentation, *Code Quality report format*): one list, and every
row has a place.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any, Final

from celery_registry.contract.codes import Severity
from celery_registry.report.document import Report, fingerprint, path_in_repository
from celery_registry.report.text import show_unread

__all__ = ["render_report"]

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.OFF: "info"}


def render_report(report: Report) -> str:
    """One row per finding and per file that could not be read; one that has no line stands at the first line of the project's directory."""
    met: Counter[str] = Counter()
    rows: list[dict[str, Any]] = []
    for finding, fix in report.rows:
        print_of = fingerprint(finding)
        met[print_of] += 1
        lines = [finding.sentence, finding.hint, *([] if fix is None else [f"write: {fix.text}"])]
        rows.append(
            {
                "description": "\n".join(lines),
                "check_name": str(finding.code),
                # GitLab drops the second row of one fingerprint.
                "fingerprint": print_of if met[print_of] == 1 else f"{print_of}-{met[print_of]}",
                "severity": _SEVERITIES[report.severity(finding)],
                "location": {
                    "path": path_in_repository(finding.origin.path or "."),
                    "lines": {"begin": finding.origin.line or 1},
                },
            }
        )
    for origin, reason in report.unread:
        path = path_in_repository(origin.path)
        rows.append(
            {
                "description": show_unread(reason),
                "check_name": "unread",
                "fingerprint": hashlib.sha256(f"unread {path}".encode(errors="surrogatepass")).hexdigest(),
                "severity": "major",
                "location": {"path": path, "lines": {"begin": origin.line or 1}},
            }
        )
    return json.dumps(rows, indent=2, ensure_ascii=False)
