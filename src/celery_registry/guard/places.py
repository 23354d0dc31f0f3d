"""Where live objects stand in the user's files.

Law: paths, lines and labels; asked only when something is wrong, because files are read for it.
"""

from __future__ import annotations

import ast
import linecache
import re
import sys
from collections.abc import Mapping
from typing import Any

from celery_registry.contract.task import Origin

__all__ = ["class_place", "function_place", "label_of", "member_aliases", "member_places"]

_DEFINITION = re.compile(r"\s*(?:async\s+)?def\s")


def function_place(function: Any, label: str | None = None) -> Origin:
    """The line of the ``def``; ``co_firstlineno`` is that of the first decorator."""
    code = getattr(function, "__code__", None)
    if code is None:
        return class_place(type(function), label)
    line = code.co_firstlineno
    for number, text in enumerate(linecache.getlines(code.co_filename)[line - 1 :], line):
        if _DEFINITION.match(text):
            line = number
            break
    return Origin(code.co_filename, line, 0, label or label_of(function))


def class_place(cls: type[Any], label: str | None = None) -> Origin:
    """The line of the ``class``, without one where the source is not at hand."""
    path = getattr(sys.modules.get(cls.__module__), "__file__", None)
    if path is None:
        return Origin(label=label or label_of(cls))
    node = _class_node(path, cls.__qualname__)
    return Origin(path, node.lineno if node else 0, 0, label or label_of(cls))


def member_places(cls: type[Any]) -> Mapping[str, Origin]:
    """The lines of the assignments in the body of a class, by name."""
    path = getattr(sys.modules.get(cls.__module__), "__file__", None)
    node = None if path is None else _class_node(path, cls.__qualname__)
    if path is None or node is None:
        return {}
    places = {}
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                label = f"{label_of(cls)}.{target.id}"
                places[target.id] = Origin(path, target.lineno, target.col_offset, label)
    return places


def member_aliases(cls: type[Any]) -> frozenset[str]:
    """The members of a class that are written as another member: ``OLD = NEW``."""
    path = getattr(sys.modules.get(cls.__module__), "__file__", None)
    node = None if path is None else _class_node(path, cls.__qualname__)
    assigned = [s for s in node.body if isinstance(s, ast.Assign)] if node else []
    members = {t.id for s in assigned for t in s.targets if isinstance(t, ast.Name)}
    return frozenset(
        t.id
        for s in assigned
        for t in s.targets
        if isinstance(t, ast.Name) and isinstance(s.value, ast.Name) and s.value.id in members
    )


def label_of(item: Any) -> str:
    """The qualified name, without the functions around it."""
    name = getattr(item, "__qualname__", None) or getattr(item, "__name__", None) or type(item).__qualname__
    return str(name).rpartition("<locals>.")[2]


def _class_node(path: str, qualname: str) -> ast.ClassDef | None:
    """The class in its file; a class inside a function is found by its last name."""
    try:
        tree = ast.parse("".join(linecache.getlines(path)))
    except SyntaxError:
        return None
    name = qualname.rpartition(".")[2]
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name]
    return found[0] if found else None
