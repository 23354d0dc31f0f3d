"""What the source says of the configuration beside the schedule: routes, and periodic tasks that are added by a call.

Law: rows with their places, as far as the text tells. It reads whole texts, for ``check`` alone: mypy never asks for
them. What of it is wrong is the judge's question.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from celery_registry.contract.routes import Route, Router
from celery_registry.contract.schedules import PERIODIC, Entry
from celery_registry.contract.task import Origin
from celery_registry.source.queues import routed_queue
from celery_registry.source.scopes import Scope
from celery_registry.source.syntax import last_name

if TYPE_CHECKING:
    from celery_registry.source.facts import Environment
    from celery_registry.source.files import SourceFile
    from celery_registry.source.index import SourceIndex

__all__ = ["read_configuration", "read_routers"]

_WORDS: Final = re.compile(rb"task_routes|TASK_ROUTES|CELERY_ROUTES|task_annotations|add_periodic_task")
_ROUTES: Final = re.compile(rb"task_routes")
_SETTINGS: Final = {
    "task_routes": "task_routes",
    "celery_task_routes": "task_routes",
    "celery_routes": "task_routes",
    "task_annotations": "task_annotations",
    "celery_task_annotations": "task_annotations",
}


def read_configuration(index: SourceIndex) -> tuple[list[Route], list[Entry]]:
    """The rows of ``task_routes`` and ``task_annotations``, and what ``add_periodic_task`` adds, by file and line."""
    routes: list[Route] = []
    entries: list[Entry] = []
    for module, file in index.modules.items():
        tree = index.contents.tree(file.path, _WORDS.search)
        if tree is None:
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if node.value is not None:
                        routes += _routes(index, module, file, last_name(target), node.value)
            elif isinstance(node, ast.Call):
                for keyword in node.keywords:
                    routes += _routes(index, module, file, keyword.arg or "", keyword.value)
                if isinstance(node.func, ast.Attribute) and node.func.attr == "add_periodic_task":
                    entry = _periodic(index, module, file, node, tree)
                    entries += [] if entry is None else [entry]
    return routes, entries


# -- routes ----------------------------------------------------------------------------------------------------------


def _routes(index: SourceIndex, module: str, file: SourceFile, name: str, value: ast.expr) -> Iterator[Route]:
    setting = _SETTINGS.get(name.lower())
    if setting is None:
        return
    for row in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
        for key, value in _pairs(row) if setting == "task_routes" or isinstance(row, ast.Dict) else ():
            text = None if key is None else index.resolve_name(module, key)
            if key is not None and text is not None:
                queue = routed_queue(index, module, value) if setting == "task_routes" else None
                yield Route(setting, text, Origin(file.path, key.lineno, key.col_offset), queue)


def _pairs(row: ast.expr) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """Pattern and route of each row; Celery reads a list of pairs as it reads a dictionary."""
    if isinstance(row, ast.Dict):
        yield from zip(row.keys, row.values, strict=True)
    for pair in row.elts if isinstance(row, (ast.List, ast.Tuple)) else ():
        if isinstance(pair, (ast.List, ast.Tuple)) and len(pair.elts) == 2:
            yield pair.elts[0], pair.elts[1]


def read_routers(index: SourceIndex) -> Iterator[Router]:
    """The items of ``conf.task_routes`` that are text or lists, where it is written there: a name may be anybody's."""
    for module, file in index.modules.items():
        tree = index.contents.tree(file.path, _ROUTES.search) if index.is_production(module) else None
        for node in () if tree is None else ast.walk(tree):
            if isinstance(node, ast.Assign):
                given = [node.value] if any(map(_is_setting, node.targets)) else []
            elif isinstance(node, ast.Call) and _is_of_conf(node.func, "update"):
                given = [keyword.value for keyword in node.keywords if keyword.arg == "task_routes"]
            else:
                given = []
            for value in given:
                for item in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
                    text = next((text for n in ast.walk(item) if (text := _text(n)) is not None), None)
                    if text is not None and isinstance(item, (ast.Constant, ast.List, ast.Tuple)):
                        parts = item.elts if isinstance(item, (ast.List, ast.Tuple)) else None
                        lengths = None if parts is None else tuple(map(_length, parts))
                        yield Router(text, lengths, Origin(file.path, item.lineno, item.col_offset))


def _is_setting(target: ast.expr) -> bool:
    return _is_of_conf(target, "task_routes")


def _is_of_conf(node: ast.expr, name: str) -> bool:
    """``app.conf.<name>``."""
    return isinstance(node, ast.Attribute) and node.attr == name and last_name(node.value) == "conf"


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _length(node: ast.expr) -> int | None:
    """How many values it gives when it is taken apart."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return None if any(isinstance(item, ast.Starred) for item in node.elts) else len(node.elts)
    text = _text(node)
    return None if text is None else len(text)


# -- add_periodic_task -----------------------------------------------------------------------------------------------


def _periodic(index: SourceIndex, module: str, file: SourceFile, call: ast.Call, tree: ast.Module) -> Entry | None:
    """The entry that the call makes; None where the text does not tell which task it is."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    signature = call.args[1] if len(call.args) > 1 else given.get("sig")
    if None in given or any(isinstance(a, ast.Starred) for a in call.args) or not isinstance(signature, ast.Call):
        return None
    while _method(signature) == "set" and isinstance(signature.func, ast.Attribute):
        inner = signature.func.value
        if not isinstance(inner, ast.Call):
            return None
        signature = inner
    if _method(signature) not in ("s", "si") or not isinstance(signature.func, ast.Attribute):
        return None
    task = index.registered_as(module, signature.func.value, _local_names(tree, module, file, call))
    if task is None:
        return None
    before, after = _positional(given.get("args")), _written(signature.args)
    keywords, more = _keywords(given.get("kwargs")), [keyword.arg for keyword in signature.keywords]
    if _method(signature) == "si":
        # An immutable signature keeps its own arguments alone.
        before, keywords = 0, ()
    key = given.get("name")
    label = key.value if isinstance(key, ast.Constant) else ast.unparse(signature)
    names = None if keywords is None or None in more else (*keywords, *(name for name in more if name is not None))
    count = None if before is None or after is None else before + after
    known = names is not None and count is not None
    origin = Origin(file.path, call.lineno, call.col_offset)
    made_at = Origin(file.path, signature.lineno, signature.col_offset)
    options = tuple(name for name in given if name is not None and name not in PERIODIC)
    return Entry(
        str(label), task, count if known else None, names if known else None, origin, call=made_at, options=options
    )


def _local_names(tree: ast.Module, module: str, file: SourceFile, call: ast.Call) -> Environment:
    """What names mean in the functions around a call: tasks are imported there, after the application is made."""
    found: Environment = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno < call.lineno <= (
            node.end_lineno or 0
        ):
            scope = Scope(module, file.is_package).inside_function(node)
            found = {**found, **{name: tuple(rows) for name, rows in scope.bindings.items()}}
    return found


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _written(items: list[ast.expr]) -> int | None:
    return None if any(isinstance(item, ast.Starred) for item in items) else len(items)


def _positional(node: ast.expr | None) -> int | None:
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return 0
    return _written(node.elts) if isinstance(node, (ast.Tuple, ast.List)) else None


def _keywords(node: ast.expr | None) -> tuple[str, ...] | None:
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return ()
    if not isinstance(node, ast.Dict):
        return None
    names = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return tuple(names) if len(names) == len(node.keys) else None
