"""The syntax tree of a file, read again by those who ask for more than the index keeps.

Law: a path or a text in, a tree or None out, and in what words one says that a text is no Python. What a program means
is not known here, and a file that cannot be read or parsed is somebody else's to tell.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable
from os import PathLike
from typing import Final

__all__ = ["NO_PYTHON", "last_name", "parse_module", "parse_text", "read_tree", "show_no_python"]

#: How the text for a file that does not parse begins. A file may be written for a newer Python than the one at hand.
NO_PYTHON: Final = f"is not valid Python {sys.version_info[0]}.{sys.version_info[1]}"

_UNPARENTHESIZED: Final = re.compile(
    rb"(\s*except\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+[ \t]*,?)([ \t]*:.*)", re.DOTALL
)
#: How older Pythons speak of such a line.
_NOT_YET: Final = "multiple exception types"
#: So many such lines of one file are read.
_MOST: Final = 200


def parse_module(text: bytes | str) -> ast.Module:
    """The tree of a text, also where it writes ``except A, B:`` as Python 3.14 allows (PEP 758).

    Raises what ``ast.parse`` raises.
    """
    with warnings.catch_warnings():
        # An invalid escape in the user's string is their linter's business.
        warnings.simplefilter("ignore")
        for _ in range(_MOST):
            try:
                return ast.parse(text)
            except SyntaxError as error:
                given = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
                mended = _parenthesized(given, error)
                if mended is None:
                    raise
                text = mended.decode("utf-8", "surrogatepass") if isinstance(text, str) else mended
        return ast.parse(text)


def _parenthesized(text: bytes, error: SyntaxError) -> bytes | None:
    """The text with parentheses on the very line that lacks them; None for any other error."""
    lines = text.splitlines(keepends=True)
    if not str(error.msg).startswith(_NOT_YET) or not 0 < (error.lineno or 0) <= len(lines):
        return None
    at = (error.lineno or 0) - 1
    found = _UNPARENTHESIZED.fullmatch(lines[at])
    if found is None:
        return None
    lines[at] = b"%b(%b)%b" % found.groups()
    return b"".join(lines)


def parse_text(text: bytes | str) -> ast.Module | None:
    """The tree of a text; None where it is no Python that this interpreter can parse."""
    try:
        return parse_module(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def read_tree(path: str | PathLike[str], wanted: Callable[[bytes], object] | None = None) -> ast.Module | None:
    """The tree of a file; None where it cannot be read or parsed, or where its text is not ``wanted``."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        return None
    return parse_text(text) if wanted is None or wanted(text) else None


def show_no_python(error: Exception) -> str:
    """``is not valid Python 3.11: invalid syntax``, for what ``ast.parse`` raised."""
    text = str(getattr(error, "msg", error))
    return f"{NO_PYTHON}: {text}{' before Python 3.14' if text.startswith(_NOT_YET) else ''}"


def last_name(node: ast.AST | None) -> str:
    """``c`` of ``a.b.c`` and of ``c``; empty for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
