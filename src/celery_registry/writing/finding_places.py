"""Where the source says what is found in a running application.

Law: a finding in, the same with its place in the source out. What a configuration says has no line when it runs.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from celery_registry.contract.finding import Finding
from celery_registry.contract.routes import Route
from celery_registry.contract.schedules import Entry
from celery_registry.contract.task import Origin
from celery_registry.source.configuration import read_configuration
from celery_registry.source.index import SourceIndex

__all__ = ["FindingPlaces"]


class FindingPlaces:
    """The places of one program."""

    def __init__(self, index: SourceIndex) -> None:
        self._index = index

    def place(self, finding: Finding) -> Finding:
        """The finding where the source has it; as it is where that is not one place."""
        if finding.problem == "bound-method":
            rows = [r for r in self._index.registrations if r.task_name == finding.task and r.bound_method]
            return _at(finding, (r.origin for r in rows))
        if finding.origin.path and Path(finding.origin.path).is_file():
            return finding
        routes, added = self._configuration
        if finding.problem == "route-unknown-task":
            return _at(finding, (route.origin for route in routes if route.text == finding.task))
        if finding.problem == "schedule-unknown-task":
            entries = [(e.key, e.origin) for e in self._index.schedules if e.task_name == finding.task]
            entries += [(e.key, e.origin) for e in added if e.task == finding.task]
            return _at(finding, (origin for key, origin in entries if key == finding.facts.get("entry")))
        return finding

    @functools.cached_property
    def _configuration(self) -> tuple[list[Route], list[Entry]]:
        return read_configuration(self._index)


def _at(finding: Finding, origins: Iterable[Origin]) -> Finding:
    found = list(dict.fromkeys(origins))
    return replace(finding, origin=found[0]) if len(found) == 1 else finding
