"""Messages in Redis: lists, and the hash of those that a worker holds.

Law: it reads with scripts that only read. Source of the keys: kombu's Redis transport.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final

from celery_registry.wire.message import LARGEST, Message, TooLarge, read_envelope

__all__ = ["RedisMessages"]

_CHUNK: Final = 100
#: Messages that were just read and may be met again, because producers push while we read.
_REMEMBERED: Final = 20_000

#: The elements from ARGV[1] to ARGV[2] of a list; of one that is too large only its size, as a number.
_READ_LIST: Final = """
local found = redis.call('LRANGE', KEYS[1], ARGV[1], ARGV[2])
for index, value in ipairs(found) do
  if #value > tonumber(ARGV[3]) then found[index] = #value end
end
return found
"""
_READ_HASH: Final = """
local found = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
for index, value in ipairs(found[2]) do
  if #value > tonumber(ARGV[3]) then found[2][index] = #value end
end
return found
"""


class RedisMessages:
    """What waits in the lists of a kombu channel, and what its workers have not acknowledged."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._client = channel.client
        # kombu's client puts the prefix on its own commands, and EVAL is none of them.
        self._prefix = str(getattr(channel, "global_keyprefix", "") or "")

    def count(self, queues: Sequence[str]) -> int:
        """The lengths of the lists and of the hash."""
        lengths = [int(self._client.llen(key)) for queue in queues for key in self._keys(queue)]
        return sum(lengths) + int(self._client.hlen(self._channel.unacked_key))

    def has_queue(self, queue: str) -> bool:
        """Whether it holds a message or kombu has bound it: an empty list is none, and leaves its binding behind."""
        if any(self._client.exists(key) for key in self._keys(queue)):
            return True
        # An exchange's members are routing key, pattern and queue, parted by this sign.
        sign = str(self._channel.sep)
        for key in self._client.scan_iter(match=f"{self._prefix}{self._channel.keyprefix_queue % '*'}", count=1000):
            for member in self._client.smembers(_text(key).removeprefix(self._prefix)):
                if _text(member).rpartition(sign)[2] == queue:
                    return True
        return False

    def read(self, queues: Sequence[str], *, payload: bool = False) -> Iterator[tuple[str, Message]]:
        """Every message in the queues, then every unacknowledged one (running, or waiting for its ETA in a worker)."""
        for queue in queues:
            for key in self._keys(queue):
                for raw in self._list(key):
                    yield f'queue "{queue}"', read_envelope(raw, payload=payload)
        for raw in self._unacked():
            yield "the hands of workers (unacked)", _read_unacked(raw, payload)

    def _keys(self, queue: str) -> list[str]:
        """One list per priority."""
        return list(dict.fromkeys(self._channel._q_for_pri(queue, step) for step in self._channel.priority_steps))

    def _list(self, key: str) -> Iterator[bytes | TooLarge]:
        """From the newest to the oldest.

        Producers push at the end we start from, which moves the rest towards us: a message may be met again, and is
        known then; none that waits is missed. Workers pop at the other end.
        """
        seen: deque[int] = deque(maxlen=_REMEMBERED)
        known: set[int] = set()
        start = 0
        while True:
            found = self._eval(_READ_LIST, key, start, start + _CHUNK - 1)
            for value in found:
                raw = _raw(value)
                if isinstance(raw, bytes):
                    mark = hash(raw)
                    if mark in known:
                        continue
                    if len(seen) == _REMEMBERED:
                        known.discard(seen[0])
                    seen.append(mark)
                    known.add(mark)
                yield raw
            if len(found) < _CHUNK:
                return
            start += _CHUNK

    def _unacked(self) -> Iterator[bytes | TooLarge]:
        cursor: Any = 0
        while True:
            cursor, found = self._eval(_READ_HASH, self._channel.unacked_key, cursor, _CHUNK)
            yield from (_raw(value) for value in found[1::2])
            if int(cursor) == 0:
                return

    def _eval(self, script: str, key: str, first: Any, second: Any) -> Any:
        return self._client.eval(script, 1, self._prefix + key, first, second, LARGEST)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _raw(value: Any) -> bytes | TooLarge:
    if isinstance(value, int):
        return TooLarge(value)
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


def _read_unacked(raw: bytes | TooLarge, payload: bool) -> Message:
    """An entry of the hash is (message, exchange, routing key)."""
    if isinstance(raw, TooLarge):
        return read_envelope(raw)
    try:
        entry = json.loads(raw)
        message = json.dumps(entry[0]).encode()
    except (ValueError, RecursionError, KeyError, IndexError, TypeError):
        return read_envelope(b"null")
    return read_envelope(message, payload=payload)
