"""The map as a picture's text: Mermaid and DOT.

Law: boxes and arrows in, one text out, in a fixed order. Names may hold anything, and none of it is the picture's language.
"""

from __future__ import annotations

from celery_registry.map.graph import Box, read_boxes, read_edges
from celery_registry.map.model import SystemMap

__all__ = ["render_dot", "render_mermaid"]


def _numbered(boxes: tuple[Box, ...]) -> dict[Box, str]:
    """Every box and its name in the picture."""
    return {box: f"n{number}" for number, box in enumerate(boxes)}


def render_mermaid(system: SystemMap) -> str:
    """A flowchart that GitHub and GitLab draw in a README."""
    edges = read_edges(system)
    ids = _numbered(read_boxes(system, edges))
    frames = {"task": '(["{}"])', "file": '["{}"]', "beat": '{{{{"{}"}}}}', "alias": '>"{}"]'}
    lines = [f"  {name}{frames[box.sort].format(_mermaid(box.text))}" for box, name in ids.items()]
    lines += [f'  {ids[a]} -->|"{_mermaid(words)}"| {ids[b]}' for (a, b), words in edges.items()]
    return "\n".join(["flowchart LR", *lines])


def _mermaid(text: str) -> str:
    # Mermaid has no other escape than the numbers of characters.
    return "".join(c if c.isalnum() or c in " ._-/,:" else f"#{ord(c)};" for c in text)


def render_dot(system: SystemMap) -> str:
    """A graph for Graphviz."""
    edges = read_edges(system)
    ids = _numbered(read_boxes(system, edges))
    shapes = {"task": "ellipse", "file": "box", "beat": "hexagon", "alias": "cds"}
    lines = [f"  {name} [shape={shapes[box.sort]}, label={_dot(box.text)}];" for box, name in ids.items()]
    lines += [f"  {ids[a]} -> {ids[b]} [label={_dot(words)}];" for (a, b), words in edges.items()]
    return "\n".join(["digraph tasks {", "  rankdir=LR;", *lines, "}"])


def _dot(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
