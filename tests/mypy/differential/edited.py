"""One program that is edited step by step, and what every way to run mypy says of it.

Law: the edits are the test's, and so is what must be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from differential.small_program import Edit
from differential.ways import WAYS, Ways, write_files

__all__ = ["after_each"]

Expected = TypeVar("Expected")


def after_each(
    ways: Ways, edits: Iterable[tuple[str, Edit, Expected]]
) -> Iterator[tuple[str, frozenset[str], Expected]]:
    """The name of each edit, what a cold run says after it, and what was expected; all the other ways must say the same."""
    files: dict[str, str] = {}
    for time, (name, edit, expected) in enumerate(edits, 1):
        edit(files)
        write_files(ways.folder, files, time)
        paths = sorted(path for path in files if path.endswith(".py"))
        cold = ways.lines("cold", paths, time)
        yield name, cold, expected
        for way in WAYS[1:]:
            assert ways.lines(way, paths, time) == cold, (name, way)
