"""The one value that a name of a module, or of a function in it, is given.

Law: mypy's nodes in and out; what the value is worth is the asker's question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import AssignmentStmt

from celery_registry.mypy.facts.read_once import ReadOnce
from celery_registry.mypy.facts.statements import all_statements, bound_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import Expression, Statement, SymbolNode

__all__ = ["only_value"]


def only_value(chk: TypeChecker, name: SymbolNode | None) -> Expression | None:
    """The value, where one assignment alone gives the name one; None for the name of another module."""
    return None if name is None else _VALUES.of(chk.tree.defs).get(name)


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
