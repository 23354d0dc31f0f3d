"""The nearest of some names.

Law: names are strings; nothing else is known about them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["nearest_names", "show_nearest"]


def nearest_names(name: str, among: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The names most like ``name``, best first, at most ``limit``."""
    return tuple(difflib.get_close_matches(name, sorted(set(among) - {name}), n=limit, cutoff=0.6))


def show_nearest(name: str, among: Iterable[str]) -> str:
    """``; did you mean "a"?`` for a message, or nothing where no name is near."""
    nearest = nearest_names(name, among)
    if not nearest:
        return ""
    return "; did you mean " + " or ".join(f'"{candidate}"' for candidate in nearest) + "?"
