"""How two types are held against each other.

Law: a protocol and a verdict. The rules themselves live with those who know what a type is.
"""

from __future__ import annotations

import enum
from typing import Protocol, TypeVar

__all__ = ["TypeRules", "Verdict"]

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
