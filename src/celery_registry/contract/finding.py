"""A finding: a problem and its facts, never a sentence.

Law: the words live in ``codes``; a finding carries only what they are filled with, and the places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from celery_registry.contract.task import Origin

if TYPE_CHECKING:
    from celery_registry.contract.codes import Code, Severity

__all__ = ["Finding"]


@dataclass(frozen=True)
class Finding:
    """One problem of one task.

    ``problem`` names a row of ``codes.PROBLEMS``; ``facts`` fill its sentence and hint;
    ``origin`` is the line the user must change, ``other`` the other side of the disagreement.
    """

    problem: str
    task: str
    facts: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin()
    other: Origin | None = None

    @property
    def code(self) -> Code:
        """The code the problem belongs to."""
        from celery_registry.contract.codes import PROBLEMS

        return PROBLEMS[self.problem].code

    @property
    def severity(self) -> Severity:
        """The severity of the problem, before the user's settings."""
        from celery_registry.contract.codes import CODES, PROBLEMS

        return PROBLEMS[self.problem].severity or CODES[self.code].severity

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence that names the task and both facts."""
        from celery_registry.contract.codes import PROBLEMS

        return PROBLEMS[self.problem].sentence.format(task=self.task, **self.facts)

    @property
    def hint(self) -> str:
        """What to write."""
        from celery_registry.contract.codes import PROBLEMS

        return PROBLEMS[self.problem].hint.format(task=self.task, **self.facts)
