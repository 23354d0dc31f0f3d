"""celery-registry: Celery calls as safe as function calls.

Law: public names only, each imported when it is first asked for (PEP 562). Loading the mypy plugin
must not import celery, and loading the guard must not import mypy.
"""

from __future__ import annotations

# ``typing`` itself would be half of the time that a probe takes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from celery_registry.errors import (
        CeleryRegistryError as CeleryRegistryError,
        ConfigurationError as ConfigurationError,
        MessageError as MessageError,
        RegistrationError as RegistrationError,
        RemoteTaskError as RemoteTaskError,
        TaskContractError as TaskContractError,
        TaskNotFoundError as TaskNotFoundError,
    )
    from celery_registry.registry import BaseTasksRegistry as BaseTasksRegistry, register_task as register_task
    from celery_registry.remote import remote_tasks as remote_tasks
    from celery_registry.wire.alias import alias as alias
    from celery_registry.wire.sending import validate as validate, validate_sends as validate_sends

__version__ = "0.1.0"

__all__ = [
    "BaseTasksRegistry",
    "CeleryRegistryError",
    "ConfigurationError",
    "MessageError",
    "RegistrationError",
    "RemoteTaskError",
    "TaskContractError",
    "TaskNotFoundError",
    "__version__",
    "alias",
    "register_task",
    "remote_tasks",
    "validate",
    "validate_sends",
]

_MODULE_OF = {
    "BaseTasksRegistry": "celery_registry.registry",
    "register_task": "celery_registry.registry",
    "remote_tasks": "celery_registry.remote",
    "alias": "celery_registry.wire.alias",
    "validate": "celery_registry.wire.sending",
    "validate_sends": "celery_registry.wire.sending",
    "CeleryRegistryError": "celery_registry.errors",
    "ConfigurationError": "celery_registry.errors",
    "MessageError": "celery_registry.errors",
    "RegistrationError": "celery_registry.errors",
    "RemoteTaskError": "celery_registry.errors",
    "TaskContractError": "celery_registry.errors",
    "TaskNotFoundError": "celery_registry.errors",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value: object = getattr(importlib.import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
