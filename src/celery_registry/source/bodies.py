"""Which function bodies say nothing about tasks: they are hidden before the text is parsed.

Law: bytes in, bytes of as many lines out; a body is hidden only where no fact can stand in it. Half of a module's parse
is the bodies of functions that the index never looks at.
"""

from __future__ import annotations

import bisect
import re
from functools import cache

__all__ = ["hide_bodies", "places_of", "telling_places"]

# What the body of a function must say to hold a fact: a call that is kept, a call of a call, a schedule, an import, or
# that it is abstract.
_TELLING = re.compile(
    rb"[Tt]ask|TASK|ignature|schedule|elery|\)\s*\(|import|global|super|def |class |lambda|NotImplementedError"
)
# A name of ours under another name: what tells is known when the imports are.
_RENAMED = re.compile(rb"(?:[Tt]ask|ignature)[ \t]+as[ \t]")
# The head ends on its own line, or on a line of its own as formatters write it: ``) -> None:``.
_HEAD = re.compile(
    rb"^([ \t]*)(?:async[ \t]+)?def[ \t]+(\w+)(?:[^\n]*|[^\n]*\(\n(?:\1[ \t][^\n]*\n)+\1\)[^\n]*):\n", re.M
)
_DOCSTRING = re.compile(rb'[ \t]+"""(?:[^"\\]|"(?!""))*"""[ \t]*\n')
# Any other documentation string; comments may come before it.
_STRING = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*[rRuU]?[\"']")
_INDENT = re.compile(rb"\n*([ \t]+)")
# Facts are read from the bodies of these: the types of attributes, and how an enum names its members.
_READ = frozenset({b"__init__", b"_generate_next_value_"})


@cache
def _block(indent: bytes) -> re.Pattern[bytes]:
    """The lines below a head that stands this deep."""
    return re.compile(rb"(?:" + indent + rb"[ \t][^\n]*\n|[ \t]*\n)*")


def telling_places(text: bytes) -> list[int]:
    """Where the text says a word without which a body holds no fact; offsets, sorted."""
    return [found.start() for found in _TELLING.finditer(text)]


def places_of(text: bytes, names: set[str]) -> list[int]:
    """Where the text says any of these names; offsets, sorted."""
    pattern = b"|".join(re.escape(name.encode()) for name in sorted(names))
    return [found.start() for found in re.finditer(pattern, text)] if names else []


def hide_bodies(text: bytes, telling: list[int]) -> tuple[bytes, list[int]]:
    """The text with ``pass`` for the bodies that tell nothing, and the offsets of the heads of those functions.

    ``telling`` are the text's telling places.

    A ``def`` inside a string is taken for a function: whoever parses the result must meet a function at every offset,
    and must fall back to the text itself where the result does not parse.
    """
    if b"\r" in text or b"\f" in text or _RENAMED.search(text):
        return text, []
    parts: list[bytes] = []
    heads: list[int] = []
    done = 0
    for head in _HEAD.finditer(text):
        if head.start() < done or head[2] in _READ:
            continue
        start = head.end()
        end = _block(head[1]).match(text, start).end()  # type: ignore[union-attr]  # It matches nothing as well.
        docstring = _DOCSTRING.match(text, start, end)
        if docstring is not None:
            start = docstring.end()
        index = bisect.bisect_left(telling, start)
        if index < len(telling) and telling[index] < end:
            continue
        body = text[start:end]
        indent = _INDENT.match(body)
        if indent is None or b'"""' in body or b"'''" in body or b"\\\n" in body or _STRING.match(body):
            continue
        parts += (text[done:start], indent[1], b"pass", b"\n" * body.count(b"\n"))
        heads.append(head.start())
        done = end
    return b"".join([*parts, text[done:]]), heads
