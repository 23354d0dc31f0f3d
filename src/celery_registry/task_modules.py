"""The task modules of an application: what a worker imports before it knows its tasks.

Law: which modules they are, importing all of them, and doing it once for a process that asks for a task it has not
met. No lock is held while a module is imported, so nobody can wait for us in a circle. What a failure means is told elsewhere.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any, Final
from weakref import WeakKeyDictionary

from celery import Celery, signals
from celery.loaders.base import BaseLoader
from celery.local import Proxy
from vine import promise

__all__ = ["Failure", "ImportRun", "find_task"]

#: What a module may raise while it is imported; ``sys.exit()`` in one must not end a process as if all were well.
Failure = Exception | SystemExit

#: How long one thread waits for the imports of another; longer than any import that ends.
_PATIENCE: Final = 60.0
#: Functions on the stack of a thread that others may be waiting for: it imports, sets Django up, or finalizes an application.
_HOLDERS: Final = {
    ("importlib._bootstrap", "_find_and_load"),
    ("django.apps.registry", "populate"),
    ("celery.app.base", "finalize"),
}


@dataclass
class ImportRun:
    """One attempt to import the task modules of an application, all of them, whatever fails on the way.

    failures    (module, exception) in the order in which they happened; the module is None where nobody can say
    stopped     the exception that Celery itself would have stopped with
    modules     the modules that were asked for, those that were imported before too
    passed_over (package, exception) of the packages that autodiscovery was given, and passes over in silence
    """

    failures: list[tuple[str | None, Failure]] = field(default_factory=list)
    stopped: Failure | None = None
    modules: list[str] = field(default_factory=list)
    passed_over: list[tuple[str, Failure]] = field(default_factory=list)

    @classmethod
    def of(cls, app: Celery) -> ImportRun:
        """Import what a worker of the application imports; raises nothing that a module raises."""
        run = cls()
        if type(app.loader).import_default_modules is not BaseLoader.import_default_modules:
            try:
                type(app.loader).import_default_modules(app.loader)
            except (Exception, SystemExit) as error:
                run._fail(None, error)
                run.stopped = error
            return run
        try:
            for _, response in signals.import_modules.send(sender=app):
                if isinstance(response, Exception):
                    run._fail(None, response)
        except SystemExit as error:  # Celery's signal lets it through.
            run._fail(None, error)
        for module in app.loader.default_modules:
            run.modules.append(module)
            try:
                app.loader.import_task_module(module)
            except (Exception, SystemExit) as error:
                run._fail(module, error)
        run.stopped = run.failures[0][1] if run.failures else None
        # Celery passes over a package that lacks a module of its own, and over all where discovery runs already.
        try:
            for packages, related in _discovered(app):
                if isinstance(packages, str):
                    # Celery asks for each letter, and the first is no module.
                    run.failures[:] = [row for row in run.failures if getattr(row[1], "name", None) != packages[:1]]
                    run._fail(packages, TypeError(f'autodiscover_tasks takes a list of packages, not "{packages}"'))
                    continue
                for package in packages:
                    run._import_related(package, related)
        except (Exception, SystemExit) as error:
            # Django names its applications once it is set up; the signal has met the same.
            if not run.failures:
                run._fail(None, error)
        return run

    def _fail(self, module: str | None, error: Failure) -> None:
        self.failures.append((module or _outermost_module(error), error))

    def _import_related(self, package: str, related: str | None) -> None:
        """Ask again for what autodiscovery passed over in silence."""
        if package not in sys.modules:
            try:
                importlib.import_module(package)
            except ModuleNotFoundError as error:
                # Celery takes it for the name of a class and goes one level up (celery.loaders.base.find_related_module).
                if not _is_member(package):
                    if "." in package:
                        self.passed_over.append((package, error))
                    else:
                        self._fail(package, error)
                return
            except (Exception, SystemExit) as error:
                self._fail(package, error)
                return
        module = f"{package}.{related}" if related else package
        if related and not hasattr(sys.modules[package], "__path__"):
            # A module that is no package holds no other: Celery finds nothing there and says nothing.
            self.modules.append(package)
            return
        if module in sys.modules:
            self.modules.append(module)
        if module in sys.modules or any(module == failed for failed, _ in self.failures):
            return
        try:
            if importlib.util.find_spec(module) is not None:
                self.modules.append(module)
                importlib.import_module(module)
        except (Exception, SystemExit) as error:
            self._fail(module, error)


def _outermost_module(error: Failure) -> str | None:
    """The first module on the traceback whose body was running."""
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_name == "<module>":
            return str(step.tb_frame.f_globals.get("__name__", "")) or None
        step = step.tb_next
    return None


def _discovered(app: Celery) -> Iterator[tuple[Any, str | None]]:
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
        yield packages, related


def _arguments(waiting: promise) -> tuple[Any, Any]:
    """Packages and related name, as ``app.autodiscover_tasks`` hands them on."""
    args = tuple(waiting.args or ())
    return (args[0] if args else None), (args[1] if len(args) > 1 else "tasks")


def _is_member(dotted: str) -> bool:
    """Whether a dotted name is an attribute of a module, as the ``AppConfig`` of a Django application is."""
    module, _, attribute = dotted.rpartition(".")
    return hasattr(sys.modules.get(module), attribute)


# -- once for a process ------------------------------------------------------------------------------------------


@dataclass
class _State:
    """Where a process stands with the task modules of one application.

    ``thread`` is the one that imports now. ``latest`` is the run that ended last; after ``finished`` there is
    nothing left to import.
    """

    pid: int = field(default_factory=os.getpid)
    thread: int | None = None
    latest: ImportRun | None = None
    finished: ImportRun | None = None


_STATES: WeakKeyDictionary[Celery, _State] = WeakKeyDictionary()
_TURN: Final = threading.Lock()


def find_task(app: Any, name: str) -> tuple[Any, str, Failure | None]:
    """Look for a task that is not registered yet: import the application's task modules, once, and look again.

    Returns the task, or None with what was tried, a clause for a message, and the exception that a task module
    raised. An import that failed is tried again by a later question. One thread imports and others wait for it,
    but a thread that may itself be waited for does its own import: Python resolves circles of imports.
    """
    if isinstance(app, Proxy):
        app = app._get_current_object()
    if not isinstance(app, Celery):
        return None, "", None
    state = _state_of(app)
    nested = False
    run = state.finished
    if run is None:
        nested = state.thread == threading.get_ident() or _may_be_waited_for()
        run = ImportRun.of(app) if nested else _import_in_turn(app, name, state)
    found = app.tasks.get(name)
    if found is not None:
        return found, "", None
    if run is None:
        return None, f"another thread has been importing the task modules for {_PATIENCE:.0f} seconds", None
    return None, _tried(app, run, nested), run.failures[0][1] if run.failures else None


def _state_of(app: Celery) -> _State:
    with _TURN:
        state = _STATES.setdefault(app, _State())
        if state.pid != os.getpid():
            # The threads of the parent did not come along.
            state.pid, state.thread = os.getpid(), None
        return state


def _import_in_turn(app: Celery, name: str, state: _State) -> ImportRun | None:
    """Import, or wait for the thread that does; None where the task is there before that, or after all patience."""
    end = time.monotonic() + _PATIENCE
    before = state.latest
    while not _begin(state):
        if name in app.tasks or time.monotonic() > end:
            return None
        time.sleep(0.005)
    try:
        if state.latest is before:
            run = state.latest = ImportRun.of(app)
            if not run.failures:
                state.finished = run
        return state.latest
    finally:
        state.thread = None


def _begin(state: _State) -> bool:
    """Take the turn to import; False where another thread has it."""
    with _TURN:
        if state.thread is not None:
            return False
        state.thread = threading.get_ident()
        return True


def _may_be_waited_for() -> bool:
    """Whether this thread holds what an import in another thread may need."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) in _HOLDERS:
            return True
        frame = frame.f_back
    return False


def _tried(app: Celery, run: ImportRun, nested: bool) -> str:
    label = f"the task modules of {app.main!r}" if app.main else "the application's task modules"
    if run.failures:
        module, error = run.failures[0]
        text = f"importing {label} failed{f' in {module}' if module else ''} ({type(error).__name__}: {error})"
    elif run.modules:
        text = f"{label} were imported ({', '.join(dict.fromkeys(run.modules))}) and none registers it"
    else:
        text = f"{label} were to be imported, and none are named"
    return f"{text}, while another import or the setup of Django or Celery was under way" if nested else text
