"""Methods that hand on what they are given, all of it and nothing else.

Law: one method in, yes only where no other line of it touches the arguments. It reads the file again, and is asked only of
classes that stand before a task.
"""

from __future__ import annotations

import ast
import functools

from celery_registry.source.syntax import read_tree

__all__ = ["hands_on"]


@functools.lru_cache(maxsize=64)
def hands_on(path: str, cls: str, method: str) -> bool:
    """Whether ``def method(self, *args, **kwargs)`` calls ``super().method(*args, **kwargs)`` or ``self.run`` so alone."""
    function = _function(path, cls, method)
    given = None if function is None else function.args
    if function is None or given is None or given.vararg is None or given.kwarg is None:
        return False
    if len(given.posonlyargs) + len(given.args) != 1 or given.kwonlyargs or function.decorator_list:
        return False
    names = (given.vararg.arg, given.kwarg.arg)
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _is_handed(node, method, names)]
    used = sum(isinstance(node, ast.Name) and node.id in names for node in ast.walk(function))
    return bool(calls) and used == 2 * len(calls)


def _is_handed(node: ast.Call, method: str, names: tuple[str, str]) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in (method, "run"):
        return False
    if len(node.args) != 1 or len(node.keywords) != 1:
        return False
    (first,), (rest,) = node.args, node.keywords
    splat = isinstance(first, ast.Starred) and isinstance(first.value, ast.Name) and first.value.id == names[0]
    return splat and rest.arg is None and isinstance(rest.value, ast.Name) and rest.value.id == names[1]


def _function(path: str, cls: str, method: str) -> ast.FunctionDef | None:
    tree = read_tree(path)
    if tree is None:
        return None
    body: list[ast.stmt] = tree.body
    for part in cls.split("."):
        found = [node for node in body if isinstance(node, ast.ClassDef) and node.name == part]
        if len(found) != 1:
            return None
        body = found[0].body
    functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == method]
    return functions[0] if len(functions) == 1 else None
