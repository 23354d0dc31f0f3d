"""The exceptions that celery-registry raises.

Law: this module knows only the standard library's exceptions and texts that others composed.
It never learns what a task, a checker or Celery is.
"""

from __future__ import annotations

__all__ = [
    "CeleryRegistryError",
    "ConfigurationError",
    "MessageError",
    "RegistrationError",
    "RemoteTaskError",
    "TaskContractError",
    "TaskNotFoundError",
    "UnansweredError",
    "UnfitSendError",
]


class CeleryRegistryError(Exception):
    """The base of every exception that celery-registry raises on purpose."""


class ConfigurationError(CeleryRegistryError):
    """A setting, an option or a file given by the user cannot be used; the text is one line."""


class MessageError(CeleryRegistryError, TypeError):
    """A call that no worker could run was about to be sent; the text names the task and the argument.

    It is a ``TypeError``, as Celery's own check of arguments raises.
    """


class RegistrationError(CeleryRegistryError, TypeError):
    """A function cannot be registered as a task; the text says why and what to write."""


class RemoteTaskError(CeleryRegistryError):
    """A task of another service was to run here; the text says where it runs and what to write."""


class TaskContractError(CeleryRegistryError):
    """The registry and the registered tasks disagree; the text lists everything that is wrong."""


class TaskNotFoundError(CeleryRegistryError, KeyError):
    """A name was asked for that is not registered on the application.

    ``tried`` is what was done to find it, one clause. A task module whose import failed is the ``__cause__``.
    It is a ``KeyError``, as Celery's own ``NotRegistered`` is, so that existing handlers hold.
    """

    def __init__(self, name: str, neighbours: tuple[str, ...] = (), tried: str = "") -> None:
        self.name = name
        self.neighbours = neighbours
        self.tried = tried
        super().__init__(name, neighbours, tried)

    def __str__(self) -> str:
        # KeyError shows the repr of its argument; a sentence must not be quoted.
        text = f"no task named {self.name!r} is registered"
        if self.neighbours:
            nearest = ", ".join(repr(neighbour) for neighbour in self.neighbours)
            text += f"; the nearest registered names: {nearest}"
        return f"{text}; {self.tried}. {_ADVICE}" if self.tried else text


_ADVICE = (
    "Name the module that registers it in the setting `imports` or in app.autodiscover_tasks(), "
    "and for a task of another service write celery_registry.remote_tasks (docs/processes.md)"
)


class UnfitSendError(CeleryRegistryError, AssertionError):
    """A test's code sent what the worker would refuse, or get as something else; the text says what."""


class UnansweredError(CeleryRegistryError, AssertionError):
    """A test's code waited for a result that nobody computes; the text says what to write."""
