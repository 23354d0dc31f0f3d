"""Every dotted name that the plugin recognises.

Law: names alone, as celery-types and the standard library define them.
"""

from __future__ import annotations

from typing import Final

TASK_FULLNAME: Final = "celery.app.task.Task"
CELERY_FULLNAME: Final = "celery.app.base.Celery"
SIGNATURE_FULLNAME: Final = "celery.canvas.Signature"
ASYNC_RESULT_FULLNAME: Final = "celery.result.AsyncResult"

APP_TASK_FULLNAME: Final = "celery.app.base.Celery.task"
SEND_TASK_FULLNAME: Final = "celery.app.base.Celery.send_task"
SHARED_TASK_FULLNAMES: Final = frozenset({"celery.app.shared_task", "celery.shared_task"})
REGISTER_TASK_FULLNAMES: Final = frozenset({"celery_registry.registry.register_task", "celery_registry.register_task"})

GET_TASK_BY_NAME: Final = "_get_task_by_name"

#: Methods that take the task's own parameters (celery.app.task.Task).
DIRECT_METHODS: Final = frozenset({"__call__", "run", "delay", "delay_on_commit", "si"})

#: Methods that take the task's arguments in the containers ``args`` and ``kwargs``.
CONTAINER_METHODS: Final = frozenset(
    {"apply_async", "apply_async_on_commit", "apply", "signature", "subtask", "retry"}
)
