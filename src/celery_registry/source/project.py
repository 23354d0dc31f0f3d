"""Which files are the program, what each module is called, and which of them are its tests.

Law: the one answer for every front: directories and the user's settings in, an index of production out. It
imports nothing, and never learns what is asked of the index.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from celery_registry.contract.lock import Lock
from celery_registry.errors import ConfigurationError
from celery_registry.source.files import Modules, SourceFile, excluder, walk
from celery_registry.source.import_bases import find_bases
from celery_registry.source.index import SourceIndex
from celery_registry.source.program_roots import programs_of, refuse_several, shown
from celery_registry.source.syntax import NO_PYTHON
from celery_registry.source.testing import Areas
from celery_registry.source.unread import Unread

__all__ = [
    "Choices",
    "Project",
    "base_of",
    "default_paths",
    "find_paths",
    "read_project",
    "read_projects",
    "unread_lines",
]

#: How many files are named in one message.
_SHOWN = 5
_OTHER_PYTHON = (
    "run celery-registry with the Python that runs the program, or leave these files out: mypy's setting exclude"
)


class Choices(Protocol):
    """What the user may set, as ``settings`` reads it."""

    @property
    def task_modules(self) -> tuple[str, ...]:
        """Globs of the modules in which a registration counts."""

    @property
    def test_paths(self) -> tuple[str, ...]:
        """Globs of paths that hold test code."""

    @property
    def directory(self) -> str | None:
        """What these globs are relative to."""

    @property
    def locks(self) -> Mapping[str, Lock]:
        """The contracts of other services, by path."""

    @property
    def injected_parameters(self) -> Mapping[str, tuple[str, ...]]:
        """What a base class or a decorator supplies, by its dotted name."""

    @property
    def bases(self) -> tuple[str, ...]:
        """Directories that modules are imported from."""

    @property
    def named_modules(self) -> tuple[str, ...]:
        """Modules of the program that settings name."""

    @property
    def exclude(self) -> tuple[str, ...]:
        """Regular expressions of paths that are left out."""


@dataclass(frozen=True)
class Project:
    """Production as its source tells it; ``roots`` are the directories and files that were looked at.

    ``base`` is the directory of a service that is one program of several, None where there is only one.
    """

    index: SourceIndex
    roots: tuple[str, ...]
    base: str | None = None

    def owns(self, path: str) -> bool:
        """Whether a file is this program's alone; others belong to each of several."""
        return self.base is None or path.startswith(self.base + os.sep)

    @property
    def looked_at(self) -> str:
        """``12 files under src``."""
        number = len(self.index.modules)
        return f"{number} {'file' if number == 1 else 'files'} under {', '.join(self.roots)}"

    def refuse_unread(self) -> None:
        """Raise ``ConfigurationError`` where a file that may register a task could not be read: it names each of them."""
        lines = unread_lines(self.unread_files)
        if lines:
            raise ConfigurationError("; ".join(lines))

    @property
    def unread_files(self) -> list[Unread]:
        """The files that may register a task and could not be read."""
        return [u for u in self.index.unread if not u.is_too_large]

    @property
    def passed_over(self) -> list[str]:
        """A line for each file of data that was not read."""
        return [f"{shown(u.path)}: {u.reason}" for u in self.index.unread if u.is_too_large]

    def refuse_nothing(self) -> None:
        """Raise ``ConfigurationError`` where no task is registered in anything that was looked at."""
        if not self.index.registrations:
            raise ConfigurationError(f"no task is registered in the {self.looked_at}")

    def refuse_rivals(self) -> None:
        """Raise ``ConfigurationError`` where two services have different tasks under one name."""
        for name, first, second in self.index.rivals():
            raise ConfigurationError(
                f"{shown(first.origin.path)}:{first.origin.line} and {shown(second.origin.path)}:{second.origin.line} "
                f'register "{name}" for two applications: name the paths of one'
            )


def unread_lines(files: Iterable[Unread]) -> list[str]:
    """The files that could not be read, the first of them by name, and what to do about it."""
    lines = list(dict.fromkeys(f"{shown(u.path)}{f':{u.line}' if u.line else ''}: {u.reason}" for u in files))
    more = [f"... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    # A file may be written for a newer Python than the one at hand.
    hint = [_OTHER_PYTHON] if any(NO_PYTHON in line for line in lines) else []
    return [*lines[:_SHOWN], *more, *hint]


def default_paths() -> tuple[str, ...]:
    """Where the sources are when nobody says so: ``src`` where there is one, else the working directory."""
    return ("src",) if os.path.isdir("src") else (".",)


def read_project(paths: Sequence[str], choices: Choices, cache_dir: str | Path | None = None) -> Project:
    """The program under ``paths``, by default ``default_paths``, without its tests.

    Raises ``ConfigurationError`` for a path that is not there, for a setting that cannot be understood, and where there
    are several programs.
    """
    roots = tuple(paths) or default_paths()
    files, areas = _find_sources(roots, choices), _areas(roots, choices)
    refuse_several(files, areas)
    return Project(_index(files, areas, choices, cache_dir), roots)


def read_projects(paths: Sequence[str], choices: Choices) -> list[Project]:
    """The programs under ``paths``; services that call a module alike are one each. Raises as ``read_project`` does."""
    roots = tuple(paths) or default_paths()
    files, areas = _find_sources(roots, choices), _areas(roots, choices)
    programs = programs_of(files, areas).items()
    return [
        Project(_index(own, areas, choices, None), roots if base is None else (shown(base),), base)
        for base, own in programs
    ]


def _areas(roots: Sequence[str], choices: Choices) -> Areas:
    return Areas(_areas_roots(roots), choices.test_paths, choices.directory)


def _index(files: Sequence[SourceFile], areas: Areas, choices: Choices, cache_dir: str | Path | None) -> SourceIndex:
    return SourceIndex.build(
        files,
        cache_dir,
        task_modules=choices.task_modules,
        areas=areas,
        leave_out_tests=True,
        locks=choices.locks,
        injected=choices.injected_parameters,
    )


def base_of(module: str, choices: Choices) -> str | None:
    """The directory below the working directory from which a module is imported; None where there is none, or several.

    Raises as ``read_project`` does for its settings.
    """
    top = module.partition(".")[0]
    files = _find_sources((".",), choices)
    bases = {file.base for file in files if file.module == top or file.module.startswith(f"{top}.")}
    return bases.pop() if len(bases) == 1 else None


def _areas_roots(roots: Iterable[str]) -> list[str]:
    """A folder of tests that is asked for by its name is no test code: somebody wants to know about it."""
    return [root if os.path.isdir(root) else os.path.dirname(os.path.abspath(root)) for root in roots]


def find_paths(paths: Sequence[str], choices: Choices) -> list[str]:
    """Every file of the program, tests too; raises as ``read_project`` does."""
    for path in paths:
        if not os.path.exists(path):
            raise ConfigurationError(f"{path}: there is no such file or directory")
    try:
        is_excluded = excluder(choices.exclude)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    return list(walk([os.path.abspath(path) for path in paths], is_excluded))


def _find_sources(paths: Sequence[str], choices: Choices) -> tuple[SourceFile, ...]:
    found = find_paths(paths, choices)
    modules = Modules(find_bases(paths, found, choices.bases, choices.named_modules))
    return tuple(sorted({file for path in found if (file := modules.of(path)) is not None}))
