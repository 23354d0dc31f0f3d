"""Imports: as a new module writes them, and as edits of a module that has some.

Law: names and modules in, text out. Order and blank lines are those of isort's default profile.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence

from celery_registry.writing.registry_types import Import
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["add_imports", "has_lazy_annotations", "import_groups"]


def import_groups(imports: Iterable[Import], own: Collection[str], indent: str = "") -> str:
    """Import lines in the groups standard library, other packages, the program; ``own`` are the program's modules."""
    groups: dict[int, dict[str, list[Import]]] = {}
    tops = {module.partition(".")[0] for module in own}
    for each in imports:
        top = each.module.partition(".")[0]
        group = 0 if top in sys.stdlib_module_names else 2 if top in tops else 1
        groups.setdefault(group, {}).setdefault(each.module, []).append(each)
    shown = ["".join(_lines(groups[group], indent)) for group in sorted(groups)]
    return "\n".join(shown)


def _lines(modules: dict[str, list[Import]], indent: str) -> Iterator[str]:
    for module in sorted(modules, key=str.lower):
        plain = sorted({each.shown for each in modules[module]}, key=_isort_key)
        line = f"{indent}from {module} import {', '.join(plain)}\n"
        if len(line) <= 89:
            yield line
        else:
            rows = "".join(f"{indent}    {name},\n" for name in plain)
            yield f"{indent}from {module} import (\n{rows}{indent})\n"


def _isort_key(shown: str) -> tuple[int, str, str]:
    """Constants, classes, the rest; each by its letters."""
    name = shown.partition(" ")[0]
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower(), name


def has_lazy_annotations(tree: ast.Module) -> bool:
    """Whether ``from __future__ import annotations`` is in force."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )


def add_imports(source: SourceText, at_run_time: Sequence[Import], for_types: Sequence[Import]) -> list[Edit]:
    """The edits that give a module these imports; for types alone they stand under ``if TYPE_CHECKING``."""
    tree = source.tree
    block = next((node for node in tree.body if isinstance(node, ast.If) and _is_type_checking(node.test)), None)
    wanted = list(at_run_time)
    if for_types and block is None and not _binds(tree, "TYPE_CHECKING"):
        wanted.append(Import("typing", "TYPE_CHECKING", "TYPE_CHECKING"))
    edits = _add_lines(source, tree.body, wanted, "")
    if for_types and block is not None:
        indent = source.indent(block.body[0])
        edits += _add_lines(source, block.body, for_types, indent)
    elif for_types:
        unit = source.indent_unit
        text = "\nif TYPE_CHECKING:\n" + import_groups(for_types, (), unit)
        edits.append(_line_edit(source, _place(source, tree.body)[0], text))
    return _merged(edits)


def _merged(edits: Sequence[Edit]) -> list[Edit]:
    """Several new lines at one place as one edit, in their order."""
    found: dict[tuple[int, int], str] = {}
    for edit in edits:
        key = (edit.start, edit.end)
        found[key] = found.get(key, "") + edit.text
    return [Edit(*key, text) for key, text in found.items()]


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _binds(tree: ast.Module, name: str) -> bool:
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return any((alias.asname or alias.name) == name for node in imports for alias in node.names)


def _add_lines(source: SourceText, body: Sequence[ast.stmt], wanted: Sequence[Import], indent: str) -> list[Edit]:
    """What is missing of these imports: behind the names of a line that imports from there, else on a line of its own."""
    edits: list[Edit] = []
    modules: dict[str, list[Import]] = {}
    for each in wanted:
        modules.setdefault(each.module, []).append(each)
    for module, imports in modules.items():
        there = [
            node
            for node in body
            if isinstance(node, ast.ImportFrom)
            and node.module == module
            and not node.level
            and node.names[0].name != "*"
        ]
        known = {(alias.name, alias.asname or alias.name) for node in there for alias in node.names}
        missing = [each for each in imports if (each.name, each.alias) not in known]
        added = _add_names(source, there[0], missing) if there else []
        if missing and not added:
            place, gap_before, gap_after = _place(source, body, module)
            line = "".join(_lines({module: missing}, indent))
            added = [_line_edit(source, place, "\n" * gap_before + line + "\n" * gap_after)]
        edits += added
    return edits


def _add_names(source: SourceText, node: ast.ImportFrom, missing: Sequence[Import]) -> list[Edit]:
    """The names on the one line of an import; nothing where it has several, or would be too long."""
    start, end = source.span(node)
    more = sum(len(each.shown) + 2 for each in missing)
    if node.lineno != node.end_lineno or "(" in source.text[start:end] or end - start + more + node.col_offset > 88:
        return []
    edits: list[Edit] = []
    for each in sorted(missing, key=lambda each: _isort_key(each.shown)):
        after = [alias for alias in node.names if _isort_key(alias.name) > _isort_key(each.name)]
        if after:
            place = source.offset(after[0].lineno, after[0].col_offset)
            edits.append(Edit(place, place, f"{each.shown}, "))
        else:
            edits.append(Edit(end, end, f", {each.shown}"))
    return edits


def _line_edit(source: SourceText, place: int, text: str) -> Edit:
    """A new line at the beginning of a line, or behind a last line that has no end."""
    if place == len(source.text) and source.text and not source.text.endswith(("\n", "\r")):
        text = f"\n{text}"
    return Edit(place, place, text)


def _place(source: SourceText, body: Sequence[ast.stmt], module: str | None = None) -> tuple[int, bool, bool]:
    """The line for an import of ``module``, or the one below all imports; whether a blank line goes before or after it.

    The standard library stands first; in its group an import stands behind those whose modules are before it.
    """
    head, imports = _head(body)
    if not imports:
        if head is not None:
            return source.after(head), False, False
        return (source.lines[body[0].lineno - 1] if body else 0), False, False
    if module is None:
        return source.after(imports[-1]), False, False
    standard = _is_standard(module)
    plain = [node for node in imports if _module_of(node) != "__future__"]
    group = [node for node in plain if _is_standard(_module_of(node)) is standard]
    if not group:
        if standard and plain:
            return source.lines[plain[0].lineno - 1], False, True
        return source.after(imports[-1]), True, False
    same = [node for node in group if _module_of(node).partition(".")[0] == module.partition(".")[0]]
    before = [node for node in same or group if _module_of(node).lower() <= module.lower()]
    if before:
        return source.after(before[-1]), False, False
    return source.lines[(same or group)[0].lineno - 1], False, False


def _head(body: Sequence[ast.stmt]) -> tuple[ast.stmt | None, list[ast.Import | ast.ImportFrom]]:
    """What must come first, and the imports above the first definition, or all where a definition comes before them."""
    imports: list[ast.Import | ast.ImportFrom] = []
    last: ast.stmt | None = None
    for number, node in enumerate(body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.append(node)
        elif number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            last = node
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and imports:
            break
    return last, imports


def _module_of(node: ast.Import | ast.ImportFrom) -> str:
    return node.names[0].name if isinstance(node, ast.Import) else "." * node.level + (node.module or "")


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
