"""The declaration of one property, mended: its list of types, its result, the names that its docstring documents.

Law: a property, its findings and what is registered in, edits out. Each edit is as small as its finding: what agrees
stays as the user wrote it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from celery_registry.contract.finding import Finding
from celery_registry.contract.names import nearest_names
from celery_registry.source.annotation import parse_annotation
from celery_registry.source.docstring import read_documented
from celery_registry.writing.declaration import Declaration
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["Annotation", "mend_annotation", "mend_docstring", "read_annotation"]


@dataclass(frozen=True)
class Annotation:
    """``Task[[...], R]`` in a file: where it begins, and its parts."""

    source: SourceText
    start: int
    node: ast.expr
    declared: ast.expr
    result: ast.expr
    quoted: bool

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Where a part stands in the file."""
        if not self.quoted:
            return self.source.span(node)
        return self.start + node.col_offset, self.start + (node.end_col_offset or node.col_offset)


def read_annotation(source: SourceText, function: ast.FunctionDef) -> Annotation | None:
    """The annotation of a property, in quotes too; None where it is another one, or cannot be edited."""
    node = function.returns
    if node is None:
        return None
    start, end = source.span(node)
    quoted = isinstance(node, ast.Constant) and isinstance(node.value, str)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        written = source.text[start:end]
        # An escape or a prefix would shift what stands behind it.
        if written[1:-1] != node.value or not node.value.isascii() or node.value != node.value.strip():
            return None
        start, inner = start + 1, parse_annotation(node.value)
        if inner is None:
            return None
        node = inner
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) != 2:
        return None
    declared, result = node.slice.elts
    is_open = isinstance(declared, ast.Constant) and declared.value is ...
    if not is_open and not isinstance(declared, ast.List):
        return None
    return Annotation(source, start, node, declared, result, quoted)


def mend_annotation(
    annotation: Annotation, findings: Sequence[Finding], wanted: Declaration, quote: Callable[[str], str]
) -> list[Edit]:
    """The edits of one annotation for all that is found about it; ``quote`` shows a type where it will stand."""
    edits: list[Edit] = []
    problems = {finding.problem for finding in findings}
    if "result-type" in problems:
        edits.append(Edit(*annotation.span(annotation.result), quote(wanted.result)))
    shape = problems & {"too-many-declared", "too-few-declared", "keyword-only-required", "parameter-type"}
    if not shape or not isinstance(annotation.declared, ast.List):
        return edits
    if wanted.parameters is None:
        edits.append(Edit(*annotation.span(annotation.declared), "..."))
        return edits
    elements, types = annotation.declared.elts, wanted.parameters
    for finding in findings:
        position = int(finding.facts.get("position", 0)) if finding.problem == "parameter-type" else 0
        if 0 < position <= min(len(elements), len(types)):
            edits.append(Edit(*annotation.span(elements[position - 1]), quote(types[position - 1])))
    edits += _resize(annotation, elements, [quote(shown) for shown in types])
    return edits


def _resize(annotation: Annotation, elements: Sequence[ast.expr], types: Sequence[str]) -> list[Edit]:
    """Cut what is too much, or add what is missing behind the last type."""
    if len(elements) == len(types):
        return []
    start, end = annotation.span(annotation.declared)
    if not elements or not types:
        return [Edit(start, end, f"[{', '.join(types)}]")]
    if len(elements) > len(types):
        return [Edit(annotation.span(elements[len(types) - 1])[1], annotation.span(elements[-1])[1], "")]
    last = annotation.span(elements[-1])[1]
    gap = ", "
    if not annotation.quoted and elements[-1].lineno > annotation.declared.lineno:
        source = annotation.source
        line = source.lines[elements[-1].lineno - 1]
        gap = ",\n" + source.text[line : annotation.span(elements[-1])[0]]
        gap = gap if not gap.strip(", \t\n") else ", "
    return [Edit(last, last, "".join(f"{gap}{shown}" for shown in types[len(elements) :]))]


def mend_docstring(source: SourceText, function: ast.FunctionDef, parameters: Sequence[str]) -> list[Edit] | None:
    """The edits that document these parameters under their names; None where it is unclear which is which."""
    first = function.body[0]
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return None
    documented = list(read_documented(ast.get_docstring(function)) or {})
    strangers = [name for name in documented if name not in parameters]
    free = [name for name in parameters if name not in documented]
    renamed: dict[str, str | None] = {}
    for name in strangers:
        near = [other for other in nearest_names(name, free) if other not in renamed.values()]
        place = documented.index(name)
        if len(near) == 1 or (near and len(strangers) == 1):
            renamed[name] = near[0]
        elif len(documented) == len(parameters) and parameters[place] in free:
            renamed[name] = parameters[place]
        elif not free:
            renamed[name] = None
        elif len(strangers) == len(free) == 1:
            renamed[name] = free[0]
        else:
            return None
    if len({new for new in renamed.values() if new}) != len([new for new in renamed.values() if new]):
        return None
    start, end = source.span(first)
    text = source.text[start:end]
    edits: list[Edit] = []
    for name, new in renamed.items():
        found = list(re.finditer(rf"^([ \t]*\*{{0,2}}){name}(?=[ \t]*(?:\([^)\n]*\))?[ \t]*:)", text, re.MULTILINE))
        if len(found) != 1:
            return None
        place = start + found[0].end() - len(name)
        edits.append(
            Edit(place, place + len(name), new) if new is not None else _without_entry(text, start, found[0].start())
        )
    return edits


def _without_entry(text: str, offset: int, start: int) -> Edit:
    """An entry's line and the deeper ones below it, taken away."""
    lines = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
    first = lines.match(text, start)
    assert first is not None
    depth = len(first[0]) - len(first[0].lstrip(" \t"))
    end = first.end()
    while end < len(text):
        line = lines.match(text, end)
        assert line is not None
        shown = line[0]
        if not shown.strip() or len(shown) - len(shown.lstrip(" \t")) <= depth:
            break
        end = line.end()
    return Edit(offset + start, offset + end, "")
