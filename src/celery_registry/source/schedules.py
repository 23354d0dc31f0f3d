"""Entries of a beat schedule, written as dictionaries.

Law: a dictionary with the keys ``task`` and ``schedule``, of which one may be misspelt, is an entry where it stands
under a key, and a template elsewhere; names stay as written. Beside entries one may have its schedule under any key.
Source: Celery documentation, *Periodic Tasks: Entries*.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Final, TypeGuard

from celery_registry.contract.calls import PLAIN_TYPES
from celery_registry.contract.names import nearest_names
from celery_registry.contract.schedules import ENTRY_KEYS, fault_of_args, fault_of_keys, fault_of_kwargs
from celery_registry.source.values import UNKNOWN, Value, callee_of, last_part, read_value

__all__ = ["holds_entries", "plain_type", "read_schedule", "tuple_by_comma"]

Read = tuple["Value | None", Value, "int | None", Any, "tuple[str, ...]", "tuple[str, ...]", "tuple[Any, ...]"]


_SCHEDULES: Final = ("crontab", "schedule", "solar")


def holds_entries(node: ast.Dict) -> bool:
    """Whether whole entries stand in this dictionary: each of them has a task and a schedule."""
    items = (item for item in node.values if isinstance(item, ast.Dict))
    return any({"task", "schedule"} <= {key.value for key in item.keys if _names_one(key)} for item in items)


def read_schedule(node: ast.Dict, key: ast.expr | None, comma: bool = False, beside: bool = False) -> Read | None:
    """Key, task name, number of ``args``, names of ``kwargs`` (None where unknown), faults, options and plain types of the
    arguments by position or keyword; None for another.

    A dictionary that stands under no key is a template at most: of it the name alone is known. ``comma`` says that it
    became a tuple, ``beside`` that other entries stand beside it. A schedule is never a string.
    """
    fields: dict[str, ast.expr] = {}
    for item_key, item in zip(node.keys, node.values, strict=True):
        if isinstance(item_key, ast.Constant) and isinstance(item_key.value, str):
            fields[item_key.value] = item
    if "schedule" in fields:
        if _is_text(fields["schedule"]) or ("task" not in fields and (key is None or not _misspells_task(fields))):
            return None
    elif (
        "task" not in fields
        or key is None
        or not (_misspells_schedule(fields) or (beside and _misplaces_schedule(node, fields)))
    ):
        return None
    label = None if key is None else read_value(key)
    task = read_value(fields["task"]) if "task" in fields else UNKNOWN
    if key is None:
        return label, task, None, None, (), (), ()
    args, kwargs = fields.get("args"), fields.get("kwargs")
    open_ended = any(item_key is None for item_key in node.keys)
    found = (fault_of_args(_sort(args)), fault_of_kwargs(_sort(kwargs)))
    faults = [fault for fault in found if fault is not None]
    faults += fault_of_keys(fields, [name for name, value in fields.items() if _maker(value) in _SCHEDULES])
    if comma:
        faults.append("it is a tuple, not a dictionary: a comma ends its line")
    options = _names(fields.get("options"), open_ended) or ()
    return (
        label,
        task,
        _count(args, open_ended),
        _names(kwargs, open_ended),
        tuple(faults),
        options,
        tuple(_types(args, kwargs)),
    )


def tuple_by_comma(node: ast.expr) -> ast.Dict | None:
    """The dictionary that a comma at its end made a tuple; None for anything else."""
    if isinstance(node, ast.Tuple) and len(node.elts) == 1 and isinstance(node.elts[0], ast.Dict):
        return node.elts[0]
    return None


def _misspells_task(fields: dict[str, ast.expr]) -> bool:
    """Whether one key is nearly ``task`` and names one, and every other is an entry's."""
    others = [key for key in fields if key not in ENTRY_KEYS]
    if len(others) != 1 or not isinstance(fields[others[0]], (ast.Constant, ast.Name, ast.Attribute)):
        return False
    return bool(nearest_names(others[0], ["task"]))


def _misspells_schedule(fields: dict[str, ast.expr]) -> bool:
    """Whether one key is nearly ``schedule`` and holds one, and every other is an entry's.

    ``scheduled: 5.0`` may be anybody's, ``scheduled: crontab()`` may not.
    """
    others = [key for key in fields if key not in ENTRY_KEYS]
    if len(others) != 1 or not fault_of_keys(fields):
        return False
    value = fields[others[0]]
    maker = _maker(value)
    if maker in _SCHEDULES:
        return True
    is_number = isinstance(value, ast.Constant) and type(value.value) in (int, float)
    return (is_number or maker == "timedelta") and "schedule" not in others[0]


def _misplaces_schedule(node: ast.Dict, fields: dict[str, ast.expr]) -> bool:
    """Whether the one key that is no entry's holds a schedule. What a program of its own reads stands beside its like."""
    others = [key for key in fields if key not in ENTRY_KEYS]
    return len(fields) == len(node.keys) and len(others) == 1 and _maker(fields[others[0]]) in _SCHEDULES


def _maker(node: ast.expr) -> str | None:
    return last_part(callee_of(read_value(node))) if isinstance(node, ast.Call) else None


def _sort(node: ast.expr | None) -> str:
    """The sort of a value, as ``contract.schedules`` calls it; nothing where the text does not tell."""
    if isinstance(node, (ast.Dict, ast.DictComp)):
        return "mapping"
    if isinstance(node, (ast.List, ast.Tuple, ast.ListComp)):
        return "list"
    if isinstance(node, (ast.JoinedStr, ast.Call)):
        is_json = isinstance(node, ast.Call) and last_part(callee_of(read_value(node))) == "dumps"
        return "text" if is_json or isinstance(node, ast.JoinedStr) else ""
    if isinstance(node, ast.Constant) and node.value is not None:
        return "text" if isinstance(node.value, (str, bytes)) else "value"
    return ""


def _count(node: ast.expr | None, open_ended: bool) -> int | None:
    if node is None:
        return None if open_ended else 0
    if isinstance(node, (ast.Tuple, ast.List)) and not any(isinstance(item, ast.Starred) for item in node.elts):
        return len(node.elts)
    return 0 if isinstance(node, ast.Constant) and node.value is None else None


def _types(args: ast.expr | None, kwargs: ast.expr | None) -> Iterator[tuple[int | str, str]]:
    given: list[tuple[Any, ast.expr]] = [*enumerate(args.elts)] if isinstance(args, (ast.Tuple, ast.List)) else []
    if isinstance(kwargs, ast.Dict):
        given += [(k.value, value) for k, value in zip(kwargs.keys, kwargs.values, strict=True) if _names_one(k)]
    elif isinstance(kwargs, ast.Call):
        given += [(keyword.arg, keyword.value) for keyword in kwargs.keywords if keyword.arg is not None]
    for key, value in given:
        type_name = plain_type(value)
        if type_name is not None:
            yield key, type_name


def plain_type(node: ast.expr) -> str | None:
    """The plain type of a value that the text shows, None for every other."""
    if isinstance(node, ast.JoinedStr):
        return "str"
    if not isinstance(node, ast.Constant):
        return None
    name = "None" if node.value is None else type(node.value).__name__
    return name if name in PLAIN_TYPES else None


def _names_one(key: ast.expr | None) -> TypeGuard[ast.Constant]:
    return isinstance(key, ast.Constant) and isinstance(key.value, str)


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
