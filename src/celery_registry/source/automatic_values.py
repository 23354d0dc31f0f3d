"""What ``auto()`` gives in an enum that makes its values from the names of its members.

Law: the text of what ``_generate_next_value_`` returns and a name in, a text out. Nothing is run: of an expression that is
more than a name put together with texts nobody knows the value.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

__all__ = ["automatic_value"]

_METHODS: Final[dict[str, Callable[[str], str]]] = {
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "capitalize": str.capitalize,
    "casefold": str.casefold,
}


def automatic_value(returned: str, name: str) -> str | None:
    """The value of a member; ``returned`` is an expression over ``name``. None where the text does not tell."""
    try:
        return _made(ast.parse(returned, mode="eval").body, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _made(node: ast.expr, name: str) -> str | None:
    if isinstance(node, ast.Name):
        return name if node.id == "name" else None
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _made(node.left, name), _made(node.right, name)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.JoinedStr):
        parts = [_made(part, name) for part in node.values]
        return None if None in parts else "".join(map(str, parts))
    if isinstance(node, ast.FormattedValue):
        return _made(node.value, name) if node.conversion == -1 and node.format_spec is None else None
    return _called(node, name) if isinstance(node, ast.Call) and not node.keywords else None


def _called(node: ast.Call, name: str) -> str | None:
    arguments = [_made(argument, name) for argument in node.args]
    if isinstance(node.func, ast.Name):
        return arguments[0] if node.func.id == "str" and len(arguments) == 1 else None
    if not isinstance(node.func, ast.Attribute):
        return None
    text, method = _made(node.func.value, name), node.func.attr
    if text is None or None in arguments:
        return None
    if method == "replace" and len(arguments) == 2:
        return text.replace(str(arguments[0]), str(arguments[1]))
    return _METHODS[method](text) if method in _METHODS and not arguments else None
