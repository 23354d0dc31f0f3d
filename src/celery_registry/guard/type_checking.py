"""The imports of a module that run for a type checker alone.

Law: the source text of one module, and the local names that its ``if TYPE_CHECKING:`` blocks would bind. Nothing
is imported, and what a name means is not decided here.
"""

from __future__ import annotations

import ast
import re
import textwrap
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["TypeCheckingImports"]

_IF = re.compile(r"if (?:\w+\.)?")
_BLOCK = re.compile(r"TYPE_CHECKING:[^\S\n]*(?:#.*)?\n((?:[^\S\n].*\n|\n)*)")
#: Nearly every line there is one of these; a tree of all of them takes longer than the rest of the check.
_SIMPLE_IMPORT = re.compile(r"\s+from ([A-Za-z_][\w.]*) import (\w+(?:, \w+)*)")


class TypeCheckingImports:
    """The names imported under ``if TYPE_CHECKING:`` at the left margin of a module's source."""

    def __init__(self, module: Mapping[str, Any]) -> None:
        self._package = str(module.get("__package__") or "")
        #: Name -> module, of ``from module import name``.
        self._members: dict[str, str] = {}
        self._lines: list[tuple[str, list[str]]] = []
        #: Local name -> module and name there, of everything else.
        self._others: dict[str, tuple[str, str]] = {}
        for block in _type_checking_blocks(_source(module.get("__file__"))):
            self._read(block)

    def origin(self, name: str) -> tuple[str, str] | None:
        """The module a local name is imported from and the name there; of a module itself, its parent and last name.

        None for a name that no such import binds.
        """
        module = self._members.get(name)
        return self._others.get(name) if module is None else (module, name)

    def members(self) -> Iterable[tuple[str, Iterable[str]]]:
        """The modules that ``from module import name`` names, each with the names."""
        return self._lines

    def _read(self, block: str) -> None:
        rest = []
        for line in block.splitlines():
            simple = _SIMPLE_IMPORT.fullmatch(line)
            if simple is None:
                rest.append(line)
            else:
                names = simple[2].split(", ")
                self._lines.append((simple[1], names))
                self._members.update(dict.fromkeys(names, simple[1]))
        try:
            tree = ast.parse(textwrap.dedent("\n".join(rest)))
        except SyntaxError:
            return
        for node in ast.walk(tree):
            for name, fullname in _read_import(node, self._package):
                module, _, member = fullname.rpartition(".")
                self._others[name] = (module, member)


def _type_checking_blocks(source: str) -> Iterator[str]:
    """The indented lines under each ``if TYPE_CHECKING:`` at the left margin."""
    end = source.find("TYPE_CHECKING:")
    while end >= 0:
        block = _BLOCK.match(source, end)
        if block is not None and _IF.fullmatch(source[source.rfind("\n", 0, end) + 1 : end]):
            yield block[1]
        end = source.find("TYPE_CHECKING:", end + 1)


def _source(path: Any) -> str:
    """The text of a module; not through ``linecache``, which would keep it."""
    if not isinstance(path, str) or not path.endswith(".py"):
        return ""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""


def _read_import(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (
                alias.asname or alias.name.partition(".")[0],
                alias.name if alias.asname else alias.name.partition(".")[0],
            )
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*parents, *([base] if base else [])])
        for alias in node.names:
            yield alias.asname or alias.name, f"{base}.{alias.name}"
