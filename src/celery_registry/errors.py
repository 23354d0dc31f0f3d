"""The exceptions that celery-registry raises.

Law: this module knows only the standard library's exceptions and texts that others composed.
It never learns what a task, a checker or Celery is.
"""

from __future__ import annotations

__all__ = [
    "CeleryRegistryError",
    "ConfigurationError",
    "RegistrationError",
    "TaskContractError",
    "TaskNotFoundError",
]


class CeleryRegistryError(Exception):
    """The base of every exception that celery-registry raises on purpose."""


class ConfigurationError(CeleryRegistryError):
    """A setting, an option or a file given by the user cannot be used; the text is one line."""


class RegistrationError(CeleryRegistryError, TypeError):
    """A function cannot be registered as a task; the text says why and what to write."""


class TaskContractError(CeleryRegistryError):
    """The registry and the registered tasks disagree; the text lists everything that is wrong."""


class TaskNotFoundError(CeleryRegistryError, KeyError):
    """A name was asked for that is not registered on the application.

    It is a ``KeyError``, as Celery's own ``NotRegistered`` is, so that existing handlers hold.
    """

    def __init__(self, name: str, neighbours: tuple[str, ...] = ()) -> None:
        self.name = name
        self.neighbours = neighbours
        super().__init__(name, neighbours)

    def __str__(self) -> str:
        # KeyError shows the repr of its argument; a sentence must not be quoted.
        if not self.neighbours:
            return f"no task named {self.name!r} is registered"
        nearest = ", ".join(repr(neighbour) for neighbour in self.neighbours)
        return f"no task named {self.name!r} is registered; the nearest registered names: {nearest}"
