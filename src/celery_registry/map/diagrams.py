"""The map as a picture's text: Mermaid and DOT.

Law: boxes and arrows in, one text out, in a fixed order. A caller that is itself a task is that task's box; every other is
its file's. Names may hold anything, and none of it is the picture's language.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from celery_registry.map.model import SystemMap
from celery_registry.report.document import show_path

__all__ = ["render_dot", "render_mermaid"]


@dataclass(frozen=True, order=True)
class _Box:
    sort: str  # "task", "file" or "beat"
    text: str


def _edges(system: SystemMap) -> dict[tuple[_Box, _Box], str]:
    """Who calls whom, and the words on each arrow."""
    running = {row.target: _Box("task", task.name) for task in system.tasks.values() for row in task.registrations}
    found: dict[tuple[_Box, _Box], Counter[str]] = {}
    for task in system.tasks.values():
        target = _Box("task", task.name)
        for caller in task.callers:
            source = running.get(f"{caller.module}.{caller.inside}") if caller.inside else None
            source = source or _Box("file", show_path(caller.origin.path))
            found.setdefault((source, target), Counter())[caller.method or "call"] += 1
        for beat in task.beats:
            found.setdefault((_Box("beat", beat.key), target), Counter())["beat"] += 1
    return {pair: ", ".join(_counted(*item) for item in sorted(words.items())) for pair, words in sorted(found.items())}


def _counted(word: str, number: int) -> str:
    return word if number == 1 else f"{word} x{number}"


def _boxes(system: SystemMap, edges: dict[tuple[_Box, _Box], str]) -> dict[_Box, str]:
    """Every box and its name in the picture."""
    boxes = {box for pair in edges for box in pair} | {_Box("task", name) for name in system.tasks}
    return {box: f"n{number}" for number, box in enumerate(sorted(boxes))}


def render_mermaid(system: SystemMap) -> str:
    """A flowchart that GitHub and GitLab draw in a README."""
    edges = _edges(system)
    ids = _boxes(system, edges)
    frames = {"task": '(["{}"])', "file": '["{}"]', "beat": '{{{{"{}"}}}}'}
    lines = [f"  {name}{frames[box.sort].format(_mermaid(box.text))}" for box, name in ids.items()]
    lines += [f'  {ids[a]} -->|"{_mermaid(words)}"| {ids[b]}' for (a, b), words in edges.items()]
    return "\n".join(["flowchart LR", *lines])


def _mermaid(text: str) -> str:
    # Mermaid has no other escape than the numbers of characters.
    return "".join(c if c.isalnum() or c in " ._-/,:" else f"#{ord(c)};" for c in text)


def render_dot(system: SystemMap) -> str:
    """A graph for Graphviz."""
    edges = _edges(system)
    ids = _boxes(system, edges)
    shapes = {"task": "ellipse", "file": "box", "beat": "hexagon"}
    lines = [f"  {name} [shape={shapes[box.sort]}, label={_dot(box.text)}];" for box, name in ids.items()]
    lines += [f"  {ids[a]} -> {ids[b]} [label={_dot(words)}];" for (a, b), words in edges.items()]
    return "\n".join(["digraph tasks {", "  rankdir=LR;", *lines, "}"])


def _dot(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
