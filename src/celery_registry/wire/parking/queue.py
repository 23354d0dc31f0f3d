"""The parking queue, opened for people: read, send back, remove.

Law: what a broker must be able to do so that a message is sent back once and no message is lost; one module per broker.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from celery_registry.wire.parking.envelope import Content

__all__ = ["LARGEST_SHOWN", "Entry", "InDoubt", "NotSent", "ParkedQueue"]

#: Bytes of a parked message beyond which its body is not looked at.
LARGEST_SHOWN: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """One message in the parking queue; ``content`` is None where it is no message or too large to look at."""

    content: Content | None
    size: int
    handle: Any


class NotSent(Exception):
    """A message was not sent back and is still parked; the text says why."""


class InDoubt(Exception):
    """The broker went away before it said whether a message was sent back; the message is ``content``."""

    def __init__(self, content: Content, queue: str, error: BaseException) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.content, self.queue = content, queue


class ParkedQueue(Protocol):
    """What a broker keeps in the parking queue."""

    def count(self) -> int:
        """How many messages are there, about."""
        ...

    def read(self) -> Iterator[Entry]:
        """Every message, the oldest first; between two of them the one before may be sent back or removed."""
        ...

    def send_back(self, entry: Entry, content: Content, queue: str, exchange: str, routing_key: str) -> None:
        """Put ``content`` into ``queue`` and take the message away, both or neither.

        ``exchange`` and ``routing_key`` are what the message says of its way. Raises ``NotSent`` and ``InDoubt``.
        """
        ...

    def remove(self, entry: Entry) -> bool:
        """Take the message away; whether it was still there."""
        ...
