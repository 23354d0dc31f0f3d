"""A type annotation as text: the same text for the same type, however it was quoted.

Law: one annotation in, its text or its parts out. Names stay as they were written; nothing is resolved here.
"""

from __future__ import annotations

import ast

from celery_registry.contract.signature import Parameter, TaskSignature

__all__ = ["parse_annotation", "read_task_annotation", "show_annotation"]


def show_annotation(node: ast.expr | None) -> str | None:
    """The annotation's text without forward-reference quotes; None where there is none."""
    return None if node is None else _show(node)


def parse_annotation(text: str) -> ast.expr | None:
    """An annotation's text as an expression; None where it is none."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def read_task_annotation(text: str) -> tuple[str, TaskSignature[str]] | None:
    """``Task[[str], R]`` as the text before the bracket and what is promised; None for any other annotation."""
    node = parse_annotation(text)
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return None
    if not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) != 2:
        return None
    declared, result = node.slice.elts
    head, shown = _show(node.value), _show(result)
    if isinstance(declared, ast.Constant) and declared.value is ...:
        return head, TaskSignature(None, shown)
    if isinstance(declared, ast.List) and not any(isinstance(item, ast.Starred) for item in declared.elts):
        return head, TaskSignature(tuple(Parameter(None, type=_show(item)) for item in declared.elts), shown)
    return None


def _show(node: ast.expr, literal: bool = False) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_show(node.value)}.{node.attr}"
    if isinstance(node, ast.Constant):
        if node.value is ...:
            return "..."
        if isinstance(node.value, str) and not literal:
            inner = parse_annotation(node.value)
            return repr(node.value) if inner is None else _show(inner)
        return repr(node.value)
    if isinstance(node, ast.Subscript):
        head = _show(node.value)
        return f"{head}[{_show_slice(node.slice, head.rpartition('.')[2])}]"
    if isinstance(node, ast.List):
        return "[" + ", ".join(_show(item, literal) for item in node.elts) + "]"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return f"{_show(node.left)} | {_show(node.right)}"
    return ast.unparse(node)


def _show_slice(node: ast.expr, head: str) -> str:
    items = node.elts if isinstance(node, ast.Tuple) else [node]
    if not items:
        return "()"
    # The strings of Literal and the metadata of Annotated are values, not quoted types.
    return ", ".join(
        _show(item, literal=head == "Literal" or (head == "Annotated" and position > 0))
        for position, item in enumerate(items)
    )
