"""The nearest of some names.

Law: names are strings; nothing else is known about them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

__all__ = [
    "NEAREST_SHOWN",
    "begins_as_none",
    "letters_apart",
    "meant_names",
    "nearest_names",
    "show_nearest",
    "show_nearest_task",
    "show_place",
]

#: Of so many findings of one kind the nearest name is told: a module that is not imported may cost thousands of names, and
#: looking for the nearest of each takes minutes.
NEAREST_SHOWN = 20


def nearest_names(name: str, among: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The names most like ``name``, best first, at most ``limit``."""
    return tuple(difflib.get_close_matches(name, sorted(set(among) - {name}), n=limit, cutoff=0.6))


def show_nearest(name: str, among: Iterable[str]) -> str:
    """``; did you mean "a"?`` for a message, or nothing where no name is near."""
    nearest = nearest_names(name, among)
    if not nearest:
        return ""
    return "; did you mean " + " or ".join(f'"{candidate}"' for candidate in nearest) + "?"


def show_nearest_task(
    name: str,
    registered: Iterable[str],
    is_imported: Callable[[str], bool | None] = lambda module: None,
    looked_for: bool = True,
) -> str:
    """The same for the name of a task that is not registered: a task of another module is never meant where its own is there.

    ``is_imported`` says of a module's name whether the program imports it, None where there is none of that name.
    """
    module = name.rpartition(".")[0]
    state = is_imported(module) if module else None
    if state is False:
        return f'; its module "{module}" is there, but nothing imports it: include, imports or autodiscover_tasks may'
    if not looked_for:
        return ""
    beginning = "" if state is None else f"{module}."
    last = name.rpartition(".")[2]
    own = [o for o in registered if o.startswith(beginning) and not o.startswith("celery.")]
    # Two tasks of one long module are alike in nearly all letters, and may do the opposite.
    ends = {o.rpartition(".")[2] for o in own}
    alike = {last, *difflib.get_close_matches(last, sorted(ends), n=len(ends) or 1, cutoff=0.6)}
    own = [o for o in own if o.count(".") != name.count(".") or o.rpartition(".")[2] in alike]
    return show_nearest(name, own)


def show_place(path: str, is_imported: bool) -> str:
    """For the name of a task that is not registered though the source registers it, in that file."""
    if is_imported:
        return f"; {path} registers it, but not on this application"
    return f"; it stands in {path}, which nothing imports: include, imports or autodiscover_tasks may"


def meant_names(shown: str) -> list[str]:
    """The names that ``show_nearest`` has shown; none where the text says something else."""
    return re.findall(r'"([^"]+)"', shown) if shown.startswith("; did you mean ") else []


def begins_as_none(name: str, among: Iterable[str]) -> bool:
    """Whether a dotted name begins as none of these does, nor nearly: then it is somebody else's, and no slip of the pen."""
    beginning, dot, _ = name.partition(".")
    own = {other.partition(".")[0] for other in among}
    return bool(dot) and beginning not in own and not nearest_names(beginning, own)


def letters_apart(left: str, right: str, most: int) -> int:
    """How many letters are changed, left out, added or swapped with their neighbour; at most one more than ``most``."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row[-1], most + 1)
