"""Where the program keeps its applications: the variables at the top of its modules.

Law: places out, and what a named one means. Which is the right one is the asker's question.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from celery_registry.source.apps import Apps
from celery_registry.source.bindings import annotation_value
from celery_registry.source.resolve import Frame, Symbol
from celery_registry.source.values import last_part, read_value

if TYPE_CHECKING:
    from celery_registry.source.finder import Finder
    from celery_registry.source.index import SourceIndex

__all__ = ["ApplicationPlace", "ApplicationPlaces"]

#: Methods that nothing but an application has.
_OWN = frozenset({"autodiscover_tasks", "config_from_object"})
_FIRST = re.compile(rb"[cC]elery|autodiscover_tasks|config_from_object")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class ApplicationPlace(NamedTuple):
    """A module and its variable; ``is_followed``: whether the index reads what registers with it."""

    module: str
    variable: str
    is_followed: bool


class ApplicationPlaces:
    """Reads them over one program; test code makes applications of its own, which are nobody's else."""

    def __init__(self, index: SourceIndex, finder: Finder) -> None:
        self._index, self._names, self._apps = index, finder.names, Apps(finder.names)
        self._makers: set[tuple[str, str]] = set()

    def find(self) -> tuple[ApplicationPlace, ...]:
        """Every application that a module has at its top, by module."""
        trees: dict[str, ast.Module] = {}
        # A file that does not say Celery may call a function of one that does.
        wanted: re.Pattern[bytes] | None = _FIRST
        while wanted is not None:
            for module, file in self._index.modules.items():
                is_new = module not in trees and self._index.is_production(module)
                tree = self._index.contents.tree(file.path, wanted.search) if is_new else None
                if tree is not None:
                    trees[module] = tree
            before = set(self._makers)
            for module, tree in trees.items():
                self._makers.update(self._makers_in(module, tree.body))
            fresh = sorted({name.rpartition(".")[2] for _, name in self._makers - before})
            wanted = re.compile(rf"\b(?:{'|'.join(fresh)})\b".encode()) if fresh else None
        return tuple(
            self._place(module, name)
            for module in self._index.modules
            if module in trees
            for name in dict.fromkeys(self._variables(module, trees[module]))
        )

    def named(self, text: str) -> ApplicationPlace | None:
        """The variable that ``celery -A text`` would take, through imports; None where the source does not have it."""
        module, _, variable = text.partition(":")
        inner = f"{module}.celery"
        tried = (
            [(module, variable)] if variable else [(at, name) for at in (module, inner) for name in ("app", "celery")]
        )
        if not variable and "." in module:
            tried.insert(0, (module.rpartition(".")[0], module.rpartition(".")[2]))
        for at, name in tried:
            found = self.variable(at, name)
            if found is not None:
                return found
        near = [] if variable else [place for place in self._index.applications if place.module in (module, inner)]
        return near[0] if len(near) == 1 else None

    def variable(self, module: str, dotted: str) -> ApplicationPlace | None:
        """Where what a module calls so is kept."""
        symbol = self._names.find(Frame(module), dotted) if module in self._index.modules else None
        if symbol is None or symbol.kind != "value" or symbol.module not in self._index.modules or "." in symbol.name:
            return None
        return self._place(symbol.module, symbol.name)

    def _place(self, module: str, variable: str) -> ApplicationPlace:
        followed = self._apps.is_app(Frame(module), ("n", variable)) == "yes"
        return ApplicationPlace(module, variable, followed)

    def _variables(self, module: str, tree: ast.Module) -> Iterator[str]:
        calls = (
            node.value.func for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        )
        methods = (call for call in calls if isinstance(call, ast.Attribute) and call.attr in _OWN)
        used = {method.value.id for method in methods if isinstance(method.value, ast.Name)}
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []  # fmt: skip
            if not targets or not isinstance(targets[0], ast.Name):
                continue
            value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
            declared = annotation_value(node.annotation) if isinstance(node, ast.AnnAssign) else None
            typed = None if declared is None or value is None else self._names.instance_of_type(Frame(module), declared)
            # What makes it may be another package's function, of which no name tells.
            is_used = isinstance(value, ast.Call) and targets[0].id in used
            if is_used or self._apps.is_application(typed) or self._is_made(module, value):
                yield targets[0].id

    def _is_made(self, module: str, node: ast.expr | None) -> bool:
        if isinstance(node, ast.Subscript):
            # Flask keeps it so: ``flask_app.extensions["celery"]``.
            key = node.slice.value if isinstance(node.slice, ast.Constant) else None
            return key == "celery" and isinstance(node.value, ast.Attribute) and node.value.attr == "extensions"
        if not isinstance(node, ast.Call):
            return False
        value = read_value(node)
        made = self._names.instance(Frame(module), value)
        if self._apps.is_application(made) or _called(node) == "Celery":
            return True
        callee = self._names.instance(Frame(module), value[1]) if made is None and value[0] == "c" else None
        return callee is not None and callee.kind == "function" and self._makes_one(callee)

    # The program's own functions and classes that make one

    def _makers_in(self, module: str, body: list[ast.stmt], cls: str = "") -> Iterator[tuple[str, str]]:
        """Those in a module: a file that calls one of them may make an application."""
        for node in body:
            if isinstance(node, ast.ClassDef) and not cls:
                if self._apps.is_application(Symbol("instance", module, node.name)):
                    yield module, node.name
                yield from self._makers_in(module, node.body, f"{node.name}.")
            elif isinstance(node, _Function):
                symbol = Symbol("function", module, f"{cls}{node.name}")
                made = self._names.instance(Frame(module), ("c", ("n", symbol.name), (), ()))
                if self._apps.is_application(made) or (made is None and self._makes_one(symbol)):
                    yield module, symbol.name

    def _makes_one(self, symbol: Symbol) -> bool:
        """Whether a function whose result nobody can tell by a rule makes an application, and returns what it made."""
        file = self._index.modules.get(symbol.module)
        body: list[ast.stmt] = [] if file is None else getattr(self._index.contents.tree(file.path), "body", [])
        function: ast.stmt | None = None
        for part in symbol.name.split("."):
            kinds = (ast.ClassDef, *_Function.__args__)
            function = next((n for n in body if isinstance(n, kinds) and n.name == part), None)
            body = getattr(function, "body", [])
        if not isinstance(function, _Function):
            return False
        inside = list(ast.walk(function))
        returned = [node.value for node in inside if isinstance(node, ast.Return)]
        kept = {
            target.id
            for node in inside
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and self._is_maker(symbol.module, node.value)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        return any(
            self._is_maker(symbol.module, node) or (isinstance(node, ast.Name) and node.id in kept) for node in returned
        )

    def _is_maker(self, module: str, node: ast.expr | None) -> bool:
        if not isinstance(node, ast.Call):
            return False
        callee = self._names.instance(Frame(module), read_value(node.func))
        return _called(node) == "Celery" or (callee is not None and (callee.module, callee.name) in self._makers)


def _called(node: ast.Call) -> str:
    return last_part(read_value(node.func))
