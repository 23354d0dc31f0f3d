"""What a signature, a canvas or a result gives: known where it is used, and never a reason to refuse what mypy accepts.

Law: a name, a list or an attribute is inferred no narrower than mypy alone infers it, so that another task's result may
stand there too; what is known is attached, and believed where the expression can be no other's. It never reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    RevealExpr,
    Var,
)
from mypy.server.subexpr import get_subexpressions
from mypy.types import AnyType, Instance, get_proper_type

from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.facts.only_values import only_value
from celery_registry.mypy.facts.read_once import ReadOnce
from celery_registry.mypy.facts.statements import all_statements, current_function, statements_around
from celery_registry.source.fullnames import CELERY_FULLNAME, SIGNATURE_FULLNAME, TASK_FULLNAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import Expression, Statement
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import Type

__all__ = ["certain_type", "is_certain", "known_result", "typed", "with_result"]

_CELERYS = (TASK_FULLNAME, SIGNATURE_FULLNAME, CELERY_FULLNAME)


def typed(context: Any, default: Type, result: Type | None) -> Type:
    """``AsyncResult[Any]`` -> ``AsyncResult[R]`` where it is used on the spot or expected; else R is attached."""
    precise = get_proper_type(with_result(default, result))
    if result is None or precise == default or not isinstance(precise, Instance):
        return default
    chk = expressions.checker(context.api)
    # What a signature of one result is made into (``clone``, ``set``) is kept as one of that result.
    is_kept = precise.type.has_base(SIGNATURE_FULLNAME) or not _is_on_spot(chk, context.context)
    if not is_kept or (_is_wanted(chk, precise) and not _is_for_inferred(chk, context.context)):
        return precise
    return attachments.attach_result(precise.copy_modified(args=[typeops.any_type()]), result)


def with_result(default: Type, result: Type | None) -> Type:
    """``AsyncResult[Any]`` -> ``AsyncResult[R]``; anything else stays."""
    proper = get_proper_type(default)
    if result is None or not isinstance(proper, Instance) or len(proper.args) != 1:
        return default
    return proper.copy_modified(args=[result]) if isinstance(get_proper_type(proper.args[0]), AnyType) else default


def known_result(api: CheckerPluginInterface, expression: Expression) -> Type | None:
    """What running the signature gives that an expression certainly is."""
    return attachments.result_of(certain_type(api, expression))


def certain_type(api: CheckerPluginInterface, expression: Expression) -> Type:
    """The type of an expression, without the result that may be another signature's."""
    type = expressions.type_of(api, expression)
    return type if is_certain(api, expression) else attachments.without_result(type)


def is_certain(api: CheckerPluginInterface, expression: Expression) -> bool:
    """Whether what mypy knows of an expression was made by Celery's own call: a name, only if it is given no other."""
    met = set[object]()
    value: Expression | None = expression
    while isinstance(value, NameExpr) and value.node not in met:
        met.add(value.node)
        value = only_value(expressions.checker(api), value.node)
    if isinstance(value, OpExpr):
        return value.op == "|"
    if not isinstance(value, CallExpr):
        return False
    callee = value.callee
    if isinstance(callee, RefExpr) and callee.fullname.startswith("celery."):
        return True
    made_of = callee.expr if isinstance(callee, MemberExpr) else callee
    items = typeops.union_items(expressions.type_of(api, made_of))
    return any(typeops.find_instance(item, name) is not None for item in items for name in _CELERYS)


def _is_wanted(chk: TypeChecker, made: Instance) -> bool:
    """Whether the place expects it of a certain result: mypy tells whether it is that one."""
    contexts = chk.expr_checker.type_context
    wanted = contexts[-1] if contexts else None
    for item in () if wanted is None else typeops.union_items(wanted):
        if isinstance(item, Instance) and len(item.args) == 1 and made.type.has_base(item.type.fullname):
            return isinstance(get_proper_type(item.args[0]), Instance)
    return False


def _is_for_inferred(chk: TypeChecker, expression: Expression) -> bool:
    """Whether an assignment keeps an expression under a name that nobody has written a type for."""
    for statement in all_statements(statements_around(chk)):
        if isinstance(statement, AssignmentStmt) and statement.rvalue is expression:
            return not all(
                isinstance(target, NameExpr) and isinstance(target.node, Var) and not target.node.is_inferred
                for target in statement.lvalues
            )
    return False


def _is_on_spot(chk: TypeChecker, expression: Expression) -> bool:
    """Whether nothing keeps what an expression gives: it is ``a.delay()`` in ``a.delay().get()``."""
    # Between the functions of a module its own statements are checked.
    spots = _SPOTS_AT_TOP if current_function(chk) is None else _SPOTS
    return id(expression) in spots.of(statements_around(chk))


def _on_spot(statements: Sequence[Statement]) -> set[int]:
    outer = (part for statement in statements for part in get_subexpressions(statement))
    return {id(part.expr) for part in outer if isinstance(part, (MemberExpr, RevealExpr)) and part.expr is not None}


_SPOTS, _SPOTS_AT_TOP = ReadOnce(_on_spot), ReadOnce(_on_spot)
