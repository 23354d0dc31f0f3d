"""The classes that the program registers with kombu: ``kombu.utils.json.register_type(Point, ...)``.

Law: reads the text of the few files that say so, and only where a setting asks for payloads. It never reports.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from celery_registry.source.syntax import last_name, read_tree

if TYPE_CHECKING:
    from celery_registry.mypy.facts.program import Program

__all__ = ["ANY_CLASS", "read_json_types", "registered_json_types"]

#: A class that the text does not name.
ANY_CLASS = "*"
_REGISTER = "register_type"


def registered_json_types(program: Program) -> frozenset[str]:
    """The same over all files of a program, read once."""
    files = program.index.modules.values()
    return program.once("registered JSON types", lambda: read_json_types(file.path for file in files))


def read_json_types(paths: Iterable[str]) -> frozenset[str]:
    """The last names of the classes that these files give to ``register_type``; ``ANY_CLASS`` for another expression."""
    return frozenset(name for path in paths for name in _json_types_in(path))


def _json_types_in(path: str) -> Iterator[str]:
    tree = read_tree(path, lambda text: _REGISTER.encode() in text)
    for node in () if tree is None else ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) == _REGISTER:
            given = next((k.value for k in node.keywords if k.arg == "typ"), None)
            yield last_name(node.args[0] if node.args else given) or ANY_CLASS
