"""What a report holds, before anybody chooses a format.

Law: findings, the severities they are judged by, and what a baseline accepted. No words, no layout.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from celery_registry.contract.codes import Code, Severity
from celery_registry.contract.finding import Finding

__all__ = ["Accepted", "Report", "show_path"]


@dataclass(frozen=True, order=True)
class Accepted:
    """One row of a baseline: a finding that is known, whatever its line."""

    task: str
    code: str
    problem: str

    @classmethod
    def of(cls, finding: Finding) -> Accepted:
        """The row that accepts a finding."""
        return cls(finding.task, str(finding.code), finding.problem)


@dataclass(frozen=True)
class Report:
    """What a check found.

    ``findings`` are those to tell, by path, line, task and code; ``severities`` are the user's own, over those of
    ``codes.CODES``; ``accepted`` is how many findings a baseline hides, ``stale`` the rows of it that accept nothing.
    """

    findings: tuple[Finding, ...] = ()
    severities: Mapping[Code, Severity] = field(default_factory=dict)
    accepted: int = 0
    stale: tuple[Accepted, ...] = ()

    @classmethod
    def judge(
        cls,
        findings: Iterable[Finding],
        severities: Mapping[Code, Severity] | None = None,
        baseline: Iterable[Accepted] = (),
    ) -> Report:
        """Drop what is switched off or accepted, and order the rest."""
        report = cls(severities=severities or {})
        told = [finding for finding in findings if report.severity(finding) is not Severity.OFF]
        rows = set(baseline)
        met = {Accepted.of(finding) for finding in told}
        left = [finding for finding in told if Accepted.of(finding) not in rows]
        return cls(
            tuple(sorted(left, key=lambda f: (f.origin.path, f.origin.line, f.task, str(f.code), f.problem))),
            report.severities,
            len(told) - len(left),
            tuple(sorted(rows - met)),
        )

    def severity(self, finding: Finding) -> Severity:
        """How severe a finding is by the user's settings."""
        return self.severities.get(finding.code, finding.severity)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(self.severity(finding) is severity for finding in self.findings)

    @property
    def failed(self) -> bool:
        """Whether at least one finding is an error."""
        return self.count(Severity.ERROR) > 0


def show_path(path: str) -> str:
    """A path as the user would type it: relative to the working directory where it is inside, with slashes."""
    if os.path.isabs(path):
        try:
            relative = os.path.relpath(path)
        except ValueError:  # another drive
            relative = path
        path = path if relative.startswith(os.pardir) else relative
    return PurePath(path).as_posix() if path else ""
