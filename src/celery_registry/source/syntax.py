"""The syntax tree of a file, read again by those who ask for more than the index keeps.

Law: a path or a text in, a tree or None out. What a program means is not known here, and a file that cannot be read or
parsed is somebody else's to tell.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from os import PathLike

__all__ = ["parse_text", "read_tree"]


def parse_text(text: bytes | str) -> ast.Module | None:
    """The tree of a text; None where it is no Python that this interpreter can parse."""
    try:
        with warnings.catch_warnings():
            # An invalid escape in the user's string is their linter's business.
            warnings.simplefilter("ignore")
            return ast.parse(text)
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
