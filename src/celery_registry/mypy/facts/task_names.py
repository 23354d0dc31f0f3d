"""Which task an expression names: a literal, an enum member, a constant.

Law: asks mypy for the expression's type and the index for what a constant holds. It never reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import MemberExpr, RefExpr, StrExpr, TypeInfo
from mypy.types import Instance, LiteralType, get_proper_type

from celery_registry.mypy import expressions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface

    from celery_registry.mypy.facts.program import Program

__all__ = ["complete_names", "member_of", "read_task_name"]


def complete_names(program: Program, enums: Sequence[str]) -> frozenset[str] | None:
    """The values of the enums that the user calls complete, None where there are none or one cannot be read."""
    values: set[str] = set()
    for fullname in enums:
        enum = program.index.enums.get(fullname)
        if enum is None or any(value is None for value in enum.members.values()):
            return None
        values.update(value for value in enum.members.values() if value is not None)
    return frozenset(values) if enums else None


def read_task_name(api: CheckerPluginInterface, program: Program, expression: Expression) -> str | None:
    """The task name that an expression means, None where neither mypy nor the index can tell.

    None also where the text of the module does not give the name: nothing would tell mypy to look at it again.
    """
    name = _read(api, program, expression)
    return name if name is not None and program.addresses(expressions.checker(api).tree.fullname, name) else None


def member_of(api: CheckerPluginInterface, expression: Expression) -> tuple[str, str] | None:
    """The enum and the member that an expression is, where Python's own ``Enum.name`` says what that is called."""
    type = get_proper_type(expressions.type_of(api, expression))
    if isinstance(type, Instance) and type.last_known_value is not None:
        type = type.last_known_value
    if not isinstance(type, LiteralType) or not type.is_enum_literal() or not isinstance(type.value, str):
        return None
    named = type.fallback.type.get_containing_type_info("name")
    if named is None or not named.fullname.startswith("enum."):
        return None
    return type.fallback.type.name, type.value


def _read(api: CheckerPluginInterface, program: Program, expression: Expression) -> str | None:
    if isinstance(expression, StrExpr):
        return expression.value
    type = get_proper_type(expressions.type_of(api, expression))
    if isinstance(type, Instance) and type.last_known_value is not None:
        type = type.last_known_value
    if isinstance(type, LiteralType):
        if type.is_enum_literal():
            return program.index.constant(f"{type.fallback.type.fullname}.{type.value}")
        return type.value if isinstance(type.value, str) else None
    if isinstance(expression, MemberExpr) and expression.name == "value":
        return _read(api, program, expression.expr)
    if isinstance(expression, MemberExpr) and isinstance(expression.expr, RefExpr):
        # mypy gives an attribute of a class no dotted name.
        owner = expression.expr.node
        if isinstance(owner, TypeInfo):
            return program.index.constant(f"{owner.fullname}.{expression.name}")
    if isinstance(expression, RefExpr) and expression.fullname:
        return program.index.constant(expression.fullname)
    return None
