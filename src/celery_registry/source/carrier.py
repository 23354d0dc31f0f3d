"""The types that a client carries: classes copied by their source, with what they need and nothing else of the program.

Law: syntax in, text out. A class is carried where all it needs is carried too or comes from outside the program;
anything else becomes ``Any``, and the reason is kept.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from celery_registry.source.bindings import absolute_module

__all__ = ["Carrier"]

#: Last names of the bases, and of the decorator, that make a class a plain record or an enum.
_RECORDS: Final = {"TypedDict", "NamedTuple", "BaseModel", "Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"}
_DECORATOR: Final = "dataclass"
_BUILTINS: Final = frozenset(dir(builtins))


class _Imported(NamedTuple):
    """What an import binds: ``name`` of ``module``, or the module itself."""

    module: str
    name: str | None
    line: str


class _Module:
    """One file: what its top level defines and imports, under ``if TYPE_CHECKING`` too."""

    def __init__(self, name: str, path: Path, is_package: bool) -> None:
        self._text = path.read_text(encoding="utf-8")
        self._name, self._is_package = name, is_package
        self.defined: dict[str, ast.stmt] = {}
        self.imported: dict[str, _Imported] = {}
        self._read(ast.parse(self._text).body)

    def _read(self, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.If):
                self._read(node.body)
            elif isinstance(node, ast.ClassDef):
                self.defined[node.name] = node
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.defined[node.targets[0].id] = node
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    line = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                    self.imported[bound] = _Imported(alias.name, None, line)
            elif isinstance(node, ast.ImportFrom):
                source = absolute_module(node, self._name, self._is_package)
                for alias in node.names:
                    line = f"from {source} import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                    self.imported[alias.asname or alias.name] = _Imported(source, alias.name, line)

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.splitlines()

    def source_of(self, node: ast.stmt) -> str:
        """The lines of a statement with its decorators and the comments directly above it."""
        decorators = node.decorator_list if isinstance(node, ast.ClassDef) else []
        first = min([node.lineno, *(d.lineno for d in decorators)]) - 1
        while first > 0 and self._lines[first - 1].startswith("#"):
            first -= 1
        return "\n".join(self._lines[first : node.end_lineno])


class Carrier:
    """Collects what is carried, over all annotations of a client; ``files`` are the program's modules."""

    def __init__(self, files: Mapping[str, tuple[str, bool]]) -> None:
        self._files = files
        self._modules: dict[str, _Module | None] = {}
        self._blocks: dict[str, str] = {}
        self._imports: set[str] = set()
        self._state: dict[tuple[str, str], bool] = {}
        self._owner: dict[str, str] = {}
        self._needs: dict[str, set[str]] = {}
        #: Dotted name -> why it became ``Any``.
        self.lost: dict[str, str] = {}

    def annotation(self, module: str, text: str, types: set[str], imports: set[str]) -> str:
        """An annotation of a module as the client writes it.

        Adds to ``types`` the carried names in it, and to ``imports`` the lines that bring the others.
        """
        mover = _Mover(self, module, types, imports)
        return ast.unparse(mover.visit(ast.parse(text, mode="eval")))

    def render(self) -> str:
        """The module that holds them all."""
        lines = ["from __future__ import annotations", "", *sorted(self._imports)]
        return "\n".join([*lines, *(f"\n\n{block}" for block in self._blocks.values())]) + "\n"

    @property
    def imports(self) -> frozenset[str]:
        """The import lines of that module."""
        return frozenset(self._imports)

    @property
    def names(self) -> tuple[str, ...]:
        """The names that it defines."""
        return tuple(sorted(self._blocks))

    def _module(self, name: str) -> _Module | None:
        if name not in self._modules:
            found = self._files.get(name)
            try:
                self._modules[name] = None if found is None else _Module(name, Path(found[0]), found[1])
            except (OSError, SyntaxError, ValueError):
                self._modules[name] = None
        return self._modules[name]

    def is_ours(self, module: str) -> bool:
        """Whether a module belongs to the program."""
        top = module.partition(".")[0]
        return any(name == top or name.startswith(f"{top}.") for name in self._files)

    def bring(self, module: str, name: str, imports: set[str]) -> str | None:
        """What a name in a module becomes: itself carried (its name), or imported from outside; None where it is lost."""
        file = self._module(module)
        for _ in range(20):
            if file is None:
                return None
            if name in file.defined:
                return name if self._carry(module, file, name) else None
            found = file.imported.get(name)
            if found is None:
                return name if name in _BUILTINS else None
            if not self.is_ours(found.module):
                imports.add(found.line)
                return name
            if found.name is None or found.name != name:
                self.lost.setdefault(
                    f"{module}.{name}", "it is a module of the program, or imported under another name"
                )
                return None
            module, file = found.module, self._module(found.module)
        return None

    def _carry(self, module: str, file: _Module, name: str) -> bool:
        key = (module, name)
        if key in self._state:
            return self._state[key]
        reason = self._refusal(module, file, name)
        if reason is not None:
            self.lost[f"{module}.{name}"] = reason
            self._state[key] = False
            return False
        # A class that names itself, or one that names it back.
        self._state[key] = True
        self._owner[name] = module
        node = file.defined[name]
        imports: set[str] = set()
        needs = self._needs[name] = _names_of(node) - {name}
        for used in sorted(needs):
            if self.bring(module, used, imports) is None:
                self._lose(module, name, f"it needs {used}")
                return False
        self._imports |= imports
        self._blocks[name] = file.source_of(node)
        return True

    def _lose(self, module: str, name: str, reason: str) -> None:
        """Give a class up, and those that were carried since they need it and it needs them."""
        self.lost[f"{module}.{name}"] = reason
        self._state[module, name] = False
        self._blocks.pop(name, None)
        for other in [n for n in self._blocks if name in self._needs[n]]:
            self._lose(self._owner[other], other, f"it needs {name}")

    def _refusal(self, module: str, file: _Module, name: str) -> str | None:
        if self._owner.get(name, module) != module:
            return f"another {name} is carried, that of {self._owner[name]}"
        node = file.defined[name]
        if not isinstance(node, ast.ClassDef):
            return None
        marks = [*node.bases, *(d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)]
        last = {ast.unparse(mark).rpartition(".")[2].partition("[")[0] for mark in marks}
        is_record = bool(last & {*_RECORDS, _DECORATOR})
        own_bases = [base for base in node.bases if isinstance(base, ast.Name) and base.id in file.defined]
        return None if is_record or own_bases else "it is no TypedDict, dataclass, NamedTuple, enum or Pydantic model"


class _Mover(ast.NodeTransformer):
    def __init__(self, carrier: Carrier, module: str, types: set[str], imports: set[str]) -> None:
        self._carrier, self._module, self._types, self._imports = carrier, module, types, imports

    def visit_Name(self, node: ast.Name) -> ast.expr:
        imports: set[str] = set()
        found = self._carrier.bring(self._module, node.id, imports)
        if found is None:
            self._imports.add("from typing import Any")
            return ast.Name("Any")
        if imports:
            self._imports |= imports
        elif found not in _BUILTINS:
            self._types.add(found)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        moved = self.visit(root) if isinstance(root, ast.Name) else None
        return (
            node
            if isinstance(moved, ast.Name) and isinstance(root, ast.Name) and moved.id == root.id
            else ast.Name("Any")
        )

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str):
            return node
        moved: ast.expr = self.visit(ast.parse(node.value, mode="eval").body)
        return moved

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.value = self.visit(node.value)
        if ast.unparse(node.value).rpartition(".")[2] != "Literal":
            node.slice = self.visit(node.slice)
        return node


def _names_of(node: ast.stmt) -> set[str]:
    """The names that a statement reads from its module; text in annotations is read too."""
    own: set[str] = set()
    if isinstance(node, ast.ClassDef):
        for member in node.body:
            if isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef)):
                own.add(member.name)
            elif isinstance(member, ast.Assign):
                own.update(t.id for t in member.targets if isinstance(t, ast.Name))
            elif isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
                own.add(member.target.id)
    found: set[str] = set()
    local: set[str] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.arg):
            local.add(child.arg)
        elif isinstance(child, ast.Name):
            (found if isinstance(child.ctx, ast.Load) else local).add(child.id)
        elif isinstance(child, ast.AnnAssign) and isinstance(child.annotation, ast.Constant):
            # The whole annotation is quoted.
            text = child.annotation.value
            quoted = ast.parse(text, mode="eval") if isinstance(text, str) else child.annotation
            found.update(n.id for n in ast.walk(quoted) if isinstance(n, ast.Name))
    annotated = {
        name.id
        for member in getattr(node, "body", [])
        if isinstance(member, ast.AnnAssign)
        for name in ast.walk(member.annotation)
        if isinstance(name, ast.Name)
    }
    return {name for name in found if name not in _BUILTINS and (name in annotated or name not in own | local)}
