"""Where the guard stands: in a worker, in beat, and where a process asks for it.

Law: moments and manners of refusing. What is wrong is ``inspection``'s question.
"""

from __future__ import annotations

import logging
import sys
from typing import Any
from weakref import WeakSet

from celery import Celery, bootsteps, signals
from celery.utils.log import get_logger

from celery_registry.contract.codes import Severity
from celery_registry.contract.finding import Finding
from celery_registry.errors import TaskContractError
from celery_registry.guard.inspection import inspect_app
from celery_registry.guard.installation import Installation, recall
from celery_registry.guard.severity import severity_of
from celery_registry.report import render_text

__all__ = ["EX_CONFIG", "BootRefused", "hold", "stand_guard"]

#: ``EX_CONFIG`` of sysexits.h: something was found in an unconfigured or misconfigured state.
EX_CONFIG = 78


class BootRefused(TaskContractError, SystemExit):
    """A worker that refuses to boot: ends a process with status 78, and fails a test that embeds the worker.

    Celery lets a ``SystemExit`` through where it logs and swallows any other exception, and the interpreter
    ends on it with no traceback; ``start_worker`` hands it to its caller.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = EX_CONFIG


_GUARDED: WeakSet[Celery] = WeakSet()


def stand_guard(installation: Installation) -> None:
    """Hold every worker and every beat of the application from now on."""
    app = installation.app
    if app in _GUARDED:
        return
    _GUARDED.add(app)
    app.steps["worker"].add(GuardStep)
    signals.beat_init.connect(_refuse_beat, dispatch_uid="celery_registry.guard", weak=False)


class GuardStep(bootsteps.Step):
    """A step of the worker's blueprint that refuses in ``__init__``.

    There all task modules are imported, logging is set up, and the worker has neither connected, forked nor purged.
    """

    name = "celery_registry.guard"

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        text = _objection(recall(parent.app), "this worker does not start")
        if text is not None:
            _tell("celery.worker", text)
            raise BootRefused(text)


def _refuse_beat(sender: Any, **_: Any) -> None:
    """Stop beat before its first tick; it has no steps, and its signal swallows any other exception."""
    if sender.app in _GUARDED:
        text = _objection(recall(sender.app), "this beat does not start")
        if text is not None:
            _tell("celery.beat", text)
            raise SystemExit(EX_CONFIG)


def hold(installation: Installation) -> None:
    """Raise ``TaskContractError`` where the application does not keep the contract."""
    text = _objection(installation, "the registry does not hold")
    if text is not None:
        raise TaskContractError(text)


def _objection(installation: Installation, refusal: str) -> str | None:
    """Why the process must not start; logs what is only a warning."""
    findings = inspect_app(installation)
    severities = installation.severities
    errors = [f for f in findings if severity_of(f, severities) is Severity.ERROR]
    if not errors:
        if findings:
            heading = f"celery-registry: {_count(findings)}"
            get_logger("celery.worker").warning("%s", render_text(findings, heading=heading, severities=severities))
        return None
    return render_text(findings, heading=f"celery-registry: {refusal}: {_count(findings)}", severities=severities)


def _count(findings: tuple[Finding, ...]) -> str:
    tasks = len({finding.task for finding in findings})
    return f"{len(findings)} problem{'s' * (len(findings) > 1)} in {tasks} task{'s' * (tasks > 1)}"


def _tell(logger_name: str, text: str) -> None:
    """Log the message, and print it too where the log does not go to this terminal."""
    logger = get_logger(logger_name)
    logger.critical("%s", text)
    if not _reaches_terminal(logger) and sys.__stderr__ is not None:
        print(text, file=sys.__stderr__, flush=True)


def _reaches_terminal(logger: logging.Logger) -> bool:
    """Whether a critical record of this logger is written to standard error or output."""
    terminals = (sys.stderr, sys.__stderr__, sys.stdout, sys.__stdout__)
    current: logging.Logger | None = logger
    handlers: list[logging.Handler] = []
    while current is not None:
        handlers += current.handlers
        current = current.parent if current.propagate else None
    if not handlers:
        # logging.lastResort writes to standard error.
        return logging.lastResort is not None
    return any(isinstance(h, logging.StreamHandler) and h.stream in terminals for h in handlers)
