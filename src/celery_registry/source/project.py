"""Which files are the program, what each module is called, and which of them are its tests.

Law: the one answer for every front: directories and the user's settings in, an index of production out. It reads
texts for their imports alone, imports nothing, and never learns what is asked of the index.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Protocol

from celery_registry.contract.lock import Lock
from celery_registry.errors import ConfigurationError
from celery_registry.source.files import Modules, SourceFile, excluder, walk
from celery_registry.source.index import SourceIndex
from celery_registry.source.program_roots import programs_of, refuse_several, shown
from celery_registry.source.syntax import NO_PYTHON
from celery_registry.source.testing import Areas

__all__ = ["Choices", "Project", "base_of", "default_paths", "find_paths", "read_project", "read_projects"]

_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\.+|\w[\w.]*)|import[ \t]+(\w[\w.]*))", re.MULTILINE)
#: As Django's own ``manage.py`` has it.
_SETTINGS = re.compile(rb"""DJANGO_SETTINGS_MODULE["'],\s*["'](\w+)""")
#: Imports stand above this many bytes.
_ENOUGH = 1_000_000
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
        lines = self.unread
        if lines:
            more = [f"... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
            # A file may be written for a newer Python than the one at hand.
            hint = [_OTHER_PYTHON] if any(NO_PYTHON in line for line in lines) else []
            raise ConfigurationError("; ".join([*lines[:_SHOWN], *more, *hint]))

    @property
    def unread(self) -> list[str]:
        """A line for each file that may register a task and could not be read."""
        unread = [u for u in self.index.unread if not u.is_too_large]
        return [f"{shown(u.path)}{f':{u.line}' if u.line else ''}: {u.reason}" for u in unread]

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
    modules = Modules(_find_bases(paths, found))
    return tuple(sorted({file for path in found if (file := modules.of(path)) is not None}))


def _find_bases(paths: Sequence[str], found: Sequence[str]) -> set[str]:
    """The directories from which the program's modules are imported."""
    bases = set()
    for path in map(os.path.abspath, paths):
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        bases.update(_plain([_sources_above(folder) or folder, os.path.join(folder, "src")]))
    return bases | _bases_by_import(found, bases)


def _plain(folders: Iterable[str]) -> list[str]:
    """The directories that are no package."""
    return [f for f in folders if os.path.isdir(f) and not os.path.isfile(os.path.join(f, "__init__.py"))]


def _sources_above(folder: str) -> str | None:
    """The nearest directory ``src``, at or above a folder and below the working directory: packages begin there."""
    here = os.getcwd()
    while folder != here and folder.startswith(here + os.sep):
        if os.path.basename(folder) == "src":
            return folder
        folder = os.path.dirname(folder)
    return None


def _bases_by_import(found: Sequence[str], bases: set[str]) -> set[str]:
    """The directories from whose inside the program is started, as its imports say.

    In ``worker/__init__.py, app.py, jobs.py`` a line ``from app import app`` works from inside ``worker`` alone.
    """
    imported: dict[str, set[str]] = {}
    packages: set[str] = set()
    dotted: set[str] = set()
    looked_at: set[str] = set()
    for path in found:
        whole = _imports(path)
        dotted |= whole
        names = {name.partition(".")[0] or "." for name in whole}
        folder = os.path.dirname(path)
        if "." in {name[:1] for name in names}:
            packages.add(folder)
        looked_at.add(path)
        while folder not in bases and os.path.dirname(folder) != folder:
            looked_at.add(folder)
            imported.setdefault(folder, set()).update(names)
            folder = os.path.dirname(folder)
    named = {name.partition(".")[0] for name in dotted}
    known: set[str] = set()
    # What is a module from above is none of a folder below.
    for folder in sorted(set(imported) - packages, key=lambda folder: (folder.count(os.sep), folder)):
        above = {other for other in known if folder.startswith(other + os.sep)}
        own = os.path.basename(folder) not in named and _is_base(folder, imported[folder], bases | above, looked_at)
        if (own and not _is_part(folder, bases | above, imported[folder], dotted)) or _is_started(folder, named):
            known.add(folder)
    return known


def _is_part(folder: str, bases: set[str], names: set[str], dotted: set[str]) -> bool:
    """Whether more of a folder is imported through the packages above it than from inside of it.

    ``import stripe`` below ``shop/apps/stripe`` is the library, where the program says ``from shop.apps.orders import``.
    """
    outermost = folder
    while os.path.isfile(os.path.join(outermost, "__init__.py")) and os.path.dirname(outermost) != outermost:
        outermost = os.path.dirname(outermost)
    above = {base for base in (*bases, outermost) if folder.startswith(base + os.sep)}
    heads = {f"{os.path.relpath(folder, base).replace(os.sep, '.')}." for base in above}
    through = {name[len(head) :].partition(".")[0] for name in dotted for head in heads if f"{name}.".startswith(head)}
    inside = {name for name in names if _is_module(folder, name) and name not in sys.stdlib_module_names}
    return bool(through) and len(through) >= len(inside)


def _is_started(folder: str, named: set[str]) -> bool:
    """Whether a folder holds ``manage.py`` and is no package, or the package of its own name that somebody imports.

    A package, too, is started from inside where its ``manage.py`` finds the settings there.
    """
    if os.path.isfile(os.path.join(folder, "__init__.py")):
        return any(_is_module(folder, name) for name in _settings_packages(os.path.join(folder, "manage.py")))
    name = os.path.basename(folder)
    inner = name in named and os.path.isfile(os.path.join(folder, name, "__init__.py"))
    return inner or os.path.isfile(os.path.join(folder, "manage.py"))


def _settings_packages(path: str) -> list[str]:
    """The outermost modules of the settings that a ``manage.py`` names."""
    try:
        with open(path, "rb") as file:
            return [name.decode(errors="replace") for name in _SETTINGS.findall(file.read(_ENOUGH))]
    except OSError:
        return []


def _imports(path: str) -> set[str]:
    """The modules that a file imports, ``.`` for what is relative, without its own, which nobody imports from inside itself."""
    try:
        with open(path, "rb") as file:
            text = file.read(_ENOUGH)
    except OSError:
        return set()
    stem = os.path.basename(path).removesuffix(".py")
    whole = {(one or other).decode(errors="replace") for one, other in _IMPORT.findall(text)}
    return {name for name in whole if name.partition(".")[0] != stem}


def _is_base(folder: str, names: set[str], bases: set[str], looked_at: set[str]) -> bool:
    # Above the working directory, another program's folder may have the name of what this one imports.
    is_above = os.getcwd().startswith(folder + os.sep)
    return any(
        (_was_seen(folder, name, looked_at) if is_above else _is_module(folder, name))
        and name not in sys.stdlib_module_names
        and not any(_is_module(base, name) for base in bases)
        and not _is_installed(name)
        for name in names
    )


def _was_seen(folder: str, name: str, looked_at: set[str]) -> bool:
    path = os.path.join(folder, name)
    return path in looked_at or f"{path}.py" in looked_at


def _is_module(folder: str, name: str) -> bool:
    path = os.path.join(folder, name)
    return os.path.isfile(f"{path}.py") or os.path.isdir(path)


def _is_installed(name: str) -> bool:
    if name in ("celery", "kombu"):
        return True
    here = os.getcwd()
    installed = [entry for entry in sys.path if entry and not os.path.abspath(entry).startswith(here)]
    return PathFinder.find_spec(name, installed) is not None
