"""Where the program's files are: mypy's roots, and every Python file below them.

Law: paths and times of change; what a file says and which module it is are asked elsewhere.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mypy.fscache import FileSystemCache
from mypy.modulefinder import matches_exclude

from celery_registry.source.files import walk as find_python_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.options import Options

__all__ = ["Stamp", "bases_of", "roots_of", "stamp_of", "walk"]

#: The time of change in nanoseconds, and the size in bytes.
Stamp = tuple[int, int]


def bases_of(options: Options) -> list[str]:
    """The directories from which imports are found."""
    return [*options.mypy_path, *filter(None, os.environ.get("MYPYPATH", "").split(os.pathsep))]


def roots_of(options: Options) -> list[str]:
    """The directories and files to look in, none inside another."""
    given = {os.path.abspath(root) for root in (*bases_of(options), *(options.files or ()), os.getcwd())}
    return sorted(root for root in given if not any(root != r and root.startswith(r + os.sep) for r in given))


def walk(options: Options) -> Iterator[str]:
    """Every Python file at or below the roots that mypy's ``exclude`` does not name, and every ``__init__.pyi``."""
    fscache = FileSystemCache()

    def is_excluded(path: str, is_directory: bool) -> bool:
        return bool(matches_exclude(path, options.exclude, fscache, verbose=False))

    return find_python_files(roots_of(options), is_excluded if options.exclude else None)


def stamp_of(path: str) -> Stamp | None:
    """When a file was changed and how large it is; None for a file that is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
