"""What each name of a block means: imports, assignments, classes and functions, without entering inner blocks.

Law: statements in, bindings out (their forms are in ``facts``). A name bound in a way that says nothing is ``("?",)``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from celery_registry.source.facts import Binding
from celery_registry.source.values import read_value

__all__ = [
    "Bound",
    "absolute_module",
    "annotation_value",
    "bound_names",
    "collect_bindings",
    "exported_names",
    "flat",
    "star_modules",
]


def collect_bindings(
    body: Iterable[ast.stmt], module: str, is_package: bool, prefix: str = ""
) -> dict[str, list[Binding]]:
    """Name -> its bindings in the order of the text; ``prefix`` comes before the qualified names of what is defined."""
    found: dict[str, list[Binding]] = {}
    for bound in bound_names(body):
        found.setdefault(bound.name, []).append(_binding(bound, module, is_package, prefix))
    return found


def absolute_module(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The module that ``from ... import`` names; for a relative import beyond the top, what is left of it."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    drop = node.level - 1 if is_package else node.level
    base = parts[: len(parts) - drop] if drop else parts
    return ".".join([*base, *([node.module] if node.module else [])])


def star_modules(body: Iterable[ast.stmt], module: str, is_package: bool) -> Iterator[str]:
    """The modules of ``from x import *``, in order."""
    for statement in flat(body):
        if isinstance(statement, ast.ImportFrom) and any(alias.name == "*" for alias in statement.names):
            yield absolute_module(statement, module, is_package)


def exported_names(body: Iterable[ast.stmt]) -> tuple[str, ...] | None:
    """The strings of ``__all__``; None without one or where it is not a plain list."""
    names: list[str] | None = None
    for statement in flat(body):
        value: ast.expr | None = None
        if isinstance(statement, ast.Assign) and any(_is_all(target) for target in statement.targets):
            names, value = [], statement.value
        elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and _is_all(statement.target):
            if isinstance(statement, ast.AnnAssign):
                names = []
            value = statement.value
        if value is None:
            continue
        if not isinstance(value, (ast.List, ast.Tuple)) or names is None:
            return None
        for item in value.elts:
            if isinstance(item, ast.Constant) and isinstance(item.value, str):
                names.append(item.value)
    return None if names is None else tuple(names)


def _is_all(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "__all__"


#: Both ``try`` statements; ``except*`` is of Python 3.11 and later.
TRY: tuple[type[ast.Try], ...] = (ast.Try, getattr(ast, "TryStar", ast.Try))
#: The statements whose blocks belong to the block around them.
_COMPOUND: frozenset[type] = frozenset(
    {ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Match, *TRY}
)


def flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block and of its branches."""
    for statement in body:
        yield statement
        if type(statement) not in _COMPOUND:
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from flat(getattr(statement, name, ()))
        for handler in getattr(statement, "handlers", ()):
            yield from flat(handler.body)
        for case in getattr(statement, "cases", ()):
            yield from flat(case.body)


class Bound(NamedTuple):
    """A name that a block binds, and the statement that binds it.

    ``alias`` is the part of an import that does; ``target`` is the name itself where the whole ``value`` is assigned to it.
    """

    name: str
    statement: ast.stmt
    alias: ast.alias | None = None
    target: ast.Name | None = None
    value: ast.expr | None = None


def bound_names(body: Iterable[ast.stmt]) -> Iterator[Bound]:
    """Every name that a block and its branches bind, in the order of the text."""
    for node in flat(body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _assigned(node, target, node.value)
        elif isinstance(node, ast.AnnAssign):
            # An annotation without a value declares; it binds nothing, but says which type the name has.
            yield from _assigned(node, node.target, node.value)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield Bound(node.name, node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            dotted = isinstance(node, ast.Import)
            for alias in node.names:
                if alias.name != "*":
                    name = alias.name.partition(".")[0] if dotted else alias.name
                    yield Bound(alias.asname or name, node, alias)
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.AugAssign)):
            yield from _hidden(node, node.target)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                yield from _hidden(node, item.optional_vars)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                yield from _hidden(node, target)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                for part in ast.walk(case.pattern):
                    captured = getattr(part, "name", None) or getattr(part, "rest", None)
                    if captured is not None:
                        yield Bound(captured, node)
        elif isinstance(node, TRY):
            for handler in node.handlers:
                if handler.name:
                    yield Bound(handler.name, node)
        elif hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias):
            yield Bound(node.name.id, node)


def _assigned(node: ast.Assign | ast.AnnAssign, target: ast.expr, value: ast.expr | None) -> Iterator[Bound]:
    if isinstance(target, ast.Name):
        yield Bound(target.id, node, target=target, value=value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        plain = not any(isinstance(item, ast.Starred) for item in target.elts)
        if plain and isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            for item, part in zip(target.elts, value.elts, strict=True):
                yield from _assigned(node, item, part)
        else:
            yield from _hidden(node, target)


def _hidden(node: ast.stmt, target: ast.expr | None) -> Iterator[Bound]:
    """The names in a target whose values the text does not tell."""
    if isinstance(target, ast.Name):
        yield Bound(target.id, node)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for item in target.elts:
            yield from _hidden(node, item)
    elif isinstance(target, ast.Starred):
        yield from _hidden(node, target.value)


def _binding(bound: Bound, module: str, is_package: bool, prefix: str) -> Binding:
    node, alias, target = bound.statement, bound.alias, bound.target
    if target is not None:
        declared = annotation_value(node.annotation) if isinstance(node, ast.AnnAssign) else None
        value = None if bound.value is None else read_value(bound.value)
        return ("V", value, declared, target.lineno, target.col_offset)
    if isinstance(node, ast.ImportFrom) and alias is not None:
        return ("F", absolute_module(node, module, is_package), alias.name)
    if alias is not None:
        return ("I", alias.name if alias.asname else bound.name)
    if isinstance(node, ast.ClassDef):
        return ("C", prefix + bound.name)
    return ("D", prefix + bound.name) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else ("?",)


def annotation_value(annotation: ast.expr) -> Any:
    """An annotation as a value, out of its quotes and without ``| None``; None where it cannot be parsed."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            return None
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        sides = [side for side in (annotation.left, annotation.right) if not _is_none(side)]
        return annotation_value(sides[0]) if len(sides) == 1 else ("?",)
    return read_value(annotation)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
