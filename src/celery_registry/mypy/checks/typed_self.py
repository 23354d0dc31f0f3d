"""``@shared_task(bind=True)`` on a function whose ``self`` is a task class of the user's, or stands beside ``**kwargs``.

Law: lets ``self`` be the class that is written, where an application of the user's may give it to its tasks. Celery's own
application makes tasks of the class that mypy knows, and mypy judges those alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.expandtype import expand_type
from mypy.nodes import ARG_POS, ARG_STAR2, CallExpr
from mypy.plugin import MethodContext
from mypy.typeops import function_type
from mypy.types import CallableType, Instance, Parameters, TypeVarType, get_proper_type

from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.checks.registration import has_own_task_class
from celery_registry.source.fullnames import TASK_FULLNAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy.nodes import FuncDef
    from mypy.plugin import FunctionContext
    from mypy.types import Type, TypeVarId

    from celery_registry.mypy.facts.decorated import DecoratedFunctions

__all__ = ["own_self", "with_own_self"]


def with_own_self(
    context: MethodContext | FunctionContext,
    handler: Callable[[MethodContext | FunctionContext], Type],
    decorated: DecoratedFunctions,
) -> Type:
    """What ``handler`` makes of ``@shared_task`` and ``@app.task``; it takes such a ``self``."""
    result = _with_named_self(context, handler(context), decorated)
    if isinstance(context, MethodContext) and not has_own_task_class(context.type):
        return result
    return _taking_own(context, result, decorated)


def own_self(context: MethodContext, decorated: DecoratedFunctions) -> Type:
    """The same of an application whose class says what its tasks are, where only its text tells."""
    return _taking_own(context, _with_named_self(context, context.default_return_type, decorated), decorated)


def _with_named_self(context: MethodContext | FunctionContext, result: Type, decorated: DecoratedFunctions) -> Type:
    """A decorator that takes ``def f(self, **kwargs)``.

    To mypy a caller might give ``self`` by name as well. Celery gives it, by position (celery.app.task.Task.__call__).
    """
    call, decorator = context.context, get_proper_type(result)
    if not isinstance(call, CallExpr) or "bind" not in call.arg_names:
        return result
    if not isinstance(decorator, CallableType) or len(decorator.arg_types) != 1:
        return result
    function = decorated.below(expressions.checker(context.api), call)
    taken = get_proper_type(decorator.arg_types[0])
    if function is None or not isinstance(taken, CallableType) or len(taken.arg_types) != 3:
        return result
    parameters, of_function = taken.param_spec(), _type_of(context, function)
    if parameters is None or of_function is None or ARG_STAR2 not in of_function.arg_kinds:
        return result
    if of_function.arg_kinds[0] != ARG_POS or of_function.variables or of_function.unpack_kwargs:
        return result
    known: dict[TypeVarId, Type] = {
        parameters.id: Parameters(of_function.arg_types[1:], of_function.arg_kinds[1:], of_function.arg_names[1:])
    }
    gives = get_proper_type(taken.ret_type)
    if isinstance(gives, TypeVarType):
        known[gives.id] = of_function.ret_type
    mine = expand_type(taken.arg_types[0], known)
    taking = of_function.copy_modified(arg_types=[mine, *of_function.arg_types[1:]])
    return decorator.copy_modified(
        arg_types=[taking],
        ret_type=expand_type(decorator.ret_type, known),
        variables=[variable for variable in decorator.variables if variable.id not in known],
    )


def _type_of(context: MethodContext | FunctionContext, function: FuncDef) -> CallableType | None:
    """The type of a function; one without annotations takes and gives anything."""
    type = get_proper_type(function.type) or function_type(function, typeops.function_type(context.api))
    return type if isinstance(type, CallableType) else None


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
