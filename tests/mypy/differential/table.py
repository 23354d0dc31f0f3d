"""The table of edits: each is chosen and filled by its own number alone, so that others can be dropped.

Law: names, weights and functions. An edit says what it did in a few words, or None where there is nothing to do it on.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .state import Project

__all__ = ["EDITS", "Edit", "edit"]

Edit = Callable[[Project, random.Random], "str | None"]
EDITS: dict[str, tuple[int, Edit]] = {}


def edit(weight: int = 1) -> Callable[[Edit], Edit]:
    """Put a function into the table; the weight is how often it is chosen."""

    def remember(function: Edit) -> Edit:
        EDITS[function.__name__] = (weight, function)
        return function

    return remember
