"""``task.map``, ``starmap`` and ``chunks``: many calls of one task at once.

Law: each item is one call, and is held to the parameters as that call would be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.nodes import ARG_POS, CallExpr, ListExpr, MemberExpr, StarExpr, StrExpr, TupleExpr
from mypy.types import CallableType, Instance, NoneType, TupleType, UnionType, UnpackType, get_proper_type

from celery_registry.mypy import expressions, typeops, unreliable_types
from celery_registry.mypy.checks.arguments import Arguments, judged_value, read_arguments
from celery_registry.mypy.checks.containers import check_complete
from celery_registry.mypy.checks.feeding import check_values, fits_values
from celery_registry.source.fullnames import SIGNATURE_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface, FunctionContext, FunctionSigContext, MethodContext
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["check_items", "check_items_of", "item_type", "items_signature"]

#: What Celery cannot unpack into the arguments of one call.
_WHOLE: Final = frozenset({"builtins.int", "builtins.float", "builtins.bool", "builtins.complex"})


def items_signature(context: FunctionSigContext) -> FunctionLike:
    """``xmap(task.s(), items)``: the signature that ``task.map`` itself gives it (celery.app.task.Task.map)."""
    default, signature = context.default_signature, typeops.lookup_instance(context.api, SIGNATURE_FULLNAME)
    if signature is None or not default.arg_types:
        return default
    return default.copy_modified(arg_types=[UnionType([default.arg_types[0], signature]), *default.arg_types[1:]])


def check_items(context: MethodContext, method: str, signatures: Signatures) -> Type:
    """``task.map(items)``: hold each item to the parameters."""
    call = context.context
    if isinstance(call, CallExpr) and call.args and call.arg_kinds[0] == ARG_POS:
        signature = signatures.of_call(context.api, context.type, call)
        if signature is not None:
            _check(context.api, signature, call.args[0], method)
    return context.default_return_type


def check_items_of(context: FunctionContext, method: str, signatures: Signatures) -> Type:
    """``xmap(task.s(), items)``, the same by hand."""
    call = context.context
    if not isinstance(call, CallExpr) or len(call.args) < 2 or call.arg_kinds[:2] != [ARG_POS, ARG_POS]:
        return context.default_return_type
    made = call.args[0]
    if isinstance(made, CallExpr) and isinstance(made.callee, MemberExpr) and made.callee.name == "s" and not made.args:
        signature = signatures.of_call(context.api, expressions.type_of(context.api, made.callee.expr), made)
        if signature is not None:
            _check(context.api, signature, call.args[1], method)
    return context.default_return_type


def _check(api: CheckerPluginInterface, signature: CallableType, items: Expression, method: str) -> None:
    if isinstance(items, (ListExpr, TupleExpr)) and not any(isinstance(item, StarExpr) for item in items.items):
        for item in items.items:
            if method == "map":
                alone = Arguments(item)
                alone.add(judged_value(api, item))
                check_complete(api, signature, alone)
            elif isinstance(item, (ListExpr, TupleExpr)):
                for arguments in read_arguments(api, item, None, item):
                    check_complete(api, signature, arguments)
            elif not isinstance(item, StrExpr) or _takes_letters(api, signature, item):
                _check_unpacked(api, signature, expressions.own_type_of(api, item), item, method)
            else:
                text = api.named_generic_type("builtins.str", [])
                letters: list[Expression] = [expressions.temporary(text, item) for _ in item.value]
                check_complete(api, signature, Arguments(item).prepended(letters))
        return
    type = get_proper_type(item_type(expressions.own_type_of(api, items)) or typeops.any_type())
    if isinstance(type, Instance) and type.type.fullname == "builtins.object":
        # What different items have in common says little about each.
        return
    if method == "map":
        check_values(api, signature, [type], Arguments(items))
    elif isinstance(type, TupleType) and not any(isinstance(part, UnpackType) for part in type.items):
        check_values(api, signature, type.items, Arguments(items))
    else:
        _check_unpacked(api, signature, type, items, method)


def _takes_letters(api: CheckerPluginInterface, signature: CallableType, text: StrExpr) -> bool:
    """Whether there is room for the letters of a written text; of what types they must be is another question."""
    return fits_values(api, signature, [typeops.any_type()] * len(text.value), Arguments(text))


def _check_unpacked(
    api: CheckerPluginInterface, signature: CallableType, type: Type, item: Expression, method: str
) -> None:
    """A text or a dictionary as the arguments of one call: its characters, or its keys, are what the task gets.

    A number cannot be taken apart.
    """
    proper = get_proper_type(type)
    if unreliable_types.is_unreliable(api, item) or not isinstance(proper, Instance):
        return
    if proper.type.fullname in _WHOLE:
        several = api.named_generic_type("typing.Iterable", [typeops.any_type()])
        taking = CallableType([several], [ARG_POS], [None], NoneType(), typeops.function_type(api), name=method)
        expressions.check_arguments(api, taking, [expressions.temporary(proper, item)], [ARG_POS], [None], item)
    if proper.type.fullname not in ("builtins.str", "builtins.dict"):
        return
    # Keys that are no texts are made texts by JSON on their way.
    part = get_proper_type(typeops.iterable_item(proper) or typeops.any_type())
    if not isinstance(part, Instance) or part.type.fullname != "builtins.str":
        return
    unpacked = Arguments(item)
    unpacked.open_positionals(expressions.temporary(proper, item), part)
    check_complete(api, signature, unpacked)


def item_type(type: Type) -> Type | None:
    """What iterating over a value of a type gives, where each item is alike."""
    proper = get_proper_type(type)
    if isinstance(proper, TupleType):
        return proper.items[0] if proper.items and all(i == proper.items[0] for i in proper.items) else None
    return typeops.iterable_item(proper) if isinstance(proper, Instance) else None
