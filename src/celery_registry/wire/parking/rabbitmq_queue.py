"""The parking queue in RabbitMQ.

Law: a message is sent back in a transaction of publication and acknowledgement, which the broker gets in one frame: nobody's
death but the broker's own comes between. Sources: RabbitMQ documentation, *Semantics of tx*, *Consumer Acknowledgements*.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from celery_registry.errors import ConfigurationError
from celery_registry.wire.parking.envelope import Content
from celery_registry.wire.parking.publisher import publish_content
from celery_registry.wire.parking.queue import Entry, InDoubt, NotSent

__all__ = ["RabbitmqQueue"]


class RabbitmqQueue:
    """A queue that nobody consumes; while it is read its messages are held, and they are marked as redelivered."""

    def __init__(self, connection: Any, name: str) -> None:
        self._connection = connection
        self._name = name
        self._channel: Any = None
        self._known: dict[str, bool] = {}
        self._returned: list[Any] = []

    def count(self) -> int:
        """The ready messages, as the broker tells them."""
        declared = self._declared(self._name)
        return 0 if declared is None else int(declared.message_count)

    def read(self) -> Iterator[Entry]:
        """Every ready message; those that were neither sent back nor removed are given back when all were read.

        Raises ``ConfigurationError`` where somebody consumes the queue.
        """
        declared = self._declared(self._name)
        if declared is None:
            return
        # A quorum queue counts whoever read it a moment ago.
        patience = 20
        while declared.consumer_count and patience:
            time.sleep(0.25)
            patience -= 1
            declared = self._declared(self._name) or declared
        if declared.consumer_count:
            raise ConfigurationError(
                f'queue "{self._name}" has {declared.consumer_count} consumers, so it is no parking queue'
            )
        channel = self._channel = self._connection.channel()
        try:
            channel.tx_select()
            channel.events["basic_return"].add(lambda error, *_: self._returned.append(error))
            for _ in range(int(declared.message_count)):
                delivered = channel.basic_get(self._name, no_ack=False)
                if delivered is None:
                    return
                content = _content(delivered)
                yield Entry(content, len(content.body), delivered)
        finally:
            # Closing gives back what was not acknowledged; a broker that is gone has done so already.
            with suppress(OSError, *self._connection.connection_errors):
                channel.close()

    def send_back(self, entry: Entry, content: Content, queue: str, exchange: str, routing_key: str) -> None:
        """Publish and acknowledge in one transaction, straight to the queue: its exchange may know others."""
        if queue not in self._known:
            self._known[queue] = self._declared(queue) is not None
        if not self._known[queue]:
            raise NotSent(f'there is no queue "{queue}"')
        properties = dict(content.properties)
        if properties.get("user_id") not in (None, self._connection.userid):
            # RabbitMQ refuses a message in another user's name.
            del properties["user_id"]
        content = Content(content.body, content.content_type, content.content_encoding, content.headers, properties)
        try:
            publish_content(self._channel, content, queue)
            self._channel.basic_ack(entry.handle.delivery_tag)
            self._channel.tx_commit()
        except (OSError, *self._connection.connection_errors) as error:
            raise InDoubt(content, queue, error) from error
        if self._returned:
            # The queue went away between the question and the answer; the message is only here.
            reason = self._returned.pop()
            self._known.pop(queue, None)
            publish_content(self._channel, entry_content(entry), self._name)
            self._channel.tx_commit()
            raise NotSent(f"{type(reason).__name__}: {reason}")

    def remove(self, entry: Entry) -> bool:
        """Acknowledge the message."""
        self._channel.basic_ack(entry.handle.delivery_tag)
        self._channel.tx_commit()
        return True

    def _declared(self, queue: str) -> Any:
        errors = self._connection.channel_errors
        try:
            with self._connection.channel() as channel:
                return channel.queue_declare(queue, passive=True)
        except errors as error:
            if getattr(error, "reply_code", None) == 404:
                return None
            raise ConfigurationError(f'queue "{queue}": {error}') from None


def entry_content(entry: Entry) -> Content:
    """The content of an entry that has one."""
    assert entry.content is not None
    return entry.content


def _content(delivered: Any) -> Content:
    properties = dict(delivered.properties)
    headers = properties.pop("application_headers", None) or {}
    content_type, encoding = properties.pop("content_type", None), properties.pop("content_encoding", None)
    body = delivered.body
    if isinstance(body, str):
        # py-amqp has decoded it by its own encoding.
        body = body.encode(encoding or "utf-8", "surrogatepass")
    return Content(bytes(body), content_type, encoding, headers, properties)
