"""The types of parameters and results, as a registry's module names them.

Law: the mover of annotations does the work; here stands how a module that people read imports and shows a type.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from celery_registry.source.annotation import parse_annotation
from celery_registry.source.annotation_mover import AnnotationMover, NameTaken
from celery_registry.source.module_scope import ModuleScope

__all__ = ["Import", "RegistryTypes"]

#: What a bare generic means, written out: strict checkers ask for it.
_BARE: Final = {
    "dict": "dict[Any, Any]",
    "frozenset": "frozenset[Any]",
    "list": "list[Any]",
    "set": "set[Any]",
    "tuple": "tuple[Any, ...]",
    "type": "type[Any]",
}


#: What ``typing`` calls a builtin.
_OLD: Final = frozenset({"Dict", "FrozenSet", "List", "Set", "Tuple", "Type"})


class Import(NamedTuple):
    """``from module import name as alias``."""

    module: str
    name: str
    alias: str

    @property
    def shown(self) -> str:
        """The name and its alias as they stand behind ``import``."""
        return self.name if self.alias == self.name else f"{self.name} as {self.alias}"


class RegistryTypes(AnnotationMover):
    """Moves annotations into the module ``home``; ``taken`` are names that no import may have there."""

    any = "Any"

    def __init__(
        self,
        home: ModuleScope,
        taken: Collection[str],
        scope_of: Callable[[str], ModuleScope | None],
        modules: Collection[str],
    ) -> None:
        super().__init__(home, NameTaken({*home.names, *taken}), scope_of)
        self._modules = modules
        self._added: dict[tuple[str, str], str] = {}
        self._used: set[str] = set()

    @property
    def added(self) -> list[Import]:
        """The imports that the shown annotations need, sorted."""
        return sorted(Import(*place, alias) for place, alias in self._added.items() if alias in self._used)

    @property
    def unknown(self) -> str:
        """What a type that cannot be named is shown as."""
        return self._added.get(("typing", self.any), self.any)

    def typing_name(self, node: ast.expr) -> str | None:
        """What a name means in ``typing``, None for any other."""
        name = node.id if isinstance(node, ast.Name) else None
        return next(
            (found for (module, found), alias in self._added.items() if alias == name and module == "typing"), None
        )

    def show(self, text: str | None, module: str) -> str:
        """As ``move``, with what a bare generic leaves open written out, and ``Any`` where a name is unknown."""
        written = _Written(self).visit(parse_annotation(self.move(text, module)) or ast.Name(self.any, ast.Load()))
        self._used |= {part.id for part in ast.walk(written) if isinstance(part, ast.Name)}
        return ast.unparse(written)

    def place(self, scope: ModuleScope, dotted: str) -> str:
        """As the mover does, but a class of a submodule is imported from there: not ``from app import models``."""
        root = dotted.partition(".")[0]
        if root not in scope.names:
            # The last star that brings the name is the one that counts.
            for module in reversed(scope.stars):
                other = self._scope_of(module)
                if other is not None and root in other.names and not root.startswith("_"):
                    return self.place(other, dotted)
        target = scope.resolve(dotted)
        if target is not None and len(target[1]) > 1 and dotted.partition(".")[0] not in scope.type_variables:
            module, path = target
            while len(path) > 1 and f"{module}.{path[0]}" in self._modules:
                module, path = f"{module}.{path[0]}", path[1:]
            if module != target[0]:
                return ".".join((self.name_of(module, path[0]), *path[1:]))
        return super().place(scope, dotted)

    def name_of(self, module: str, name: str) -> str:
        """The name, or one with its module's before it where the name is taken."""
        own = self._own.get((module, (name,)))
        if own is not None:
            return own
        if (module, name) not in self._added:
            alias = name
            words = [word for word in module.split(".") if word not in ("tasks", "models", "types")]
            while alias in self._names.taken and words:
                alias = "".join(part.capitalize() for part in words.pop().split("_")) + alias
            self._added[module, name] = self._names.new(alias)
        return self._added[module, name]


class _Written(ast.NodeTransformer):
    def __init__(self, types: RegistryTypes) -> None:
        self._types = types

    def visit_Name(self, node: ast.Name) -> ast.AST:
        old = self._types.typing_name(node)
        bare = _BARE.get(old.lower() if old in _OLD else node.id)
        shown = parse_annotation(bare) if bare is not None else None
        return self._any(shown) if shown is not None else self._any(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        old = self._types.typing_name(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if old in ("Union", "Optional"):
            sides = [self.visit(part) for part in parts]
            sides += [ast.Constant(None)] if old == "Optional" else []
            joined: ast.expr = functools.reduce(lambda left, right: ast.BinOp(left, ast.BitOr(), right), sides)
            return joined
        if old in _OLD:
            return ast.Subscript(ast.Name(old.lower(), ast.Load()), self.visit(node.slice), ast.Load())
        if old == "Literal":
            return node
        if isinstance(node.value, ast.Name):
            return ast.Subscript(node.value, self.visit(node.slice), ast.Load())
        self.generic_visit(node)
        return node

    def _any(self, node: ast.expr) -> ast.expr:
        """``Any`` is imported like every other name, but by ``typing`` and at run time for nobody."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id == self._types.any:
                part.id = self._types.name_of("typing", "Any")
        return node
