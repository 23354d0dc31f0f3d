"""Entries of a beat schedule, written as dictionaries.

Law: a dictionary with the keys ``task`` and ``schedule`` is an entry, wherever it stands; names stay as written.
Source: Celery documentation, *Periodic Tasks: Entries*.
"""

from __future__ import annotations

import ast
from typing import Any

from celery_registry.source.values import Value, read_value

__all__ = ["read_schedule"]


def read_schedule(node: ast.Dict, key: ast.expr | None) -> tuple[str | None, Value, int | None, Any] | None:
    """Key, task name, number of ``args`` and names of ``kwargs`` (None where unknown); None for another dictionary.

    The number is -1 where ``args`` is one bare value: ``("x")`` is no tuple. A schedule is never a string.
    """
    fields: dict[str, ast.expr] = {}
    for item_key, item in zip(node.keys, node.values, strict=True):
        if isinstance(item_key, ast.Constant) and isinstance(item_key.value, str):
            fields[item_key.value] = item
    if "task" not in fields or "schedule" not in fields or _is_text(fields["schedule"]):
        return None
    label = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
    open_ended = any(item_key is None for item_key in node.keys)
    return (
        label,
        read_value(fields["task"]),
        _count(fields.get("args"), open_ended),
        _names(fields.get("kwargs"), open_ended),
    )


def _count(node: ast.expr | None, open_ended: bool) -> int | None:
    if node is None:
        return None if open_ended else 0
    if isinstance(node, (ast.Tuple, ast.List)) and not any(isinstance(item, ast.Starred) for item in node.elts):
        return len(node.elts)
    if isinstance(node, ast.Constant):
        return 0 if node.value is None else -1
    return None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _names(node: ast.expr | None, open_ended: bool) -> tuple[str, ...] | None:
    if node is None:
        return None if open_ended else ()
    if isinstance(node, ast.Constant) and node.value is None:
        return ()
    if isinstance(node, ast.Dict):
        names = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
        return tuple(names) if len(names) == len(node.keys) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
        given = [keyword.arg for keyword in node.keywords]
        return None if None in given else tuple(name for name in given if name is not None)
    return None
