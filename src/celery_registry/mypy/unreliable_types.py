"""Types of values that mypy infers and that cannot be relied on: one that the value rarely or never has.

Law: knows the few forms of it and leaves ``Any`` for them. It never learns what is right or wrong, and reports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.argmap import map_actuals_to_formals
from mypy.nodes import ARG_STAR2, Decorator, MemberExpr, NameExpr, OpExpr, RefExpr, TypeInfo, Var
from mypy.types import FunctionLike, Instance, TypeType, get_proper_type

from celery_registry.mypy.expressions import checker, type_of
from celery_registry.mypy.typeops import any_type

if TYPE_CHECKING:
    from mypy.checker import TypeChecker
    from mypy.nodes import CallExpr, Expression
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import CallableType, Type

__all__ = ["ignore_unreliable", "is_unreliable"]


def is_unreliable(api: CheckerPluginInterface, expression: Expression) -> bool:
    """Whether mypy's type of a value is one that the value rarely or never has.

    ``x and x.isoformat()`` keeps an ``x`` that is false, which few have; a ``@property`` of a class, below or above
    ``@classmethod``, is a method to mypy, which says so where it is defined.
    """
    if isinstance(expression, OpExpr):
        return expression.op == "and"
    if not isinstance(expression, MemberExpr):
        return False
    owner = _class_of(checker(api), expression.expr)
    symbol = owner.get(expression.name) if owner is not None else None
    node = symbol.node if symbol is not None else None
    return isinstance(node, Decorator) and node.func.is_property and node.func.is_class


def ignore_unreliable(api: CheckerPluginInterface, callee: CallableType, call: CallExpr) -> CallableType:
    """The callable with ``Any`` for the parameters whose values have such a type.

    So it does with splats: of any number of values it holds each against every parameter that one could reach.
    """
    unreliable = {i for i, e in enumerate(call.args) if isinstance(e, (MemberExpr, OpExpr)) and is_unreliable(api, e)}
    splats = {i for i, kind in enumerate(call.arg_kinds) if kind.is_star()}
    if not unreliable and not splats:
        return callee
    formals = map_actuals_to_formals(
        call.arg_kinds, call.arg_names, callee.arg_kinds, callee.arg_names, lambda i: type_of(api, call.args[i])
    )
    types: list[Type] = []
    seen: set[int] = set()
    for type, actuals in zip(callee.arg_types, formals, strict=True):
        again = {i for i in actuals if i in splats and (i in seen or call.arg_kinds[i] == ARG_STAR2)}
        types.append(any_type() if unreliable.intersection(actuals) or again else type)
        seen.update(actuals)
    return callee.copy_modified(arg_types=types)


def _class_of(chk: TypeChecker, expression: Expression) -> TypeInfo | None:
    """The class that an expression is, as far as mypy knows that by now."""
    if isinstance(expression, RefExpr) and isinstance(expression.node, TypeInfo):
        return expression.node
    if chk.has_type(expression):
        type = get_proper_type(chk.lookup_type(expression))
    elif isinstance(expression, NameExpr) and isinstance(expression.node, Var):
        type = get_proper_type(expression.node.type)  # type: ignore[assignment]  # None has no members either.
    else:
        return None
    if isinstance(type, FunctionLike) and type.is_type_obj():
        return type.type_object()
    item = get_proper_type(type.item) if isinstance(type, TypeType) else None
    return item.type if isinstance(item, Instance) else None
