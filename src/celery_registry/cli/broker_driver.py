"""The broker's driver: is the package there that the URL asks for?

Law: an application in, one line where it cannot reach any broker. Nothing is connected.
"""

from __future__ import annotations

from importlib.metadata import metadata
from typing import TYPE_CHECKING, Any

from celery_registry.errors import ConfigurationError

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["open_connection"]


def open_connection(app: Celery) -> tuple[Any, tuple[type[Exception], ...]]:
    """The application's connection for reading, not yet connected, and what it raises when something goes wrong.

    Raises ``ConfigurationError`` that says what to install where the driver is missing.
    """
    try:
        connection: Any = app.connection_for_read()
        # kombu's Redis transport asks for its driver no earlier.
        return connection, (*connection.connection_errors, *connection.channel_errors)
    except KeyError as error:
        raise ConfigurationError(f'the broker "{_scheme(app)}": {error.args[0] if error.args else error}') from error
    except (ImportError, AttributeError) as error:
        # Where redis is not installed, kombu makes a subclass of None's attribute.
        reason = str(error) if isinstance(error, ImportError) else "its driver is not installed"
        raise ConfigurationError(f'the broker "{_scheme(app)}": {reason}: {_remedy(app, error)}') from error


def _scheme(app: Celery) -> str:
    url: Any = app.conf.broker_read_url or app.conf.broker_url
    first = url[0] if isinstance(url, (list, tuple)) and url else url
    return str(first).partition("://")[0].partition("+")[0]


def _remedy(app: Celery, error: Exception) -> str:
    """Celery's extras are called as the schemes are."""
    extra = {"rediss": "redis", "sentinel": "redis"}.get(_scheme(app), _scheme(app))
    if extra in (metadata("celery").get_all("Provides-Extra") or ()):
        return f'pip install "celery[{extra}]"'
    package = getattr(error, "name", None)
    return f"pip install {package.partition('.')[0]}" if package else "is its package installed?"
