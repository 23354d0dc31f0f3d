"""The line on which a task of a lock stands: its implementation's, else its own line in the lock.

Law: files are parsed, never imported; what cannot be found has no line.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

from celery_registry.contract.task import Origin
from celery_registry.source.bindings import TRY
from celery_registry.source.syntax import read_tree

__all__ = ["Places"]


_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


class Places:
    """Finds places below ``root`` (and ``root/src``); each file is parsed once.

    ``lock`` is the text and the path of the lock that names the tasks, where it is a file of the working tree;
    ``was_there`` tells of a file that is not here whether an older version has it.
    """

    def __init__(
        self,
        root: Path,
        lock_text: str = "",
        lock_path: Path | None = None,
        was_there: Callable[[Path], bool] = lambda path: False,
    ) -> None:
        self._was_there = was_there
        self._roots = (root, root / "src")
        self._trees: dict[str, tuple[Path, ast.Module] | None] = {}
        self._files: dict[str, ast.Module | None] = {}
        #: id of a module or class -> the last definition of each name inside of it.
        self._inside: dict[int, dict[str, _Definition]] = {}
        self._lock_path = lock_path
        self._lock_lines = {line.strip(): number for number, line in enumerate(lock_text.splitlines(), 1)}

    def find(self, task: str, implementation: str | None) -> Origin:
        """Where to look at the task."""
        if implementation is not None:
            found = self._definition(implementation)
            if found is not None:
                return found
        if self._lock_path is None:
            return Origin()
        line = self._lock_lines.get(json.dumps(task, ensure_ascii=False) + ": {", 1)
        return Origin(str(self._lock_path), line, 0, task)

    def is_gone(self, implementation: str) -> bool:
        """Whether its module is a file here and has no such definition any more, or was one and is none now."""
        module = implementation.rpartition(".")[0]
        while module:
            if all(part.isidentifier() for part in module.split(".")) and self._tree(module) is not None:
                return self._definition(implementation) is None
            module = module.rpartition(".")[0]
        return any(self._was_there(path) for path in self._files_of(implementation.rpartition(".")[0]))

    def is_bare(self, implementation: str) -> bool:
        """Whether it is a function or method here that nothing decorates."""
        found = self._node(implementation)
        return found is not None and not isinstance(found[1], ast.ClassDef) and not found[1].decorator_list

    def is_conditional(self, origin: Origin) -> bool:
        """Whether a place stands below an ``if``, in a ``try`` or a ``match``, or in a file that cannot be read."""
        tree = self._file(origin.path)
        if tree is None:
            return True
        kinds: tuple[type[ast.stmt], ...] = (ast.If, ast.Match, *TRY)
        around = (node for node in ast.walk(tree) if isinstance(node, kinds))
        return any(node.lineno <= (origin.line or 0) <= (node.end_lineno or 0) for node in around)

    def application_of(self, *origins: Origin) -> str | None:
        """What stands before ``.task`` in a decorator of the function at one of the places, as it is written."""
        for origin in origins:
            tree = self._file(origin.path)
            for node in () if tree is None else ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                    if first <= (origin.line or 0) <= node.lineno:
                        return _before_task(node.decorator_list)
        return None

    def _file(self, path: str) -> ast.Module | None:
        if path not in self._files:
            self._files[path] = read_tree(Path(path))
        return self._files[path]

    def _definition(self, implementation: str) -> Origin | None:
        found = self._node(implementation)
        if found is None:
            return None
        path, node, label = found
        return Origin(str(path), node.lineno, node.col_offset, label)

    def _node(self, implementation: str) -> tuple[Path, _Definition, str] | None:
        parts = implementation.split(".")
        if not all(part.isidentifier() for part in parts):
            return None
        for split in range(len(parts) - 1, 0, -1):
            parsed = self._tree(".".join(parts[:split]))
            if parsed is not None:
                path, tree = parsed
                node = self._descend(tree, parts[split:])
                return None if node is None else (path, node, ".".join(parts[split:]))
        return None

    def _tree(self, module: str) -> tuple[Path, ast.Module] | None:
        if module not in self._trees:
            self._trees[module] = self._parse(module)
        return self._trees[module]

    def _parse(self, module: str) -> tuple[Path, ast.Module] | None:
        for path in self._files_of(module):
            tree = read_tree(path)
            if tree is not None:
                return path, tree
        return None

    def _files_of(self, module: str) -> list[Path]:
        if not all(part.isidentifier() for part in module.split(".")):
            return []
        relative = Path(*module.split("."))
        return [
            path
            for root in self._roots
            for path in (root / relative.with_suffix(".py"), root / relative / "__init__.py")
        ]

    def _descend(self, tree: ast.Module, names: list[str]) -> _Definition | None:
        """The last definition of each name in turn; what is inside a function is found by its last name."""
        around: ast.Module | _Definition = tree
        node = None
        for name in names:
            inside = self._inside.get(id(around))
            if inside is None:
                found = [n for n in ast.walk(ast.Module(around.body, [])) if isinstance(n, _Definition)]
                inside = self._inside[id(around)] = {n.name: n for n in found}
            node = inside.get(name)
            if node is None:
                return None
            around = node
        return node


def _before_task(decorators: list[ast.expr]) -> str | None:
    for decorator in decorators:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Attribute) and called.attr == "task":
            return ast.unparse(called.value)
    return None
