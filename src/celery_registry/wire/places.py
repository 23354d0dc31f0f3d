"""The line on which a task of a lock stands: its implementation's, else its own line in the lock.

Law: files are parsed, never imported; what cannot be found has no line.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

from celery_registry.contract.task import Origin

__all__ = ["Places"]


class Places:
    """Finds places below ``root`` (and ``root/src``); each file is parsed once.

    ``lock`` is the text and the path of the lock that names the tasks, where it is a file of the working tree.
    """

    def __init__(self, root: Path, lock_text: str = "", lock_path: Path | None = None) -> None:
        self._roots = (root, root / "src")
        self._trees: dict[str, tuple[Path, ast.Module] | None] = {}
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

    def _definition(self, implementation: str) -> Origin | None:
        parts = implementation.split(".")
        if not all(part.isidentifier() for part in parts):
            return None
        for split in range(len(parts) - 1, 0, -1):
            parsed = self._tree(".".join(parts[:split]))
            if parsed is not None:
                path, tree = parsed
                node = _descend(tree, parts[split:])
                return (
                    None if node is None else Origin(str(path), node.lineno, node.col_offset, ".".join(parts[split:]))
                )
        return None

    def _tree(self, module: str) -> tuple[Path, ast.Module] | None:
        if module not in self._trees:
            self._trees[module] = self._parse(module)
        return self._trees[module]

    def _parse(self, module: str) -> tuple[Path, ast.Module] | None:
        relative = Path(*module.split("."))
        for root in self._roots:
            for path in (root / relative.with_suffix(".py"), root / relative / "__init__.py"):
                try:
                    return path, ast.parse(path.read_bytes())
                except (OSError, SyntaxError, ValueError, RecursionError):
                    continue
        return None


def _descend(tree: ast.Module, names: list[str]) -> ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The last definition of each name in turn; what is inside a function is found by its last name."""
    body: list[ast.stmt] = tree.body
    node = None
    for name in names:
        found = [
            statement
            for statement in ast.walk(ast.Module(body, []))
            if isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and statement.name == name
        ]
        if not found:
            return None
        node = found[-1]
        body = node.body
    return node
