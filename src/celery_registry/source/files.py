"""Which Python files there are, and the module that each one is.

Law: directories in, (module, path) out, by mypy's rules for files given on its command line. No file is opened, so no
device is waited for; each directory is met once, under its own path before that of a link, and so is each file of one
program.
Source: mypy documentation, *Mapping file paths to modules*.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["SKIPPED", "Exclude", "Modules", "SourceFile", "excluder", "find_files", "walk"]

#: Directories that hold no source of the user's; mypy itself skips the first three (mypy.find_sources).
SKIPPED = frozenset({"__pycache__", "site-packages", "node_modules", "typeshed_overrides"})
#: What stands below them is made by the kernel, and leads everywhere.
_OF_THE_SYSTEM = ("/proc/", "/sys/")
#: Whether a path is left out; the second argument tells whether it is a directory.
Exclude = Callable[[str, bool], bool]


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


def walk(roots: Iterable[str], is_excluded: Exclude | None = None) -> Iterator[str]:
    """Every regular ``*.py`` and ``__init__.pyi`` at or below the roots, which are absolute.

    What is hidden or ``SKIPPED`` is left out, and so are virtual environments, what ``is_excluded`` says, and what links
    lead to above the roots or in the system's own directories.
    """
    found = _Found()
    roots = list(roots)
    for root in roots:
        if os.path.isfile(root):
            yield root
        else:
            yield from _walk(root, is_excluded, found)
    # A link may lead back to where it stands, or to what is found by itself: directories come before files.
    inner = [os.path.join(os.path.realpath(root), "") for root in roots] if found.links or found.file_links else []
    while found.links or found.file_links:
        is_directory = bool(found.links)
        link = (found.links or found.file_links).pop(0)
        target = os.path.realpath(link)
        if f"{target}/".startswith(_OF_THE_SYSTEM):
            continue
        if not is_directory:
            # Two programs may share a file by a link, and each imports its own.
            if not any(_base(link) == _base(other) for other in found.named(target)):
                found.files.add(link)
                found.bases.append((target, link))
                yield link
        elif not all(root.startswith(os.path.join(target, "")) for root in inner):
            yield from _walk(link, is_excluded, found)


@dataclass
class _Found:
    """What a walk has met.

    directories  device and number of each
    bases        the real path of each directory that a walk began with, and of each link, and the path it was met by
    """

    directories: set[tuple[int, int]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    bases: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    file_links: list[str] = field(default_factory=list)

    def named(self, target: str) -> list[str]:
        """The paths by which a file has been met, by its real one."""
        paths = (walked + target[len(real) :] for real, walked in self.bases if target.startswith(real))
        return [path for path in paths if path in self.files]


def _base(path: str) -> str:
    """The directory that holds a file's outermost package, or the file."""
    folder = os.path.dirname(path)
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def _walk(root: str, is_excluded: Exclude | None, found: _Found) -> Iterator[str]:
    found.bases.append((os.path.realpath(root), root))
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            status = os.stat(folder)
            entries = sorted(os.scandir(folder), key=_name)
        except OSError:
            continue
        if (status.st_dev, status.st_ino) in found.directories:
            continue
        found.directories.add((status.st_dev, status.st_ino))
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        for entry in entries:
            name = entry.name
            if name.startswith(".") or name in SKIPPED:
                continue
            is_source = name.endswith(".py") or name == "__init__.pyi"
            is_directory = not is_source and _is_directory(entry)
            if not is_source and not is_directory:
                continue
            if is_excluded is not None and is_excluded(entry.path, is_directory):
                continue
            if is_directory:
                (found.links if entry.is_symlink() else waiting).append(entry.path)
            elif _is_file(entry):
                if entry.is_symlink():
                    found.file_links.append(entry.path)
                else:
                    found.files.add(entry.path)
                    yield entry.path


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def excluder(expressions: Iterable[str]) -> Exclude | None:
    """Regular expressions, searched in the path with forward slashes, directories ending in one, as mypy's ``exclude``.

    Raises ``ValueError`` for a bad expression.
    """
    patterns = []
    for expression in expressions:
        try:
            patterns.append(re.compile(expression))
        except re.error as problem:
            raise ValueError(f"exclude: {expression!r} is no regular expression: {problem}") from None
    if not patterns:
        return None

    def is_excluded(path: str, is_directory: bool) -> bool:
        shown = os.path.relpath(path).replace(os.sep, "/") + ("/" if is_directory else "")
        return any(pattern.search(shown) for pattern in patterns)

    return is_excluded


def find_files(
    roots: Iterable[str | Path], *, bases: Iterable[str | Path] = (), exclude: Iterable[str] = ()
) -> tuple[SourceFile, ...]:
    """The Python files under ``roots`` (directories or files), sorted by module and path.

    ``bases`` are directories from which modules are named (mypy's ``mypy_path``); a directory without ``__init__.py``
    is a namespace package only below one of them. ``exclude`` is that of ``excluder``, which says what is raised.
    """
    modules = Modules(bases)
    paths = walk([os.path.abspath(root) for root in roots], excluder(exclude))
    return tuple(sorted({file for path in paths if (file := modules.of(path)) is not None}))


class Modules:
    """What files are called, seen from some bases."""

    def __init__(self, bases: Iterable[str | Path]) -> None:
        self.bases = frozenset(os.path.abspath(base) for base in bases)
        self._packages: dict[str, tuple[str, bool]] = {}

    def of(self, path: str) -> SourceFile | None:
        """The module at a path; None for a stub, for an ``__init__.py`` that is no package's, and where no import can say it."""
        folder, name = os.path.split(path)
        prefix = self.package(folder)[0]
        # What is no UTF-8 in the file system.
        if name.endswith(".pyi") or any("\udc80" <= letter <= "\udcff" for letter in name):
            return None
        stem = name.removesuffix(".py")
        if stem == "__init__":
            return SourceFile(prefix, path, True) if prefix else None
        return SourceFile(_join(prefix, stem), path)

    def package(self, folder: str) -> tuple[str, bool]:
        """The package that a directory is, and whether anything above says that it is one."""
        if folder not in self._packages:
            self._packages[folder] = self._package(folder)
        return self._packages[folder]

    def _package(self, folder: str) -> tuple[str, bool]:
        if folder in self.bases:
            return "", True
        parent, name = os.path.split(folder)
        if os.path.isfile(os.path.join(folder, "__init__.py")) and name.isidentifier():
            return _join(self.package(parent)[0], name), True
        if not name or not name.isidentifier():
            return "", False
        prefix, known = self.package(parent)
        return (_join(prefix, name), True) if known else ("", False)


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
