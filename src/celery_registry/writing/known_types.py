"""What an unannotated parameter or result is, where its default, the docstring or the ``return`` statements tell.

Law: one parsed function in, text of builtin types out; None where nothing tells. It guesses nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Final

from celery_registry.source.annotation import parse_annotation
from celery_registry.source.docstring import read_documented

__all__ = ["default_types", "described_parameters", "described_types", "returned_type"]

_GOOGLE: Final = re.compile(r"^\s*\*{0,2}(\w+)\s*\(([^)]*)\)\s*:", re.MULTILINE)
_SPHINX_TYPE: Final = re.compile(r"^\s*:type\s+(\w+):\s*(.+?)\s*$", re.MULTILINE)
_SPHINX_INLINE: Final = re.compile(r"^\s*:param\s+([^:\n]+?)\s+(\w+):", re.MULTILINE)
_SPHINX_TEXT: Final = re.compile(r"^\s*:param\s+(?:[^:\n]+\s+)?(\w+):[ \t]*(\S.*?)\s*$", re.MULTILINE)
_NAMES: Final[Mapping[str, str]] = {
    **{name: name for name in ("bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple")},
    "boolean": "bool",
    "integer": "int",
    "string": "str",
    "dictionary": "dict",
    "None": "None",
}


def default_types(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Mapping[str, str]:
    """Parameter -> the type of its default, for the parameters that have one that tells."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs: list[tuple[ast.arg, ast.expr | None]] = [
        *zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    found = {argument.arg: None if default is None else _type_of(default) for argument, default in pairs}
    return {name: shown for name, shown in found.items() if shown is not None and shown != "None"}


def described_types(docstring: str | None) -> Mapping[str, str]:
    """Parameter -> the builtin type that a docstring of Google's or Sphinx's style gives it."""
    text = docstring or ""
    found: dict[str, str] = {}
    pairs = [(name, shown) for name, shown in _GOOGLE.findall(text)] if read_documented(text) else []
    pairs += [(name, shown) for shown, name in _SPHINX_INLINE.findall(text)] + _SPHINX_TYPE.findall(text)
    for name, shown in pairs:
        known = _plain(shown)
        if known is not None:
            found.setdefault(name, known)
    return found


def described_parameters(docstring: str | None) -> Mapping[str, str]:
    """Parameter -> its description in a docstring of Google's or Sphinx's style."""
    return read_documented(docstring) or dict(_SPHINX_TEXT.findall(docstring or ""))


def returned_type(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """What an unannotated function returns; None where its text does not tell."""
    kinds: set[str | None] = set()
    for node in _own_nodes(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return None
        if isinstance(node, ast.Return):
            kinds.add("None" if node.value is None else _type_of(node.value))
    if not kinds:
        return "None"
    if None in kinds or len(kinds) != 1:
        # One that falls off its end gives None too, and only a checker knows whether it can.
        return None
    kind = kinds.pop()
    return kind if kind == "None" or isinstance(function.body[-1], ast.Return) else None


def _own_nodes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def _type_of(value: ast.expr) -> str | None:
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, (ast.USub, ast.UAdd)):
        return _type_of(value.operand)
    if isinstance(value, ast.JoinedStr):
        return "str"
    if isinstance(value, ast.Constant):
        kind = type(value.value)
        return "None" if value.value is None else kind.__name__ if kind in (bool, int, float, str, bytes) else None
    return None


def _plain(shown: str) -> str | None:
    """``str, optional`` and ``list[int] | None`` as types; None for what is not made of builtins."""
    words = [word.strip() for word in re.split(r",(?![^\[]*\])", shown.strip())]
    optional = "optional" in words[1:]
    node = parse_annotation(words[0])
    if node is None or len(words) > 1 + optional:
        return None
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
    others = [part for part in ast.walk(node) if isinstance(part, (ast.Attribute, ast.Call, ast.Compare, ast.BoolOp))]
    if others or any(name.id not in _NAMES for name in names):
        return None
    if any(isinstance(part, ast.Constant) and part.value not in (None, ...) for part in ast.walk(node)):
        return None
    for name in names:
        name.id = _NAMES[name.id]
    text = ast.unparse(node)
    return text if not optional or "None" in text else f"{text} | None"
