"""Messages that could not be parked: kept unacknowledged, tried again, and given back to the broker in the end.

Law: no message is dropped and none is tried in a hot loop: the pause doubles up to a bound, and one pause stands for all.
It runs in the thread of the consumer's loop alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from celery_registry.wire.parking.telemetry import logger, tell_failure

__all__ = ["Holding"]

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
#: Seconds after which a message that is held goes back to its queue.
_LONGEST_HOLD: Final = 300.0
#: Beyond these the held messages take the places of others in what the worker has fetched.
_MOST_HELD: Final = 200
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass
class _Held:
    message: Any
    park: Callable[[], None]
    done: Callable[[], None]
    since: float
    size: int
    widened: bool = False


class Holding:
    """The messages that one consumer holds; a new one is made for each connection."""

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._held: list[_Held] = []
        self._pause = 0.0
        self._timer: Any = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._held)

    def park(self, message: Any, size: int, park: Callable[[], None], done: Callable[[], None]) -> None:
        """Call ``park``, which raises where it fails, then ``done``; now, or when the pause is over."""
        held = _Held(message, park, done, time.monotonic(), size)
        if not self._timer and self._try(held):
            return
        self._held.append(held)
        if len(self._held) <= _MOST_HELD and sum(other.size for other in self._held) <= _MOST_BYTES:
            # As Celery does for a message that waits for its ETA.
            held.widened = True
            self._consumer.qos.increment_eventually()
        self._wait()

    def close(self) -> None:
        """The connection is gone or going: the broker gives the messages to somebody again."""
        self._closed = True
        if self._timer:
            self._timer.cancel()
        self._held.clear()

    def _try(self, held: _Held) -> bool:
        try:
            held.park()
        except Exception as error:  # each transport has exceptions of its own
            self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
            tell_failure(error, self._pause, len(self._held))
            return False
        self._pause = 0.0
        held.done()
        return True

    def _wait(self) -> None:
        if not self._timer:
            later = self._consumer.timer.call_after
            # Without an event loop the timer has a thread of its own; call_soon comes back to the loop's.
            self._timer = later(self._pause, self._consumer.call_soon, (self._again,))

    def _again(self) -> None:
        self._timer = None
        if self._closed:
            return
        while self._held:
            held = self._held[0]
            if not self._try(held):
                self._give_back()
                if self._held:
                    self._wait()
                return
            self._release(held)

    def _give_back(self) -> None:
        """Messages that were held for long enough go back to their queue, for another worker perhaps."""
        for held in list(self._held):
            if time.monotonic() - held.since >= _LONGEST_HOLD:
                held.message.reject_log_error(logger, self._consumer.connection_errors, requeue=True)
                self._release(held)

    def _release(self, held: _Held) -> None:
        self._held.remove(held)
        if held.widened:
            self._consumer.qos.decrement_eventually()
