"""What the keys of a dictionary at the top of a module mean, ``TASKS = {"mail": send_mail}``, where it stays as it is written.

Law: a module and a variable in, the expressions by their keys out; nothing where anything but reading may be done to it
at any place of the program.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from celery_registry.source.bindings import flat

if TYPE_CHECKING:
    from celery_registry.source.contents import Contents
    from celery_registry.source.files import SourceFile

__all__ = ["Tables"]

#: What may be asked of a dictionary without a change to it.
_READING: Final = frozenset({"get", "items", "keys", "values", "copy"})
#: What makes something of a dictionary, and leaves it as it is.
_LOOKING: Final = frozenset(
    {"len", "list", "tuple", "set", "frozenset", "sorted", "dict", "iter", "print", "bool", "reveal_type"}
)


class Tables:
    """Reads them over one program."""

    def __init__(self, files: Mapping[str, SourceFile], contents: Contents) -> None:
        self._files, self._contents = files, contents
        self._known: dict[tuple[str, str], Mapping[str, ast.expr]] = {}

    def of(self, module: str, name: str) -> Mapping[str, ast.expr]:
        """Key -> what stands there."""
        key = (module, name)
        if key not in self._known:
            self._known[key] = self._read(module, name)
        return self._known[key]

    def _read(self, module: str, name: str) -> Mapping[str, ast.expr]:
        file = self._files.get(module)
        tree = None if file is None else self._contents.tree(file.path)
        if tree is None:
            return {}
        displays = [value for statement in flat(tree.body) for value in _displays(statement, name)]
        if len(displays) != 1 or not _only_read(tree, name, displays[0]) or self._is_elsewhere(module, name):
            return {}
        keys = [key.value if isinstance(key, ast.Constant) else None for key in displays[0].keys]
        if None in keys or len(set(keys)) != len(keys):
            return {}
        return {key: value for key, value in zip(keys, displays[0].values, strict=True) if isinstance(key, str)}

    def _is_elsewhere(self, module: str, name: str) -> bool:
        """Whether another file may mean this variable: it imports that name, or has it behind a dot."""
        word = name.encode()
        for other, file in self._files.items():
            text = None if other == module else self._contents.text(file.path)
            if text is None or word not in text:
                continue
            tree = self._contents.tree(file.path)
            if tree is None or any(_means(node, name) for node in ast.walk(tree)):
                return True
        return False


def _displays(statement: ast.stmt, name: str) -> Iterator[ast.Dict]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    if isinstance(value, ast.Dict) and any(isinstance(target, ast.Name) and target.id == name for target in targets):
        yield value


def _only_read(tree: ast.Module, name: str, display: ast.Dict) -> bool:
    """Whether a name is bound by its display alone, and whatever else names it only reads it."""
    fine: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is display:
            fine.update(id(target) for target in (node.targets if isinstance(node, ast.Assign) else [node.target]))
        elif (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)) or (
            isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in _READING
        ):
            fine.add(id(node.value))
        elif isinstance(node, ast.Compare):
            fine.update(map(id, node.comparators))
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            fine.add(id(node.iter))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _LOOKING:
            fine.update(map(id, node.args))
        elif (
            (isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names)
            or (isinstance(node, ast.arg) and node.arg == name)
            or (isinstance(node, ast.alias) and (node.asname or node.name) == name)
            or (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name)
        ):
            return False
    return all(id(n) in fine for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name)


def _means(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(alias.name in (name, "*") for alias in node.names)
    if isinstance(node, ast.Attribute):
        return node.attr == name
    return isinstance(node, ast.Constant) and node.value == name
