"""``task.delay_on_commit(...)`` of a plain task in a Django project, which celery-types does not know.

Law: gives a task Celery's methods for Django (celery.fixups.django, celery.contrib.django.task); what they are given, no
hook of mypy's is asked about. Whether the program is Django's, others have found out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.nodes import ARG_STAR, ARG_STAR2
from mypy.plugin import MethodContext
from mypy.types import CallableType, Instance, NoneType, get_proper_type

from celery_registry.mypy import attachments, typeops
from celery_registry.mypy.checks.registration import has_own_task_class
from celery_registry.source.fullnames import OPEN_TASK_FULLNAME, TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.plugin import CheckerPluginInterface, FunctionContext
    from mypy.types import Type

    from celery_registry.mypy.facts.program import Program

__all__ = ["sent_on_commit"]

_METHODS: Final = ("delay_on_commit", "apply_async_on_commit")


def sent_on_commit(context: MethodContext | FunctionContext, made: Type, program: Program) -> Type:
    """The task that a decorator makes, or the decorator that makes one, with these methods."""
    if not program.index.has_django_tasks:
        return made
    if isinstance(context, MethodContext) and has_own_task_class(context.type):
        return made
    proper = get_proper_type(made)
    if isinstance(proper, CallableType):
        task = _with_methods(context.api, proper.ret_type)
        return made if task is None else proper.copy_modified(ret_type=task)
    return _with_methods(context.api, made) or made


def _with_methods(api: CheckerPluginInterface, type: Type) -> Instance | None:
    """A plain task with the methods; None for every other type: a class of the user's own may not have them."""
    task = get_proper_type(type)
    if not isinstance(task, Instance) or task.type.fullname not in (TASK_FULLNAME, OPEN_TASK_FULLNAME):
        return None
    anything = typeops.any_type()
    # They send nothing yet, and so give nothing.
    taking = CallableType(
        [anything, anything], [ARG_STAR, ARG_STAR2], [None, None], NoneType(), typeops.function_type(api)
    )
    return attachments.with_attributes(task, dict.fromkeys(_METHODS, taking))
