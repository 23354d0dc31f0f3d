"""The module that gets new code: what it calls things, and what it has to import for that.

Law: places of names in, names in this module out. The text of the new code is not known here.
"""

from __future__ import annotations

import ast

from celery_registry.errors import ConfigurationError
from celery_registry.source.module_scope import ModuleScope
from celery_registry.writing.registry_types import Import
from celery_registry.writing.source_text import SourceText

__all__ = ["TargetModule"]


class TargetModule:
    """``source`` is its text, None for a module that is to be written; ``imports`` is what the new code needs."""

    def __init__(self, module: str, source: SourceText | None, *, is_package: bool = False) -> None:
        self.module, self.source = module, source
        tree = ast.Module([], []) if source is None else source.tree
        self.scope = ModuleScope(module, tree, is_package=is_package)
        self.imports: list[Import] = []
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """A name for something new; raises ``ConfigurationError`` where the module has it."""
        if name in self.scope.names or name in self._taken:
            raise ConfigurationError(f'{self.module} has a "{name}" already; give another name, or another --in')
        self._taken.add(name)
        return name

    def name_of(self, module: str, name: str) -> str:
        """How this module calls a name of another one; the import is noted.

        Raises ``ConfigurationError`` where it calls something else so.
        """
        if module == self.module:
            return name
        for known in sorted(self.scope.names):
            if self.scope.resolve(known) == (module, (name,)):
                return known
        wanted = Import(module, name, name)
        if wanted not in self.imports:
            self.take(name)
            self.imports.append(wanted)
        return name

    def borrow(self, text: str, scope: ModuleScope) -> str:
        """An expression of another module, as this one writes it; what it calls by a dotted name is imported.

        Raises ``LookupError`` where a name of it cannot be followed.
        """
        if scope.module == self.module:
            return text
        return ast.unparse(_Borrowed(self, scope).visit(ast.parse(text, mode="eval").body))


class _Borrowed(ast.NodeTransformer):
    def __init__(self, target: TargetModule, scope: ModuleScope) -> None:
        self._target, self._scope = target, scope

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._named(node, node.id)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        dotted = ast.unparse(node)
        return self._named(node, dotted) if dotted.replace(".", "").isidentifier() else self.generic_visit(node)

    def _named(self, node: ast.expr, dotted: str) -> ast.AST:
        if self._scope.is_builtin(dotted.partition(".")[0]):
            return node
        found = self._scope.resolve(dotted)
        if found is None or not found[1]:
            raise LookupError(dotted)
        module, path = found
        return ast.parse(".".join((self._target.name_of(module, path[0]), *path[1:])), mode="eval").body
