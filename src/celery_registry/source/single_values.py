"""One value that stands where ``args=`` takes a list or tuple: ``apply_async(user.id)``, ``args=(path)``, ``retry(exc)``.

Law: the text of one file in, what the value certainly is out. A list under another name must never be taken for one value,
so whatever a person may have put a list into is left alone. Where the call goes is not known here.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from os import stat
from typing import Final

from celery_registry.contract.calls import OneValue
from celery_registry.source.local_values import LocalValues, Place, bindings_of
from celery_registry.source.syntax import read_tree

__all__ = ["SingleValues", "single_values"]

#: What the key of one thing is called. ``pk`` of a composite key is a tuple, so it is asked how many the task takes.
_KEYS: Final = ("id", "uuid", "pk")
_TEXTS: Final = frozenset({"str", "int", "float", "bool", "bytes", "dict"})
_MADE: Final = frozenset(
    {"os.path.join", "os.path.abspath", "os.path.basename", "os.path.dirname", "json.dumps", "uuid.uuid4"}
)
_SEQUENCES: Final = (ast.Tuple, ast.List, ast.ListComp, ast.Starred, ast.BinOp, ast.IfExp, ast.BoolOp, ast.Await)


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
        self.places, self._text = LocalValues(tree), text
        self._lines: list[bytes] = []

    def at(self, line: int, column: int, names: Sequence[str] | None) -> OneValue | None:
        """The one value that an argument is which begins there, None where nothing is certain.

        ``names`` are the task's positional parameters; None where they are not known, or where it takes any number.
        """
        place = self.places.at(line, column)
        return None if place is None else self._judged(place, names)

    def _judged(self, place: Place, names: Sequence[str] | None) -> OneValue | None:
        node = place.node
        text = ast.unparse(node)
        if isinstance(node, ast.Dict) and node.keys:
            return OneValue("a dictionary", "kwargs={...}")
        if _is_raised(node) or (isinstance(node, ast.Name) and node.id in place.caught - place.own):
            return OneValue(f'the exception "{text}"', f"exc={text}")
        found = OneValue(f'"{text}", one value', f"({text},)")
        if isinstance(node, ast.Call) and _is_plain(node):
            return found
        if isinstance(node, ast.Name):
            # What a loop gives may be a row of many values, under the name of its key: ``for user_id in rows.values_list("id")``.
            bound = None if node.id in place.own else bindings_of(place, node.id)
            if bound is None or any(one.looped or _may_be_sequence(one.value) for one in bound):
                return None
            if len(bound) == 1 and _is_plain(bound[0].value):
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
        self._lines = self._lines or self._text.splitlines()
        line = self._lines[node.lineno - 1]
        before, after = line[: node.col_offset].rstrip(), line[end[1] :].lstrip()
        opened = before.endswith(b"(") and before[:-1].rstrip()[-1:] in (b"=", b"(", b",")
        return opened and after.startswith(b")")


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


def _is_raised(node: ast.expr) -> bool:
    """Whether an expression makes an exception on the spot: ``ValueError("gone")``, ``errors.LateError()``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
        return False
    called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    return called[:1].isupper() and called.endswith(("Error", "Exception"))


def _is_key(name: str, names: Sequence[str] | None) -> bool:
    key = next((key for key in _KEYS if name == key or name.endswith(f"_{key}")), None)
    return key is not None and (key != "pk" or (names is not None and len(names) == 1))
