"""``@shared_task(bind=True)`` on a function whose ``self`` is a task class of the user's.

Law: lets ``self`` be the class that is written, where an application of the user's may give it to its tasks. Celery's own
application makes tasks of the class that mypy knows, and mypy judges those alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import CallExpr
from mypy.plugin import MethodContext
from mypy.types import CallableType, Instance, get_proper_type

from celery_registry.mypy import expressions
from celery_registry.mypy.checks.registration import has_own_task_class
from celery_registry.source.fullnames import TASK_FULLNAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy.nodes import FuncDef
    from mypy.plugin import FunctionContext
    from mypy.types import Type

    from celery_registry.mypy.facts.decorated import DecoratedFunctions

__all__ = ["own_self", "with_own_self"]


def with_own_self(
    context: MethodContext | FunctionContext,
    handler: Callable[[MethodContext | FunctionContext], Type],
    decorated: DecoratedFunctions,
) -> Type:
    """What ``handler`` makes of ``@shared_task`` and ``@app.task``; it takes such a ``self``."""
    result = handler(context)
    if isinstance(context, MethodContext) and not has_own_task_class(context.type):
        return result
    return _taking_own(context, result, decorated)


def own_self(context: MethodContext, decorated: DecoratedFunctions) -> Type:
    """The same of an application whose class says what its tasks are, where only its text tells."""
    return _taking_own(context, context.default_return_type, decorated)


def _taking_own(context: MethodContext | FunctionContext, result: Type, decorated: DecoratedFunctions) -> Type:
    call, decorator = context.context, get_proper_type(result)
    if not isinstance(call, CallExpr) or "bind" not in call.arg_names or "base" in call.arg_names:
        return result
    if not isinstance(decorator, CallableType) or len(decorator.arg_types) != 1:
        return result
    function = decorated.below(expressions.checker(context.api), call)
    mine = None if function is None else _own_class(function)
    taken = get_proper_type(decorator.arg_types[0])
    if mine is None or not isinstance(taken, CallableType) or not taken.arg_types:
        return result
    first = get_proper_type(taken.arg_types[0])
    if not isinstance(first, Instance) or not first.type.has_base(TASK_FULLNAME):
        return result
    return decorator.copy_modified(arg_types=[taken.copy_modified(arg_types=[mine, *taken.arg_types[1:]])])


def _own_class(function: FuncDef) -> Instance | None:
    """The class of the first parameter, where it is one below Celery's task."""
    type = get_proper_type(function.type)
    if not isinstance(type, CallableType) or not type.arg_types or not function.arguments:
        return None
    mine = get_proper_type(type.arg_types[0])
    if not isinstance(mine, Instance) or mine.type.fullname == TASK_FULLNAME:
        return None
    return mine if mine.type.has_base(TASK_FULLNAME) else None
