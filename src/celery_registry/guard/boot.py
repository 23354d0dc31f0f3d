"""Where the guard stands: in a worker, in beat, and where a process asks for it.

Law: moments and manners of refusing. What is wrong is ``inspection``'s question. A process that cannot be judged does
not start: whatever is raised behind ``_refusal`` is a refusal, for beat's signal would log it and go on.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, NoReturn
from weakref import WeakSet

from celery import Celery, bootsteps, signals
from celery.utils.log import get_logger

from celery_registry import __version__
from celery_registry.contract.codes import CODES, Code, Severity
from celery_registry.contract.finding import Finding
from celery_registry.errors import ConfigurationError, TaskContractError
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.imports import import_task_modules
from celery_registry.guard.inspection import inspect_app, inspect_registered
from celery_registry.guard.installation import Installation, recall
from celery_registry.guard.schedule import require_schedule
from celery_registry.guard.severity import severity_of
from celery_registry.guard.tracebacks import show_error
from celery_registry.report import render_text
from celery_registry.window import is_newer

__all__ = ["EX_CONFIG", "BootRefused", "hold", "refuse_worker", "stand_guard"]

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


#: Findings in a message.
_MOST_SHOWN: Final = 200

_GUARDED: WeakSet[Celery] = WeakSet()


def stand_guard(app: Celery) -> None:
    """Hold every worker and every beat of the application from now on."""
    if app in _GUARDED:
        return
    _GUARDED.add(app)
    app.steps["worker"].add(GuardStep)
    signals.beat_init.connect(_refuse_beat, dispatch_uid="celery_registry.guard", weak=False)
    loader: Any = app.loader
    loader.init_worker = _tolerant(app, loader.init_worker)


def _tolerant(app: Celery, init_worker: Callable[[], None]) -> Callable[[], None]:
    """Let a worker or a beat import all of its task modules though one fails, and refuse later with the whole list.

    Celery calls ``loader.init_worker`` in the two that are about to boot and in the processes of a spawned pool.
    """

    def import_default_modules() -> None:
        error = import_task_modules(app)
        if error is not None and not _refuses_failed_imports(app):
            raise error

    def init_tolerantly() -> None:
        if os.environ.get("FORKED_BY_MULTIPROCESSING"):
            return init_worker()
        loader: Any = app.loader
        loader.import_default_modules = import_default_modules
        _guard_scheduler(app)
        try:
            return init_worker()
        finally:
            del loader.import_default_modules

    return init_tolerantly


def _guard_scheduler(app: Celery) -> None:
    """Where beat is about to start, tell why no scheduler can be made of what the registry finds fault with.

    Celery makes the scheduler before it sends ``beat_init``, and ends with a traceback where it cannot. What it can make
    one of is judged at the signal, when django-celery-beat has written its rows.
    """
    beat: Any = vars(app).get("Beat")
    made: Any = getattr(beat, "Service", None)
    if not isinstance(made, type) or made.__module__ == __name__:
        return

    class Service(made):  # type: ignore[misc]  # mypy cannot know which class the app has
        def start(self, *args: Any, **kwargs: Any) -> Any:
            try:
                _ = self.scheduler
            except Exception:  # a scheduler may be anybody's, and so may its settings
                if _refusal(app, "beat", schedules=True) is not None:
                    raise SystemExit(EX_CONFIG) from None
                raise
            return super().start(*args, **kwargs)

    beat.Service = Service


def _refuses_failed_imports(app: Celery) -> bool:
    """Whether the process will end on them; settings that cannot be read end it too, and are told then."""
    try:
        severities = recall(app).severities
    except Exception:  # settings may be any code
        return True
    return severities.get(Code.IMPORT, CODES[Code.IMPORT].severity) is Severity.ERROR


class GuardStep(bootsteps.Step):
    """A step of the worker's blueprint that refuses in ``__init__``.

    There all task modules are imported, logging is set up, and the worker has neither connected, forked nor purged.
    """

    name = "celery_registry.guard"

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        text = _refusal(parent.app, "worker", schedules=bool(options.get("beat")))
        if text is not None:
            raise BootRefused(text)
        # The import adds the inspect command ``registry_tasks``; only a worker pays for it.
        importlib.import_module("celery_registry.guard.inspect_command")


def _refuse_beat(sender: Any, **_: Any) -> None:
    """Stop beat before its first tick; it has no steps, and its signal swallows any other exception."""
    if sender.app in _GUARDED and _refusal(sender.app, "beat", schedules=True) is not None:
        raise SystemExit(EX_CONFIG)


def _refusal(app: Celery, process: str, *, schedules: bool) -> str | None:
    """Why a worker or beat must not start, told to the log and the terminal; None where it may.

    ``schedules`` says that the process sends what ``beat_schedule`` says, and not only finds it in its settings.
    """
    refusal = f"this {process} does not start"
    try:
        installation = recall(app)
        if schedules:
            require_schedule(app)
        reader = AppReader(installation.injected)
        findings = inspect_registered(installation, consumes=process == "worker", reader=reader)
        _warn_of_settings(installation, reader)
        text = _objection(installation, findings, refusal)
    except ConfigurationError as error:
        text = f"celery-registry: {refusal}: {error}"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # SystemExit, too: somebody else's must not end the process as if all were well.
        text = f"celery-registry: {refusal}, for its tasks cannot be checked: {show_error(error)}{_newer_celery()}"
    # A log that cannot be written must not let beat go on.
    with suppress(Exception):
        if text is not None:
            _tell(f"celery.{process}", text)
        elif newer := _newer_celery():
            get_logger(f"celery.{process}").warning("celery-registry: the registry holds%s", newer)
    return text


def _newer_celery() -> str:
    """What to say where Celery is of a later release than we were tested with; it is not capped."""
    import celery

    if not is_newer("celery", celery.__version__):
        return ""
    return f"; Celery {celery.__version__} is newer than celery-registry {__version__} was tested with"


def refuse_worker(reason: str) -> NoReturn:
    """End a worker that is about to boot, in one line. Raises ``BootRefused``."""
    text = f"celery-registry: this worker does not start: {reason}"
    _tell("celery.worker", text)
    raise BootRefused(text)


def hold(installation: Installation) -> None:
    """Raise ``TaskContractError`` where the application does not keep the contract."""
    reader = AppReader(installation.injected)
    findings = inspect_app(installation, reader=reader)
    _warn_of_settings(installation, reader)
    text = _objection(installation, findings, "the registry does not hold")
    if text is not None:
        raise TaskContractError(text)


def _warn_of_settings(installation: Installation, reader: AppReader) -> None:
    """Tell of what the settings name and nobody has: for itself it stops no worker. Each task is read once for both."""
    if installation.injected:
        from celery_registry.guard.injected import misnamed_injections

        try:
            misnamed = list(misnamed_injections(installation, reader))
        except Exception:  # it looks at modules of anybody's, and what only warns ends no worker
            return
        for text in misnamed:
            get_logger("celery.worker").warning("celery-registry: %s", text)


def _objection(installation: Installation, findings: tuple[Finding, ...], refusal: str) -> str | None:
    """The text with everything that is wrong; where nothing is an error it is only logged."""
    if not findings:
        return None
    severities = _boot_severities(installation)
    if not any(severity_of(finding, severities) is Severity.ERROR for finding in findings):
        heading = f"celery-registry: {_count(findings)}"
        get_logger("celery.worker").warning("%s", _render(findings, heading, severities))
        return None
    return _render(findings, f"celery-registry: {refusal}: {_count(findings)}", severities)


def _render(findings: tuple[Finding, ...], heading: str, severities: Mapping[Code, Severity]) -> str:
    """The findings under a heading; a module that was not imported may cost thousands, and no log takes megabytes."""
    # Python's sort keeps the order among errors, which come first where not all is shown.
    ordered = sorted(findings, key=lambda f: severity_of(f, severities) is not Severity.ERROR)
    shown, rest = (findings, ()) if len(findings) <= _MOST_SHOWN else (ordered[:_MOST_SHOWN], ordered[_MOST_SHOWN:])
    text = render_text(shown, heading=heading, severities=severities)
    return f"{text}\n\n  and {_count(tuple(rest))} more; celery-registry check lists all" if rest else text


def _boot_severities(installation: Installation) -> Mapping[Code, Severity]:
    """The user's severities, but no process stops over a date: an alias that is past its day is only told.

    Nothing else that is checked at boot has this code.
    """
    chosen = installation.severities.get(Code.INCOMPATIBLE, Severity.WARNING)
    return {**installation.severities, Code.INCOMPATIBLE: Severity.OFF if chosen is Severity.OFF else Severity.WARNING}


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
