"""What a report holds, before anybody chooses a format.

Law: findings, the severities they are judged by, and what a baseline accepted. No words, no layout.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from celery_registry.contract.codes import Code, Severity
from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin

__all__ = [
    "Accepted",
    "Fix",
    "Replacement",
    "Report",
    "fingerprint",
    "path_in_repository",
    "repository_root",
    "show_path",
]


@dataclass(frozen=True)
class Replacement:
    """One span of a file and its new text; lines and columns count from 1, the end is behind the last character."""

    path: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True)
class Fix:
    """What mends one finding: the finished text as a person reads it, and the spans to replace, all of them together."""

    text: str
    replacements: tuple[Replacement, ...]


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
    ``held`` is what was held to the program: without a registry there is nothing that could agree with it. ``looked_at``
    counts what was looked at, where source text was, and ``unseen`` says what of it could not be judged, and why.
    ``fixes`` has one place for each finding, or none at all. ``unread`` are the files that could not be read, each with
    the reason: with one of them, a report is no verdict.
    """

    findings: tuple[Finding, ...] = ()
    severities: Mapping[Code, Severity] = field(default_factory=dict)
    accepted: int = 0
    stale: tuple[Accepted, ...] = ()
    held: str = "the registry and the application agree"
    looked_at: str = ""
    unseen: str = ""
    fixes: tuple[Fix | None, ...] = ()
    unread: tuple[tuple[Origin, str], ...] = ()

    @classmethod
    def judge(
        cls,
        findings: Iterable[Finding],
        severities: Mapping[Code, Severity] | None = None,
        held: str | None = None,
    ) -> Report:
        """Drop what is switched off and order the rest."""
        report = cls(severities=severities or {}, held=cls.held if held is None else held)
        told = [finding for finding in findings if report.severity(finding) is not Severity.OFF]
        return replace(report, findings=tuple(sorted(told, key=_order)))

    def accept(self, rows: Iterable[Accepted]) -> Report:
        """Hide what a baseline accepts, and keep the rows of it that accept nothing."""
        accepted = set(rows)
        left = tuple(finding for finding in self.findings if Accepted.of(finding) not in accepted)
        # What is not found may be in what could not be read.
        stale = set() if self.unread else accepted - {Accepted.of(finding) for finding in self.findings}
        hidden = len(self.findings) - len(left)
        return replace(self, findings=left, accepted=hidden, stale=tuple(sorted(stale)))

    def with_fixes(self, fix_of: Callable[[Finding], Fix | None]) -> Report:
        """The same report, with what mends each finding."""
        return replace(self, fixes=tuple(fix_of(finding) for finding in self.findings))

    @property
    def rows(self) -> tuple[tuple[Finding, Fix | None], ...]:
        """Each finding with its fix."""
        return tuple(zip(self.findings, self.fixes or (None,) * len(self.findings), strict=True))

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


def _order(finding: Finding) -> tuple[str, int, str, str, str]:
    return (finding.origin.path, finding.origin.line, finding.task, str(finding.code), finding.problem)


def show_path(path: str) -> str:
    """A path as the user would type it: relative to the working directory where it is inside, with slashes."""
    if os.path.isabs(path):
        try:
            relative = os.path.relpath(path)
        except ValueError:  # another drive
            relative = path
        path = path if relative.startswith(os.pardir) else relative
    return PurePath(path).as_posix() if path else ""


def repository_root() -> Path:
    """The directory of the repository around the working directory, else the working directory itself."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".git").exists() or (folder / ".hg").exists():
            return folder
    return here


def fingerprint(finding: Finding) -> str:
    """The same for the same problem of the same task, wherever its line moved."""
    facts = sorted(finding.facts.items())
    return hashlib.sha256(json.dumps([finding.task, str(finding.code), finding.problem, facts]).encode()).hexdigest()


def path_in_repository(path: str) -> str:
    """A path as a service that shows the repository knows it: from its root, with slashes; absolute where it is outside."""
    try:
        relative = os.path.relpath(path, repository_root())
    except ValueError:  # another drive
        relative = os.pardir
    inside = relative != os.pardir and not relative.startswith(os.pardir + os.sep)
    return PurePath(relative if inside else os.path.abspath(path)).as_posix()
