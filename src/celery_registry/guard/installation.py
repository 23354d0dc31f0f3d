"""What ``install`` was given for an application.

Law: arguments, made uniform and remembered by application for as long as it lives. It checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Union
from weakref import WeakKeyDictionary

from celery import Celery

from celery_registry.contract.codes import Code, Severity
from celery_registry.errors import ConfigurationError
from celery_registry.guard.severity import read_severities

__all__ = ["Installation", "Names", "Registries", "recall", "remember"]

#: A registry class, the text ``"module:Class"``, or several of them.
Registries = Union["type[Any]", str, "Iterable[type[Any] | str]", None]
#: An enum, a class of string constants, the text ``"module:Enum"``, or several of them.
Names = Registries


class Installation:
    """The application and what it is held to; registries and names that were given as text are still text."""

    __slots__ = ("_app", "external", "names", "registries", "severities", "strict")

    def __init__(
        self,
        app: Celery,
        registries: tuple[type[Any] | str, ...],
        names: tuple[type[Any] | str, ...],
        strict: bool,
        severities: Mapping[Code, Severity],
        external: tuple[str, ...],
    ) -> None:
        self._app = app
        self.registries = registries
        self.names = names
        self.strict = strict
        self.severities = severities
        self.external = external

    @property
    def app(self) -> Celery:
        """The application itself, never a proxy of it."""
        return self._app

    def registry_classes(self) -> tuple[type[Any], ...]:
        """The registries, imported. Raises ``ConfigurationError`` for text that names no class."""
        return tuple(_imported(registry) for registry in self.registries)

    def name_classes(self) -> tuple[type[Any], ...]:
        """The enums of names, imported. Raises ``ConfigurationError`` for text that names no class."""
        return tuple(_imported(names) for names in self.names)


# Keyed weakly: a test suite makes applications by the hundred.
_REMEMBERED: WeakKeyDictionary[Celery, tuple[Any, ...]] = WeakKeyDictionary()


def remember(
    app: Celery,
    registry: Registries,
    names: Names,
    strict: bool,
    severity: Mapping[str | Code, str | Severity] | None,
    external: Sequence[str],
) -> Installation:
    """Keep what ``install`` was given, in place of what was kept before."""
    app = _real(app)
    kept = (_several(registry), _several(names), strict, read_severities(severity or {}), _globs(external))
    _REMEMBERED[app] = kept
    return Installation(app, *kept)


def recall(
    app: Celery,
    registry: Registries = None,
    names: Names = None,
    strict: bool | None = None,
    severity: Mapping[str | Code, str | Severity] | None = None,
    external: Sequence[str] | None = None,
) -> Installation:
    """What ``install`` was given, with the arguments that are given here in its place."""
    app = _real(app)
    registries, enums, kept_strict, severities, globs = _REMEMBERED.get(app, ((), (), False, {}, ()))
    return Installation(
        app,
        registries if registry is None else _several(registry),
        enums if names is None else _several(names),
        kept_strict if strict is None else strict,
        severities if severity is None else read_severities(severity),
        globs if external is None else _globs(external),
    )


def _real(app: Celery) -> Celery:
    """The application behind ``celery.current_app``."""
    real = getattr(app, "_get_current_object", None)
    app = app if real is None else real()
    if not isinstance(app, Celery):
        raise ConfigurationError(f"{app!r} is not a Celery application")
    return app


def _several(given: Registries) -> tuple[type[Any] | str, ...]:
    if given is None:
        return ()
    if isinstance(given, (type, str)):
        return (given,)
    return tuple(given)


def _globs(given: Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _imported(given: type[Any] | str) -> type[Any]:
    if isinstance(given, str):
        from celery.utils.imports import symbol_by_name

        try:
            found = symbol_by_name(given)
        except (ImportError, AttributeError, ValueError) as error:
            raise ConfigurationError(f'"{given}" cannot be imported: {error}') from error
    else:
        found = given
    if not isinstance(found, type):
        raise ConfigurationError(f"{given!r} is not a class")
    return found
