"""How two types are held against each other.

Law: a protocol and a verdict. The rules themselves live with those who know what a type is.
"""

from __future__ import annotations

import enum
from typing import Final, Protocol, TypeVar

__all__ = ["REWRITING_METHODS", "TextRules", "TypeRules", "Verdict"]

#: The methods in which a task class of the user's may change what a call is given, before the function sees it.
REWRITING_METHODS: Final = ("__call__", "apply_async", "delay")

T_contra = TypeVar("T_contra", contravariant=True)


class Verdict(enum.Enum):
    """The answer to a question about types; UNKNOWN is never a finding."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class TypeRules(Protocol[T_contra]):
    """What ``compare`` asks about types."""

    def accepts(self, target: T_contra, value: T_contra) -> Verdict:
        """Whether a value of type ``value`` may be used where ``target`` is asked for."""
        ...

    def show(self, type: T_contra, /) -> str:
        """A short text for messages."""
        ...


class TextRules:
    """``TypeRules`` over source text: nothing is known, everything can be shown."""

    def accepts(self, target: str, value: str) -> Verdict:
        """Two texts may mean one type."""
        return Verdict.UNKNOWN

    def show(self, type: str, /) -> str:
        """As it is written."""
        return type
