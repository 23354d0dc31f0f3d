"""What a task is called in a registry: a readable name of its own for each.

Law: names in, names out. A name is as short as it can be; of two tasks with one short name both get a longer one.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

__all__ = ["choose_attributes", "member_of"]

#: Parts of a dotted name that tell nothing about the task.
_NOISE: Final = frozenset({"tasks", "task", "celery", "celery_tasks", "celery_task", "jobs", "src"})
#: What a property of this name would hide from its class, or from the one above.
_RESERVED: Final = frozenset({*dir(builtins), *keyword.kwlist, *keyword.softkwlist, "self", "mro"}) - {"_", "copyright"}
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PATH: Final = re.compile(r"[.:/\s]+")
_OTHER: Final = re.compile(r"\W+")


def choose_attributes(tasks: Iterable[str], taken: Collection[str] = ()) -> Mapping[str, str]:
    """Task name -> the property's name; ``taken`` are names that it must not have."""
    parts = {task: _parts(task) for task in dict.fromkeys(tasks)}
    used = {*taken, *_RESERVED}
    size = dict.fromkeys(parts, 1)
    while True:
        wanted = {task: _joined(parts[task], size[task]) for task in parts}
        count: dict[str, int] = {}
        for name in wanted.values():
            count[name] = count.get(name, 0) + 1
        longer = [
            task for task, name in wanted.items() if (count[name] > 1 or name in used) and size[task] < len(parts[task])
        ]
        if not longer:
            break
        for task in longer:
            size[task] += 1
    chosen: dict[str, str] = {}
    for task, name in wanted.items():
        free, number = name, 1
        if free in _RESERVED:
            free = name = f"{name}_task"
        while free in used:
            number += 1
            free = f"{name}_{number}"
        used.add(free)
        chosen[task] = free
    return chosen


def member_of(attribute: str, taken: Collection[str] = ()) -> str:
    """The enum's member for a property."""
    name = free = attribute.upper()
    number = 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free


def _parts(task: str) -> list[str]:
    """The words of a task's name, the nearest first: ``orders.tasks.sync`` -> ``sync``, ``orders``."""
    parts = [part for word in _PATH.split(task) if (part := _snake(word))]
    if not parts:
        return ["task"]
    *path, last = parts
    return [last, *reversed([part for part in path if part not in _NOISE])]


def _joined(parts: list[str], size: int) -> str:
    name = "_".join(reversed(parts[:size]))
    return name if name.isidentifier() else f"task_{name}"


def _snake(word: str) -> str:
    name = _OTHER.sub("_", _HUMP.sub("_", word)).lower().strip("_")
    return name if f"x{name}".isidentifier() else ""
