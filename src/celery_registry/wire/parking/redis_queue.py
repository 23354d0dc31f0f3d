"""The parking queue in Redis: one list per priority, as kombu keeps any queue.

Law: a message moves in one script, which Redis runs whole or not at all, so that no process that dies can double or lose it.
Source of the keys: kombu's Redis transport.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from celery_registry.wire.parking.envelope import Content
from celery_registry.wire.parking.queue import LARGEST_SHOWN, Entry, NotSent
from celery_registry.wire.parking.virtual_envelope import envelope_text, read_envelope_content

__all__ = ["RedisQueue"]

_CHUNK: Final = 100
#: Bytes of a message that is fetched with others.
_LARGE: Final = 256 * 1024

#: Elements from the old end of a list; of a large one only its size.
_READ: Final = """
local found = redis.call('LRANGE', KEYS[1], ARGV[1], ARGV[2])
for index, value in ipairs(found) do
  if #value > tonumber(ARGV[3]) then found[index] = #value end
end
return found
"""
#: The new message first: where it cannot be written, nothing has happened.
_MOVE: Final = """
redis.call('LPUSH', KEYS[2], ARGV[2])
if redis.call('LREM', KEYS[1], -1, ARGV[1]) == 0 then
  redis.call('LPOP', KEYS[2])
  return 0
end
return 1
"""
_REMOVE: Final = "return redis.call('LREM', KEYS[1], -1, ARGV[1])"


class RedisQueue:
    """The lists of one queue, through a kombu channel."""

    def __init__(self, channel: Any, name: str) -> None:
        self._channel = channel
        self._client = channel.client
        self._name = name
        # kombu's client puts the prefix on its own commands, and EVAL is none of them.
        self._prefix = str(getattr(channel, "global_keyprefix", "") or "")
        #: How many elements at the old end of the list in hand stay where they are.
        self._kept = 0

    def count(self) -> int:
        """The lengths of the lists."""
        return sum(int(self._client.llen(key)) for key in self._keys(self._name))

    def read(self) -> Iterator[Entry]:
        """From the oldest to the newest of each priority; workers push at the other end."""
        for key in self._keys(self._name):
            self._kept = 0
            while True:
                stop = -1 - self._kept
                found = self._eval(_READ, [key], stop - _CHUNK + 1, stop, _LARGE)
                for value in reversed(found):
                    raw = self._whole(key, value)
                    # What is taken away between two of them moves the rest; until then it counts as kept.
                    self._kept += 1
                    yield self._entry(key, raw, value)
                if len(found) < _CHUNK:
                    break

    def send_back(self, entry: Entry, content: Content, queue: str, exchange: str, routing_key: str) -> None:
        """One script takes the message from one list and puts it into another."""
        key, raw = entry.handle
        priority = content.properties.get("priority")
        step = priority if isinstance(priority, int) else 0
        target = self._channel._q_for_pri(queue, min(max(step, 0), 9))
        text = envelope_text(raw, content, exchange, routing_key)
        try:
            moved = self._eval(_MOVE, [key, target], raw, text)
        except self._channel.connection_errors:
            raise
        except Exception as error:  # what Redis refuses, a key that is no list for example
            raise NotSent(f"{type(error).__name__}: {error}") from None
        if not moved:
            raise NotSent("somebody else took it")
        self._kept -= 1

    def remove(self, entry: Entry) -> bool:
        """Take the message out of its list."""
        key, raw = entry.handle
        gone = bool(self._eval(_REMOVE, [key], raw))
        self._kept -= gone
        return gone

    def _whole(self, key: str, value: Any) -> bytes | None:
        if not isinstance(value, int):
            return _bytes(value)
        if value > LARGEST_SHOWN:
            return None
        # The client prefixes no LINDEX.
        found = self._client.eval(
            "return redis.call('LINDEX', KEYS[1], ARGV[1])", 1, self._prefix + key, -1 - self._kept
        )
        return None if found is None else _bytes(found)

    def _entry(self, key: str, raw: bytes | None, value: Any) -> Entry:
        if raw is None:
            return Entry(None, value if isinstance(value, int) else 0, (key, b""))
        return Entry(read_envelope_content(raw), len(raw), (key, raw))

    def _keys(self, queue: str) -> list[str]:
        """One list per priority, the first to be taken first."""
        return list(dict.fromkeys(self._channel._q_for_pri(queue, step) for step in self._channel.priority_steps))

    def _eval(self, script: str, keys: list[str], *arguments: Any) -> Any:
        return self._client.eval(script, len(keys), *(self._prefix + key for key in keys), *arguments)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
