"""The methods of a task's class: which the user has put in place of Celery's, and how they are called.

Law: a class in, its methods out; what may change the arguments of a call is told, never what it makes of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import ARG_STAR, ARG_STAR2, Decorator, FuncDef, OverloadedFuncDef, TypeInfo
from mypy.typeops import bind_self
from mypy.types import AnyType, CallableType, Instance, get_proper_type

from celery_registry.contract.rules import REWRITING_METHODS
from celery_registry.source.fullnames import TASK_FULLNAME, UNSEEN_MODULE, UNSEEN_TASK_FULLNAME

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["inherited", "method_callable", "overrides", "rewrites_arguments", "takes_all"]

#: Classes of Celery's, and ours that stand for one.
_CELERYS: Final = ("celery.", f"{UNSEEN_MODULE}.")


def overrides(info: TypeInfo, method: str) -> FuncDef | Decorator | OverloadedFuncDef | None:
    """The user's own definition of a method of ``Task``, None where Celery's is the nearest."""
    for base in info.mro:
        if base.fullname.startswith(_CELERYS):
            return None
        symbol = base.names.get(method)
        if symbol is not None:
            node = symbol.node
            return node if isinstance(node, (FuncDef, Decorator, OverloadedFuncDef)) else None
    return None


def takes_all(node: FuncDef | Decorator | OverloadedFuncDef, method: str) -> bool:
    """Whether a method in place of Celery's takes whatever that one takes; ``method`` is its name."""
    if not isinstance(node, FuncDef):
        return False
    type = get_proper_type(node.type)
    kinds, names = list(node.arg_kinds[1:]), list(node.arg_names[1:])
    if kinds == [ARG_STAR, ARG_STAR2]:
        types = type.arg_types[1:] if isinstance(type, CallableType) else []
        return all(isinstance(get_proper_type(item), AnyType) for item in types)
    return method == "apply_async" and names[:2] == ["args", "kwargs"] and ARG_STAR2 in kinds


#: What changes the arguments of a call before the function sees them. With ``typing = False`` Celery looks at none.
#: A class that says ``typing`` takes Celery's check away, and may complete what it is given.
_REWRITING = (*REWRITING_METHODS, "typing")


def rewrites_arguments(info: TypeInfo, known: Container[str] = ()) -> bool:
    """Whether a task class may change what a call is given before the function sees it.

    ``known`` are the dotted names of classes of which the user says what they do.
    """
    if info.fullname in (TASK_FULLNAME, UNSEEN_TASK_FULLNAME):
        return False
    if info.fallback_to_any:
        return True
    for base in info.mro:
        if base.fullname.startswith("celery."):
            return False
        if base.fullname not in known and any(name in base.names for name in _REWRITING):
            return True
    return False


def method_callable(node: FuncDef | Decorator | OverloadedFuncDef, task: Instance) -> CallableType | None:
    """A method as its caller sees it, None where it is overloaded or its type is not known."""
    type = get_proper_type(node.var.type if isinstance(node, Decorator) else node.type)
    if not isinstance(type, CallableType):
        return None
    type = inherited(type, task, node.info)
    if isinstance(node, Decorator) and node.func.is_static:
        return type
    return bind_self(type, task)


def inherited(method: CallableType, owner: Instance, home: TypeInfo) -> CallableType:
    """A method of the class ``home`` with the type arguments that ``owner``, which derives from it, gives it."""
    return expand_type_by_instance(method, map_instance_to_supertype(owner, home)) if home.type_vars else method
