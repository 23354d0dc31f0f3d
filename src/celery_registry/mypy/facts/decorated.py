"""The function below a decorator that is a call.

Law: a call in, the decorated function out. It reads one module at a time, the one that mypy checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import Decorator

from celery_registry.mypy.facts.statements import all_statements

if TYPE_CHECKING:
    from mypy.checker import TypeChecker
    from mypy.nodes import CallExpr, FuncDef, MypyFile

__all__ = ["DecoratedFunctions"]


class DecoratedFunctions:
    """Finds them; one object serves all who ask."""

    def __init__(self) -> None:
        self._tree: MypyFile | None = None
        self._functions: dict[int, FuncDef] = {}

    def below(self, chk: TypeChecker, call: CallExpr) -> FuncDef | None:
        """The function that a call decorates, None where it decorates none."""
        if self._tree is not chk.tree:
            self._tree = chk.tree
            self._functions = {
                id(written): statement.func
                for statement in all_statements(chk.tree.defs)
                if isinstance(statement, Decorator)
                for written in statement.decorators
            }
        return self._functions.get(id(call))
