"""Dotted names of the settings that name nothing in the program's sources.

Law: it tells what is certain. A package that is not read, a module that makes its names while it runs and a file that
cannot be parsed may have any name.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from celery_registry.contract.injected import Supplier, show_misnamed, unknown_parameters
from celery_registry.contract.signature import Kind

if TYPE_CHECKING:
    from celery_registry.source.files import SourceFile
    from celery_registry.source.index import SourceIndex

__all__ = ["NamingSettings", "misnamed_lines", "misnamed_settings"]

#: A file that is larger is data.
_LARGEST: Final = 2_000_000
#: With one of these a module may have names that its text does not show.
_DYNAMIC: Final = frozenset({"globals", "locals", "vars", "setattr", "exec", "__getattr__", "__dict__", "modules"})
_WORD: Final = re.compile(r"\w+")
_OPEN: Final = (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)


class NamingSettings(Protocol):
    """What of the user's settings names something, as ``settings`` reads it."""

    @property
    def registry(self) -> tuple[str, ...]:
        """Dotted names of registries."""

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names of enums."""

    @property
    def injected_parameters(self) -> Mapping[str, tuple[str, ...]]:
        """What a base class or a decorator supplies, by its dotted name."""

    def mistake(self, text: str) -> Exception:
        """The exception for a mistake in them."""


def misnamed_lines(index: SourceIndex, settings: NamingSettings) -> Iterator[str]:
    """A line for each name of the settings that names nothing, for a command that can do without it."""
    named = {"registry": settings.registry, "names": settings.names}
    for text in misnamed_settings(index, named, settings.injected_parameters):
        yield f"celery-registry: {settings.mistake(text)}"


def misnamed_settings(
    index: SourceIndex,
    named: Mapping[str, Sequence[str]],
    injected: Mapping[str, Sequence[str]],
    unsettled: Collection[str] = (),
) -> Iterator[str]:
    """One line for each name that names nothing: ``named`` maps a setting to dotted classes.

    ``unsettled`` are modules of which it is not known which file is meant.
    """
    there = _There(index, unsettled)
    for setting, names in named.items():
        for name in names:
            text = there.misnamed(setting, name)
            if text is not None:
                yield text
    for name, listed in injected.items():
        text = there.misnamed("injected-parameters", name)
        if text is not None:
            yield text
            continue
        supplier = there.supplier(name)
        if supplier is not None:
            yield from unknown_parameters(supplier, listed)


class _There:
    def __init__(self, index: SourceIndex, unsettled: Collection[str]) -> None:
        self._index = index
        self._unsettled = unsettled

    def misnamed(self, setting: str, name: str) -> str | None:
        found = self._module_of(name)
        if found is None:
            return None
        file, attribute = found
        if _may_be_a_module(file, attribute):
            return None
        text = _Text(file.path)
        if text.bound is None or attribute in text.bound:
            return None
        near = {f"{file.module}.{known}" for known in text.defined}
        if setting == "registry":
            near = {*near, *self._index.registries}
        if setting == "names":
            near = {*near, *self._index.enums}
        return show_misnamed(setting, name, os.path.relpath(file.path), near)

    def supplier(self, name: str) -> Supplier | None:
        """The class or decorator with what its tasks take; None where one of them takes what cannot be read."""
        taken: set[str] = set()
        modules: set[str] = set()
        for registration in self._index.registrations:
            if name not in registration.supplied_by:
                continue
            parameters = registration.seen_through(self._index.injected).signature.parameters
            if parameters is None or any(p.kind in _OPEN for p in parameters):
                return None
            taken.update(p.name for p in parameters if p.name is not None)
            for other in registration.supplied_by:
                found = self._module_of(other)
                if found is not None:
                    modules.add(found[0].path)
        if not taken:
            return None
        return Supplier(name, taken, frozenset().union(*(_Text(path).words for path in modules)))

    def _module_of(self, name: str) -> tuple[SourceFile, str] | None:
        """The file in which a dotted name must be, and its first part in there; None where none is read."""
        parts = name.split(".")
        for end in range(len(parts) - 1, 0, -1):
            module = ".".join(parts[:end])
            if module in self._unsettled:
                return None
            file = self._index.modules.get(module)
            if file is not None:
                return file, parts[end]
        return None


def _may_be_a_module(file: SourceFile, name: str) -> bool:
    """Whether something below a package, or below a folder beside a module, has this name: it is not read."""
    folder = os.path.dirname(file.path) if file.is_package else os.path.splitext(file.path)[0]
    try:
        return any(entry.partition(".")[0] == name for entry in os.listdir(folder))
    except OSError:
        return False


class _Text:
    """What one file says."""

    def __init__(self, path: str) -> None:
        self._path = path

    @cached_property
    def _source(self) -> str | None:
        try:
            if os.path.getsize(self._path) > _LARGEST:
                return None
            return Path(self._path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._source or ""))

    @cached_property
    def _nodes(self) -> list[ast.AST] | None:
        try:
            return None if self._source is None else list(ast.walk(ast.parse(self._source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def bound(self) -> frozenset[str] | None:
        """Every name that is bound anywhere in it, None where it may have others."""
        if self._nodes is None or not _DYNAMIC.isdisjoint(self.words):
            return None
        found: set[str] = set()
        for node in self._nodes:
            found.update(_names_of(node))
        return None if "*" in found else frozenset(found)

    @cached_property
    def defined(self) -> list[str]:
        """The classes and functions."""
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        return [node.name for node in self._nodes or () if isinstance(node, kinds)]


def _names_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        yield node.name
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.Global):
        yield from node.names
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name is not None:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest is not None:
        yield node.rest
    elif hasattr(node, "name") and isinstance(node.name, ast.Name):
        # ``type Alias = ...`` of Python 3.12.
        yield node.name.id
