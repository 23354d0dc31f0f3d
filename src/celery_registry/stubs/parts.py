"""A large registry's task classes in several stub modules, of which an editor reads only those that a file needs.

Law: task texts in, module texts out. A tool opens a part when one of its tasks is used, so the cost of a caller grows
with the tasks that it calls and not with those that the registry has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from celery_registry.source.module_scope import ModuleScope
from celery_registry.stubs.shapes import HEADER_IMPORTS
from celery_registry.stubs.task_class import TaskText, render_task

__all__ = ["PART_SIZE", "WHOLE_SIZE", "part_names", "render_part"]

#: A registry of up to this many tasks is one file; beyond it, parts of PART_SIZE tasks.
WHOLE_SIZE: Final = 50
PART_SIZE: Final = 10

_WORD: Final = re.compile(r"\w+")


def part_names(scope: ModuleScope, count: int) -> list[str]:
    """The dotted names of the part modules for ``count`` tasks: siblings of the module, or its children in a package."""
    if count <= WHOLE_SIZE:
        return []
    stem = "" if scope.package == scope.module else f"_{scope.module.rpartition('.')[2]}"
    prefix = f"{scope.package}." if scope.package else ""
    return [f"{prefix}{stem}_tasks_{number}" for number in range(-(-count // PART_SIZE))]


def render_part(tasks: Sequence[TaskText], scope: ModuleScope, imports: Sequence[str]) -> Iterator[str]:
    """One part: its tasks' classes, and from the module itself what they name."""
    lines = [line for task in tasks for line in render_task(task)]
    words = {word for line in lines for word in _WORD.findall(line)}
    for line in (*HEADER_IMPORTS, *imports):
        if words & set(re.findall(r"(?<= as )\w+", line)):
            yield line
    yield from scope.dotted_imports(words)
    # The module re-exports what it imports, so one import serves its own names and others'.
    own = sorted((words & scope.names) - scope.dotted_roots)
    shapes = sorted({task.shape.name for task in tasks})
    yield from (f"from {scope.module} import {name} as {name}" for name in (*shapes, *own))
    yield ""
    yield from lines
