"""The text of a type, moved from the module that wrote it into another file.

Law: text in, text out, and the imports that the text now needs. A name that cannot be followed becomes ``Any``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from celery_registry.source.annotation import parse_annotation
from celery_registry.source.module_scope import ModuleScope

__all__ = ["ANY", "AnnotationMover", "NameTaken"]

#: ``Any`` as every stub spells it.
ANY: Final = "_t.Any"


class NameTaken:
    """Hands out names that clash with no other name of a file."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    def new(self, wanted: str) -> str:
        """``wanted``, or the first of ``wanted_2``, ``wanted_3``, ... that is free."""
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken.add(name)
        return name


class AnnotationMover:
    """Moves annotations into one file.

    ``home`` is the scope of the file's own module; ``names`` gives free names for imports; ``scope_of`` gives the
    scope of another module, None where it cannot be read.
    """

    #: How the file spells ``Any``.
    any: str = ANY

    def __init__(self, home: ModuleScope, names: NameTaken, scope_of: Callable[[str], ModuleScope | None]) -> None:
        self._home = home
        self._names = names
        self._scope_of = scope_of
        self._own = {target: name for name in sorted(home.names) if (target := home.resolve(name)) is not None}
        self._imports: dict[tuple[str, str], str] = {}
        self._moved: dict[tuple[str, str], str] = {}

    @property
    def imports(self) -> list[str]:
        """The import lines that the moved annotations need, sorted."""
        return sorted(f"from {module} import {name} as {alias}" for (module, name), alias in self._imports.items())

    def move(self, text: str | None, module: str) -> str:
        """What ``module`` wrote as an annotation, for the file; ``Any`` where it wrote nothing."""
        if text is None:
            return self.any
        if module == self._home.module:
            return text
        key = (text, module)
        if key not in self._moved:
            self._moved[key] = self._move(text, module)
        return self._moved[key]

    def _move(self, text: str, module: str) -> str:
        node = parse_annotation(text)
        scope = self._scope_of(module)
        if node is None or scope is None:
            return self.any
        try:
            return ast.unparse(_Mover(self, scope).visit(node))
        except LookupError:
            return self.any

    def follow(self, module: str, dotted: str) -> str | None:
        """How the file names ``dotted`` of ``module``; None where the module cannot be read."""
        scope = self._home if module == self._home.module else self._scope_of(module)
        try:
            return None if scope is None else self.place(scope, dotted)
        except LookupError:
            return None

    def place(self, scope: ModuleScope, dotted: str) -> str:
        """How the file names what ``dotted`` means in ``scope``.

        Raises ``LookupError`` where the text does not tell.
        """
        root = dotted.partition(".")[0]
        if root in scope.type_variables:
            return self._move(scope.type_variables[root] or "object", scope.module)
        target = scope.resolve(dotted)
        if target is None:
            if scope.is_builtin(root):
                return dotted
            raise LookupError(dotted)
        module, path = target
        if not path:
            raise LookupError(dotted)
        defining = self._scope_of(module)
        if module != scope.module and defining is not None and path[0] in defining.type_variables:
            return self.place(defining, ".".join(path))
        head = self.name_of(module, path[0])
        return ".".join((head, *path[1:]))

    def name_of(self, module: str, name: str) -> str:
        """How the file calls a name of another module; the import is noted."""
        own = self._own.get((module, (name,)))
        if own is not None:
            return own
        key = (module, name)
        if key not in self._imports:
            self._imports[key] = self._names.new(name if name.startswith("_") else f"_{name}")
        return self._imports[key]


class _Mover(ast.NodeTransformer):
    """Renames every name of one annotation."""

    def __init__(self, mover: AnnotationMover, scope: ModuleScope) -> None:
        self._mover, self._scope = mover, scope

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._placed(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._placed(ast.unparse(node))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str):
            inner = parse_annotation(node.value)
            if inner is None:
                raise LookupError(node.value)
            resolved: ast.AST = self.visit(inner)
            return resolved
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        head = ast.unparse(node.value).rpartition(".")[2]
        if head == "Literal":
            return ast.Subscript(self.visit(node.value), _Literals(self).visit(node.slice), ast.Load())
        if head == "Annotated":
            # The metadata may be any expression; the type is what a caller sees.
            first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            resolved: ast.AST = self.visit(first)
            return resolved
        return ast.Subscript(self.visit(node.value), self.visit(node.slice), ast.Load())

    def _placed(self, dotted: str) -> ast.expr:
        placed = parse_annotation(self._mover.place(self._scope, dotted))
        if placed is None:
            raise LookupError(dotted)
        return placed


class _Literals(ast.NodeTransformer):
    """Renames enum members inside ``Literal[...]``; strings stay values."""

    def __init__(self, outer: _Mover) -> None:
        self._outer = outer

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._outer.visit_Attribute(node)
