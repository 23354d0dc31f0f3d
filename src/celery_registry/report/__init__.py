"""Findings as documents for people and machines.

Law: a document is arranged from what ``contract.codes`` words; nothing here decides whether something is
wrong, and nothing learns who found it. A format is imported when it is asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Final, cast

from celery_registry.report.document import Accepted, Report
from celery_registry.report.text import render_text

__all__ = ["FORMATS", "Accepted", "Report", "render", "render_text"]

#: The formats of ``render``.
FORMATS: Final = ("text", "json", "github", "sarif", "gitlab", "junit")


def render(report: Report, format: str = "text") -> str:
    """The whole document in one of ``FORMATS``, without a trailing newline.

    Raises ``ValueError`` for another format.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}")
    module = importlib.import_module(f"celery_registry.report.{'text' if format == 'text' else format + '_format'}")
    return cast("Callable[[Report], str]", module.render_report)(report)
