"""A type: what an instance or a callable says, and the types made of it.

Law: takes types apart and puts them together. What is attached to a type, and what the type checker thinks of an
expression, is known elsewhere; it never learns what is right or wrong, and reports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.erasetype import erase_typevars
from mypy.maptype import map_instance_to_supertype
from mypy.messages import format_type_bare
from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_OPT, ARG_POS, ARG_STAR, ARG_STAR2, FuncDef, TypeInfo
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    Parameters,
    TupleType,
    TypeOfAny,
    UnionType,
    get_proper_type,
    has_type_vars,
)

from celery_registry.mypy.expressions import checker, shown_name, task_name
from celery_registry.source.fullnames import TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import ProperType, Type

__all__ = [
    "any_type",
    "base_function",
    "callable_from",
    "find_instance",
    "find_task",
    "function_type",
    "has_unknown_names",
    "is_ellipsis",
    "iterable_item",
    "listed_parameters",
    "lookup_instance",
    "mapping_value",
    "named_after",
    "open_models",
    "optional_keywords",
    "optional_positionals",
    "positional_count",
    "settled",
    "show",
    "union_items",
    "with_any_names",
    "with_open_parameters",
    "with_unknown_names",
    "without_first",
]

_MODEL_FULLNAME: Final = "pydantic.main.BaseModel"


def any_type() -> AnyType:
    """An ``Any`` that mypy does not count against the user."""
    return AnyType(TypeOfAny.special_form)


def find_task(type: Type) -> Instance | None:
    """The instance if its class derives from celery's ``Task``, else None."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and (proper.type.fullname == TASK_FULLNAME or proper.type.has_base(TASK_FULLNAME)):
        return proper
    return None


def find_instance(type: Type, fullname: str) -> Instance | None:
    """The instance if its class is or derives from the one of this name, else None."""
    proper = get_proper_type(type)
    return proper if isinstance(proper, Instance) and proper.type.has_base(fullname) else None


def with_open_parameters(task: Instance) -> Instance:
    """``Task[P, R]`` -> ``Task[..., R]``."""
    if len(task.args) != 2:
        return task
    anything = Parameters([any_type(), any_type()], [ARG_STAR, ARG_STAR2], [None, None], is_ellipsis_args=True)
    return task.copy_modified(args=[anything, task.args[1]])


def listed_parameters(task: Instance) -> Parameters | None:
    """The list in ``Task[[...], R]``; None where the parameters are ``...`` or a ``ParamSpec``'s."""
    parameters = get_proper_type(task.args[0]) if task.args else None
    return parameters if isinstance(parameters, Parameters) and not is_ellipsis(parameters) else None


def is_ellipsis(parameters: Parameters) -> bool:
    """Whether the parameters are ``...``; mypy's cache keeps no ``is_ellipsis_args`` of theirs, only what it stands for."""
    return parameters.is_ellipsis_args or (
        parameters.arg_kinds == [ARG_STAR, ARG_STAR2]
        and all(isinstance(get_proper_type(type), AnyType) for type in parameters.arg_types)
    )


def show(type: Type, api: CheckerPluginInterface) -> str:
    """A type as mypy's messages write it, without quotes."""
    return format_type_bare(type, api.options)


def callable_from(parameters: Parameters, result: Type, fallback: Instance, name: str | None = None) -> CallableType:
    """A callable with these parameters and this result."""
    return CallableType(
        parameters.arg_types,
        parameters.arg_kinds,
        parameters.arg_names,
        result,
        fallback,
        name=name,
        variables=parameters.variables,
    )


def settled(callee: CallableType) -> CallableType:
    """A callable without type variables, its class's included, and with the names of an unpacked ``**kwargs``.

    A message carries a value of whatever type to a generic function.
    """
    if callee.unpack_kwargs:
        callee = callee.with_unpacked_kwargs()
    if not callee.variables and not has_type_vars(callee):
        return callee
    erased = get_proper_type(erase_typevars(callee))
    return erased.copy_modified(variables=[]) if isinstance(erased, CallableType) else callee


def base_function(task: Instance) -> Instance:
    """``builtins.function`` as an instance, taken from a method of the task's class: no lookup is needed."""
    for base in task.type.mro:
        symbol = base.names.get("apply_async")
        node = symbol.node if symbol else None
        if isinstance(node, FuncDef) and isinstance(node.type, CallableType):
            return node.type.fallback
    raise LookupError("celery.app.task.Task has no apply_async")


def function_type(api: CheckerPluginInterface) -> Instance:
    """``builtins.function``."""
    return checker(api).named_type("builtins.function")


def lookup_instance(api: CheckerPluginInterface, fullname: str) -> Instance | None:
    """The class of this name as an instance with ``Any`` for its parameters, None where it is not loaded."""
    module, _, name = fullname.rpartition(".")
    tree = checker(api).modules.get(module)
    symbol = tree.names.get(name) if tree is not None else None
    if symbol is None or not isinstance(symbol.node, TypeInfo):
        return None
    return Instance(symbol.node, [any_type() for _ in symbol.node.type_vars])


def iterable_item(instance: Instance) -> Type | None:
    """What iterating over an instance gives."""
    base = next((b for b in instance.type.mro if b.fullname == "typing.Iterable"), None)
    if base is None:
        return None
    mapped = map_instance_to_supertype(instance, base)
    return mapped.args[0] if mapped.args else None


def mapping_value(instance: Instance) -> Type | None:
    """The type of the values of a mapping."""
    base = next((b for b in instance.type.mro if b.fullname == "typing.Mapping"), None)
    mapped = None if base is None else map_instance_to_supertype(instance, base)
    return mapped.args[1] if mapped is not None and len(mapped.args) == 2 else None


def open_models(type: Type) -> Type:
    """A parameter's type where Celery makes the models: of a ``dict``, or of whatever their class validates."""
    return any_type() if _mentions_model(type) else type


def _mentions_model(type: Type) -> bool:
    proper = get_proper_type(type)
    if isinstance(proper, UnionType):
        return any(_mentions_model(item) for item in proper.items)
    if isinstance(proper, TupleType):
        return any(_mentions_model(item) for item in proper.items)
    if not isinstance(proper, Instance):
        return False
    return proper.type.has_base(_MODEL_FULLNAME) or any(_mentions_model(argument) for argument in proper.args)


def named_after(signature: CallableType, written: Expression) -> CallableType:
    """The signature under the name of the task that is written, for messages."""
    # Of a class-based task it is ``run of Job`` until here.
    if signature.name is not None and " of " not in signature.name:
        return signature
    return signature.copy_modified(name=task_name(written) or shown_name(written))


def optional_positionals(callee: CallableType) -> CallableType:
    """The same callable with no argument required: for signatures that something else completes."""
    relaxed = {ARG_POS: ARG_OPT, ARG_NAMED: ARG_NAMED_OPT}
    return callee.copy_modified(arg_kinds=[relaxed.get(kind, kind) for kind in callee.arg_kinds])


def optional_keywords(callee: CallableType) -> CallableType:
    """The same callable with no keyword-only argument required."""
    relaxed = {ARG_NAMED: ARG_NAMED_OPT}
    return callee.copy_modified(arg_kinds=[relaxed.get(kind, kind) for kind in callee.arg_kinds])


#: A mark that mypy keeps on a callable and asks nothing of.
_NAMES_UNKNOWN: Final = "names unknown"


def with_unknown_names(callee: CallableType) -> CallableType:
    """A declaration that says how many parameters there are and not what they are called."""
    return callee.copy_modified(special_sig=_NAMES_UNKNOWN)


def has_unknown_names(callee: CallableType) -> bool:
    """Whether ``with_unknown_names`` made this callable."""
    return callee.special_sig == _NAMES_UNKNOWN


def with_any_names(callee: CallableType, count: int) -> CallableType:
    """The same callable taking any keyword; ``count`` of them fill that many of its last parameters."""
    required = len(callee.arg_kinds) - count
    kinds = [ARG_OPT if kind is ARG_POS and index >= required else kind for index, kind in enumerate(callee.arg_kinds)]
    return callee.copy_modified(
        arg_types=[*callee.arg_types, any_type()], arg_kinds=[*kinds, ARG_STAR2], arg_names=[*callee.arg_names, None]
    )


def without_first(callee: CallableType, count: int) -> CallableType:
    """Drop leading positional parameters, which something else fills; ``*args`` swallows the rest."""
    index = 0
    while index < count and index < len(callee.arg_kinds) and callee.arg_kinds[index] in (ARG_POS, ARG_OPT):
        index += 1
    return callee.copy_modified(
        arg_types=callee.arg_types[index:],
        arg_kinds=callee.arg_kinds[index:],
        arg_names=callee.arg_names[index:],
    )


def positional_count(callee: CallableType) -> int:
    """How many parameters one positional value each can fill."""
    return sum(kind in (ARG_POS, ARG_OPT) for kind in callee.arg_kinds)


def union_items(type: Type) -> list[ProperType]:
    """The members of a union without None, or the type itself."""
    proper = get_proper_type(type)
    if isinstance(proper, UnionType):
        return [get_proper_type(item) for item in proper.relevant_items()]
    return [proper]
