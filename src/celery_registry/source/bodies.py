"""Which function bodies say nothing about tasks: they are hidden before the text is parsed.

Law: bytes in, bytes of as many lines out; a body is hidden only where no fact can stand in it. Half of a module's parse
is the bodies of functions that the index never looks at.
"""

from __future__ import annotations

import bisect
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from celery_registry.contract.rules import REWRITING_METHODS
from celery_registry.source.verbs import registering_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["hide_bodies", "places_of", "returned_makers", "telling_places"]

# What the body of a function must say to hold a fact: a call that is kept, a call of a call, a schedule, an import, or
# that it is abstract. Plain words, since ``re`` looks for several at once an order of magnitude slower.
_TELLING = (
    b"ask",
    b"TASK",
    b"ignature",
    b"schedule",
    b"elery",
    b"import",
    b"global",
    b"super",
    b"def ",
    b"class ",
    b"lambda",
    b"NotImplementedError",
    b"strict_typing",
)
_CALL_OF_A_CALL = re.compile(rb"\)\s*\(")
# A function may hand what it is given to another one that registers.
_HANDED_ON = re.compile(rb"return\s+[\w.]+\([^()]*(?:\*\*\w|\bname=)")
# A decorator may hand on everything, and is read whole.
_PASSED_ON = re.compile(rb"\(\*\w+,[ ]\*\*\w+\)")
# A decorator may give back what it is given.
_GIVEN_BACK = re.compile(rb"\n[ \t]+return[ \t]+(\w+)[ \t]*(?=\n|$|#)")
_APPLICATION_CLASS = re.compile(rb"class[ \t]+(\w+)\((?:[^)\n]*[ \t,.])?Celery\)")
_TAKES = re.compile(rb"def[ \t]+\w+\([ \t\n]*(?:\w+[ \t]*,[ \t]*)?(\w+)[ \t\n]*[:,)]")
# A name of ours under another name: what tells is known when the imports are.
_RENAMED = (re.compile(rb"ask[ \t]+as[ \t]"), re.compile(rb"ignature[ \t]+as[ \t]"))
_DEF = re.compile(rb"def[ \t]+(\w+)")
_DOCSTRING = re.compile(rb'[ \t]+"""(?:[^"\\]|"(?!""))*"""[ \t]*\n')
# Any other documentation string; comments may come before it.
_STRING = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*[rRuU]?[\"']")
_INDENT = re.compile(rb"\n*([ \t]+)")
# Facts are read from the bodies of these: the types of attributes, how an enum names its members, and whether a task
# class hands on what it is given.
_READ = frozenset({b"__init__", b"_generate_next_value_", b"run", *(name.encode() for name in REWRITING_METHODS)})


@cache
def _rest_of_head(indent: bytes) -> re.Pattern[bytes]:
    """What formatters write below ``def f(``: deeper lines, and one like ``) -> None:``."""
    return re.compile(rb"(?:" + indent + rb"[ \t][^\n]*\n)+" + indent + rb"\)[^\n]*:\n")


@cache
def _end_of_block(indent: bytes) -> re.Pattern[bytes]:
    """The end of a line before one that is not blank and does not stand deeper."""
    return re.compile(rb"\n(?!" + indent + rb"[ \t])(?![ \t]*\n)")


def telling_places(text: bytes) -> list[int]:
    """Where the text says a word without which a body holds no fact; offsets, sorted."""
    found = [place.start() for place in _CALL_OF_A_CALL.finditer(text)]
    found += [place.start() for place in _HANDED_ON.finditer(text)]
    found += [place.start() for place in _PASSED_ON.finditer(text)]
    found += _given_back(text)
    found += returned_makers(text)[1]
    return _add_places(text, (*_TELLING, *_other_words()), found)


@lru_cache(maxsize=2)
def returned_makers(text: bytes) -> tuple[frozenset[str], tuple[int, ...]]:
    """The functions that return what registers, or what another one of these makes, and where a function returns such.

    The classes of applications are among them: a function returns what such a class makes, too.
    """
    # A pattern that begins with plain text is found fastest.
    waiting = [place.start() for place in _returned_verbs(registering_words()).finditer(text)]
    names: set[bytes] = {found[1] for found in _APPLICATION_CLASS.finditer(text)} if b"Celery)" in text else set()
    places: list[int] = []
    for name in names:
        made = [place.start() for place in re.finditer(rb"\b%s\(" % name, text)]
        waiting += made
        places += made
    while waiting:
        heads = (text.rfind(b"def ", 0, place) for place in waiting)
        around = {head[1] for place in heads if place >= 0 and (head := _DEF.match(text, place)) is not None}
        new, waiting = around - names, []
        names |= new
        if new:
            calls = re.finditer(rb"return[ \t]+(?:\w+\.)?(?:%s)\(" % b"|".join(map(re.escape, sorted(new))), text)
            waiting = [place.start() for place in calls]
            places += waiting
    return frozenset(name.decode(errors="replace") for name in names), tuple(places)


@cache
def _returned_verbs(words: frozenset[str]) -> re.Pattern[bytes]:
    return re.compile(rb"return[ \t]+[\w.]*(?:%s)\b" % b"|".join(word.encode() for word in sorted(words)))


def _given_back(text: bytes) -> Iterator[int]:
    """Where a function returns its one parameter, or its second after ``self``."""
    for place in _GIVEN_BACK.finditer(text):
        head = text.rfind(b"def ", 0, place.start())
        takes = None if head < 0 else _TAKES.match(text, head)
        if takes is not None and takes[1] == place[1]:
            yield place.start(1)


def _other_words() -> list[bytes]:
    """The words for registering in which no telling word stands."""
    words = (word.encode() for word in registering_words())
    return [word for word in words if not any(telling in word for telling in _TELLING)]


def places_of(text: bytes, names: set[str]) -> list[int]:
    """Where the text says any of these names; offsets, sorted."""
    return _add_places(text, [name.encode() for name in names], [])


def _add_places(text: bytes, words: Iterable[bytes], found: list[int]) -> list[int]:
    for word in words:
        place = text.find(word)
        while place >= 0:
            found.append(place)
            place = text.find(word, place + 1)
    found.sort()
    return found


def hide_bodies(text: bytes, telling: list[int]) -> tuple[bytes, list[int]]:
    """The text with ``pass`` for the bodies that tell nothing, and the offsets of the heads of those functions.

    ``telling`` are the text's telling places.

    A ``def`` inside a string is taken for a function: whoever parses the result must meet a function at every offset,
    and must fall back to the text itself where the result does not parse.
    """
    if b"\r" in text or b"\f" in text or any(pattern.search(text) for pattern in _RENAMED):
        return text, []
    parts: list[bytes] = []
    heads: list[int] = []
    done = 0
    for head in _DEF.finditer(text):
        line = text.rfind(b"\n", 0, head.start()) + 1
        if line < done or head[1] in _READ:
            continue
        before = text[line : head.start()]
        indent = before[: len(before) - len(before.lstrip(b" \t"))]
        if before != indent and before.strip(b" \t") != b"async":
            continue
        start = _start_of_body(text, head.end(), indent)
        if start < 0:
            continue
        docstring = _DOCSTRING.match(text, start)
        index = bisect.bisect_left(telling, start if docstring is None else docstring.end())
        told = telling[index] if index < len(telling) else len(text)
        found = _end_of_block(indent).search(text, start - 1, told)
        # A line that is cut short by where the next word stands looks deeper than it is, or ends nothing.
        if found is None and told < len(text):
            continue
        end = text.rfind(b"\n") + 1 if found is None else found.end()
        if docstring is not None:
            start = docstring.end()
        if start > end:
            # A line of the documentation stands further left than the body.
            continue
        body = text[start:end]
        indent_of_body = _INDENT.match(body)
        if indent_of_body is None or b'"""' in body or b"'''" in body or b"\\\n" in body or _STRING.match(body):
            continue
        parts += (text[done:start], indent_of_body[1], b"pass", b"\n" * body.count(b"\n"))
        heads.append(line)
        done = end
    return b"".join([*parts, text[done:]]), heads


def _start_of_body(text: bytes, place: int, indent: bytes) -> int:
    """Where the line after a function's head begins, seen from the name; -1 where the head is written in another way."""
    end = text.find(b"\n", place)
    if end <= place:
        return -1
    if text[end - 1 : end] == b":":
        return end + 1
    rest = _rest_of_head(indent).match(text, end + 1) if text[end - 1 : end] == b"(" else None
    return -1 if rest is None else rest.end()
