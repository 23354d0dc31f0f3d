"""Where the program's files are: mypy's roots, and every Python file below them.

Law: paths and times of change; what a file says and which module it is are asked elsewhere.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mypy.modulefinder import matches_exclude

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.fscache import FileSystemCache
    from mypy.options import Options

__all__ = ["SKIPPED", "Stamp", "bases_of", "roots_of", "stamp_of", "walk"]

#: The time of change in nanoseconds, and the size in bytes.
Stamp = tuple[int, int]

#: Directories that hold no source of the user's; mypy itself skips the first three (mypy.find_sources).
SKIPPED = frozenset({"__pycache__", "site-packages", "node_modules", "typeshed_overrides"})


def bases_of(options: Options) -> list[str]:
    """The directories from which imports are found."""
    return [*options.mypy_path, *filter(None, os.environ.get("MYPYPATH", "").split(os.pathsep))]


def roots_of(options: Options) -> list[str]:
    """The directories and files to look in, none inside another."""
    given = {os.path.abspath(root) for root in (*bases_of(options), *(options.files or ()), os.getcwd())}
    return sorted(root for root in given if not any(root != r and root.startswith(r + os.sep) for r in given))


def walk(root: str, options: Options, fscache: FileSystemCache) -> Iterator[str]:
    """Every Python file at or below a root that mypy's ``exclude`` does not name, and every ``__init__.pyi``."""
    if os.path.isfile(root):
        yield root
        return
    try:
        entries = sorted(os.scandir(root), key=_name)
    except OSError:
        return
    if any(entry.name == "pyvenv.cfg" for entry in entries):
        return
    for entry in entries:
        name = entry.name
        if name.startswith(".") or name in SKIPPED:
            continue
        is_file = name.endswith(".py") or name == "__init__.pyi"
        if not is_file and not entry.is_dir():
            continue
        if options.exclude and matches_exclude(entry.path, options.exclude, fscache, verbose=False):
            continue
        if entry.is_dir():
            yield from walk(entry.path, options, fscache)
        else:
            yield entry.path


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def stamp_of(path: str) -> Stamp | None:
    """When a file was changed and how large it is; None for a file that is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
