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
        # Some transports of kombu ask for their driver where they are made, Redis where its errors are.
        connection.transport  # noqa: B018
        return connection, (*connection.connection_errors, *connection.channel_errors)
    except KeyError as error:
        raise ConfigurationError(f'the broker "{_scheme(app)}": {error.args[0] if error.args else error}') from error
    except (ImportError, AttributeError, NameError) as error:
        # Where redis is not installed, kombu makes a subclass of None's attribute, and of no name with Kafka.
        reason = str(error) if isinstance(error, ImportError) else "its driver is not installed"
        raise ConfigurationError(f'the broker "{_scheme(app)}": {reason}: {_remedy(app, error)}') from error


def _scheme(app: Celery) -> str:
    url: Any = app.conf.broker_read_url or app.conf.broker_url
    first = url[0] if isinstance(url, (list, tuple)) and url else url
    return str(first).partition("://")[0].partition("+")[0]


def _remedy(app: Celery, error: Exception) -> str:
    """The extras of Celery and kombu are called as the schemes are."""
    scheme = _scheme(app).lower()
    extra = {"rediss": "redis", "sentinel": "redis", "kafka": "confluentkafka", "sqla": "sqlalchemy"}.get(
        scheme, scheme
    )
    for distribution in ("celery", "kombu"):
        if extra in (metadata(distribution).get_all("Provides-Extra") or ()):
            return f'pip install "{distribution}[{extra}]"'
    package = getattr(error, "name", None)
    return f"pip install {package.partition('.')[0]}" if package else "is its package installed?"
