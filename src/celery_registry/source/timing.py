"""When beat sends what, as far as the text tells: ``crontab(...)``, ``timedelta(...)``, a number of seconds.

Law: places of entries in, timings out. It reads the files again, for the map alone: mypy never asks for them. What the text
does not tell stays text.
"""

from __future__ import annotations

import ast
import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from celery_registry.contract.task import Origin
from celery_registry.source.crontabs import due_values
from celery_registry.source.syntax import last_name, read_tree

__all__ = ["Timing", "read_timings"]

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
    is due (Sunday is 0). Both are None where the text does not tell. ``timezone`` is that of the crontab where it is known
    to be another than the application's.
    """

    text: str
    seconds: float | None = None
    crontab: Mapping[str, tuple[int, ...]] | None = None
    timezone: str | None = None


def read_timings(places: Iterable[Origin]) -> dict[Origin, Timing]:
    """The timing of the entry at each place: the dictionary of a schedule, or the call of ``add_periodic_task``."""
    by_path: dict[str, dict[tuple[int, int], Origin]] = defaultdict(dict)
    for place in places:
        by_path[place.path][place.line, place.column] = place
    found = {}
    for path, wanted in by_path.items():
        tree = read_tree(path)
        if tree is None:
            continue
        names = _names(tree)
        for node, schedule in _schedules(tree):
            origin = wanted.get((node.lineno, node.col_offset))
            if origin is not None:
                found[origin] = _timing(schedule, names)
    return found


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
        return Timing(text, crontab=due_values(node))
    if isinstance(node, ast.Call) and called == "schedule":
        given = node.args[0] if node.args else _keywords(node).get("run_every")
        return Timing(text, seconds=None if given is None else _seconds(given))
    return Timing(text, seconds=_seconds(node))


def _called(node: ast.expr) -> str:
    return last_name(node.func) if isinstance(node, ast.Call) else ""


def _keywords(node: ast.Call) -> dict[str, ast.expr]:
    return {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}


def _seconds(node: ast.expr) -> float | None:
    if isinstance(node, ast.Call) and _called(node) == "timedelta":
        given = {k.arg: number for k in node.keywords if k.arg and (number := _number(k.value)) is not None}
        positional = [number for value in node.args if (number := _number(value)) is not None]
        if len(given) < len(node.keywords) or len(positional) < len(node.args):
            return None
        try:
            return timedelta(*positional, **given).total_seconds()
        except (TypeError, OverflowError):
            return None
    return _number(node)


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        left, right = _number(node.left), _number(node.right)
        if left is not None and right is not None and (right or not isinstance(node.op, ast.Div)):
            return float(_ARITHMETIC[type(node.op)](left, right))
    return None
