"""Whether a module that a task's name begins with is there, and whether this process has imported it.

Law: it looks for files and imports nothing: a module that no worker imports may do anything when somebody does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder

__all__ = ["is_imported"]


def is_imported(module: str) -> bool | None:
    """Whether this process has imported a module; None where there is none of that name, or nobody can tell."""
    if module in sys.modules:
        return True
    places: Iterable[str] | None = None
    name, found = "", None
    try:
        for part in module.split("."):
            name = f"{name}.{part}" if name else part
            loaded = sys.modules.get(name)
            if loaded is not None:
                places = list(getattr(loaded, "__path__", ()))
                continue
            found = PathFinder.find_spec(name, None if places is None else list(places))
            if found is None:
                return None
            places = found.submodule_search_locations or ()
    except (ImportError, AttributeError, ValueError, OSError):
        return None
    # A folder without ``__init__`` has no tasks.
    return False if found is not None and found.origin is not None else None
