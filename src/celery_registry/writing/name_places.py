"""Where a program's text says the name of one task, as the name of a task.

Law: a name and the index in, spans out. A text that only happens to be the same is told apart, not touched.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How
from celery_registry.source.syntax import last_name
from celery_registry.writing.program_sources import ProgramSources

__all__ = ["NamePlaces", "find_name_places"]

#: Calls whose argument at a position, or of a keyword, is the name of a task.
_ADDRESSING: Final = {
    "AsyncResult": (None, "task_name"),
    "Signature": (0, "task"),
    "_get_task_by_name": (0, "name"),
    "alias": (None, "new"),
    "periodic_task": (None, "name"),
    "register_task": (1, "name"),
    "send_task": (0, "name"),
    "shared_task": (None, "name"),
    "signature": (0, "varies"),
    "subtask": (0, "varies"),
    "task": (None, "name"),
}
_ROUTES: Final = frozenset(
    {"task_routes", "celery_task_routes", "celery_routes", "task_annotations", "celery_task_annotations"}
)


@dataclass
class NamePlaces:
    """``found``: module -> the string literals that name the task; ``doubtful``: other literals of that text.

    ``constants`` are the dotted names of members and constants that stand for it, ``unwritten`` those of them whose
    value is no literal that was found.
    """

    found: dict[str, list[ast.Constant]] = field(default_factory=dict)
    doubtful: list[tuple[str, int]] = field(default_factory=list)
    constants: set[str] = field(default_factory=set)
    unwritten: set[str] = field(default_factory=set)


def find_name_places(index: SourceIndex, sources: ProgramSources, name: str) -> NamePlaces:
    """Every place; a constant that stands for the name counts where it names a task somewhere."""
    places = NamePlaces()
    for enum in index.enums.values():
        places.constants.update(f"{enum.fullname}.{member}" for member, value in enum.members.items() if value == name)
    for registry in index.registries.values():
        rows = registry.properties.values()
        places.constants.update(p.name_fullname for p in rows if p.task_name == name and p.name_fullname is not None)
    own = [module for module in index.modules if index.is_production(module)]
    registered = {(r.module, r.origin.line, r.origin.column) for r in index.registrations if r.task_name == name}
    registered |= {
        (r.target_module, r.target_origin.line, r.target_origin.column)
        for r in index.registrations
        if r.task_name == name and r.how is How.TASK_CLASS and r.target_module is not None
    }
    texts = {module: literals for module in index.modules if (literals := _literals(sources, module, name))}
    for module in own:
        is_near = module in texts or any(home == module for home, _, _ in registered)
        source = sources.source_of(module) if is_near else None
        for node in () if source is None else _named(source.tree, module, registered):
            if isinstance(node, ast.Constant):
                if node.value == name:
                    places.found.setdefault(module, []).append(node)
            elif isinstance(node, (ast.Name, ast.Attribute)):
                text = index.resolve(module, node)
                if text is not None and text.text == name and text.fullname is not None:
                    places.constants.add(text.fullname)
    places.unwritten |= places.constants
    for module, literals in texts.items():
        source = sources.source_of(module)
        mine = {id(node) for node in places.found.get(module, ())}
        for node, home in () if source is None or module not in own else _assigned(source.tree, module):
            if node.value != name or home not in places.constants:
                continue
            places.unwritten.discard(home)
            if id(node) not in mine:
                places.found.setdefault(module, []).append(node)
                mine.add(id(node))
        path = index.modules[module].path
        places.doubtful += [(path, node.lineno) for node in literals if id(node) not in mine]
    return places


def _literals(sources: ProgramSources, module: str, name: str) -> list[ast.Constant]:
    """Every string of that text in a module."""
    try:
        content = Path(sources.modules[module].path).read_bytes()
    except OSError:
        return []
    last = name.rpartition(".")[2]
    if last.isascii() and last.encode() not in content:
        return []
    source = sources.source_of(module)
    nodes = () if source is None else ast.walk(source.tree)
    return [node for node in nodes if isinstance(node, ast.Constant) and node.value == name]


def _named(tree: ast.Module, module: str, registered: set[tuple[str, int, int]]) -> Iterator[ast.expr]:
    """The expressions that name a task."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if (module, node.lineno, node.col_offset) in registered:
                yield from (
                    part for part in ast.walk(node) if isinstance(part, (ast.Constant, ast.Name, ast.Attribute))
                )
            yield from _of_call(node)
            for keyword in node.keywords:
                if (keyword.arg or "").lower() in _ROUTES:
                    yield from _route_keys(keyword.value)
        elif isinstance(node, ast.Subscript):
            if isinstance(node.value, ast.Attribute) and node.value.attr == "tasks":
                yield node.slice
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            fields = {key.value: value for key, value in pairs if isinstance(key, ast.Constant)}
            if "task" in fields and "schedule" in fields:
                yield fields["task"]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(last_name(target).lower() in _ROUTES for target in targets):
                yield from _route_keys(node.value)
            if any(isinstance(t, ast.Subscript) and last_name(t.value).lower() in _ROUTES for t in targets):
                yield from (t.slice for t in targets if isinstance(t, ast.Subscript))
        elif isinstance(node, ast.ClassDef) and (module, node.lineno, node.col_offset) in registered:
            for statement in node.body:
                if isinstance(statement, ast.Assign) and any(last_name(t) == "name" for t in statement.targets):
                    yield statement.value


def _of_call(node: ast.Call) -> Iterator[ast.expr]:
    word = last_name(node.func)
    place, keyword = _ADDRESSING.get(word, (None, ""))
    if place is not None and len(node.args) > place:
        yield node.args[place]
    names = {keyword} | ({"task"} if "PeriodicTask" in ast.unparse(node.func) else set())
    yield from (given.value for given in node.keywords if given.arg in names)
    if word in ("get", "pop") and isinstance(node.func, ast.Attribute) and node.args:
        owner = node.func.value
        if isinstance(owner, ast.Attribute) and owner.attr == "tasks":
            yield node.args[0]


def _route_keys(value: ast.expr) -> Iterator[ast.expr]:
    for row in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
        if isinstance(row, ast.Dict):
            yield from (key for key in row.keys if key is not None)
        elif isinstance(row, ast.Tuple) and row.elts:
            yield row.elts[0]


def _assigned(tree: ast.Module, module: str) -> Iterator[tuple[ast.Constant, str]]:
    """Each constant of a module and of its classes, with its dotted name."""
    waiting: list[tuple[str, ast.stmt]] = [(module, node) for node in tree.body]
    while waiting:
        home, node = waiting.pop()
        if isinstance(node, ast.ClassDef):
            waiting += [(f"{home}.{node.name}", inner) for inner in node.body]
        elif isinstance(node, (ast.If, ast.Try)):
            waiting += [(home, inner) for inner in (*node.body, *node.orelse)]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            # ``PING = "ping", "Answers"`` of TextChoices, and ``PING = auto("ping")``: the text stands inside.
            inside = node.value.elts[:1] if isinstance(node.value, ast.Tuple) else [node.value]
            for value in inside:
                if isinstance(value, ast.Constant):
                    yield from ((value, f"{home}.{target.id}") for target in targets if isinstance(target, ast.Name))
