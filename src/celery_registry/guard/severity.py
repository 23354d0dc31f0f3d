"""The user's own severities.

Law: texts to codes and severities, and what follows from one. It never learns where the texts come from.
"""

from __future__ import annotations

from collections.abc import Mapping

from celery_registry.contract.codes import CODES, Code, Severity
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError

__all__ = ["read_severities", "severity_of"]


def read_severities(given: Mapping[str | Code, str | Severity]) -> Mapping[Code, Severity]:
    """Codes and severities from their texts.

    Raises ``ConfigurationError`` for a text that is neither, with the nearest one.
    """
    read = {}
    for code, severity in given.items():
        try:
            known = Code(code)
        except ValueError:
            nearest = show_nearest(str(code), [c.value for c in CODES])
            raise ConfigurationError(f'there is no code "{code}"{nearest}') from None
        try:
            read[known] = Severity(severity)
        except ValueError:
            choices = ", ".join(f'"{s.value}"' for s in Severity)
            raise ConfigurationError(f'the severity of {known} is "{severity}"; it must be one of {choices}') from None
    return read


def severity_of(finding: Finding, severities: Mapping[Code, Severity]) -> Severity:
    """What a finding does under the user's severities."""
    return severities.get(finding.code, finding.severity)
