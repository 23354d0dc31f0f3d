"""``@app.task(...)`` and ``@shared_task(...)`` take what Celery takes: a limit of half a second, a queue of None.

Law: widens the types that celery-types gives to the options of a registration; of their names it tells slips alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.errorcodes import CALL_ARG
from mypy.nodes import ARG_NAMED, ARG_NAMED_OPT, ARG_POS, ARG_STAR2, CallExpr, RefExpr
from mypy.types import AnyType, CallableType, Instance, NoneType, Overloaded, UnionType, get_proper_type

from celery_registry.contract.options import misspelt_options
from celery_registry.mypy import expressions, typeops

if TYPE_CHECKING:
    from mypy.plugin import CheckerPluginInterface, FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.facts.decorated import DecoratedFunctions

__all__ = ["check_misspelt_options", "has_widened_options", "registering_signature"]

#: What an option may be besides what celery-types says (celery.app.task.Task, celery.app.autoretry, celery.utils.time.rate).
_WIDER: Final = {
    "default_retry_delay": ("builtins.float",),
    "expires": ("builtins.str",),
    "name": (None,),
    "queue": (None,),
    "rate_limit": ("builtins.float",),
    "retry_backoff": ("builtins.float",),
    "retry_backoff_max": ("builtins.float",),
    "serializer": (None,),
    "soft_time_limit": ("builtins.float", None),
    "time_limit": ("builtins.float", None),
}

#: What every message of a task is published with, and how its models are read (celery.app.task.extract_exec_options,
#: celery.app.base.Celery._task_from_fun); the variants of celery-types without ``base=`` leave them out.
_LEFT_OUT: Final = {
    "compression": "builtins.str",
    "delivery_mode": None,
    "exchange": None,
    "immediate": "builtins.bool",
    "mandatory": "builtins.bool",
    "pydantic": "builtins.bool",
    "pydantic_context": None,
    "pydantic_dump_kwargs": None,
    "pydantic_strict": "builtins.bool",
    "routing_key": "builtins.str",
}

#: Options that celery-types tells its variants apart by: one that lacks them is not meant.
_OF_VARIANTS: Final = frozenset({"base", "bind", "cls", "fun"})


def registering_signature(
    context: MethodSigContext | FunctionSigContext, decorated: DecoratedFunctions
) -> FunctionLike:
    """One variant of ``shared_task`` or ``Celery.task``, with the options as Celery takes them."""
    default, call = context.default_signature, context.context
    if not isinstance(call, CallExpr):
        return default
    if len(call.args) > 1 and call.arg_kinds.count(ARG_POS) == 1 and call.arg_kinds[0] is ARG_POS:
        default = _taking_function(default)
    given = {name for name in call.arg_names if name is not None}
    splat = ARG_STAR2 in call.arg_kinds
    own = given.difference(filter(None, default.arg_names))
    if not splat and given.isdisjoint(_WIDER) and not own and "throws" not in given:
        return default
    # A splat reaches every option, and its values have one type.
    types = [
        typeops.any_type() if splat and kind == ARG_NAMED_OPT and name not in given else _wider(context.api, name, type)
        for name, type, kind in zip(default.arg_names, default.arg_types, default.arg_kinds, strict=True)
    ]
    kinds, names = list(default.arg_kinds), list(default.arg_names)
    if splat and decorated.below(expressions.checker(context.api), call) is not None:
        if "bind" not in given:
            default = _of_any_function(default)
        required = {name for kind, name in zip(kinds, names, strict=True) if kind in (ARG_NAMED, ARG_POS)}
        if required - given:
            # A splat of Any would match this variant besides the one that needs nothing, and mypy would take neither: it asks
            # for a value that nobody gives.
            types, kinds, names = [typeops.any_type(), *types], [ARG_POS, *kinds], [None, *names]
    if ARG_STAR2 not in kinds and "bind" in names:
        for name in sorted(given.difference(filter(None, names), _OF_VARIANTS)):
            types.append(_left_out(context.api, name))
            kinds.append(ARG_NAMED_OPT)
            names.append(name)
    return default.copy_modified(arg_types=types, arg_kinds=kinds, arg_names=names)


def _of_any_function(default: CallableType) -> CallableType:
    """The variant without ``bind=``, where a splat may hold one: what the function takes, the text tells or nobody."""
    decorator = get_proper_type(default.ret_type)
    task = typeops.find_task(decorator.ret_type) if isinstance(decorator, CallableType) else None
    if not isinstance(decorator, CallableType) or task is None or len(task.args) != 2:
        return default
    opened = task.copy_modified(args=[typeops.any_type(), task.args[1]])
    return default.copy_modified(ret_type=decorator.copy_modified(ret_type=opened))


def _taking_function(default: CallableType) -> CallableType:
    """``app.task(function, name="x")``: Celery makes a decorator of the options and decorates the function at once."""
    decorator = get_proper_type(default.ret_type)
    if not isinstance(decorator, CallableType) or len(decorator.arg_types) != 1 or ARG_POS in default.arg_kinds:
        return default
    return default.copy_modified(
        arg_types=[decorator.arg_types[0], *default.arg_types],
        arg_kinds=[ARG_POS, *default.arg_kinds],
        arg_names=[None, *default.arg_names],
        ret_type=decorator.ret_type,
        variables=[*default.variables, *decorator.variables],
    )


def has_widened_options(context: MethodContext | FunctionContext) -> bool:
    """Whether a registration has options that celery-types refuses, so that its task is ``Any`` to mypy alone."""
    stock = _stock_options(context)
    return any(
        kind == ARG_STAR2
        or (name is not None and (_is_widened(name, type) or (stock is not None and name not in stock)))
        for names, kinds, types in zip(context.arg_names, context.arg_kinds, context.arg_types, strict=True)
        for name, kind, type in zip(names, kinds, types, strict=True)
    )


def check_misspelt_options(context: MethodContext | FunctionContext) -> None:
    """Tell an option of ``shared_task`` that is spelled almost like one that celery-types knows."""
    stock, call = _stock_options(context), context.context
    if stock is None or not isinstance(call, CallExpr):
        return
    own = {name for name in call.arg_names if name is not None and name not in stock and name not in _LEFT_OUT}
    for argument, name in zip(call.args, call.arg_names, strict=True):
        nearest = misspelt_options([name], stock).get(name) if name in own and name is not None else None
        if nearest is not None and nearest in stock:
            message = f'Unexpected keyword argument "{name}" for "shared_task"; did you mean "{nearest}"?'
            context.api.fail(message, argument, code=CALL_ARG)


def _stock_options(context: MethodContext | FunctionContext) -> set[str] | None:
    """The options that the variants of ``shared_task`` name; None for ``Celery.task``, which takes any."""
    call = context.context
    callee = call.callee if isinstance(call, CallExpr) else None
    type = getattr(callee.node, "type", None) if isinstance(callee, RefExpr) else None
    variants = get_proper_type(type) if type is not None else None
    if not isinstance(variants, Overloaded):
        return None
    return {name for variant in variants.items for name in variant.arg_names if name is not None}


def _is_widened(name: str, given: Type) -> bool:
    if name in _LEFT_OUT:
        return True
    proper = get_proper_type(given)
    if name == "throws":
        return not isinstance(proper, Instance)
    others = _WIDER.get(name, ())
    types = map(get_proper_type, proper.items) if isinstance(proper, UnionType) else [proper]
    return any(
        None in others
        if isinstance(type, NoneType)
        else isinstance(type, Instance)
        and (type.type.fullname in others or (name == "rate_limit" and type.type.fullname == "builtins.int"))
        for type in types
    )


def _wider(api: CheckerPluginInterface, name: str | None, type: Type) -> Type:
    if isinstance(get_proper_type(type), AnyType):
        return type
    if name == "throws":
        # isinstance() takes one class as well as several (celery.app.trace).
        error = api.named_generic_type("builtins.type", [api.named_generic_type("builtins.Exception", [])])
        return UnionType.make_union([type, error])
    others = _WIDER.get(name or "", ())
    if not others:
        return type
    return UnionType.make_union(
        [type, *(NoneType() if other is None else api.named_generic_type(other, []) for other in others)]
    )


def _left_out(api: CheckerPluginInterface, name: str) -> Type:
    # Any other becomes an attribute of the task, and anybody may read it (celery.app.base.Celery._task_from_fun).
    fullname = _LEFT_OUT.get(name)
    if fullname is None:
        return typeops.any_type()
    return UnionType.make_union([api.named_generic_type(fullname, []), NoneType()])
