"""Task modules whose import failed.

Law: which modules an application imports for its tasks, and which of them failed and why. Celery stops at the
first that fails, and autodiscovery passes over a package that lacks a module of its own.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any
from weakref import WeakKeyDictionary

from celery import Celery, signals
from celery.loaders.base import BaseLoader
from vine import promise

from celery_registry.contract.finding import Finding
from celery_registry.contract.task import Origin

__all__ = ["failed_imports", "import_task_modules"]

_FAILED: WeakKeyDictionary[Celery, dict[str, Finding]] = WeakKeyDictionary()


def import_task_modules(app: Celery) -> Exception | None:
    """Import what a worker of the application imports, all of it, whatever fails on the way.

    Returns the exception that Celery itself would have stopped with; ``failed_imports`` tells about all.
    """
    first: Exception | None = None
    failed = _FAILED.setdefault(app, {})
    if type(app.loader).import_default_modules is not BaseLoader.import_default_modules:
        try:
            type(app.loader).import_default_modules(app.loader)
        except Exception as error:
            first = error
            _record(failed, None, error)
        return first
    for _, response in signals.import_modules.send(sender=app):
        if isinstance(response, Exception):
            first = first or response
            _record(failed, None, response)
    for module in app.loader.default_modules:
        try:
            app.loader.import_task_module(module)
        except Exception as error:
            first = first or error
            _record(failed, module, error)
    for package, related in _discovered(app):
        _import_related(failed, package, related)
    return first


def failed_imports(app: Celery) -> tuple[Finding, ...]:
    """The task modules that failed when they were last imported; those that were mended since are left out."""
    failed = _FAILED.get(app, {})
    return tuple(finding for module, finding in failed.items() if module not in sys.modules)


def _discovered(app: Celery) -> Iterator[tuple[str, str | None]]:
    """The packages given to ``app.autodiscover_tasks`` and the module looked for in each."""
    for _, receiver in signals.import_modules.receivers or ():
        receiver = getattr(receiver, "__self__", receiver)
        # Celery waits for the signal with a promise of its own method.
        if not isinstance(receiver, promise) or getattr(receiver.fun, "__self__", None) is not app:
            continue
        packages, related = _arguments(receiver)
        if callable(packages):
            packages = packages()
        if packages is None:
            # Celery asks the fixups; that of Django names its applications.
            fixups = [fixup for fixup in app._fixups if hasattr(fixup, "autodiscover_tasks")]
            packages = [package for fixup in fixups for package in fixup.autodiscover_tasks()]
        for package in packages:
            yield package, related


def _arguments(waiting: promise) -> tuple[Any, Any]:
    """Packages and related name, as ``app.autodiscover_tasks`` hands them on."""
    args = tuple(waiting.args or ())
    return (args[0] if args else None), (args[1] if len(args) > 1 else "tasks")


def _import_related(failed: dict[str, Finding], package: str, related: str | None) -> None:
    """Ask again for what autodiscovery passed over in silence."""
    if package not in sys.modules:
        try:
            importlib.import_module(package)
        except ImportError as error:
            if not _is_member(package):
                _record(failed, package, error)
            return
        except Exception as error:
            _record(failed, package, error)
            return
    module = f"{package}.{related}" if related else package
    if module in sys.modules or module in failed:
        return
    try:
        if importlib.util.find_spec(module) is not None:
            importlib.import_module(module)
    except Exception as error:
        _record(failed, module, error)


def _is_member(dotted: str) -> bool:
    """Whether a dotted name is an attribute of a module, as the ``AppConfig`` of a Django application is."""
    module, _, attribute = dotted.rpartition(".")
    return hasattr(sys.modules.get(module), attribute)


def _record(failed: dict[str, Finding], module: str | None, error: Exception) -> None:
    place, culprit = _place(error)
    name = module or culprit
    reason = traceback.format_exception_only(type(error), error)[-1].strip()
    failed.setdefault(name, Finding("import-failed", name, {"reason": reason}, place))


def _place(error: Exception) -> tuple[Origin, str]:
    """The last line of a module body that was running, and the outermost module that was being imported."""
    place, outermost = Origin(), ""
    step: TracebackType | None = error.__traceback__
    while step is not None:
        frame = step.tb_frame
        if frame.f_code.co_name == "<module>":
            name = str(frame.f_globals.get("__name__", ""))
            outermost = outermost or name
            place = Origin(frame.f_code.co_filename, step.tb_lineno, 0, name)
        step = step.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        place = Origin(error.filename, error.lineno or 0)
    return place, outermost or getattr(error, "name", None) or place.path or "the task modules"
