"""Findings and faults -> mypy's errors and notes.

Law: the only file of the plugin that reports in our own words. It never decides whether something is wrong.
"""

from __future__ import annotations

import functools
import os
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from mypy.errorcodes import ErrorCode, error_codes

from celery_registry import __version__
from celery_registry.contract.codes import CODES, Severity
from celery_registry.mypy import expressions

if TYPE_CHECKING:
    from mypy.nodes import Context
    from mypy.plugin import CheckerPluginInterface

    from celery_registry.contract.finding import Finding
    from celery_registry.contract.task import Origin
    from celery_registry.settings import Settings

__all__ = ["ERROR_CODES", "Emitter", "emit_finding", "emit_note", "guarded"]

C = TypeVar("C")
R = TypeVar("R")

#: Registered at import, so that ``# type: ignore[task-signature]`` and ``disable_error_code`` know them.
ERROR_CODES = {
    code: error_codes.get(code.value) or ErrorCode(code.value, row.meaning.rstrip("."), "Celery")
    for code, row in CODES.items()
}


def emit_finding(
    finding: Finding, api: CheckerPluginInterface, context: Context, severity: Severity | None = None
) -> None:
    """Report a finding at a node: the sentence, the hint, and the other side as notes."""
    severity = finding.severity if severity is None else severity
    if severity is Severity.OFF:
        return
    code = ERROR_CODES[finding.code]
    if severity is Severity.WARNING:
        emit_note(f"{finding.sentence}  ({finding.code})", api, context, code)
    else:
        api.fail(finding.sentence, context, code=code)
    emit_note(f"hint: {finding.hint}", api, context, code)
    if finding.other is not None and finding.other.path:
        where = _show_place(finding.other, expressions.checker(api).path)
        emit_note(f"{finding.other.label or 'the other side'} stands {where}", api, context, code)


def emit_note(message: str, api: CheckerPluginInterface, context: Context, code: ErrorCode | None = None) -> None:
    """Report a note at a node; with a code it goes where an ignored error goes."""
    api.msg.note(message, context, code=code)


def guarded(hook: str, handler: Callable[[C], R], default: Callable[[C], R]) -> Callable[[C], R]:
    """A handler whose crash never reaches the user: mypy's default type, and one note with our version."""

    @functools.wraps(handler)
    def call(context: C) -> R:
        try:
            return handler(context)
        except Exception as error:
            # Whatever goes wrong in here, the user's mypy run is worth more than our check.
            _emit_fault(hook, error, context)
            return default(context)

    return call


def _emit_fault(hook: str, error: Exception, context: Any) -> None:
    api: Any = getattr(context, "api", None)
    message = f"celery-registry {__version__} could not check this ({hook}: {type(error).__name__}: {error}); please report it"
    node = getattr(context, "context", None)
    if getattr(getattr(api, "options", None), "show_traceback", False):
        traceback.print_exception(error)
    if hasattr(api, "msg"):
        # Even a note would refuse the overload that is being tried.
        with expressions.outside_overloads(api):
            api.msg.note(message, node)
    elif hasattr(api, "api"):
        api.api.note(message, node)


def _show_place(origin: Origin, here: str) -> str:
    if os.path.abspath(origin.path) == os.path.abspath(here):
        return f"at line {origin.line}"
    # A line of another file may move while mypy keeps this note in its cache.
    return f"in {os.path.relpath(origin.path)}"


class Emitter:
    """Findings -> mypy, with the user's severities."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def emit(self, finding: Finding, api: CheckerPluginInterface, context: Context) -> None:
        """Report a finding at a node."""
        chosen = self.settings.severity.get(str(finding.code))
        emit_finding(finding, api, context, None if chosen is None else Severity(chosen))
