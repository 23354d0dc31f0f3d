"""The application, the registries and the enums that a command is about.

Law: it imports what the user names and says in one line why it cannot. What is done with them is the command's business.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import click

from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError
from celery_registry.source.project import base_of

if TYPE_CHECKING:
    from types import FrameType, ModuleType

    from celery import Celery

    from celery_registry.settings import Settings

__all__ = ["import_classes", "import_task_modules", "imported", "load_app", "named_app", "names_app", "own_output"]


@contextlib.contextmanager
def own_output(what: str = "the program") -> Iterator[None]:
    """The user's code, while it is imported: what it prints goes to standard error, for standard output is the document.

    Raises ``ConfigurationError`` where it ends the process, which would pass for a verdict of ours: ``sys.exit``,
    ``os._exit``, ``KeyboardInterrupt``. Ctrl-C remains what it is.
    """
    with contextlib.redirect_stdout(sys.stderr), _exits_raise(), _interrupts_remembered() as interrupted:
        try:
            yield
        except (SystemExit, KeyboardInterrupt) as error:
            if interrupted:
                raise
            ended = f"{type(error).__name__}: {error}".removesuffix(": ")
            raise ConfigurationError(f"{what}: {_where(error)}it ends the process at its import: {ended}") from error


@contextlib.contextmanager
def imported(what: str) -> Iterator[None]:
    """As ``own_output``; whatever else the user's code raises is one line, too."""
    try:
        with own_output(what):
            yield
    except (ConfigurationError, SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:  # it is anybody's code
        raise ConfigurationError(f"{what}: {_where(error)}{type(error).__name__}: {error}") from error


@contextlib.contextmanager
def _exits_raise() -> Iterator[None]:
    """``os._exit`` as an exception, in this process alone: one that it forks ends as it likes."""
    stock, own = os._exit, os.getpid()

    def leave(status: int) -> NoReturn:
        if os.getpid() != own:
            stock(status)
        raise SystemExit(f"os._exit({status})")

    os._exit = leave
    try:
        yield
    finally:
        os._exit = stock


@contextlib.contextmanager
def _interrupts_remembered() -> Iterator[list[int]]:
    """The numbers of the signals with which a person asked the process to stop."""
    received: list[int] = []
    stock = signal.getsignal(signal.SIGINT)
    if stock is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield received
        return

    def remember(number: int, frame: FrameType | None) -> None:
        received.append(number)
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, remember)
    try:
        yield received
    finally:
        if signal.getsignal(signal.SIGINT) is remember:
            signal.signal(signal.SIGINT, stock)


def names_app(app_name: str | None, settings: Settings) -> bool:
    """Whether anything names an application: the option, ``celery -A`` or the settings."""
    return named_app(app_name, settings) is not None


def named_app(app_name: str | None, settings: Settings) -> str | None:
    """The application as it is named: by the option, else by ``celery -A``, else by the settings."""
    given = _given_to_celery() if app_name is None else app_name
    return settings.app if given is None else given


def _given_to_celery() -> str | None:
    context = click.get_current_context(silent=True)
    given = None if context is None else context.find_root().params.get("app")
    return None if given is None else str(given)


def load_app(app_name: str | None, settings: Settings) -> Celery:
    """The application by its name, else that of ``celery -A``, else that of the settings.

    Raises ``ConfigurationError`` where there is none, or it cannot be imported.
    """
    if app_name is None:
        given = _given_to_celery()
        if given is not None:
            return _checked(click.get_current_context().find_root().obj.app, given)
        app_name = settings.app
    if app_name is None:
        raise ConfigurationError(
            'which application? Give --app MODULE:ATTRIBUTE, or the setting app = "module:attribute"'
        )
    _search(app_name, settings)
    from celery.app.utils import find_app

    with imported(f'application "{app_name}"'):
        try:
            _import_first(app_name)
            return _checked(find_app(app_name), app_name)
        except (ImportError, AttributeError) as error:
            raise ConfigurationError(_why_not_found(app_name, error)) from error


def _search(app_name: str, settings: Settings) -> None:
    """Look in the working directory as Celery does, and where the source is for a program that is nowhere else.

    That is ``src``, or the directory from which the program is started, as that of Django's ``manage.py``.
    """
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    module = app_name.partition(":")[0]
    top, source = module.partition(".")[0], os.path.join(here, "src")
    with contextlib.suppress(ImportError, ValueError):
        if not top or importlib.util.find_spec(top) is not None:
            return
        if os.path.isdir(source) and source not in sys.path:
            sys.path.insert(1, source)
            importlib.invalidate_caches()
            if importlib.util.find_spec(top) is not None:
                return
        base = base_of(module, settings)
        if base is not None and base not in sys.path:
            sys.path.insert(1, base)


def _import_first(app_name: str) -> None:
    """Import the module in whose text an exception is the program's own.

    Celery takes an ``AttributeError`` for a missing attribute and goes on to a module of the whole name, which is
    not there, and is all that it tells.
    """
    module, colon, _ = app_name.partition(":")
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        # Without a colon the last part may be the attribute.
        parent = module.rpartition(".")[0]
        if colon or not parent or error.name != module:
            raise
        importlib.import_module(parent)


def import_task_modules(app: Celery) -> None:
    """Import what a worker of this application imports; a module that cannot be imported is one line.

    So is a task that Celery cannot make.
    """
    from celery_registry.guard.view import tasks_of

    with imported("the task modules"):
        app.loader.import_default_modules()
        tasks_of(app)


def import_classes(names: Sequence[str], what: str) -> tuple[type[Any], ...]:
    """The classes with these names, ``module:Class`` or dotted.

    Raises ``ConfigurationError`` with the nearest name for the first that is not there.
    """
    return tuple(_import_class(name, what) for name in names)


def _import_class(name: str, what: str) -> type[Any]:
    module_name, colon, attribute = name.partition(":")
    if not colon:
        module_name, _, attribute = name.rpartition(".")
    if not module_name or not attribute:
        raise ConfigurationError(f'{what} "{name}": write module:Class')
    from celery.utils.imports import import_from_cwd

    with imported(f'{what} "{name}"'):
        try:
            # As Celery imports ``include``, and the guard what it was given as text.
            found: Any = import_from_cwd(module_name)
        except ImportError as error:
            raise ConfigurationError(_why_not_imported(what, name, error)) from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            nearest = show_nearest(part, [n for n, value in vars(found).items() if isinstance(value, type)])
            raise ConfigurationError(f'{what} "{name}": {_named(found)} has no class "{part}"{nearest}')
        found = getattr(found, part)
    if not isinstance(found, type):
        raise ConfigurationError(f'{what} "{name}": is not a class')
    return found


def _checked(app: Any, app_name: str) -> Celery:
    from celery import Celery

    if isinstance(app, Celery):
        # The settings are read when somebody first asks for one, and their module is the user's code, too.
        with imported(f'the settings of application "{app_name}"'):
            app.conf.get("imports")
        return app
    module = sys.modules.get(app_name.partition(":")[0])
    near = _applications(module)
    listed = f"; applications there: {', '.join(near)}" if near else ""
    raise ConfigurationError(f'application "{app_name}": is not a Celery application, but {_described(app)}{listed}')


def _applications(module: ModuleType | None) -> list[str]:
    from celery import Celery

    return [] if module is None else sorted(n for n, value in vars(module).items() if isinstance(value, Celery))


def _why_not_imported(what: str, name: str, error: ImportError) -> str:
    module_name = name.partition(":")[0]
    missing = getattr(error, "name", None)
    if isinstance(error, ModuleNotFoundError) and missing and (module_name + ".").startswith(missing + "."):
        return f'{what} "{name}": there is no module "{missing}" (searched from {os.getcwd()})'
    return f'{what} "{name}": {_where(error)}{type(error).__name__}: {error}'


def _why_not_found(app_name: str, error: ImportError | AttributeError) -> str:
    """Celery looks for the attribute, then for a module of that name: the first is what the user meant."""
    module_name, _, attribute = app_name.partition(":")
    module = sys.modules.get(module_name)
    if module is None or (attribute and hasattr(module, attribute)):
        if isinstance(error, ImportError):
            return _why_not_imported("application", app_name, error)
        return f'application "{app_name}": {_where(error)}AttributeError: {error}'
    names = _applications(module)
    nearest = show_nearest(attribute, names) if attribute else ""
    listed = f"; applications there: {', '.join(names)}" if names and not nearest else nearest
    wanted = f'no attribute "{attribute}"' if attribute else "no Celery application"
    return f'application "{app_name}": module "{module_name}" has {wanted}{listed}'


def _where(error: BaseException) -> str:
    """``shop/tasks.py:3: `` for the last line of the user's own code in a traceback."""
    from celery_registry.report.document import show_path

    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    place = ""
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if not path.startswith(("<", own, sys.base_prefix)) and "site-packages" not in path:
            place = f"{show_path(path)}:{trace.tb_lineno}: "
        trace = trace.tb_next
    return place


def _named(holder: Any) -> str:
    return f'"{getattr(holder, "__name__", holder)}"'


def _described(value: Any) -> str:
    if isinstance(value, type):
        return "a class"
    return "a module" if type(value).__name__ == "module" else f"a {type(value).__name__}"
