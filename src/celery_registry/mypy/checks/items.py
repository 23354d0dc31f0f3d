"""``task.map``, ``starmap`` and ``chunks``: many calls of one task at once.

Law: each item is one call, and is held to the parameters as that call would be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import ARG_POS, CallExpr, ListExpr, StarExpr, TupleExpr
from mypy.types import Instance, TupleType, UnpackType, get_proper_type

from celery_registry.mypy import expressions, typeops, unreliable_types
from celery_registry.mypy.checks.arguments import Arguments, judged_value, read_arguments
from celery_registry.mypy.checks.containers import check_complete
from celery_registry.mypy.checks.feeding import check_values

if TYPE_CHECKING:
    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface, MethodContext
    from mypy.types import CallableType, Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["check_items", "item_type"]


def check_items(context: MethodContext, method: str, signatures: Signatures) -> Type:
    """Hold each item to the parameters."""
    call = context.context
    if not isinstance(call, CallExpr) or not call.args or call.arg_kinds[0] != ARG_POS:
        return context.default_return_type
    signature = signatures.of_call(context.api, context.type, call)
    if signature is None:
        return context.default_return_type
    items = call.args[0]
    if isinstance(items, (ListExpr, TupleExpr)) and not any(isinstance(item, StarExpr) for item in items.items):
        for item in items.items:
            if method == "map":
                alone = Arguments(item)
                alone.add(judged_value(context.api, item))
                check_complete(context.api, signature, alone)
            elif isinstance(item, (ListExpr, TupleExpr)):
                for arguments in read_arguments(context.api, item, None, item):
                    check_complete(context.api, signature, arguments)
            else:
                _check_unpacked(context.api, signature, expressions.own_type_of(context.api, item), item)
        return context.default_return_type
    type = get_proper_type(item_type(expressions.own_type_of(context.api, items)) or typeops.any_type())
    if isinstance(type, Instance) and type.type.fullname == "builtins.object":
        # What different items have in common says little about each.
        return context.default_return_type
    if method == "map":
        check_values(context.api, signature, [type], Arguments(items))
    elif isinstance(type, TupleType) and not any(isinstance(part, UnpackType) for part in type.items):
        check_values(context.api, signature, type.items, Arguments(items))
    else:
        _check_unpacked(context.api, signature, type, items)
    return context.default_return_type


def _check_unpacked(api: CheckerPluginInterface, signature: CallableType, type: Type, item: Expression) -> None:
    """A text or a dictionary as the arguments of one call: its characters, or its keys, are what the task gets."""
    proper = get_proper_type(type)
    if not isinstance(proper, Instance) or proper.type.fullname not in ("builtins.str", "builtins.dict"):
        return
    # Keys that are no texts are made texts by JSON on their way.
    part = get_proper_type(typeops.iterable_item(proper) or typeops.any_type())
    if (
        not isinstance(part, Instance)
        or part.type.fullname != "builtins.str"
        or unreliable_types.is_unreliable(api, item)
    ):
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
