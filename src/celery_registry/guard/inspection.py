"""Everything the guard checks, in the order a person reads it.

Law: readers on one side, ``contract`` on the other, and what lies between. It decides nothing itself.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from celery_registry.contract.codes import Severity
from celery_registry.contract.coverage import compare_implementations
from celery_registry.contract.finding import Finding
from celery_registry.guard.aliases import inspect_aliases
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.duplicates import read_rivals
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.imports import failed_imports, import_task_modules
from celery_registry.guard.installation import Installation
from celery_registry.guard.name_reader import read_names
from celery_registry.guard.names_inspection import inspect_names, merge_names
from celery_registry.guard.registry_inspection import RegistryInspection
from celery_registry.guard.registry_reader import read_registry
from celery_registry.guard.routes import compare_routes
from celery_registry.guard.schedule import compare_schedule, read_schedule
from celery_registry.guard.severity import severity_of

__all__ = ["inspect_app", "inspect_registered"]


def inspect_app(installation: Installation, *, payloads: bool = False) -> tuple[Finding, ...]:
    """Import the task modules of the application as a worker does, then hold it to its registries and names.

    Returns all findings whose severity is not ``off``. Raises ``ConfigurationError`` for arguments that name nothing.
    """
    import_task_modules(installation.app)
    return inspect_registered(installation, payloads=payloads)


def inspect_registered(installation: Installation, *, payloads: bool = False) -> tuple[Finding, ...]:
    """The same for what is registered now, in a process that has imported its task modules."""
    with _collector_paused():
        findings = (*failed_imports(installation.app), *_findings(installation))
        if payloads:
            # Not at boot, which must cost nothing: the tables are loaded when somebody asks.
            from celery_registry.guard.payloads import inspect_payloads

            findings = (*findings, *inspect_payloads(installation))
    severities = installation.severities
    return tuple(f for f in findings if severity_of(f, severities) is not Severity.OFF)


def _findings(installation: Installation) -> Iterator[Finding]:
    """All of them; what the readers keep is released at the end."""
    app, external = installation.app, installation.external
    reader, rules = AppReader(installation.injected), HintRules()
    tasks = app.tasks
    tables = [(names, read_names(names)) for names in installation.name_classes()]
    declared: set[str] = set()
    for names, table in tables:
        declared.update(table.members.values())
        yield from inspect_names(names, table, tasks, reader, strict=installation.strict, external=external)
    merged = merge_names([table for _, table in tables])
    for registry in installation.registry_classes():
        declarations = read_registry(registry)
        declared.update([declaration.name for declaration in declarations])
        inspection = RegistryInspection(registry, declarations, tasks, reader, rules)
        yield from inspection.coverage(tables, merged, external)
        yield from inspection.agreement(merged)
    yield from compare_implementations(read_rivals(app, declared))
    yield from compare_schedule(read_schedule(app), tasks, reader.implementation, rules, external)
    yield from compare_routes(app, external)
    yield from inspect_aliases(app)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Thousands of objects are made here and dropped at once; collecting them would walk the whole application."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
