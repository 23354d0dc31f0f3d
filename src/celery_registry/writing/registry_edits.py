"""Members and properties for a registry that is there.

Law: declarations in, edits of the enum's file and the registry's file out, in the style of what stands there already.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from celery_registry.source.annotation import read_task_annotation
from celery_registry.writing.import_lines import add_imports, has_lazy_annotations
from celery_registry.writing.project_style import line_length
from celery_registry.writing.registry_module import Entry, quote_name, render_property
from celery_registry.writing.registry_types import Import
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["add_members", "add_properties"]


def add_members(source: SourceText, enum: ast.ClassDef, entries: Sequence[Entry]) -> list[Edit]:
    """New members behind the last one."""
    wanted = [entry for entry in entries if not entry.has_member]
    if not wanted:
        return []
    assigned = [node for node in enum.body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    last = assigned[-1] if assigned else enum.body[-1]
    indent = source.indent(last)
    lines = [f"{indent}{entry.member} = {quote_name(entry.declaration.task_name)}\n" for entry in wanted]
    return [_below(source, last, "".join(lines))]


def add_properties(
    source: SourceText, registry: ast.ClassDef, entries: Sequence[Entry], imports: Sequence[Import], enum: str
) -> list[Edit]:
    """New properties behind the last one, and the imports of their types; ``enum`` is the enum's name in this module."""
    properties = [node for node in registry.body if isinstance(node, ast.FunctionDef) and _is_property(node)]
    last = properties[-1] if properties else registry.body[-1]
    indent = source.indent(last)
    head, runtime = _task_head(source, properties)
    quoted = bool(imports) and not has_lazy_annotations(source.tree)
    before, after = _lookup(source, properties)
    width = line_length(source.path.resolve().parents)
    texts = []
    for entry in entries:
        annotation = entry.declaration.annotation(head)
        shown = f'"{annotation}"' if quoted and '"' not in annotation else annotation
        lookup = f"{before}{enum}.{entry.member}{after}"
        texts.append("\n" + render_property(entry, shown, lookup, indent, source.indent_unit, width))
    return [_below(source, last, "".join(texts)), *add_imports(source, runtime, imports)]


def _below(source: SourceText, node: ast.stmt, text: str) -> Edit:
    place = source.after(node)
    if place == len(source.text) and not source.text.endswith(("\n", "\r")):
        text = f"\n{text}"
    return Edit(place, place, text)


def _is_property(node: ast.FunctionDef) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def _task_head(source: SourceText, properties: Sequence[ast.FunctionDef]) -> tuple[str, list[Import]]:
    """What this module calls ``Task``, and the import where it does not have it yet."""
    for node in reversed(properties):
        read = None if node.returns is None else read_task_annotation(ast.unparse(node.returns))
        if read is not None:
            return read[0], []
    for statement in ast.walk(source.tree):
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").partition(".")[0] == "celery":
            for alias in statement.names:
                if alias.name == "Task":
                    return alias.asname or alias.name, []
    return "Task", [Import("celery", "Task", "Task")]


def _lookup(source: SourceText, properties: Sequence[ast.FunctionDef]) -> tuple[str, str]:
    """What stands before and after the name where the last property looks its task up."""
    for node in reversed(properties):
        value = node.body[-1].value if isinstance(node.body[-1], ast.Return) else None
        name: ast.expr | None = None
        if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
            name = value.args[0]
        elif isinstance(value, ast.Subscript):
            name = value.slice
        if value is not None and name is not None and value.lineno == value.end_lineno:
            start, end = source.span(value)
            inner = source.span(name)
            return source.text[start : inner[0]], source.text[inner[1] : end]
    return "self._get_task_by_name(", ")"
