"""Registrations of which one run of the program meets one alone.

Law: two places in, whether an ``if`` or a ``try`` chooses between them. It reads the file again, and is asked only where
one name has two implementations.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from celery_registry.contract.task import Origin
from celery_registry.source.bindings import TRY
from celery_registry.source.syntax import read_tree

if TYPE_CHECKING:
    from celery_registry.source.model import Registration

__all__ = ["competing", "tree_of"]


def competing(registrations: Sequence[Registration]) -> tuple[Registration, ...]:
    """Those that are there at once with the first: a branch that is not taken registers nothing.

    Nor does a function that is not called, and of two controllers a program may take one: what a function registers
    competes with what it registers beside it alone.
    """
    made_at_import = [r for r in registrations if _is_made_at_import(r)]
    if len(made_at_import) < 2:
        return _made_together(registrations) or tuple(made_at_import)
    first, *others = made_at_import
    return (first, *(other for other in others if not _are_alternatives(first.origin, other.origin)))


def _made_together(registrations: Sequence[Registration]) -> tuple[Registration, ...]:
    """The first two functions that one call of the function around them registers both; nothing where there are none."""
    local = [r for r in registrations if "<locals>" in r.origin.label and r.target == f"{r.module}.{r.origin.label}"]
    for number, first in enumerate(local):
        for second in local[number + 1 :]:
            if first.origin.path == second.origin.path and _stand_in_one_body(first.origin, second.origin):
                return first, second
    return ()


def _stand_in_one_body(first: Origin, second: Origin) -> bool:
    """Whether both are statements of one function's body, and it cannot return between them."""
    tree = tree_of(first.path)
    for node in () if tree is None else ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            one, two = (_statement_at(origin.line, node.body) for origin in (first, second))
            if one is not None and two is not None and one != two:
                between = node.body[min(one, two) + 1 : max(one, two)]
                return not any(isinstance(inner, ast.Return) for s in between for inner in ast.walk(s))
    return False


def _statement_at(line: int, body: Sequence[ast.stmt]) -> int | None:
    """Which of the functions among the statements stands at a line."""
    for number, statement in enumerate(body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = [statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)]
            if line in lines:
                return number
    return None


def _is_made_at_import(registration: Registration) -> bool:
    label = registration.origin.label
    if "<locals>" in label:
        return False
    # The label of a decorated function, or of a class, is what is registered; that of a call is the function around it.
    return not label or registration.target == f"{registration.module}.{label}"


def _are_alternatives(first: Origin, second: Origin) -> bool:
    if first.path != second.path:
        return False
    tree = tree_of(first.path)
    for node in () if tree is None else ast.walk(tree):
        if isinstance(node, ast.If):
            branches: list[list[ast.stmt]] = [node.body, node.orelse]
        elif isinstance(node, ast.Match):
            branches = [case.body for case in node.cases]
        elif isinstance(node, TRY):
            branches = [[*node.body, *node.orelse], *(handler.body for handler in node.handlers)]
        else:
            continue
        one, two = (_branch_of(origin.line, branches) for origin in (first, second))
        if one is not None and two is not None and one != two:
            return True
    return False


def _branch_of(line: int, branches: Sequence[Iterable[ast.stmt]]) -> int | None:
    for number, branch in enumerate(branches):
        for statement in branch:
            decorators = getattr(statement, "decorator_list", [])
            start = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
            if start <= line <= (statement.end_lineno or start):
                return number
    return None


@functools.lru_cache(maxsize=4)
def _read(path: str, changed: int) -> ast.Module | None:
    return read_tree(path)


def tree_of(path: str) -> ast.Module | None:
    """A file as it is now; None where it cannot be read."""
    import os

    try:
        return _read(path, os.stat(path).st_mtime_ns)
    except OSError:
        return None
