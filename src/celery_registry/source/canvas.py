"""Which signatures a canvas feeds, and which it sends as they are.

Law: one expression in, the calls in it that are given the result of what runs before them out, each with what the canvas
was written with: who reads it must know that it is Celery's. Nothing is resolved.
Source: Celery documentation, *Canvas: Designing Work-flows*.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from celery_registry.source.values import Value, read_value

__all__ = [
    "CANVAS_FULLNAMES",
    "REPLACE",
    "canvas_items",
    "canvas_word",
    "fed_signatures",
    "is_canvas",
    "is_signature",
    "refused_member",
    "sent_signatures",
]

_WORDS: Final = ("chain", "group", "chord")
#: The dotted names of Celery's own.
CANVAS_FULLNAMES: Final = frozenset(f"{module}.{word}" for module in ("celery", "celery.canvas") for word in _WORDS)
#: The method of a task that runs a signature in its place.
REPLACE: Final = "replace"
#: A signature, and the canvas around it.
Member = tuple[ast.Call, tuple[Value, ...]]
Meant = Callable[[ast.expr], ast.expr]


def is_signature(node: ast.expr) -> bool:
    """Whether a call makes the signature of one task."""
    named = ("s", "si", "signature", "subtask")
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in named


def is_canvas(node: ast.expr) -> bool:
    """Whether an expression is written as a canvas is: a signature, several joined, or what joins them."""
    joined = isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and is_canvas(node.left)
    return is_signature(node) or joined or (isinstance(node, ast.Call) and canvas_word(node) is not None)


def _as_written(node: ast.expr) -> ast.expr:
    return node


def fed_signatures(node: ast.Call | ast.BinOp, meant: Meant = _as_written) -> Iterator[Member]:
    """The signatures that this expression gives one argument: the result of what runs before, or of a whole group.

    ``meant`` tells the signature that a variable holds.
    """
    if isinstance(node, ast.BinOp):
        via = _begins(node.left) if isinstance(node.op, ast.BitOr) else None
        if via is not None:
            yield from _first(node.right, via, meant)
        return
    word = canvas_word(node)
    if word == "chain":
        via, runs_before = (read_value(node.func),), False
        for item in canvas_items(node):
            if runs_before:
                yield from _first(item, via, meant)
            runs_before = runs_before or not isinstance(item, ast.Starred)
    elif word == "chord":
        bodies = [*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg == "body")]
        for body in bodies:
            yield from _first(body, (read_value(node.func),), meant)
    elif isinstance(node.func, ast.Call) and canvas_word(node.func) == "chord" and node.args:
        yield from _first(node.args[0], (read_value(node.func.func),), meant)
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "apply_async":
        for keyword in node.keywords:
            if keyword.arg == "link":
                links = keyword.value.elts if isinstance(keyword.value, (ast.List, ast.Tuple)) else [keyword.value]
                for link in links:
                    yield from _first(link, (), meant)


def sent_signatures(node: ast.Call) -> Iterator[Member]:
    """The signatures to which this call adds nothing: ``chain(...).delay()``, ``group(...)()``, ``self.replace(...)``."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("delay", "apply_async"):
        options = {keyword.arg for keyword in node.keywords}
        if not node.args and not options & {None, "args", "kwargs"} and (node.func.attr != "delay" or not options):
            yield from _first(node.func.value, ())
    elif isinstance(node.func, ast.Attribute) and node.func.attr == REPLACE:
        if len(node.args) == 1 and not node.keywords:
            yield from _first(node.args[0], (read_value(node.func),))
    elif isinstance(node.func, (ast.Call, ast.BinOp)) and not node.keywords:
        has_body = isinstance(node.func, ast.Call) and canvas_word(node.func) == "chord"
        if has_body or not node.args:
            yield from _first(node.func, ())


def _first(node: ast.expr, via: tuple[Value, ...], meant: Meant = _as_written) -> Iterator[Member]:
    """What runs first in a canvas: it is given what the canvas is given."""
    node = meant(node)
    if is_signature(node):
        assert isinstance(node, ast.Call)
        yield node, via
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and _begins(node.left) is not None:
        yield from _first(node.left, via, meant)
    elif isinstance(node, ast.Call) and canvas_word(node) is not None:
        items, around = canvas_items(node), (*via, read_value(node.func))
        for item in items[:1] if canvas_word(node) == "chain" else items:
            yield from _first(item, around, meant)


def _begins(node: ast.expr) -> tuple[Value, ...] | None:
    """What makes the left side of ``|`` a canvas, if it is Celery's; None where it is none, or may be an empty chain."""
    if isinstance(node, ast.BinOp):
        return _begins(node.left) if isinstance(node.op, ast.BitOr) else None
    if is_signature(node):
        return ()
    word = canvas_word(node) if isinstance(node, ast.Call) else None
    if word is None or not isinstance(node, ast.Call) or not node.args:
        return None
    begins = word != "chain" or any(is_canvas(item) for item in canvas_items(node))
    return (read_value(node.func),) if begins else None


def canvas_word(node: ast.Call) -> str | None:
    """``chain``, ``group`` or ``chord`` where a call is written as one."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
    return name if name in _WORDS else None


def refused_member(node: ast.Call) -> int | None:
    """The place of a list among the members of a chain, which can be joined to none of them; None where there is none.

    With a keyword Celery joins nothing yet, and a group makes a chord of whatever stands behind it.
    """
    if canvas_word(node) != "chain" or node.keywords or len(node.args) < 2:
        return None
    for place, member in enumerate(node.args):
        if isinstance(member, (ast.List, ast.Tuple, ast.ListComp)):
            return place
        if not (isinstance(member, ast.Call) and is_signature(member)):
            return None
    return None


def canvas_items(node: ast.Call) -> Sequence[ast.expr]:
    """The members of a chain or a group, the header of a chord."""
    given = node.args[:1] if canvas_word(node) == "chord" else node.args
    if len(given) != 1:
        return given
    (only,) = given
    if isinstance(only, (ast.List, ast.Tuple)):
        return only.elts
    if isinstance(only, (ast.GeneratorExp, ast.ListComp)):
        # Of a chain only the first is first.
        return [] if canvas_word(node) == "chain" else [only.elt]
    return given
