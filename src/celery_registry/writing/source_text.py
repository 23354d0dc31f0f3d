"""One file of the user: its text, where each part of it stands, and its bytes again after an edit.

Law: edits are spans of the text, so all that is between them stays as it is: comments, line ends, tabs, the encoding.
"""

from __future__ import annotations

import ast
import bisect
import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from celery_registry.changes import Change, show_reason
from celery_registry.errors import ConfigurationError
from celery_registry.report.document import show_path
from celery_registry.source.syntax import show_no_python

__all__ = ["Edit", "SourceText", "apply_edits"]

_LINE = re.compile(r"\r\n|\r|\n")


class Edit(NamedTuple):
    """One span of a text and what stands there afterwards, its lines ended by ``\\n``."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after all of the edits, which must not overlap; several at one place follow each other."""
    parts: list[str] = []
    done = 0
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.end)):
        if edit.start < done:
            raise ValueError(f"two edits meet at {edit.start}")
        parts += (text[done : edit.start], edit.text)
        done = edit.end
    return "".join((*parts, text[done:]))


class SourceText:
    """The file at ``path``, read as Python reads it.

    Raises ``ConfigurationError`` where it cannot be read or decoded; what needs its ``tree`` raises it where it is not
    Python.
    """

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        # As the user would type it.
        self.path = Path(show_path(str(path)))
        try:
            self.content = path.read_bytes() if content is None else content
            self.encoding, _ = tokenize.detect_encoding(io.BytesIO(self.content).readline)
            self.text = self.content.decode(self.encoding)
        except (OSError, UnicodeDecodeError, SyntaxError, LookupError) as error:
            raise ConfigurationError(f"{path}: cannot be read: {show_reason(error)}") from None
        first = _LINE.search(self.text)
        self.newline = "\n" if first is None else first[0]

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed text; raises ``ConfigurationError`` where it is not Python."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None)
            place = str(self.path) if line is None else f"{self.path}:{line}"
            raise ConfigurationError(f"{place}: {show_no_python(error)}") from None

    @cached_property
    def lines(self) -> Sequence[int]:
        """Where each line begins."""
        return [0, *(found.end() for found in _LINE.finditer(self.text))]

    @cached_property
    def functions(self) -> dict[int, ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function by the line of its ``def``."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return {node.lineno: node for node in ast.walk(self.tree) if isinstance(node, kinds)}

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """Every class that is in no function, by its qualified name; the last of a name."""
        found: dict[str, ast.ClassDef] = {}
        waiting: list[tuple[str, ast.stmt]] = [("", node) for node in self.tree.body]
        while waiting:
            prefix, node = waiting.pop(0)
            if isinstance(node, ast.ClassDef):
                found[prefix + node.name] = node
                waiting += [(f"{prefix}{node.name}.", inner) for inner in node.body]
            elif isinstance(node, (ast.If, ast.Try, ast.With)):
                blocks = [node.body, getattr(node, "orelse", []), getattr(node, "finalbody", [])]
                blocks += [handler.body for handler in getattr(node, "handlers", [])]
                waiting += [(prefix, inner) for block in blocks for inner in block]
        return found

    def offset(self, line: int, column: int) -> int:
        """The place of an ``ast`` line and column, which counts bytes of UTF-8."""
        start = self.lines[line - 1]
        end = self.lines[line] if line < len(self.lines) else len(self.text)
        shown = self.text[start:end]
        return start + (column if shown.isascii() else len(shown.encode()[:column].decode(errors="ignore")))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a place, both counted from 1, columns in characters."""
        line = bisect.bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Where a node begins and ends."""
        end = self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        return self.offset(node.lineno, node.col_offset), end

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node, its lines ended by ``\\n``."""
        start, end = self.span(node)
        return _LINE.sub("\n", self.text[start:end])

    def after(self, node: ast.stmt) -> int:
        """The beginning of the line after a statement, or the end of the text."""
        line = node.end_lineno or node.lineno
        return self.lines[line] if line < len(self.lines) else len(self.text)

    def indent(self, node: ast.stmt) -> str:
        """What stands before a statement on its line."""
        start = self.lines[node.lineno - 1]
        shown = self.text[start : self.offset(node.lineno, node.col_offset)]
        return shown[: len(shown) - len(shown.lstrip())]

    @cached_property
    def indent_unit(self) -> str:
        """One step of indentation as this file does it."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.body[0].lineno > node.lineno:
                outer, inner = self.indent(node), self.indent(node.body[0])
                if inner.startswith(outer) and inner != outer:
                    return inner[len(outer) :]
        return "    "

    def change(self, edits: Iterable[Edit]) -> Change | None:
        """The file after the edits, None where they change nothing.

        Raises ``ConfigurationError`` where the file's encoding cannot carry the new text, or it would not be Python.
        """
        written = [edit._replace(text=edit.text.replace("\n", self.newline)) for edit in edits]
        new = apply_edits(self.text, written)
        if new == self.text:
            return None
        try:
            content = new.encode(self.encoding)
        except UnicodeEncodeError as error:
            shown = new[error.start : error.end]
            raise ConfigurationError(f"{self.path}: its encoding {self.encoding} cannot carry {shown!r}") from None
        changed = SourceText(self.path, content)
        _ = changed.tree
        return Change(self.path, self.content, content, self.encoding)
