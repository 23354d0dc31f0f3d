"""Celery's ``crontab(...)`` as it is written: what each field is given, and when that is due.

Law: a call in, its fields out. Whether the call is Celery's, and what it schedules, is not known here.
Source: Celery documentation, *Periodic Tasks: Crontab schedules*.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from celery_registry.contract.names import show_nearest

__all__ = ["doubtful_fields", "due_values", "given_fields", "is_every", "unknown_fields"]

_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: Field of a crontab, in the order of its arguments -> first value, last value, names.
_FIELDS: Final[Mapping[str, tuple[int, int, tuple[str, ...]]]] = {
    "minute": (0, 59, ()),
    "hour": (0, 23, ()),
    "day_of_week": (0, 6, _DAYS),
    "day_of_month": (1, 31, ()),
    "month_of_year": (1, 12, _MONTHS),
}
#: What it takes besides (celery.schedules.BaseSchedule).
_BESIDE: Final = frozenset({"nowfun", "app"})


def is_every(field: str, values: tuple[int, ...]) -> bool:
    """Whether a field of a crontab restricts nothing."""
    first, last, _ = _FIELDS[field]
    return len(values) == last - first + 1


def given_fields(call: ast.Call) -> dict[str, ast.expr] | None:
    """What each field is given; None where something is unpacked into the call."""
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return None
    given = {**dict(zip(_FIELDS, call.args, strict=False)), **{k.arg or "": k.value for k in call.keywords}}
    return {name: value for name, value in given.items() if name in _FIELDS}


def doubtful_fields(given: Mapping[str, ast.expr]) -> dict[str, object]:
    """The values that stand in the text and are not read here as any of their field's: Celery knows whether it takes them."""
    found: dict[str, object] = {}
    for name, value in given.items():
        try:
            if _values(value, name) is None:
                found[name] = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
    return found


def unknown_fields(call: ast.Call) -> dict[str, str]:
    """The keywords that ``crontab`` refuses, each with the words that say which field is near."""
    names = [keyword.arg for keyword in call.keywords if keyword.arg is not None]
    return {name: show_nearest(name, _FIELDS) for name in names if name not in _FIELDS and name not in _BESIDE}


def due_values(call: ast.Call) -> dict[str, tuple[int, ...]] | None:
    """The values of each field at which it is due (Sunday is 0); None where the text does not tell."""
    given, found = given_fields(call), {}
    if given is None or len(call.args) > len(_FIELDS):
        return None
    for name in _FIELDS:
        values = _values(given[name], name) if name in given else _expand("*", name)
        if not values:
            return None
        found[name] = tuple(sorted(values))
    return found


def _values(node: ast.expr, field: str) -> set[int] | None:
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        parts = [_values(each, field) for each in node.elts]
        return None if None in parts else set().union(*(part for part in parts if part is not None))
    if isinstance(node, ast.Constant) and type(node.value) in (int, str):
        return _expand(str(node.value), field)
    return None


def _expand(text: str, field: str) -> set[int] | None:
    """The values of ``*/15``, ``8-17``, ``mon,fri``; None for what Celery refuses."""
    first, last, names = _FIELDS[field]
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step_text = part.strip().partition("/")
        step = _whole(step_text, ()) if slash else 1
        if not step:
            return None
        if span == "*":
            values = list(range(first, last + 1))
        else:
            begin_text, dash, end_text = span.partition("-")
            begin = _whole(begin_text, names, first)
            end = _whole(end_text, names, first) if dash else begin
            if begin is None or end is None or not first <= begin <= last or not first <= end <= last:
                return None
            # Celery lets a range run over the end: fri-mon.
            values = list(range(begin, end + 1)) if begin <= end else [*range(begin, last + 1), *range(first, end + 1)]
            if slash and not dash:
                return None
        found.update(values[::step])
    return found


def _whole(text: str, names: tuple[str, ...], first: int = 0) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    short = text.strip().lower()[:3]
    return names.index(short) + first if short in names else None
