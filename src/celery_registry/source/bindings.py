"""What each name of a block means: imports, assignments, classes and functions, without entering inner blocks.

Law: statements in, bindings out (their forms are in ``facts``). A name bound in a way that says nothing is ``("?",)``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from celery_registry.source.facts import Binding
from celery_registry.source.values import read_value

__all__ = ["absolute_module", "annotation_value", "collect_bindings", "exported_names", "flat", "star_modules"]

_UNKNOWN: Binding = ("?",)


def collect_bindings(
    body: Iterable[ast.stmt], module: str, is_package: bool, prefix: str = ""
) -> dict[str, list[Binding]]:
    """Name -> its bindings in the order of the text; ``prefix`` comes before the qualified names of what is defined."""
    collector = _Collector(module, is_package, prefix)
    collector.block(body)
    return collector.found


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


class _Collector:
    def __init__(self, module: str, is_package: bool, prefix: str) -> None:
        self.module, self.is_package, self.prefix = module, is_package, prefix
        self.found: dict[str, list[Binding]] = {}

    def add(self, name: str, binding: Binding) -> None:
        self.found.setdefault(name, []).append(binding)

    def block(self, body: Iterable[ast.stmt]) -> None:
        for statement in flat(body):
            self.statement(statement)

    def statement(self, node: Any) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self.assign(target, node.value, None)
        elif isinstance(node, ast.AnnAssign):
            # An annotation without a value declares; it binds nothing, but says which type the name has.
            self.assign(node.target, node.value, node.annotation)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.add(node.name, ("D", self.prefix + node.name))
        elif isinstance(node, ast.ClassDef):
            self.add(node.name, ("C", self.prefix + node.name))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                self.import_module(alias)
        elif isinstance(node, ast.ImportFrom):
            source = absolute_module(node, self.module, self.is_package)
            for alias in node.names:
                if alias.name != "*":
                    self.add(alias.asname or alias.name, ("F", source, alias.name))
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.AugAssign)):
            self.hide(node.target)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self.hide(item.optional_vars)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self.hide(target)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                for part in ast.walk(case.pattern):
                    name = getattr(part, "name", None) or getattr(part, "rest", None)
                    if name is not None:
                        self.add(name, _UNKNOWN)
        else:
            # Both ``try`` statements.
            for handler in getattr(node, "handlers", ()):
                if handler.name:
                    self.add(handler.name, _UNKNOWN)

    def import_module(self, alias: ast.alias) -> None:
        if alias.asname:
            self.add(alias.asname, ("I", alias.name))
        else:
            root = alias.name.partition(".")[0]
            self.add(root, ("I", root))

    def assign(self, target: ast.expr, value: ast.expr | None, annotation: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            declared = None if annotation is None else annotation_value(annotation)
            self.add(
                target.id,
                ("V", None if value is None else read_value(value), declared, target.lineno, target.col_offset),
            )
        elif isinstance(target, (ast.Tuple, ast.List)):
            self.unpack(target, value)

    def unpack(self, target: ast.Tuple | ast.List, value: ast.expr | None) -> None:
        plain = not any(isinstance(item, ast.Starred) for item in target.elts)
        if plain and isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
            for item, part in zip(target.elts, value.elts, strict=True):
                self.assign(item, part, None)
        else:
            self.hide(target)

    def hide(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.add(target.id, _UNKNOWN)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self.hide(item)
        elif isinstance(target, ast.Starred):
            self.hide(target.value)


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
