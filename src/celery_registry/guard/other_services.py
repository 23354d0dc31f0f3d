"""The tasks of the program's other services, as its source tells them: settings that several share name all of them.

Law: an application in, names out. It is asked where a worker is about to refuse, for it reads files; it imports nothing,
and where the source cannot be read there is no other service.
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from celery import Celery

from celery_registry.settings import read_settings

if TYPE_CHECKING:
    from celery_registry.source.project import Project

__all__ = ["names_of_others"]


def names_of_others(app: Celery) -> list[str]:
    """The names that only other services than the application's register, or may register, as globs."""
    # Not at boot, which must cost nothing: the readers are loaded when somebody asks.
    from celery_registry.source.project import read_projects

    files = dict(_files(app))
    bases = {_base(module, file) for module, file in files.items()} - {None, os.sep}
    try:
        settings = read_settings()
        return sorted(
            {
                name if name == "*" else glob.escape(name)
                for base in bases
                if base is not None
                for project in read_projects((base,), settings)
                for name in _others(project, set(files.values()))
            }
        )
    except Exception:  # whatever is wrong with a file that nobody asked for
        return []


def _others(project: Project, files: set[str]) -> Iterator[str]:
    index = project.index
    homes = [index.service_of(file.path) for file in index.modules.values() if os.path.realpath(file.path) in files]
    # What stands above several services and takes the application tells nothing.
    own = {folder for home in homes if len(home) == 1 for folder in home}
    for registration in index.seen_from() if own else ():
        home = index.service_of(registration.origin.path)
        if not home <= own:
            # A name that cannot be read may be any.
            yield registration.task_name or "*"


def _files(app: Celery) -> Iterator[tuple[str, str]]:
    """The modules in which the application is kept, and their files."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and any(value is app for value in list(vars(module).values())):
            yield name, os.path.realpath(file)


def _base(module: str, file: str) -> str | None:
    """The directory that a module is imported from; None for one that is installed."""
    if "site-packages" in file.split(os.sep):
        return None
    folder = os.path.dirname(file)
    parts = module.split(".") if os.path.basename(file) == "__init__.py" else module.split(".")[:-1]
    for part in reversed(parts):
        if os.path.basename(folder) != part:
            return None
        folder = os.path.dirname(folder)
    return folder
