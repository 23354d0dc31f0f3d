"""The texts of a program's files and their trees: each is read once, and parsed once, whoever asks.

Law: a path in, what stands there out, None where it cannot be read or parsed. What a program means is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from celery_registry.source.syntax import parse_text

if TYPE_CHECKING:
    import ast

__all__ = ["Contents"]

#: Trees are kept of so much text, and made anew of what is beyond: each takes ten times the memory of its text.
_MOST: Final = 16_000_000


class Contents:
    """What was read until now; it is kept for as long as this is."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes | None] = {}
        self._trees: dict[str, ast.Module | None] = {}
        self._left = _MOST

    def text(self, path: str) -> bytes | None:
        """The text of a file."""
        if path not in self._texts:
            try:
                with open(path, "rb") as file:
                    self._texts[path] = file.read()
            except OSError:
                self._texts[path] = None
        return self._texts[path]

    def tree(self, path: str, wanted: Callable[[bytes], object] | None = None) -> ast.Module | None:
        """The tree of a file; None, too, where its text is not ``wanted``."""
        text = self.text(path)
        if text is None or (wanted is not None and not wanted(text)):
            return None
        if path in self._trees:
            return self._trees[path]
        tree = parse_text(text)
        self._left -= len(text)
        if self._left > 0:
            self._trees[path] = tree
        return tree

    def parses(self, path: str) -> bool:
        """Whether the text of a file is Python; its tree is not kept for this alone."""
        text = self.text(path)
        return text is not None and (self._trees[path] if path in self._trees else parse_text(text)) is not None
