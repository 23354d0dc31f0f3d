"""Everything the guard checks, in the order a person reads it.

Law: readers on one side, ``contract`` on the other, and what lies between. It decides nothing itself.
"""

from __future__ import annotations

from celery_registry.contract.codes import Severity
from celery_registry.contract.coverage import compare_coverage, compare_names
from celery_registry.contract.finding import Finding
from celery_registry.guard.installation import Installation
from celery_registry.guard.name_reader import read_names
from celery_registry.guard.severity import severity_of

__all__ = ["inspect_app"]


def inspect_app(installation: Installation) -> tuple[Finding, ...]:
    """Hold the application to its registries and enums of names.

    Returns all findings whose severity is not ``off``. Raises ``ConfigurationError`` for arguments that name nothing.
    """
    app = installation.app
    app.loader.import_default_modules()
    registered = app.tasks
    findings: list[Finding] = []
    for names in installation.name_classes():
        table = read_names(names)
        findings += compare_names(table)
        findings += compare_coverage(table, registered, strict=installation.strict, external=installation.external)
    return tuple(f for f in findings if severity_of(f, installation.severities) is not Severity.OFF)
