"""What the names at the top of one module stand for.

Law: one parsed module in, dotted targets out. It never opens a second file.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from typing import Final

from celery_registry.source.bindings import absolute_module, bound_names, star_modules

__all__ = ["ModuleScope", "Target"]

#: A module and the attributes taken from it: ``("datetime", ("datetime",))``.
Target = tuple[str, tuple[str, ...]]

_BUILTIN_NAMES: Final = frozenset(dir(builtins))
#: What binds a name for good, of which a stub tells; what a loop or a ``with`` binds is passing.
_DEFINING: Final = (
    *(ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Assign, ast.AnnAssign),
    *([ast.TypeAlias] if hasattr(ast, "TypeAlias") else []),
)


class ModuleScope:
    """The names of one module.

    ``defined`` are the names that the module binds itself, ``type_variables`` maps those that are type variables
    to the text of their bound (None without one). ``stars`` are the modules of ``from module import *``.
    """

    def __init__(self, module: str, tree: ast.Module, *, is_package: bool = False) -> None:
        self.module, self._is_package = module, is_package
        self.package = module if is_package else module.rpartition(".")[0]
        self.defined: set[str] = set()
        self.type_variables: dict[str, str | None] = {}
        self.stars = list(star_modules(tree.body, module, is_package))
        self._members: dict[str, Target] = {}
        self._modules: dict[str, str] = {}
        self._imported: set[str] = set()
        self._read(tree.body)

    @property
    def names(self) -> frozenset[str]:
        """Every name that the module binds."""
        return frozenset((*self.defined, *self._members, *self._modules))

    @property
    def dotted_roots(self) -> frozenset[str]:
        """The names bound by ``import a.b`` alone, which a stub cannot re-export."""
        return frozenset(root for root, target in self._modules.items() if root == target and self._below(root))

    def dotted_imports(self, roots: set[str]) -> list[str]:
        """The ``import a.b`` lines behind some of these names."""
        return [f"import {name}" for root in sorted(self.dotted_roots & roots) for name in self._below(root)]

    def _below(self, root: str) -> list[str]:
        return sorted(name for name in self._imported if name.startswith(f"{root}."))

    def is_builtin(self, name: str) -> bool:
        """Whether a bare name means the builtin of this name."""
        return name in _BUILTIN_NAMES and name not in self.names

    def absolute(self, node: ast.ImportFrom) -> str:
        """The absolute name of the module that a ``from`` import names."""
        return absolute_module(node, self.module, self._is_package)

    def resolve(self, dotted: str) -> Target | None:
        """The module that defines a dotted name and the attributes that lead to it; None where the text does not tell."""
        root, *rest = dotted.split(".")
        if root in self._members:
            module, path = self._members[root]
            return module, (*path, *rest)
        if root in self._modules:
            full = [*self._modules[root].split("."), *rest]
            # The longest imported module that is a prefix of the name.
            for size in range(len(full) - 1, 0, -1):
                if ".".join(full[:size]) in self._imported:
                    return ".".join(full[:size]), tuple(full[size:])
            return None
        if root in self.defined:
            return self.module, (root, *rest)
        return None

    def _read(self, body: Iterable[ast.stmt]) -> None:
        for bound in bound_names(body):
            node, alias = bound.statement, bound.alias
            if isinstance(node, ast.Import) and alias is not None:
                self._imported.update(_prefixes(alias.name))
                self._modules[bound.name] = alias.name if alias.asname else bound.name
            elif isinstance(node, ast.ImportFrom) and alias is not None:
                self._members[bound.name] = (self.absolute(node), (alias.name,))
            elif isinstance(node, _DEFINING):
                self.defined.add(bound.name)
                if isinstance(bound.value, ast.Call):
                    self._read_type_variable(bound.name, bound.value)

    def _read_type_variable(self, name: str, value: ast.Call) -> None:
        callee = ast.unparse(value.func).rpartition(".")[2]
        if callee in ("TypeVar", "ParamSpec", "TypeVarTuple"):
            bound = next((k.value for k in value.keywords if k.arg == "bound"), None)
            self.type_variables[name] = None if bound is None or callee != "TypeVar" else ast.unparse(bound)


def _prefixes(dotted: str) -> Iterator[str]:
    parts = dotted.split(".")
    for size in range(1, len(parts) + 1):
        yield ".".join(parts[:size])
