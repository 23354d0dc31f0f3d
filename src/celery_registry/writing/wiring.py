"""What makes a worker know a new module or a new controller, as it is done for the one beside it.

Law: the program's texts in, edits out, and in a line each what a person has to do. It never guesses a place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from celery_registry.writing.import_lines import add_imports
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.registry_types import Import
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["list_module", "make_controller"]


def make_controller(
    sources: ProgramSources, new: tuple[str, str], like: tuple[str, str], method: str
) -> tuple[dict[str, list[Edit]], str | None]:
    """``New().register(app)`` below ``Like().register(app)``; else the line for a person.

    ``new`` and ``like`` are modules and classes.
    """
    used: str | None = None
    for module, source in _saying(sources, like[1]):
        if module == like[0]:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Expr) and _makes(node.value, like[1], method):
                scope = sources.scope_of(module)
                if scope is not None and scope.resolve(like[1]) == (like[0], (like[1],)):
                    text = source.segment(node).replace(like[1], new[1], 1)
                    place = source.after(node)
                    line = Edit(place, place, f"{source.indent(node)}{text}\n")
                    imports = add_imports(source, [Import(new[0], new[1], new[1])], [])
                    return {module: [line, *imports]}, None
            if isinstance(node, (ast.Name, ast.Attribute)) and ast.unparse(node).rpartition(".")[2] == like[1]:
                used = used or f"{source.path.as_posix()}:{node.lineno}"
    shown = f", as {used} does with {like[1]}" if used else ""
    return {}, f"{new[0]}: make a {new[1]} and call its {method}{shown}"


def _makes(node: ast.expr, cls: str, method: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == method
        and isinstance(node.func.value, ast.Call)
        and ast.unparse(node.func.value) == f"{cls}()"
    )


def list_module(sources: ProgramSources, new: str, like: str) -> tuple[dict[str, list[Edit]], str | None]:
    """The new module behind another one in a list of modules, as ``imports`` and ``include`` have it; else the line."""
    for module, source in _saying(sources, like):
        for node in ast.walk(source.tree):
            if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
                continue
            for item in node.elts:
                if isinstance(item, ast.Constant) and item.value == like:
                    start, end = source.span(item)
                    quote = source.text[start]
                    gap = ", "
                    if item.lineno > node.lineno:
                        lead = source.text[source.lines[item.lineno - 1] : start]
                        gap = f",\n{lead}" if not lead.strip() else ", "
                    if quote in "\"'":
                        return {module: [Edit(end, end, f"{gap}{quote}{new}{quote}")]}, None
    if new.rpartition(".")[2] == like.rpartition(".")[2]:
        # It is found in the same way.
        return {}, None
    return {}, f"{new}: a worker must import it: see imports, include or autodiscover_tasks"


def _saying(sources: ProgramSources, text: str) -> Iterator[tuple[str, SourceText]]:
    """The modules in whose text something stands."""
    for module, file in sources.modules.items():
        try:
            if text.encode() not in Path(file.path).read_bytes():
                continue
        except OSError:
            continue
        source = sources.source_of(module)
        if source is not None:
            yield module, source
