"""What a function returns, where that makes a Celery application, a task or a decorator of tasks.

Law: one function and the names around it in, one value out; None where it is any other function.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from typing import Any

from celery_registry.source.bindings import flat
from celery_registry.source.facts import ClassFacts, FunctionFacts
from celery_registry.source.scopes import Scope
from celery_registry.source.values import UNKNOWN, callee_of, last_part, read_value

__all__ = ["ReturnedValues"]


class ReturnedValues:
    """Reads them in one file, of which ``functions`` and ``classes`` were read until now.

    ``kept`` are the telling names, and ``makers`` the functions of the file that return what registers.
    """

    def __init__(
        self,
        kept: Collection[str],
        functions: Sequence[FunctionFacts],
        classes: Sequence[ClassFacts],
        makers: Collection[str] = (),
    ) -> None:
        self._kept, self._functions, self._classes, self._makers = kept, functions, classes, makers

    def read(self, node: Any, scope: Scope) -> Any:
        """The one value that a function returns, where it makes a Celery application or a task."""
        values = [statement.value for statement in flat(node.body) if isinstance(statement, ast.Return)]
        if len(values) != 1 or not isinstance(values[0], (ast.Name, ast.Attribute, ast.Call)):
            return None
        value = read_value(values[0])
        made: Any = value if last_part(value) in self._kept else self._made(value, scope)
        name = last_part(callee_of(made))
        if name in self._kept or (made[0] == "c" and "elery" in name) or made[0] == "new":
            return value
        # ``return our_task(name=name, **options)`` hands on what it is given, and so does a call of one that is known.
        handed = made[0] == "c" and any(keyword in (None, "name") for keyword, _ in made[3])
        return value if handed or (made[0] == "c" and name in self._makers) else None

    def _made(self, value: Any, scope: Scope) -> Any:
        """What a local name was assigned, or what a local function that is one's decorator returns; else the value."""
        callee = callee_of(value)
        rows = scope.bindings.get(callee[1], []) if callee[0] == "n" else []
        if len(rows) != 1:
            return UNKNOWN if rows else value
        if rows[0][0] == "V":
            return rows[0][1] or UNKNOWN
        if rows[0][0] == "C" and value == callee:
            # A class of tasks, which knows what its function was given.
            bases = [base for row in self._classes if row.qualname == rows[0][1] for base in row.bases]
            heads = [last_part(base[1] if base[0] == "i" else base) for base in bases]
            return ("new", value) if any("ask" in head for head in heads) else UNKNOWN
        if rows[0][0] == "D":
            local = [function for function in self._functions if function.qualname == rows[0][1]]
            return local[-1].returned or UNKNOWN if local else UNKNOWN
        return value if value[0] == "c" else UNKNOWN
