"""Why a message is parked.

Law: words and short texts; never a value out of a message's arguments.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["Objection", "Reason"]


class Reason(str, enum.Enum):
    """The reasons, under the words that headers, logs and the command line use."""

    UNKNOWN_TASK = "unknown-task"
    ARGUMENTS = "arguments"
    UNDECODABLE = "undecodable"
    CONTENT_TYPE = "content-type"
    TYPES = "types"


@dataclass(frozen=True)
class Objection:
    """Why one message does not fit; ``detail`` is a short text for people, without payload."""

    reason: Reason
    detail: str
