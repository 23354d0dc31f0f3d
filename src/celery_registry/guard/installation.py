"""What ``install`` was given for an application.

Law: arguments, made uniform and remembered by application for as long as it lives. It checks nothing.
"""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Union
from weakref import WeakKeyDictionary

from celery import Celery

from celery_registry.contract.codes import Code, Severity
from celery_registry.contract.lock import LockedTask
from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError
from celery_registry.guard.severity import read_severities
from celery_registry.guard.tracebacks import show_error
from celery_registry.remote import remote_locks, remote_names
from celery_registry.settings import Settings, read_settings

__all__ = ["Installation", "Names", "Registries", "given_arguments", "recall", "remember"]

#: A registry class, the text ``"module:Class"``, or several of them.
Registries = Union["type[Any]", str, "Iterable[type[Any] | str]", None]
#: An enum, a class of string constants, the text ``"module:Enum"``, or several of them.
Names = Registries


@dataclass(frozen=True)
class Installation:
    """The application and what it is held to; registries and names that were given as text are still text.

    ``injected`` maps the dotted name of a base class or decorator to the parameters that it supplies itself.
    ``contracts`` are what the locks of other services say of their tasks, with the path of the lock.
    """

    app: Celery
    registries: tuple[type[Any] | str, ...]
    names: tuple[type[Any] | str, ...]
    strict: bool
    severities: Mapping[Code, Severity]
    external: tuple[str, ...]
    injected: Mapping[str, Sequence[str]]
    contracts: Mapping[str, tuple[str, LockedTask]] = field(default_factory=dict)

    def registry_classes(self) -> tuple[type[Any], ...]:
        """The registries, imported. Raises ``ConfigurationError`` for text that names no class."""
        return tuple(_imported(registry) for registry in self.registries)

    def name_classes(self) -> tuple[type[Any], ...]:
        """The enums of names, imported. Raises ``ConfigurationError`` for text that names no class."""
        return tuple(_imported(names) for names in self.names)


@dataclass(frozen=True)
class _Given:
    """Arguments of ours; None where nothing was given."""

    registries: tuple[type[Any] | str, ...] | None = None
    names: tuple[type[Any] | str, ...] | None = None
    strict: bool | None = None
    severities: Mapping[Code, Severity] | None = None
    external: tuple[str, ...] | None = None

    def over(self, other: _Given) -> _Given:
        """These arguments, and the other's where nothing was given here; severities code by code."""
        mine, theirs = vars(self), vars(other)
        merged = {key: theirs[key] if value is None else value for key, value in mine.items()}
        if self.severities is not None and other.severities is not None:
            merged["severities"] = {**other.severities, **self.severities}
        return _Given(**merged)


# Keyed weakly: a test suite makes applications by the hundred.
_REMEMBERED: WeakKeyDictionary[Celery, _Given] = WeakKeyDictionary()


def remember(app: Celery, given: _Given) -> Celery:
    """Keep what ``install`` was given, in place of what was kept before; returns the application itself."""
    app = _real(app)
    _REMEMBERED[app] = given
    return app


def recall(app: Celery, given: _Given | None = None, settings: Settings | None = None) -> Installation:
    """What is given here, else what ``install`` was given, else what the settings say: the one order for every front.

    Without ``settings`` they are those of the working directory; their severities stand where none is given for a code,
    and their external names are added, as are those of ``remote_tasks``. Raises ``ConfigurationError`` for settings that cannot be read.
    """
    app = _real(app)
    settings = read_settings() if settings is None else settings
    given = (given or _Given()).over(_REMEMBERED.get(app, _Given()))
    locks = {**settings.locks, **remote_locks(app)}
    contracts = {name: (path, task) for path, lock in locks.items() for name, task in lock.tasks.items()}
    remote = (*remote_names(app), *(glob.escape(name) for name in contracts))
    return Installation(
        app,
        settings.registry if given.registries is None else given.registries,
        settings.names if given.names is None else given.names,
        settings.strict if given.strict is None else given.strict,
        {**settings.severities, **(given.severities or {})},
        (*settings.external, *(given.external or ()), *remote),
        settings.injected_parameters,
        contracts,
    )


def given_arguments(
    registry: Registries,
    names: Names,
    strict: bool | None,
    severity: Mapping[str | Code, str | Severity] | None,
    external: Sequence[str] | None,
) -> _Given:
    """The arguments of the public functions, made uniform. Raises ``ConfigurationError`` for an unknown severity."""
    return _Given(
        _several(registry),
        _several(names),
        strict,
        None if severity is None else read_severities(severity),
        (external,) if isinstance(external, str) else None if external is None else tuple(external),
    )


def _real(app: Celery) -> Celery:
    """The application behind ``celery.current_app``."""
    real = getattr(app, "_get_current_object", None)
    app = app if real is None else real()
    if not isinstance(app, Celery):
        raise ConfigurationError(f"{app!r} is not a Celery application")
    return app


def _several(given: Registries) -> tuple[type[Any] | str, ...] | None:
    if given is None:
        return None
    if isinstance(given, (type, str)):
        return (given,)
    return tuple(given)


def _imported(given: type[Any] | str) -> type[Any]:
    if isinstance(given, str):
        from celery.utils.imports import import_from_cwd, symbol_by_name

        try:
            # As Celery imports ``include`` and the application itself.
            found = symbol_by_name(given, imp=import_from_cwd)
        except (ImportError, AttributeError, ValueError) as error:
            raise ConfigurationError(f'"{given}" cannot be imported: {error}{_nearest(given)}') from error
        except (Exception, SystemExit) as error:
            raise ConfigurationError(f'"{given}" cannot be imported: {show_error(error)}') from error
    else:
        found = given
    if not isinstance(found, type):
        raise ConfigurationError(f"{given!r} is not a class")
    return found


def _nearest(given: str) -> str:
    """The classes of the module that are called almost the same."""
    module, _, name = given.replace(":", ".").rpartition(".")
    loaded = vars(sys.modules[module]) if module in sys.modules else {}
    return show_nearest(name, [other for other, value in loaded.items() if isinstance(value, type)])
