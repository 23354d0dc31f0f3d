"""The function below a decorator that is a call.

Law: a call in, the decorated function out. It reads one module at a time, the one that mypy checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import Decorator

from celery_registry.mypy.facts.read_once import ReadOnce
from celery_registry.mypy.facts.statements import all_statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import CallExpr, FuncDef, Statement

__all__ = ["DecoratedFunctions"]


class DecoratedFunctions:
    """Finds them; one object serves all who ask."""

    def __init__(self) -> None:
        self._below: ReadOnce[dict[int, FuncDef]] = ReadOnce(_decorated)

    def below(self, chk: TypeChecker, call: CallExpr) -> FuncDef | None:
        """The function that a call decorates, None where it decorates none."""
        return self._below.of(chk.tree.defs).get(id(call))


def _decorated(statements: Sequence[Statement]) -> dict[int, FuncDef]:
    return {
        id(written): statement.func
        for statement in all_statements(statements)
        if isinstance(statement, Decorator)
        for written in statement.decorators
    }
