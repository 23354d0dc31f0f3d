"""The base of this project's registries.

A base of your own with the same ``_get_task_by_name`` is recognised too; this one also names the nearest
registered tasks when a name is not registered.
"""

from celery_registry import BaseTasksRegistry

__all__ = ["BaseTasksRegistry"]
