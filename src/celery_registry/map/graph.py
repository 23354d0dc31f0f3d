"""Who calls whom: boxes and arrows of the map, before anybody draws them.

Law: a caller that is itself a task is that task's box; every other is its file's. No layout, no picture's language.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from celery_registry.map.model import SystemMap
from celery_registry.report.document import show_path

__all__ = ["Box", "read_boxes", "read_edges"]


@dataclass(frozen=True, order=True)
class Box:
    """A thing in a picture; ``sort`` is ``task``, ``file``, ``beat`` or ``alias``: an old name."""

    sort: str
    text: str


def read_edges(system: SystemMap) -> dict[tuple[Box, Box], str]:
    """Who calls whom, and the words on each arrow, in a fixed order."""
    running = {row.target: Box("task", task.name) for task in system.tasks.values() for row in task.registrations}
    found: dict[tuple[Box, Box], Counter[str]] = {}
    for task in system.tasks.values():
        target = Box("task", task.name)
        for caller in task.callers:
            source = running.get(f"{caller.module}.{caller.inside}") if caller.inside else None
            source = source or Box("file", show_path(caller.origin.path))
            found.setdefault((source, target), Counter())[caller.method or "call"] += 1
            for row in caller.after:
                words = row.how if row.type is None else f"{row.how}: {row.type}"
                found.setdefault((Box("task", row.task), target), Counter())[words] += 1
        for beat in task.beats:
            found.setdefault((Box("beat", beat.key), target), Counter())["beat"] += 1
        for alias in task.aliases:
            found.setdefault((Box("alias", alias.old), target), Counter())["alias"] += 1
    return {pair: ", ".join(_counted(*item) for item in sorted(words.items())) for pair, words in sorted(found.items())}


def read_boxes(system: SystemMap, edges: dict[tuple[Box, Box], str]) -> tuple[Box, ...]:
    """Every box, sorted: the ends of the arrows, and each task that has none."""
    return tuple(sorted({box for pair in edges for box in pair} | {Box("task", name) for name in system.tasks}))


def _counted(word: str, number: int) -> str:
    return word if number == 1 else f"{word} x{number}"
