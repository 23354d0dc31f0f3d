"""Every dotted name that the plugin recognises.

Law: names alone, as celery-types and the standard library define them; what the index recognises too stands there.
"""

from __future__ import annotations

from typing import Final

from celery_registry.source.fullnames import (
    REGISTER_TASK_FULLNAMES as REGISTER_TASK_FULLNAMES,
    SHARED_TASK_FULLNAMES as SHARED_TASK_FULLNAMES,
)

TASK_FULLNAME: Final = "celery.app.task.Task"
DJANGO_TASK_FULLNAME: Final = "celery.contrib.django.task.DjangoTask"
#: The classes that a registry property may declare, with type arguments.
DECLARED_FULLNAMES: Final = frozenset({TASK_FULLNAME, DJANGO_TASK_FULLNAME})
CELERY_FULLNAME: Final = "celery.app.base.Celery"
SIGNATURE_FULLNAME: Final = "celery.canvas.Signature"
ASYNC_RESULT_FULLNAME: Final = "celery.result.AsyncResult"
GROUP_RESULT_FULLNAME: Final = "celery.result.GroupResult"
CHORD_FULLNAMES: Final = frozenset({"celery.canvas.chord", "celery.canvas._chord"})
GROUP_FULLNAME: Final = "celery.canvas.group"

APP_TASK_FULLNAME: Final = "celery.app.base.Celery.task"
PERIODIC_TASK_FULLNAME: Final = "celery.app.base.Celery.add_periodic_task"
CRONTAB_FULLNAME: Final = "celery.schedules.crontab"
SEND_TASK_FULLNAME: Final = "celery.app.base.Celery.send_task"
APP_SIGNATURE_FULLNAME: Final = "celery.app.base.Celery.signature"
TASKS_ITEM_FULLNAME: Final = "celery.app.registry.TaskRegistry.__getitem__"
SIGNATURE_FULLNAMES: Final = frozenset({"celery.canvas.signature", "celery.canvas.subtask", "celery.canvas.Signature"})

#: The methods of the recorder of tests that take a task.
SENT_TO_FULLNAME: Final = "celery_registry.testing.sent.SentTasks.to"
SENT_ANSWER_FULLNAME: Final = "celery_registry.testing.sent.SentTasks.answer"

GET_TASK_BY_NAME: Final = "_get_task_by_name"

#: Methods that take the task's own parameters (celery.app.task.Task).
DIRECT_METHODS: Final = frozenset({"__call__", "run", "delay", "delay_on_commit", "si"})

#: Methods that take the task's arguments in the containers ``args`` and ``kwargs``.
CONTAINERS: Final = frozenset({"apply_async", "apply_async_on_commit", "apply", "signature", "subtask", "retry"})

ABORTABLE_TASK_FULLNAME: Final = "celery.contrib.abortable.AbortableTask"
ABORTABLE_RESULT_FULLNAME: Final = "celery.contrib.abortable.AbortableAsyncResult"

#: The classes whose ``|`` chains (celery.canvas).
CANVAS: Final = tuple(f"celery.canvas.{name}" for name in ("Signature", "chain", "_chain", "group", "chord"))

#: Calls that run a canvas and so have its result; ``chord()`` takes a body.
CANVAS_RUNS: Final = tuple(
    (f"celery.canvas.{base}.{method}", method)
    for base in ("Signature", "chain", "_chain", "group", "chord", "chunks")
    for method in ("delay", "apply_async", "apply", "__call__")
    # Of chunks it is ``apply`` alone that gives one result, as celery-types says.
    if (base, method) not in (("chord", "__call__"), ("chunks", "apply"))
)

#: Attributes of a result that its members decide.
RESULT_ATTRIBUTES: Final = (
    "celery.result.ResultSet.results",
    "celery.result.GroupResult.children",
    "celery.result.AsyncResult.parent",
)

#: ``set`` takes the options of ``apply_async``.
CANVAS_SETS: Final = tuple(f"{base}.set" for base in CANVAS)

#: The names of all methods that are hooked on ``Task`` and whatever inherits from it; the last is ours on any class.
CALLS: Final = (
    DIRECT_METHODS | CONTAINERS | {"map", "starmap", "chunks", "s", "replace", "is_aborted", GET_TASK_BY_NAME}
)

#: Methods of an application that are hooked on its subclasses too, which a call names by their own class.
APPLICATION_METHODS: Final = frozenset({"task", "send_task", "signature", "add_periodic_task"})

#: Packages with methods of the same names, of which nothing must be taken from mypy's own plugin, nor time lost with.
OTHERS: Final = ("builtins.", "functools.", "datetime.", "typing.")
