"""The one value that a name of a module, or of a function in it, is given.

Law: mypy's nodes in and out; what the value is worth is the asker's question.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mypy.nodes import LDEF, AssignmentStmt, NameExpr
from mypy.server.subexpr import get_subexpressions

from celery_registry.mypy.facts.read_once import ReadOnce
from celery_registry.mypy.facts.statements import all_statements, bound_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import Expression, Statement, SymbolNode

__all__ = ["handed_on", "only_value"]


def only_value(chk: TypeChecker, name: SymbolNode | None) -> Expression | None:
    """The value, where one assignment alone gives the name one; None for the name of another module."""
    return None if name is None else _VALUES.of(chk.tree.defs).get(name)


def handed_on(chk: TypeChecker, name: NameExpr) -> Expression | None:
    """The only value of a local name that is used here and nowhere else, so that nothing has changed it on its way."""
    if name.kind != LDEF or name.node is None or _MENTIONS.of(chk.tree.defs)[name.node] != 2:
        return None
    return only_value(chk, name.node)


def _mentions(statements: Sequence[Statement]) -> Counter[SymbolNode | None]:
    found = (expression for statement in statements for expression in get_subexpressions(statement))
    return Counter(expression.node for expression in found if isinstance(expression, NameExpr))


def _read(statements: Sequence[Statement]) -> dict[SymbolNode, Expression | None]:
    values: dict[SymbolNode, Expression | None] = {}
    for statement in all_statements(statements):
        for bound in bound_names(statement):
            if bound.node is None:
                continue
            value = None
            if isinstance(statement, AssignmentStmt) and bound in statement.lvalues:
                value = None if bound.node in values else statement.rvalue
            values[bound.node] = value
    return values


_VALUES = ReadOnce(_read)
_MENTIONS = ReadOnce(_mentions)
