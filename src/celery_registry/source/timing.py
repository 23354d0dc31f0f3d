"""When beat sends what, as far as the text tells: ``crontab(...)``, ``timedelta(...)``, a number of seconds.

Law: places of entries in, timings out. It reads the files again, for the map alone: mypy never asks for them. What the text
does not tell stays text.
Source: Celery documentation, *Periodic Tasks: Crontab schedules*.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from celery_registry.contract.task import Origin

__all__ = ["Timing", "is_every", "read_timings"]

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
_ARITHMETIC: Final[Mapping[type, Any]] = {
    ast.Mult: operator.mul,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Div: operator.truediv,
}


@dataclass(frozen=True)
class Timing:
    """When an entry is due.

    ``text`` is what stands in the source. ``seconds`` is the interval; ``crontab`` has for each field the values at which it
    is due (Sunday is 0). Both are None where the text does not tell.
    """

    text: str
    seconds: float | None = None
    crontab: Mapping[str, tuple[int, ...]] | None = None


def read_timings(places: Iterable[Origin]) -> dict[Origin, Timing]:
    """The timing of the entry at each place: the dictionary of a schedule, or the call of ``add_periodic_task``."""
    by_path: dict[str, dict[tuple[int, int], Origin]] = defaultdict(dict)
    for place in places:
        by_path[place.path][place.line, place.column] = place
    found = {}
    for path, wanted in by_path.items():
        tree = _parse(path)
        if tree is None:
            continue
        names = _names(tree)
        for node, schedule in _schedules(tree):
            origin = wanted.get((node.lineno, node.col_offset))
            if origin is not None:
                found[origin] = _timing(schedule, names)
    return found


def is_every(field: str, values: tuple[int, ...]) -> bool:
    """Whether a field of a crontab restricts nothing."""
    first, last, _ = _FIELDS[field]
    return len(values) == last - first + 1


def _parse(path: str) -> ast.Module | None:
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(tree: ast.Module) -> dict[str, ast.expr]:
    """What the names of the module stand for that are assigned once, at its top."""
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    found = {}
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        for target in targets:
            value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
            if isinstance(target, ast.Name) and value is not None and stored.count(target.id) == 1:
                found[target.id] = value
    return found


def _schedules(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "schedule":
                    yield node, value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = node.args[0] if node.args else _keywords(node).get("schedule")
            if node.func.attr == "add_periodic_task" and given is not None:
                yield node, given


def _timing(node: ast.expr, names: Mapping[str, ast.expr]) -> Timing:
    text = " ".join(ast.unparse(node).split())
    for _ in range(3):
        if isinstance(node, ast.Name) and node.id in names:
            node = names[node.id]
    called = _called(node)
    if isinstance(node, ast.Call) and called == "crontab":
        return Timing(text, crontab=_crontab(node))
    if isinstance(node, ast.Call) and called == "schedule":
        given = node.args[0] if node.args else _keywords(node).get("run_every")
        return Timing(text, seconds=None if given is None else _seconds(given))
    return Timing(text, seconds=_seconds(node))


def _called(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _keywords(node: ast.Call) -> dict[str, ast.expr]:
    return {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}


def _seconds(node: ast.expr) -> float | None:
    if isinstance(node, ast.Call) and _called(node) == "timedelta":
        given = {name: _number(value) for name, value in _keywords(node).items()}
        positional = [_number(value) for value in node.args]
        if None in given.values() or None in positional or any(keyword.arg is None for keyword in node.keywords):
            return None
        try:
            return timedelta(*positional, **given).total_seconds()  # type: ignore[arg-type]
        except (TypeError, OverflowError):
            return None
    return _number(node)


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        left, right = _number(node.left), _number(node.right)
        if left is not None and right is not None and (right or not isinstance(node.op, ast.Div)):
            return float(_ARITHMETIC[type(node.op)](left, right))
    return None


# -- crontab ---------------------------------------------------------------------------------------------------------


def _crontab(node: ast.Call) -> dict[str, tuple[int, ...]] | None:
    if any(keyword.arg is None for keyword in node.keywords) or len(node.args) > len(_FIELDS):
        return None
    given = {**dict(zip(_FIELDS, node.args, strict=False)), **_keywords(node)}
    found = {}
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
