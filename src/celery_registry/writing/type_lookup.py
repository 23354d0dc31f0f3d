"""What the types on a command line mean: where the program, or Python, has a name.

Law: a type in, the same as one module writes it out, with its imports noted there. It guesses between no two.
"""

from __future__ import annotations

import ast
import builtins
import copy
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError
from celery_registry.source.annotation import parse_annotation
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.target_module import TargetModule

__all__ = ["TypeLookup", "UnknownType"]

#: What is meant by a bare name that nothing in the program has.
_USUAL: Final[Mapping[str, str]] = {
    **dict.fromkeys(("Any", "Literal", "Optional", "Union", "Annotated", "NamedTuple", "TypedDict"), "typing"),
    **dict.fromkeys(("Callable", "Collection", "Iterable", "Mapping", "Sequence", "Set"), "collections.abc"),
    **dict.fromkeys(("date", "datetime", "timedelta", "time"), "datetime"),
    "Decimal": "decimal",
    "Path": "pathlib",
    "UUID": "uuid",
}


class UnknownType(Exception):
    """A name that nobody has; ``name`` is it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class TypeLookup:
    """Looks names up for the module ``target``; ``first`` are the modules whose names are meant before those of others."""

    def __init__(self, sources: ProgramSources, target: TargetModule, first: Sequence[str]) -> None:
        self._sources, self._target, self._first = sources, target, first

    def place(self, node: ast.expr) -> ast.expr:
        """The type or value as the module writes it.

        Raises ``UnknownType`` for a name that nobody has, ``ConfigurationError`` where several do.
        """
        placed = _Placed(self).visit(node)
        assert isinstance(placed, ast.expr)
        return placed

    def place_arguments(self, arguments: ast.arguments) -> ast.arguments:
        """The same for the types and defaults of parameters."""
        placed = _Placed(self).visit(copy.deepcopy(arguments))
        assert isinstance(placed, ast.arguments)
        return placed

    def refuse(self, name: str, what: str) -> ConfigurationError:
        """The error for a name that nobody has; ``what`` says of what it is."""
        known = {each for module in self._sources.modules for each in self._defined(module)}
        return ConfigurationError(
            f'the type "{name}" {what}: is not in the source{show_nearest(name, {*known, *_USUAL})}; '
            "a type of a package is written with its module"
        )

    def name_of(self, dotted: str) -> str:
        """How the module calls what somebody calls ``dotted``."""
        root, _, rest = dotted.partition(".")
        target = self._target
        if root in target.scope.names or hasattr(builtins, root):
            return dotted
        for module in self._first:
            scope = self._sources.scope_of(module)
            found = None if scope is None else scope.resolve(dotted)
            if found is not None and found[1]:
                return ".".join((target.name_of(found[0], found[1][0]), *found[1][1:]))
        if rest:
            return self._dotted(dotted)
        homes = [module for module in self._sources.modules if root in self._defined(module, root)]
        if len(homes) > 1:
            shown = ", ".join(f"{module}.{root}" for module in homes)
            raise ConfigurationError(f'the type "{root}": several modules have one; write which: {shown}')
        if homes:
            return target.name_of(homes[0], root)
        if root in _USUAL:
            return target.name_of(_USUAL[root], root)
        raise UnknownType(dotted)

    def _dotted(self, dotted: str) -> str:
        """``package.module.Name``."""
        parts = dotted.split(".")
        for size in range(len(parts) - 1, 0, -1):
            module, path = ".".join(parts[:size]), parts[size:]
            if module in self._sources.modules:
                if path[0] in self._defined(module):
                    return ".".join((self._target.name_of(module, path[0]), *path[1:]))
            elif size == 1 and not self._is_own(module) and _exists(module):
                # Nothing is imported, so which part of it is a module only its spelling tells.
                end = next((n for n, part in enumerate(parts) if n and part[:1].isupper()), len(parts) - 1)
                home = ".".join(parts[:end])
                return ".".join((self._target.name_of(home, parts[end]), *parts[end + 1 :]))
        raise UnknownType(dotted)

    def _is_own(self, top: str) -> bool:
        return any(module.partition(".")[0] == top for module in self._sources.modules)

    def _defined(self, module: str, name: str = "") -> set[str]:
        """The names that a module binds itself; nothing where its text does not say ``name`` at all."""
        if name:
            path = Path(self._sources.modules[module].path)
            try:
                if name.encode() not in path.read_bytes():
                    return set()
            except OSError:
                return set()
        scope = self._sources.scope_of(module)
        return set() if scope is None else scope.defined


def _exists(top: str) -> bool:
    """Whether a package of this name is there; the package itself is not imported."""
    if top in sys.stdlib_module_names:
        return True
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return False


class _Placed(ast.NodeTransformer):
    def __init__(self, lookup: TypeLookup) -> None:
        self._lookup, self._quoted = lookup, False

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._named(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        dotted = ast.unparse(node)
        return self._named(dotted) if dotted.replace(".", "").isidentifier() else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        inner = parse_annotation(node.value) if isinstance(node.value, str) and self._quoted else None
        return node if inner is None else self.visit(inner)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        # A string is a type here, and a value in a default.
        self._quoted, annotation = True, node.annotation
        node.annotation = None if annotation is None else self.visit(annotation)
        self._quoted = False
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if ast.unparse(node.value).rpartition(".")[2] == "Literal":
            return ast.Subscript(self.visit(node.value), node.slice, ast.Load())
        return self.generic_visit(node)

    def _named(self, dotted: str) -> ast.AST:
        shown = parse_annotation(self._lookup.name_of(dotted))
        assert shown is not None
        return shown
