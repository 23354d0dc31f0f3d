"""Registrations of which one run of the program meets one alone.

Law: two places in, whether an ``if`` or a ``try`` chooses between them. It reads the file again, and is asked only where
one name has two implementations.
"""

from __future__ import annotations

import ast
import functools
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from celery_registry.contract.task import Origin
from celery_registry.source.bindings import TRY

if TYPE_CHECKING:
    from celery_registry.source.model import Registration

__all__ = ["competing"]


def competing(registrations: Sequence[Registration]) -> tuple[Registration, ...]:
    """Those that are there at once with the first: a branch that is not taken registers nothing.

    Nor does a function that is not called, and of two controllers a program may take one: what a function registers is
    left out.
    """
    made_at_import = [r for r in registrations if _is_made_at_import(r)]
    if len(made_at_import) < 2:
        return tuple(made_at_import)
    first, *others = made_at_import
    return (first, *(other for other in others if not _are_alternatives(first.origin, other.origin)))


def _is_made_at_import(registration: Registration) -> bool:
    label = registration.origin.label
    if "<locals>" in label:
        return False
    # The label of a decorated function, or of a class, is what is registered; that of a call is the function around it.
    return not label or registration.target == f"{registration.module}.{label}"


def _are_alternatives(first: Origin, second: Origin) -> bool:
    if first.path != second.path:
        return False
    tree = _tree(first.path)
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
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def _tree(path: str) -> ast.Module | None:
    import os

    try:
        return _read(path, os.stat(path).st_mtime_ns)
    except OSError:
        return None
