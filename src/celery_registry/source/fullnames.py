"""The dotted names of other packages that the index recognises.

Law: names and what they are, nothing else. Everything outside the program is known by its dotted name alone.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "APP_FULLNAMES",
    "CURRENT_APP_FULLNAMES",
    "REGISTER_TASK_FULLNAMES",
    "REGISTRY_BASE_FULLNAMES",
    "SHARED_TASK_FULLNAMES",
    "TASK_FULLNAMES",
    "TRANSPARENT_DECORATORS",
]

APP_FULLNAMES: Final = frozenset({"celery.Celery", "celery.app.Celery", "celery.app.base.Celery"})
CURRENT_APP_FULLNAMES: Final = frozenset(
    {"celery.current_app", "celery.app.current_app", "celery._state.current_app", "celery.app.default_app"}
)
SHARED_TASK_FULLNAMES: Final = frozenset({"celery.shared_task", "celery.app.shared_task"})
TASK_FULLNAMES: Final = frozenset(
    {
        "celery.Task",
        "celery.app.Task",
        "celery.app.task.Task",
        "celery.app.task.BaseTask",
        "celery.Celery.Task",
        "celery.app.base.Celery.Task",
        "celery.app.Celery.Task",
        "celery.current_app.Task",
        "celery.contrib.abortable.AbortableTask",
        "celery.contrib.django.task.DjangoTask",
        "celery.contrib.django.DjangoTask",
    }
)
REGISTER_TASK_FULLNAMES: Final = frozenset({"celery_registry.register_task", "celery_registry.registry.register_task"})
REGISTRY_BASE_FULLNAMES: Final = frozenset(
    {"celery_registry.BaseTasksRegistry", "celery_registry.registry.BaseTasksRegistry"}
)

# Decorators that keep the parameters and the result, for a caller and for a type checker.
TRANSPARENT_DECORATORS: Final = frozenset(
    {
        "abc.abstractmethod",
        "builtins.classmethod",
        "builtins.staticmethod",
        "django.db.transaction.atomic",
        "functools.cache",
        "functools.lru_cache",
        "tenacity.retry",
        "typing.final",
        "typing.no_type_check",
        "typing.override",
        "typing_extensions.deprecated",
        "typing_extensions.final",
        "typing_extensions.override",
        "warnings.deprecated",
    }
)
