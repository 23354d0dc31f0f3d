"""The old names that an application keeps alive, and which of them nobody should need any more.

Law: it asks ``wire.alias``, and only where that module made one; a process without an alias pays nothing.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery import Celery

    from celery_registry.contract.finding import Finding

__all__ = ["inspect_aliases"]


def inspect_aliases(app: Celery) -> tuple[Finding, ...]:
    """The aliases of ``app`` that are past their day (local time), or whose new task nobody registered."""
    module = sys.modules.get("celery_registry.wire.alias")
    if module is None:
        return ()
    findings: tuple[Finding, ...] = module.check_aliases(app)
    return findings
