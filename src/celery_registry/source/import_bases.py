"""The directories from which a program's modules are imported, as its imports, its ``manage.py`` and its settings say.

Law: paths in, directories out. It reads texts for the modules they name and imports nothing; what a module is called is
``files``' business.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import PathFinder

__all__ = ["find_bases"]


_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\.+|\w[\w.]*)|import[ \t]+(\w[\w.]*))", re.MULTILINE)
#: ``include=["shop.jobs"]`` and ``registry="shop.registry:Registry"``.
_TEXT = re.compile(rb"""["']([A-Za-z_]\w*(?:\.\w+)+)(?::\w+)?["']""")
#: ``autodiscover_tasks(["shop"])``: a package may have one name.
_DISCOVERED = re.compile(rb"""autodiscover_tasks\(([^)]*)\)""")
_PACKAGE = re.compile(rb"""(?<!related_name=)["']([A-Za-z_]\w*)["']""")
#: A file that names modules to Celery, or is a configuration that does.
_NAMES_MODULES = (b"elery", b"ELERY", b"imports")
#: As Django's own ``manage.py`` has it.
_SETTINGS = re.compile(rb"""DJANGO_SETTINGS_MODULE["'],\s*["'](\w+)""")
#: Imports stand above this many bytes.
_ENOUGH = 1_000_000


def find_bases(
    paths: Sequence[str], found: Sequence[str], said: Sequence[str] = (), modules: Iterable[str] = ()
) -> set[str]:
    """The directories from which the program's modules are imported.

    ``said`` are those that the user names (mypy's ``mypy_path``), ``modules`` are modules of the program that settings name.
    """
    bases = set(_plain(map(os.path.abspath, said)))
    for path in map(os.path.abspath, paths):
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        bases.update(_plain([_sources_above(folder) or folder, os.path.join(folder, "src")]))
    return bases | _bases_by_import(found, bases, set(modules))


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


def _bases_by_import(found: Sequence[str], bases: set[str], modules: set[str]) -> set[str]:
    """The directories from whose inside the program is started, as its imports say.

    In ``worker/__init__.py, app.py, jobs.py`` a line ``from app import app`` works from inside ``worker`` alone.
    """
    imported: dict[str, set[str]] = {}
    texts: dict[str, set[str]] = {}
    packages: set[str] = set()
    dotted: set[str] = set()
    looked_at: set[str] = set()
    for path in found:
        whole, told = _imports(path)
        dotted |= whole
        names = {name.partition(".")[0] or "." for name in whole}
        folder = os.path.dirname(path)
        if "." in {name[:1] for name in names}:
            packages.add(folder)
        looked_at.add(path)
        while folder not in bases and os.path.dirname(folder) != folder:
            looked_at.add(folder)
            imported.setdefault(folder, set()).update(names)
            texts.setdefault(folder, modules.copy()).update(told)
            folder = os.path.dirname(folder)
    named = {name.partition(".")[0] for name in dotted}
    known: set[str] = set()
    # What is a module from above is none of a folder below.
    for folder in sorted(set(imported) - packages, key=lambda folder: (folder.count(os.sep), folder)):
        above = {other for other in known if folder.startswith(other + os.sep)}
        own = os.path.basename(folder) not in named and (
            _is_base(folder, imported[folder], bases | above, looked_at)
            or _is_named(folder, texts[folder], bases | above)
        )
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


def _imports(path: str) -> tuple[set[str], set[str]]:
    """The modules that a file imports, ``.`` for what is relative, without its own, which nobody imports from inside itself;
    and the texts in it that may name modules."""
    try:
        with open(path, "rb") as file:
            text = file.read(_ENOUGH)
    except OSError:
        return set(), set()
    stem = os.path.basename(path).removesuffix(".py")
    whole = {(one or other).decode(errors="replace") for one, other in _IMPORT.findall(text)}
    told = _TEXT.findall(text) if any(word in text for word in _NAMES_MODULES) else []
    told += [name for given in _DISCOVERED.findall(text) for name in _PACKAGE.findall(given)]
    return {name for name in whole if name.partition(".")[0] != stem}, {name.decode() for name in told}


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


def _is_named(folder: str, texts: set[str], bases: set[str]) -> bool:
    """Whether a text is the whole name of a module, seen from a folder and from none of the others."""
    paths = [text.replace(".", os.sep) for text in texts]
    return any(_is_module(folder, path) and not any(_is_module(base, path) for base in bases) for path in paths)


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
