"""The options that an ``apply_async`` of the user's knows besides Celery's: it names them, or takes them from the rest.

Law: one method in, a flag out. Whether the method hands its arguments on is asked elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

__all__ = ["ANY_OPTION", "known_options", "options_flag"]

_PREFIX: Final = "knows options:"
#: Among the options that a method knows: it may know any.
ANY_OPTION: Final = "*"
#: What takes one option from a dictionary of them, or puts one there.
_TAKING: Final = frozenset({"get", "pop", "setdefault"})


def known_options(flags: Sequence[str]) -> tuple[str, ...]:
    """The options that an ``apply_async`` with these flags knows besides Celery's; ``ANY_OPTION`` where it may know any."""
    found = next((flag for flag in flags if flag.startswith(_PREFIX)), _PREFIX)
    return tuple(filter(None, found[len(_PREFIX) :].split(",")))


def options_flag(node: ast.FunctionDef) -> str:
    """The flag of an ``apply_async`` that hands everything on."""
    return _PREFIX + ",".join(sorted(_known_options(node)))


def _known_options(node: ast.FunctionDef) -> set[str]:
    arguments = node.args
    found = {a.arg for a in (*arguments.args[1:], *arguments.kwonlyargs)} - {"args", "kwargs"}
    rest = None if arguments.kwarg is None else arguments.kwarg.arg
    taken: set[int] = set()
    for inner in ast.walk(node):
        owner: ast.expr | None = None
        key: ast.expr | None = None
        if isinstance(inner, ast.Subscript):
            owner, key = inner.value, inner.slice
        elif isinstance(inner, ast.Compare) and isinstance(inner.ops[0], (ast.In, ast.NotIn)):
            owner, key = inner.comparators[0], inner.left
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in _TAKING:
            owner, key = inner.func.value, inner.args[0] if inner.args else None
        elif isinstance(inner, ast.Call):
            taken.update(id(k.value) for k in inner.keywords if k.arg is None)
            if isinstance(inner.func, ast.Attribute) and inner.func.attr == "update" and not inner.args:
                # What it puts there is nothing that it was given.
                taken.add(id(inner.func.value))
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            taken.add(id(owner))
            if isinstance(owner, ast.Name) and owner.id == rest:
                found.add(key.value)
    used = (n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == rest and id(n) not in taken)
    return {ANY_OPTION} if next(used, None) is not None else found
