"""The programs of one tree: services that are each started from inside their own folder call their modules alike.

Law: named files in, groups of them out; what no service owns belongs to each. No file is asked what it means, only
whether it says something of tasks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from celery_registry.errors import ConfigurationError
from celery_registry.source.files import SourceFile
from celery_registry.source.testing import Areas
from celery_registry.source.wanted import file_says_something

__all__ = ["programs_of", "refuse_several", "shown"]

#: One file, and another for the same module.
_Rivals = tuple[SourceFile, SourceFile]


def programs_of(files: Sequence[SourceFile], areas: Areas) -> dict[str | None, tuple[SourceFile, ...]]:
    """The files of each program, by the directory that it is started from; None for the only one.

    Raises ``ConfigurationError`` for two files of one module that are imported from the same directory.
    """
    rivals = list(_rivals(files, areas))
    if not rivals:
        return {None: tuple(files)}
    bases = set()
    for first, second in rivals:
        if first.base is None or second.base is None or first.base == second.base:
            raise _twins(first, second, "name the paths of one program")
        bases |= {first.base, second.base}
    deepest = sorted(bases, key=len, reverse=True)
    owners = {file: next((b for b in deepest if file.path.startswith(b + os.sep)), None) for file in files}
    return {base: tuple(file for file in files if owners[file] in (base, None)) for base in sorted(bases)}


def refuse_several(files: Sequence[SourceFile], areas: Areas) -> None:
    """Raise ``ConfigurationError``, with the path of each program, where there are several, or two files for one module."""
    programs = programs_of(files, areas)
    if len(programs) > 1:
        paths = [shown(base) for base in programs if base is not None]
        first, second = next(_rivals(files, areas))
        raise _twins(first, second, f"run this for each service by itself, with the path {' or '.join(paths)}")


def _rivals(files: Iterable[SourceFile], areas: Areas) -> Iterator[_Rivals]:
    """Of two files for one module one would not be looked at."""
    first: dict[str, SourceFile] = {}
    for file in files:
        if areas.of(file.path) is not None:
            continue
        other = first.setdefault(file.module, file)
        if other.path != file.path and file_says_something(file.path):
            yield other, file


def _twins(first: SourceFile, second: SourceFile, advice: str) -> ConfigurationError:
    return ConfigurationError(
        f"{shown(first.path)} and {shown(second.path)} are both the module {first.module}: {advice}"
    )


def shown(path: str) -> str:
    """A path as the user would type it."""
    relative = os.path.relpath(path)
    return path if relative.startswith(os.pardir) else relative
