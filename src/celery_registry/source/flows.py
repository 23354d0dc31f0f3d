"""What runs after what in a canvas, and whose results it is given.

Law: one expression in, rows out: a signature, and the calls that run before it. Nothing is resolved: who reads a row must
know that what it was written with is Celery's.
Source: Celery documentation, *Canvas: Designing Work-flows*.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from celery_registry.source.canvas import canvas_items, canvas_word, is_signature
from celery_registry.source.values import Value, read_value

__all__ = ["Step", "read_steps"]

#: Methods that hand back the signature itself.
_SAME: Final = frozenset({"set", "on_error"})
_ERRBACKS: Final = frozenset({"link_error", "on_error"})


class Step(NamedTuple):
    """A signature, and the calls that run before it.

    ``how`` is ``chain``, ``chord``, ``link`` or ``link_error``. ``listed``: it is given the list of their results, not the
    one; ``whole``: these are all whose results are in it. ``via`` is what must be Celery's.
    """

    taker: ast.Call
    how: str
    givers: tuple[ast.Call, ...]
    listed: bool
    whole: bool
    via: tuple[Value, ...]


class _End(NamedTuple):
    """The calls whose results a canvas gives; ``alone``: a group of one member, which a chain unrolls."""

    calls: tuple[ast.Call, ...]
    listed: bool = False
    whole: bool = True
    via: tuple[Value, ...] = ()
    alone: bool = False

    def unrolled(self) -> _End:
        return self._replace(listed=False, alone=False) if self.alone else self


def read_steps(node: ast.Call | ast.BinOp) -> Iterator[Step]:
    """What this expression, and none inside of it, makes run after something else."""
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.BitOr):
            yield from _fed(_end(node.left), node.right)
        return
    word = canvas_word(node)
    if word is not None:
        # What makes a canvas keeps it as an option of that.
        for keyword in node.keywords:
            if keyword.arg == "link_error":
                yield from _failing(keyword.value, _members(node))
    if word == "chain":
        via = (read_value(node.func),)
        for before, after in pairwise(canvas_items(node)):
            end = _end(before)
            yield from _fed(None if end is None else end.unrolled(), after, via)
    elif word == "chord":
        yield from _chord(node, _argument(node, 1, "body"))
    elif isinstance(node.func, ast.Call) and canvas_word(node.func) == "chord":
        yield from _chord(node.func, _argument(node, 0, "body"))
    elif isinstance(node.func, ast.Attribute):
        yield from _linked(node, node.func)


def _chord(made: ast.Call, body: ast.expr | None) -> Iterator[Step]:
    end = _header(made)
    if body is not None and end is not None:
        yield from _fed(end, body)


def _linked(node: ast.Call, function: ast.Attribute) -> Iterator[Step]:
    """``x.link(y)``, ``x.on_error(y)``, and the options of what sends or sets."""
    given: list[tuple[str, ast.expr]] = []
    if function.attr in ("apply_async", "apply_async_on_commit", "send_task", "set"):
        given = [(k.arg, k.value) for k in node.keywords if k.arg in ("link", "link_error")]
    elif function.attr in ("link", *_ERRBACKS) and len(node.args) == 1:
        given = [("link_error" if function.attr in _ERRBACKS else "link", node.args[0])]
    if not given:
        return
    end, everything = _end(function.value), tuple(_members(function.value))
    if end is None and function.attr not in (*_SAME, "link", *_ERRBACKS):
        # The call itself sends a task.
        end, everything = _End((node,)), ((node, ()),)
    for how, value in given:
        if how == "link_error":
            yield from _failing(value, everything)
        elif end is not None and not end.listed and not end.alone:
            for callback in _each(value):
                # Which members of a group call back is the release's business.
                yield from (step._replace(how="link") for step in _fed(end, callback))


def _failing(errbacks: ast.expr, members: Iterable[tuple[ast.Call, tuple[Value, ...]]]) -> Iterator[Step]:
    """What is called when one of these has failed."""
    failing = tuple(members)
    for errback in _each(errbacks):
        for taker, via in _starts(errback):
            yield from (Step(taker, "link_error", (call,), False, False, (*at, *via)) for call, at in failing)


def _each(value: ast.expr) -> list[ast.expr]:
    return value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]


def _fed(end: _End | None, after: ast.expr, via: tuple[Value, ...] = ()) -> Iterator[Step]:
    if end is None or not end.calls:
        return
    how = "chord" if end.listed else "chain"
    for taker, at in _starts(after):
        yield Step(taker, how, end.calls, end.listed, end.whole, (*via, *end.via, *at))


def _itself(node: ast.expr) -> ast.expr:
    """The signature that ``x.set(...)`` and ``x.on_error(...)`` hand back."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME:
        if node.func.attr == "set" and (node.args or {None, "immutable"} & {k.arg for k in node.keywords}):
            # An immutable one takes nothing.
            return node
        node = node.func.value
    return node


def _starts(node: ast.expr) -> Iterator[tuple[ast.Call, tuple[Value, ...]]]:
    """What runs first in a canvas."""
    node = _itself(node)
    if is_signature(node):
        assert isinstance(node, ast.Call)
        yield node, ()
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _starts(node.left)
    elif isinstance(node, ast.Call) and (word := canvas_word(node)) is not None:
        items = canvas_items(node)
        for item in items[:1] if word == "chain" else items:
            yield from ((call, (read_value(node.func), *via)) for call, via in _starts(item))


def _members(node: ast.expr) -> Iterator[tuple[ast.Call, tuple[Value, ...]]]:
    """The signatures whose failure a canvas tells of; of a chord that of its body, for that of the header is a setting's."""
    node = _itself(node)
    if is_signature(node):
        assert isinstance(node, ast.Call)
        yield node, ()
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        for side in (node.left, node.right):
            yield from _members(side)
    elif isinstance(node, ast.Call) and (word := canvas_word(node)) is not None:
        body = _argument(node, 1, "body") if word == "chord" else None
        for item in canvas_items(node) if word != "chord" else [body] if body is not None else []:
            yield from ((call, (read_value(node.func), *via)) for call, via in _members(item))


def _end(node: ast.expr) -> _End | None:
    """What a canvas gives; None where the text does not tell."""
    node = _itself(node)
    if is_signature(node):
        assert isinstance(node, ast.Call)
        return _End((node,))
    if isinstance(node, ast.BinOp):
        left = _end(node.left) if isinstance(node.op, ast.BitOr) else None
        end = None if left is None else _end(node.right)
        return None if left is None or end is None else end.unrolled()._replace(via=(*left.via, *end.via))
    word = canvas_word(node) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or word is None:
        return None
    if word == "group":
        return _group(canvas_items(node), _is_counted(node), (read_value(node.func),))
    last = _argument(node, 1, "body") if word == "chord" else next(iter(canvas_items(node)[-1:]), None)
    end = None if last is None else _end(last)
    return None if end is None else end.unrolled()._replace(via=(read_value(node.func), *end.via))


def _header(node: ast.Call) -> _End | None:
    """What the header of a chord gives to the body."""
    header, via = _argument(node, 0, "header"), (read_value(node.func),)
    if isinstance(header, ast.Call) and canvas_word(header) == "group":
        end = _end(header)
        return None if end is None else end._replace(listed=True, via=(*via, *end.via))
    if isinstance(header, (ast.List, ast.Tuple)):
        return _group(header.elts, True, via)
    if isinstance(header, (ast.ListComp, ast.GeneratorExp)):
        return _group([header.elt], False, via)
    return None if header is None else _group([header], True, via)


def _group(items: Sequence[ast.expr], counted: bool, via: tuple[Value, ...]) -> _End | None:
    ends = [_end(item) for item in items]
    known = [end for end in ends if end is not None and not end.listed]
    if not known:
        return None
    calls = tuple(call for end in known for call in end.calls)
    whole = len(known) == len(ends) and all(end.whole for end in known)
    alone = counted and len(items) == 1
    return _End(calls, True, whole, (*via, *(each for end in known for each in end.via)), alone)


def _is_counted(node: ast.Call) -> bool:
    """Whether the text tells how many members a group has."""
    return len(node.args) != 1 or not isinstance(node.args[0], (ast.ListComp, ast.GeneratorExp))


def _argument(node: ast.Call, place: int, name: str) -> ast.expr | None:
    if len(node.args) > place:
        return None if any(isinstance(item, ast.Starred) for item in node.args[: place + 1]) else node.args[place]
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)
