"""The baseline: findings that an old project lives with for now.

Law: rows of task, code and problem, never lines, so that an edit elsewhere in the file changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from celery_registry.contract.finding import Finding
from celery_registry.errors import ConfigurationError
from celery_registry.report.document import Accepted
from celery_registry.report.file import write_text

__all__ = ["SCHEMA", "read_baseline", "write_baseline"]

SCHEMA: Final = 1


def read_baseline(path: Path) -> tuple[Accepted, ...]:
    """The rows of a baseline file, in order.

    Raises ``ConfigurationError`` where there is no such file, or it is not a baseline.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such baseline; create it with --write-baseline") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: cannot be read as a baseline: {error}") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ConfigurationError(f'{path}: is not a baseline: it must be an object with "schema": {SCHEMA}')
    rows = document.get("accepted")
    if not isinstance(rows, list):
        raise ConfigurationError(f'{path}: is not a baseline: "accepted" must be a list')
    return tuple(_read_row(row, path) for row in rows)


def write_baseline(path: Path, findings: Iterable[Finding]) -> int:
    """Accept these findings, and nothing else; returns the number of rows."""
    rows = sorted({Accepted.of(finding) for finding in findings})
    document = {
        "schema": SCHEMA,
        "accepted": [{"task": row.task, "code": row.code, "problem": row.problem} for row in rows],
    }
    write_text(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return len(rows)


def _read_row(row: object, path: Path) -> Accepted:
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in ("task", "code", "problem")):
        raise ConfigurationError(f'{path}: every row needs the texts "task", "code" and "problem", not {row}')
    # A problem that this version does not know accepts nothing: it is told as stale.
    return Accepted(row["task"], row["code"], row["problem"])
