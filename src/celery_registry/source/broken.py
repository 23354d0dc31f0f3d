"""The files of a program that are no Python, and that nothing made anybody read, or read whole.

Law: an index in, files and reasons out. A file whose facts could not be read is told by ``Project.unread``; what stands in
one of these cannot have been judged, whatever it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from celery_registry.source.unread import TOO_DEEP, Unread, why_unread

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex

__all__ = ["broken_files", "half_read_files"]

#: So much text is parsed for this alone, some seconds; a larger program has a compiler that tells.
_MOST: Final = 16_000_000


def broken_files(index: SourceIndex) -> list[Unread]:
    """What was counted and not read, by path; test code is nobody's business here."""
    known = {*index.consulted, *index.calls.parsed}
    found, left = [], _MOST
    for module, file in index.modules.items():
        if module in known or not index.is_production(module):
            continue
        text = index.contents.text(file.path)
        left -= len(text or b"")
        if left < 0:
            break
        if text is None or (text.strip() and not index.contents.parses(file.path)):
            found.append(why_unread(file.path))
    return sorted(found, key=lambda unread: unread.path)


def half_read_files(index: SourceIndex) -> list[Unread]:
    """What gave facts though it is no Python, for the index parses without the bodies of functions that tell nothing;

    and what Python parses and nobody walks through.
    """
    known = {unread.path for unread in index.unread}
    files = (
        index.modules[m]
        for m in {*index.consulted, *index.calls.parsed}
        if m in index.modules and index.is_production(m)
    )
    broken = (f.path for f in files if f.path not in known and not index.contents.parses(f.path))
    deep = (index.modules[module].path for module in index.calls.too_deep)
    return [*(why_unread(path) for path in sorted(broken)), *(Unread(path, 0, TOO_DEEP) for path in sorted(deep))]
