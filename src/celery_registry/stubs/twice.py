"""Stubs that ``mypy .`` takes for a second file of a module, and what to write so that it does not.

Law: paths and mypy's section in, one line out. The names are those that mypy itself gives files on its command line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from celery_registry.source.files import Exclude, Modules, excluder
from celery_registry.source.project import find_paths

if TYPE_CHECKING:
    from celery_registry.settings import Settings

__all__ = ["show_twice"]

_STUB_PACKAGE: Final = "-stubs"


def show_twice(stubs: Iterable[Path], settings: Settings) -> str | None:
    """The line for the first stub that names a module a second time, None where none does.

    Both files are below the working directory, and neither is excluded. Raises ``ConfigurationError`` for an
    ``exclude`` that is no regular expression.
    """
    path, section = settings.mypy_section
    if str(section.get("explicit_package_bases", "")).lower() in ("true", "1", "yes", "on"):
        return None
    sources = find_paths((".",), settings)
    is_excluded = excluder(settings.exclude)
    modules = Modules(())
    beside: dict[str, str] = {}
    for source in sources:
        file = modules.of(source)
        if file is not None:
            beside.setdefault(file.module, os.path.relpath(source))
    for stub in stubs:
        if is_excluded is not None and _is_left_out(stub, is_excluded):
            continue
        name = _module_of(stub)
        other = beside.get(name)
        # Of two in one folder mypy takes the stub.
        if other is not None and os.path.dirname(other) != str(stub.parent) and not stub.is_absolute():
            folder = stub.parts[0]
            return (
                f'"mypy ." would end with "Duplicate module named" ({other} and {stub.as_posix()}): '
                f"{_advice(folder, path, 'exclude' in section)}"
            )
    return None


def _is_left_out(stub: Path, is_excluded: Exclude) -> bool:
    folders = [str(folder) for folder in reversed(stub.parents) if folder != Path()]
    return is_excluded(str(stub), False) or any(is_excluded(folder, True) for folder in folders)


def _module_of(stub: Path) -> str:
    """The module that mypy takes a stub for."""
    parts = [] if stub.stem == "__init__" else [stub.stem]
    folder = stub.parent
    while (folder / "__init__.pyi").is_file() or (folder / "__init__.py").is_file():
        parts.insert(0, folder.name.removesuffix(_STUB_PACKAGE))
        folder = folder.parent
    return ".".join(parts)


def _advice(folder: str, path: Path | None, has_exclude: bool) -> str:
    pattern = f"^{folder}/"
    if path is not None and path.suffix.lower() == ".toml":
        shown = f'"{pattern}" to exclude' if has_exclude else f'exclude = ["{pattern}"]'
        where = f"[tool.mypy] in {path.name}"
    else:
        shown = f"|{pattern} to exclude" if has_exclude else f"exclude = {pattern}"
        where = f"[mypy] in {'mypy.ini' if path is None else path.name}"
    return f"add {shown} {'of' if has_exclude else 'to'} {where}"
