"""Task modules whose import failed.

Law: which of the modules that ``task_modules`` imports failed and why, as findings.
"""

from __future__ import annotations

import sys
import traceback
from types import TracebackType
from weakref import WeakKeyDictionary

from celery import Celery

from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin
from celery_registry.task_modules import ImportRun

__all__ = ["failed_imports", "import_task_modules"]

_FAILED: WeakKeyDictionary[Celery, dict[str, Finding]] = WeakKeyDictionary()


def import_task_modules(app: Celery) -> Exception | None:
    """Import what a worker of the application imports, all of it, whatever fails on the way.

    Returns the exception that Celery itself would have stopped with; ``failed_imports`` tells about all.
    """
    run = ImportRun.of(app)
    failed = _FAILED.setdefault(app, {})
    for module, error in run.failures:
        _record(failed, module, error)
    return run.stopped


def failed_imports(app: Celery) -> tuple[Finding, ...]:
    """The task modules that failed when they were last imported; those that were mended since are left out."""
    failed = _FAILED.get(app, {})
    return tuple(finding for module, finding in failed.items() if module not in sys.modules)


def _record(failed: dict[str, Finding], module: str | None, error: Exception) -> None:
    place = _place(error)
    name = module or getattr(error, "name", None) or place.path or "the task modules"
    reason = traceback.format_exception_only(type(error), error)[-1].strip()
    failed.setdefault(name, Finding("import-failed", name, {"reason": reason}, place))


def _place(error: Exception) -> Origin:
    """The last line of a module body that was running."""
    place = Origin()
    step: TracebackType | None = error.__traceback__
    while step is not None:
        frame = step.tb_frame
        if frame.f_code.co_name == "<module>":
            name = str(frame.f_globals.get("__name__", ""))
            place = Origin(frame.f_code.co_filename, step.tb_lineno, 0, name)
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        place = Origin(error.filename, error.lineno or 0)
    return place
