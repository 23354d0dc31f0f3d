"""Every dotted name of Celery, of ours and of the standard library that the index or the plugin recognises.

Law: names and what they are, nothing else. Everything outside the program is known by its dotted name alone.
"""

from __future__ import annotations

from typing import Final

APP_FULLNAMES: Final = frozenset({"celery.Celery", "celery.app.Celery", "celery.app.base.Celery"})
CURRENT_APP_FULLNAMES: Final = frozenset(
    {"celery.current_app", "celery.app.current_app", "celery._state.current_app", "celery.app.default_app"}
)
SHARED_TASK_FULLNAMES: Final = frozenset({"celery.shared_task", "celery.app.shared_task"})
#: What Celery 4 had besides. A program that still has them registers no less than it did.
OLD_TASK_FULLNAMES: Final = frozenset(
    {
        "celery.task",
        "celery.task.task",
        "celery.task.periodic_task",
        "celery.task.base.task",
        "celery.task.base.periodic_task",
    }
)
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

#: Calls what it is given with nothing.
ON_COMMIT_FULLNAME: Final = "django.db.transaction.on_commit"

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

#: ``app.Task``, as the source has it: to mypy no class at all.
APPLICATION_TASK_FULLNAME: Final = "celery.Celery.Task"

# -- as celery-types defines them, for the plugin ----------------------------------------------------------------------

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
CLASS_TASK_FULLNAME: Final = "celery.app.base.Celery.register_task"
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

#: What the plugin gives to what mypy sees as ``Any``: a task, what makes one of a function, an application.
UNSEEN_MODULE: Final = "celery_registry.unseen_task"
OPEN_TASK_FULLNAME: Final = f"{UNSEEN_MODULE}.OpenTask"
UNSEEN_TASK_FULLNAME: Final = f"{UNSEEN_MODULE}.UnseenTask"
UNSEEN_DECORATOR_FULLNAME: Final = f"{UNSEEN_MODULE}.UnseenDecorator"
UNSEEN_APPLICATION_FULLNAME: Final = f"{UNSEEN_MODULE}.UnseenApplication"

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
    "celery.result.GroupResult.id",
    "celery.result.AsyncResult.parent",
)

#: What is left of the chain that a running task stands in (celery.app.task.Context).
REQUEST_CHAIN_FULLNAME: Final = "celery.app.task.Context.chain"

#: The classes that methods of a task make of its signature and of items.
CANVAS_ITEMS: Final = {
    f"celery.canvas.{name}": method for name, method in (("xmap", "map"), ("xstarmap", "starmap"), ("chunks", "chunks"))
}

#: ``set`` takes the options of ``apply_async``.
CANVAS_SETS: Final = tuple(f"{base}.set" for base in CANVAS)

#: The names of all methods that are hooked on ``Task`` and whatever inherits from it; the last is ours on any class.
CALLS: Final = (
    DIRECT_METHODS
    | CONTAINERS
    | {"map", "starmap", "chunks", "s", "replace", "add_to_chord", "is_aborted", GET_TASK_BY_NAME}
)

#: Methods of an application that are hooked on its subclasses too, which a call names by their own class.
APPLICATION_METHODS: Final = frozenset({"task", "send_task", "signature", "add_periodic_task"})

#: Packages with methods of the same names, of which nothing must be taken from mypy's own plugin, nor time lost with.
OTHERS: Final = ("builtins.", "functools.", "datetime.", "typing.")
