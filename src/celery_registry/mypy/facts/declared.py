"""What the type of a task says of its parameters by itself: all, their number, or nothing.

Law: a type in, facts out; the source is not asked. It never reports.
"""

from __future__ import annotations

from mypy.maptype import map_instance_to_supertype
from mypy.types import AnyType, CallableType, Instance, get_proper_type

from celery_registry.mypy import task_methods, typeops
from celery_registry.source.fullnames import TASK_FULLNAME

__all__ = ["from_arguments", "holds_nobody", "is_closed", "is_nameless", "is_unsure", "says_nothing", "why_unknown"]


def from_arguments(task: Instance) -> CallableType | None:
    """The parameters and the result in ``Task[P, R]``; None where there are none."""
    base = next((b for b in task.type.mro if b.fullname == TASK_FULLNAME), None)
    if base is None:
        return None
    mapped = map_instance_to_supertype(task, base)
    parameters = typeops.listed_parameters(mapped) if len(mapped.args) == 2 else None
    if parameters is None:
        return None
    return typeops.settled(typeops.callable_from(parameters, mapped.args[1], typeops.base_function(task)))


def says_nothing(signature: CallableType) -> bool:
    """Whether a signature has no parameter but ``*args`` and ``**kwargs`` of any type, as that of an untyped wrapper."""
    return bool(signature.arg_kinds) and all(
        kind.is_star() and isinstance(get_proper_type(type), AnyType)
        for type, kind in zip(signature.arg_types, signature.arg_kinds, strict=True)
    )


def is_nameless(signature: CallableType) -> bool:
    """Whether a declaration, ``Task[[int], str]``, says less than the function."""
    return None in signature.arg_names


def is_unsure(task: Instance) -> bool:
    """Whether the result may be that of a ``self`` without type arguments."""
    return len(task.args) == 2 and isinstance(get_proper_type(task.args[1]), AnyType)


def is_closed(task: Instance) -> bool:
    """Whether it says how many parameters there are."""
    return typeops.listed_parameters(task) is not None


def why_unknown(task: Instance, method: str) -> str:
    """For the report: what hides the parameters of a task."""
    if task.type.fallback_to_any:
        return f"{task.type.fullname} has a base class that mypy sees as Any"
    for name in (method, "__call__", "delay", "apply_async"):
        if name != "run" and task_methods.overrides(task.type, name) is not None:
            return f"{task.type.fullname} has its own {name}; injected-parameters may say what it supplies"
    if task_methods.rewrites_arguments(task.type):
        return f"{task.type.fullname} sets typing, which may turn Celery's checks off"
    return "the type has no parameters: Task[Any, Any], or a variable that may hold several tasks"


def holds_nobody(signature: CallableType) -> str | None:
    """For the report: that a signature takes anything. One of ``**kwargs`` alone refuses what is given by position."""
    anything = says_nothing(signature) and len(signature.arg_kinds) > 1
    return "a decorator hides the parameters: (*args, **kwargs)" if anything else None
