"""Where a statement stands: the functions and classes around it, and what their names mean there.

Law: it answers for names inside functions; a module's own names are its file's bindings.
"""

from __future__ import annotations

import ast
from typing import Any

from celery_registry.source.bindings import annotation_value, collect_bindings, flat
from celery_registry.source.facts import Binding, Environment
from celery_registry.source.values import callee_of, last_part, read_value

__all__ = ["Scope"]

_GLOBAL: Binding = ("global",)


class Scope:
    """A block and what surrounds it.

    ``cls`` is the class whose body this is; ``owner`` the class whose method we are in, however deep;
    ``function`` the function that this is the inside of. All are qualified names.
    """

    def __init__(self, module: str, is_package: bool) -> None:
        self.module, self.is_package = module, is_package
        self.node: Any = None
        self.parent: Scope | None = None
        self.prefix = ""
        self.cls: str | None = None
        self.owner: str | None = None
        self.function: str | None = None
        self.calls_super = False
        self._bindings: dict[str, list[Binding]] | None = None

    def inside_class(self, node: ast.ClassDef) -> Scope:
        """The body of a class that stands here."""
        qualname = self.prefix + node.name
        inner = self._inside(node, f"{qualname}.")
        inner.cls = inner.owner = qualname
        return inner

    def inside_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Scope:
        """The body of a function that stands here."""
        qualname = self.prefix + node.name
        inner = self._inside(node, f"{qualname}.<locals>.")
        inner.owner, inner.function = self.cls or self.owner, qualname
        return inner

    def _inside(self, node: ast.stmt, prefix: str) -> Scope:
        inner = Scope(self.module, self.is_package)
        inner.node, inner.parent, inner.prefix = node, self, prefix
        return inner

    @property
    def enclosing_function(self) -> str | None:
        """The function that this is somewhere inside of."""
        around: Scope | None = self
        while around is not None:
            if around.function is not None:
                return around.function
            around = around.parent
        return None

    def environment(self, names: set[str]) -> Environment:
        """What these names mean inside the functions around; nothing at the top of a module."""
        found: Environment = {}
        around: Scope | None = self
        while around is not None and around.parent is not None:
            if around.function is not None:
                bindings = around.bindings
                for name in names:
                    if name in bindings and name not in found:
                        found[name] = tuple(bindings[name])
            around = around.parent
        return {name: found[name] for name in sorted(found) if found[name] != (_GLOBAL,)}

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """The names that this function binds: its parameters, and what its body assigns."""
        if self._bindings is None:
            self._bindings = self._read_bindings()
        return self._bindings

    def _read_bindings(self) -> dict[str, list[Binding]]:
        arguments: ast.arguments = self.node.args
        bindings = collect_bindings(self.node.body, self.module, self.is_package, self.prefix)
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults, *arguments.kw_defaults]
        for argument, default in zip((*positional, *arguments.kwonlyargs), defaults, strict=True):
            declared = None if argument.annotation is None else annotation_value(argument.annotation)
            row: Binding = ("P", declared)
            if isinstance(default, ast.Constant):
                row = (*row, read_value(default))
            bindings.setdefault(argument.arg, []).insert(0, row)
        for variadic in (arguments.vararg, arguments.kwarg):
            if variadic is not None:
                bindings.setdefault(variadic.arg, []).insert(0, ("P", None))
        cls = None if self.parent is None else self.parent.cls
        if cls is not None and positional and not self._is_static():
            bindings[positional[0].arg][0] = ("S", cls)
        for statement in flat(self.node.body):
            if isinstance(statement, ast.Global):
                bindings.update({name: [_GLOBAL] for name in statement.names})
        return bindings

    def _is_static(self) -> bool:
        return any(last_part(callee_of(read_value(item))) == "staticmethod" for item in self.node.decorator_list)
