"""The texts of a program's files and their trees: each is read once, and parsed once, whoever asks.

Law: a path in, what stands there out, None where it cannot be read or parsed. What a program means is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from celery_registry.source.syntax import parse_text

if TYPE_CHECKING:
    import ast

__all__ = ["Contents"]


class Contents:
    """What was read until now; it is kept for as long as this is."""

    def __init__(self) -> None:
        self._texts: dict[str, bytes | None] = {}
        self._trees: dict[str, ast.Module | None] = {}

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
        if path not in self._trees:
            self._trees[path] = parse_text(text)
        return self._trees[path]

    def parses(self, path: str) -> bool:
        """Whether the text of a file is Python; its tree is not kept for this alone."""
        text = self.text(path)
        return text is not None and (self._trees[path] if path in self._trees else parse_text(text)) is not None
