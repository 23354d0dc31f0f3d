"""One value that stands where ``args=`` takes a list or tuple: ``apply_async(user.id)``, ``args=(path)``, ``retry(exc)``.

Law: the text of one file in, what the value certainly is out. A list under another name must never be taken for one value,
so whatever a person may have put a list into is left alone. Where the call goes is not known here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from os import stat
from typing import Final, NamedTuple

from celery_registry.contract.calls import OneValue
from celery_registry.source.syntax import read_tree

__all__ = ["SingleValues", "single_values"]

#: What the key of one thing is called. ``pk`` of a composite key is a tuple, so it is asked how many the task takes.
_KEYS: Final = ("id", "uuid", "pk")
_TEXTS: Final = frozenset({"str", "int", "float", "bool", "bytes", "dict"})
_MADE: Final = frozenset(
    {"os.path.join", "os.path.abspath", "os.path.basename", "os.path.dirname", "json.dumps", "uuid.uuid4"}
)
_SEQUENCES: Final = (ast.Tuple, ast.List, ast.ListComp, ast.Starred, ast.BinOp, ast.IfExp, ast.BoolOp, ast.Await)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class _Place(NamedTuple):
    """An argument of a call, the function around it, and the exceptions that are caught there."""

    node: ast.expr
    function: _Function | None
    caught: frozenset[str]
    own: frozenset[str]
    """The names of the lambdas and comprehensions around it."""


@lru_cache(maxsize=4)
def _of_file(path: str, state: tuple[int, int]) -> SingleValues | None:
    tree = read_tree(path)
    if tree is None:
        return None
    with open(path, "rb") as file:
        return SingleValues(tree, file.read())


def single_values(path: str) -> SingleValues | None:
    """Those of a file on the disk; None where it cannot be read."""
    try:
        status = stat(path)
        return _of_file(path, (status.st_mtime_ns, status.st_size))
    except OSError:
        return None


class SingleValues:
    """What the arguments of one file's calls are, by their places."""

    def __init__(self, tree: ast.Module, text: bytes) -> None:
        self._tree, self._text = tree, text
        self._lines: list[bytes] = []
        self._places: dict[tuple[int, int], _Place] | None = None

    def at(self, line: int, column: int, names: Sequence[str] | None) -> OneValue | None:
        """The one value that an argument is which begins there, None where nothing is certain.

        ``names`` are the task's positional parameters; None where they are not known, or where it takes any number.
        """
        if self._places is None:
            self._lines = self._text.splitlines()
            top = _Place(ast.Constant(None), None, frozenset(), frozenset())
            self._places = {(p.node.lineno, p.node.col_offset): p for p in _places(self._tree.body, top)}
        place = self._places.get((line, column))
        return None if place is None else self._judged(place, names)

    def _judged(self, place: _Place, names: Sequence[str] | None) -> OneValue | None:
        node = place.node
        text = ast.unparse(node)
        if isinstance(node, ast.Dict) and node.keys:
            return OneValue("a dictionary", "kwargs={...}")
        if isinstance(node, ast.Name) and node.id in place.caught - place.own:
            return OneValue(f'the exception "{text}"', f"exc={text}")
        found = OneValue(f'"{text}", one value', f"({text},)")
        if isinstance(node, ast.Name):
            # What a loop gives may be a row of many values, under the name of its key: ``for user_id in rows.values_list("id")``.
            bound = None if node.id in place.own else _bound(place.function, node.id)
            if bound is None or any(_may_be_sequence(value) for value in bound):
                return None
            if len(bound) == 1 and _is_plain(bound[0]):
                return found
        last = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if _is_key(last, names) or (names and last == names[0] and self._is_parenthesized(node)):
            return found
        return None

    def _is_parenthesized(self, node: ast.expr) -> bool:
        """Whether the value stands in parentheses of its own, ``args=(value)``, which make no tuple."""
        end = (node.end_lineno or 0, node.end_col_offset or 0)
        if end[0] != node.lineno:
            return False
        line = self._lines[node.lineno - 1]
        before, after = line[: node.col_offset].rstrip(), line[end[1] :].lstrip()
        opened = before.endswith(b"(") and before[:-1].rstrip()[-1:] in (b"=", b"(", b",")
        return opened and after.startswith(b")")


def _places(nodes: Iterable[ast.AST], around: _Place) -> Iterator[_Place]:
    for node in nodes:
        inner = around
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = _Place(around.node, node, frozenset(), frozenset())
        elif isinstance(node, ast.Lambda):
            inner = around._replace(own=around.own | {argument.arg for argument in node.args.args})
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            targets = [target for made in node.generators for target in ast.walk(made.target)]
            inner = around._replace(own=around.own | {t.id for t in targets if isinstance(t, ast.Name)})
        elif isinstance(node, ast.ExceptHandler) and node.name is not None and not _stores(node.body, node.name):
            inner = around._replace(caught=around.caught | {node.name})
        elif isinstance(node, ast.Call):
            for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield around._replace(node=given)
        yield from _places(ast.iter_child_nodes(node), inner)


def _stores(body: Iterable[ast.AST], name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
        for statement in body
        for node in ast.walk(statement)
    )


def _bound(function: _Function | None, name: str) -> list[ast.expr | None] | None:
    """What a function gives a variable of its own: an expression, or None for a parameter; None if not its own.

    An annotation says what a parameter is: it is for a type checker to judge.
    """
    if function is None:
        return None
    found: list[ast.expr | None] = []
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.arg == name:
            if argument.annotation is not None:
                return None
            found.append(None)
    if any(variadic is not None and variadic.arg == name for variadic in (arguments.vararg, arguments.kwarg)):
        return None
    stored = 0
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            stored += 1
        elif isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return None
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and _is_name(node.targets[0], name):
            found.append(node.value)
    known = sum(value is not None for value in found)
    # Unpacked, annotated, added to, bound by a loop or a ``with``: what it is then is not known.
    return found if found and known == stored else None


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _may_be_sequence(value: ast.expr | None) -> bool:
    """Whether an assigned expression may well be a list of arguments."""
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).rpartition(".")[2] in ("list", "tuple", "sorted", "copy", "split")
    if isinstance(value, ast.Constant):
        return value.value is None
    return isinstance(value, _SEQUENCES)


def _is_plain(value: ast.expr | None) -> bool:
    """Whether an expression is a text, a number or a dictionary for certain."""
    if isinstance(value, ast.Call):
        called = ast.unparse(value.func)
        return called in _TEXTS or called in _MADE
    return isinstance(value, (ast.Constant, ast.JoinedStr, ast.Dict, ast.DictComp))


def _is_key(name: str, names: Sequence[str] | None) -> bool:
    key = next((key for key in _KEYS if name == key or name.endswith(f"_{key}")), None)
    return key is not None and (key != "pk" or (names is not None and len(names) == 1))
