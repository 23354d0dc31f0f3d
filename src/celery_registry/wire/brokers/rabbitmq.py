"""Messages in RabbitMQ, which has no way to look at a message and leave it alone.

Law: it holds the messages of a queue that nobody consumes, reads them and gives them all back; RabbitMQ puts them back
where they were, marked as redelivered (RabbitMQ documentation, *Consumer Acknowledgements*). Without the user's word,
or where workers consume the queue, it refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from celery_registry.errors import ConfigurationError
from celery_registry.wire.message import Message, read_body

__all__ = ["RabbitmqMessages"]


class RabbitmqMessages:
    """What is ready in the queues; what workers hold unacknowledged is not shown by this broker."""

    def __init__(self, connection: Any, *, hold: bool) -> None:
        self._connection = connection
        self._hold = hold

    def count(self, queues: Sequence[str]) -> int:
        """The numbers of ready messages, as the broker tells them."""
        return sum(self._declared(queue)[0] for queue in queues)

    def has_queue(self, queue: str) -> bool:
        """Whether the broker has it, with messages or without."""
        return self._status(queue) is not None

    def read(self, queues: Sequence[str], *, payload: bool = False) -> Iterator[tuple[str, Message]]:
        """Every ready message; those of a queue are given back together once all were read.

        Raises ``ConfigurationError`` where messages wait and they may not be held, or a queue has consumers.
        """
        waiting = {queue: self._declared(queue) for queue in queues}
        for queue, (messages, consumers) in waiting.items():
            if messages and not self._hold:
                raise ConfigurationError(
                    f'queue "{queue}": {messages} messages wait, and RabbitMQ shows none without handing it over: stop the '
                    "workers and give --hold, which holds them back for a moment and marks them as redelivered"
                )
            if messages and consumers:
                raise ConfigurationError(
                    f'queue "{queue}": {consumers} consumers are connected, and holding messages back would change the '
                    "order in which they get them: stop the workers first"
                )
        for queue, (messages, _) in waiting.items():
            yield from self._held(queue, messages, payload)

    def _held(self, queue: str, messages: int, payload: bool) -> Iterator[tuple[str, Message]]:
        # Whatever happens, closing the channel gives back all that was handed to it.
        with self._connection.channel() as channel:
            for _ in range(messages):
                delivered = channel.basic_get(queue, no_ack=False)
                if delivered is None:
                    return
                properties = delivered.properties
                headers = properties.get("application_headers") or {}
                body = delivered.body
                content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)
                content_type = str(properties.get("content_type"))
                yield f'queue "{queue}"', read_body(content, content_type, headers, payload=payload)

    def _declared(self, queue: str) -> tuple[int, int]:
        """Ready messages and consumers; a queue that does not exist has none."""
        return self._status(queue) or (0, 0)

    def _status(self, queue: str) -> tuple[int, int] | None:
        errors = self._connection.channel_errors
        try:
            with self._connection.channel() as channel:
                declared = channel.queue_declare(queue, passive=True)
        except errors as error:
            if getattr(error, "reply_code", None) == 404:
                return None
            raise ConfigurationError(f'queue "{queue}": {error}') from None
        return int(declared.message_count), int(declared.consumer_count)
