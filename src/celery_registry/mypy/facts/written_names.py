"""Which registry properties a file may use: those whose name stands in it as an attribute.

Law: text, no syntax. A name too many costs one look more; a name too few would let an old answer stand.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WrittenNames", "find_written_names"]

#: For each file those of the names that stand in it, sorted.
WrittenNames = dict[str, tuple[str, ...]]

# Between the dot and the name there may be the end of a line, even one with a comment.
_ATTRIBUTE = re.compile(rb"\.(?:[\s\\]|#[^\n]*\n)*([\w\x80-\xff]+)")
# ``case Tasks(send=task)`` reads an attribute without a dot.
_CASE = re.compile(rb"\bcase\b")
_KEYWORD = re.compile(rb"([\w\x80-\xff]+)[\s\\]*=")


def find_written_names(paths: Iterable[str], names: Iterable[str]) -> WrittenNames:
    """Look into the files for the names; a file that cannot be read has none."""
    wanted = {name.encode(): name for name in names}
    encoded = frozenset(wanted)
    found: WrittenNames = {}
    for path in paths if wanted else ():
        try:
            with open(path, "rb") as file:
                text = file.read()
        except OSError:
            continue
        words = encoded.intersection(_attributes(text if text.isascii() else _normal(text)))
        # marshal, which keeps the rows between runs, writes a string once that is the same object in many.
        found[path] = tuple(sorted([wanted[word] for word in words]))
    return found


def _attributes(text: bytes) -> list[bytes]:
    found: list[bytes] = _ATTRIBUTE.findall(text)
    if b"case" in text and _CASE.search(text) is not None:
        found += _KEYWORD.findall(text)
    return found


def _normal(text: bytes) -> bytes:
    """Python compares identifiers in their normal form (PEP 3131)."""
    return unicodedata.normalize("NFKC", text.decode(errors="replace")).encode()
