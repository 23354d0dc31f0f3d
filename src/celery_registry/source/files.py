"""Which files belong to the program, and the module that each one is.

Law: directories in, (module, path) out, by mypy's rules for files given on its command line. No file is opened.
Source: mypy documentation, *Mapping file paths to modules*.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SourceFile", "find_files"]

_NEVER = frozenset({"__pycache__", "site-packages", "node_modules"})


@dataclass(frozen=True, order=True)
class SourceFile:
    """One file of the program; ``is_package`` for an ``__init__.py``."""

    module: str
    path: str
    is_package: bool = False

    @property
    def base(self) -> str | None:
        """The directory from which the module is imported, None where its name and its path do not go together."""
        folder, parts = self.path[: -len(".py")], self.module.split(".")
        if self.is_package:
            folder = os.path.dirname(self.path)
        for part in reversed(parts):
            folder, name = os.path.split(folder)
            if name != part:
                return None
        return folder


def find_files(
    roots: Iterable[str | Path], *, bases: Iterable[str | Path] = (), exclude: Iterable[str] = ()
) -> tuple[SourceFile, ...]:
    """The Python files under ``roots`` (directories or files), sorted by module and path.

    ``bases`` are directories from which modules are named (mypy's ``mypy_path``); a directory without ``__init__.py``
    is a namespace package only below one of them. ``exclude`` are regular expressions, searched in the path with
    forward slashes, directories ending in one, as mypy's ``exclude``. Raises ``ValueError`` for a bad expression.
    """
    finder = _Finder(bases, exclude)
    for root in roots:
        path = os.path.abspath(root)
        if os.path.isdir(path):
            prefix, _ = finder.crawl_up(path)
            finder.directory(path, prefix)
        elif os.path.isfile(path):
            finder.file(path)
    return tuple(sorted(finder.found.values()))


class _Finder:
    def __init__(self, bases: Iterable[str | Path], exclude: Iterable[str]) -> None:
        self.bases = frozenset(os.path.abspath(base) for base in bases)
        self.found: dict[str, SourceFile] = {}
        self.exclude = []
        for pattern in exclude:
            try:
                self.exclude.append(re.compile(pattern))
            except re.error as problem:
                raise ValueError(f"exclude: {pattern!r} is no regular expression: {problem}") from None

    def excluded(self, path: str, is_directory: bool) -> bool:
        if not self.exclude:
            return False
        shown = os.path.relpath(path).replace(os.sep, "/") + ("/" if is_directory else "")
        return any(pattern.search(shown) for pattern in self.exclude)

    def directory(self, path: str, prefix: str) -> None:
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            name = entry.name
            if entry.is_dir():
                if name in _NEVER or name.startswith(".") or self.excluded(entry.path, True):
                    continue
                self.directory(entry.path, self.below(entry.path, name, prefix))
            elif name.endswith(".py") and not self.excluded(entry.path, False):
                self.add(entry.path, name[:-3], prefix)

    def below(self, path: str, name: str, prefix: str) -> str:
        if path in self.bases:
            return ""
        if os.path.isfile(os.path.join(path, "__init__.py")):
            return _join(prefix, name)
        return self.crawl_up(path)[0]

    def file(self, path: str) -> None:
        folder, name = os.path.split(path)
        self.add(path, name[:-3] if name.endswith(".py") else name, self.crawl_up(folder)[0])

    def add(self, path: str, stem: str, prefix: str) -> None:
        if stem == "__init__":
            if prefix:
                self.found[path] = SourceFile(prefix, path, True)
        else:
            self.found[path] = SourceFile(_join(prefix, stem), path)

    def crawl_up(self, folder: str) -> tuple[str, bool]:
        """The package that a directory is, and whether anything above says that it is one."""
        if folder in self.bases:
            return "", True
        parent, name = os.path.split(folder)
        if os.path.isfile(os.path.join(folder, "__init__.py")) and name.isidentifier():
            return _join(self.crawl_up(parent)[0], name), True
        if not name or not name.isidentifier():
            return "", False
        prefix, known = self.crawl_up(parent)
        return (_join(prefix, name), True) if known else ("", False)


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
