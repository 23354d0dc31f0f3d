"""What stands where a call is given something, and what the variables of the function around it hold.

Law: the tree of one file in, its own expressions out. What a name means outside of the function is not known here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

__all__ = ["Bound", "LocalValues", "Place", "bindings_of"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Place(NamedTuple):
    """An argument of a call, the function around it, and the exceptions that are caught there.

    ``own`` are the names of the lambdas and comprehensions around it, ``cls`` the class whose method the function is, as a
    qualified name, or the class whose body this is; ``outside`` the functions around the function.
    """

    node: ast.expr
    function: _Function | None
    caught: frozenset[str]
    own: frozenset[str]
    cls: str | None = None
    outside: tuple[_Function, ...] = ()


class Bound(NamedTuple):
    """How a variable gets its value: the expression, and whether it is what a loop goes over; None for a parameter."""

    value: ast.expr | None
    looped: bool = False


class LocalValues:
    """The arguments of one file's calls, by their places."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._places: dict[tuple[int, int], Place] | None = None

    def at(self, line: int, column: int) -> Place | None:
        """The argument of a call that begins there."""
        if self._places is None:
            top = Place(ast.Constant(None), None, frozenset(), frozenset())
            self._places = {}
            with suppress(RecursionError):
                for place in _places(self._tree.body, top):
                    # Of several the outermost, which comes first.
                    self._places.setdefault((place.node.lineno, place.node.col_offset), place)
        return self._places.get((line, column))


def _places(nodes: Iterable[ast.AST], around: Place) -> Iterator[Place]:
    for node in nodes:
        inner = around
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # A function inside a method is no method.
            cls = around.cls if around.function is None else None
            outside = around.outside if around.function is None else (around.function, *around.outside)
            inner = Place(around.node, node, frozenset(), frozenset(), cls, outside)
        elif isinstance(node, ast.ClassDef):
            nested = node.name if around.cls is None else f"{around.cls}.{node.name}"
            inner = around._replace(cls=nested if around.function is None else None)
        elif isinstance(node, ast.Lambda):
            inner = around._replace(own=around.own | {argument.arg for argument in node.args.args})
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            targets = [target for made in node.generators for target in ast.walk(made.target)]
            inner = around._replace(own=around.own | {t.id for t in targets if isinstance(t, ast.Name)})
        elif isinstance(node, ast.ExceptHandler) and node.name is not None and not _stores(node.body, node.name):
            inner = around._replace(caught=around.caught | {node.name})
        elif isinstance(node, ast.Call):
            for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                items = (given, *given.elts) if isinstance(given, (ast.Tuple, ast.List)) else (given,)
                if isinstance(given, ast.Dict):
                    items = (given, *given.values)
                for item in items:
                    yield around._replace(node=item)
        yield from _places(ast.iter_child_nodes(node), inner)


def _stores(body: Iterable[ast.AST], name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for statement in body
        for node in ast.walk(statement)
    )


def bindings_of(place: Place, name: str) -> list[Bound] | None:
    """What gives a variable of the function around its value; None where it is not the function's own, or not all is known.

    An annotated parameter is a type checker's to judge.
    """
    function = place.function
    if name in place.own:
        return [Bound(None)]
    if function is None:
        return None
    found: list[Bound] = []
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg == name:
            if argument.annotation is not None:
                return None
            found.append(Bound(None))
    if any(variadic is not None and variadic.arg == name for variadic in (arguments.vararg, arguments.kwarg)):
        return None
    stored = known = 0
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            stored += 1
        elif (isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names) or (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name
        ):
            return None
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and _is_name(node.targets[0], name):
            found.append(Bound(node.value))
            known += 1
        elif isinstance(node, (ast.For, ast.AsyncFor)) and _is_name(node.target, name):
            found.append(Bound(node.iter, looped=True))
            known += 1
    # Unpacked, annotated, added to, imported or bound by a ``with``: what it is then is not known.
    return found if found and known == stored else None


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
