"""Task modules whose import failed.

Law: which of the modules that ``task_modules`` imports failed and why, as findings.
"""

from __future__ import annotations

import sys
from weakref import WeakKeyDictionary

from celery import Celery

from celery_registry.contract.finding import Finding
from celery_registry.guard.tracebacks import place_of, reason_of
from celery_registry.task_modules import Failure, ImportRun

__all__ = ["failed_imports", "import_task_modules", "passed_over"]

_FAILED: WeakKeyDictionary[Celery, dict[str, Finding]] = WeakKeyDictionary()
_PASSED_OVER: WeakKeyDictionary[Celery, dict[str, Finding]] = WeakKeyDictionary()


def import_task_modules(app: Celery) -> Failure | None:
    """Import what a worker of the application imports, all of it, whatever fails on the way.

    Returns the exception that Celery itself would have stopped with; ``failed_imports`` tells about all.
    """
    run = ImportRun.of(app)
    failed = _FAILED.setdefault(app, {})
    for module, error in run.failures:
        _record(failed, module, error)
    passed = _PASSED_OVER[app] = {}
    for package, error in run.passed_over:
        _record(passed, package, error)
    return run.stopped


def failed_imports(app: Celery) -> tuple[Finding, ...]:
    """The task modules that failed when they were last imported; those that were mended since are left out."""
    failed = _FAILED.get(app, {})
    return tuple(finding for module, finding in failed.items() if module not in sys.modules)


def passed_over(app: Celery) -> tuple[Finding, ...]:
    """The packages of autodiscovery that Celery passes over in silence though they cannot be imported.

    Where no task is missing that is a habit, not a fault.
    """
    return tuple(f for module, f in _PASSED_OVER.get(app, {}).items() if module not in sys.modules)


def _record(failed: dict[str, Finding], module: str | None, error: Failure) -> None:
    place = place_of(error)
    name = module or getattr(error, "name", None) or place.path or "the task modules"
    failed.setdefault(name, Finding("import-failed", name, {"reason": reason_of(error)}, place))
