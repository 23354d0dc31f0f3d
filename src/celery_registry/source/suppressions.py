"""Comments that accept a finding on their line.

Law: a place and a code in, yes or no out. ``# type: ignore`` means what it means to mypy, with and without codes;
``# celery-registry: ignore[task-schedule]`` is for what mypy does not report.
"""

from __future__ import annotations

import linecache
import re

from celery_registry.contract.task import Origin

__all__ = ["is_suppressed"]

_COMMENT = re.compile(r"#\s*(?:type|celery-registry)\s*:\s*ignore(?:\[(?P<codes>[\w\s,-]*)\])?(?=\s|#|$)")


def is_suppressed(origin: Origin, code: str) -> bool:
    """Whether the line of a finding accepts it."""
    line = linecache.getline(origin.path, origin.line) if origin.path and origin.line else ""
    for comment in _COMMENT.finditer(line):
        codes = comment["codes"]
        if codes is None or code in {each.strip() for each in codes.split(",")}:
            return True
    return False
