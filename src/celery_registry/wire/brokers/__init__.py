"""The messages that wait in a broker, one module per broker.

Law: it reads, and what it reads stays where it was, in the order it was in; a broker that cannot show its messages
that way says so. What a message says is ``wire.message``'s business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from celery import Celery

from celery_registry.errors import ConfigurationError
from celery_registry.wire.message import Message

__all__ = ["WaitingMessages", "open_broker"]


class WaitingMessages(Protocol):
    """A broker whose waiting messages can be read."""

    def count(self, queues: Sequence[str]) -> int:
        """How many messages wait now, about."""
        ...

    def has_queue(self, queue: str) -> bool:
        """Whether the broker knows a queue of this name, as far as it can tell."""
        ...

    def read(self, queues: Sequence[str], *, payload: bool = False) -> Iterator[tuple[str, Message]]:
        """Each message with the place it waits in; ``payload`` keeps the text of its arguments."""
        ...


def open_broker(app: Celery, connection: Any, *, hold: bool) -> WaitingMessages:
    """The reader for the broker that ``connection``, which is connected, leads to.

    ``hold``: the user agreed that messages may be held back while they are read. Raises ``ConfigurationError`` for a
    broker that cannot be read.
    """
    kind = connection.transport.driver_type
    if kind == "redis":
        from celery_registry.wire.brokers.redis import RedisMessages

        return RedisMessages(connection.default_channel)
    if kind == "filesystem":
        from celery_registry.wire.brokers.filesystem import FilesystemMessages

        return FilesystemMessages(connection.default_channel)
    if kind == "amqp" and connection.transport.driver_name == "py-amqp":
        from celery_registry.wire.brokers.rabbitmq import RabbitmqMessages

        return RabbitmqMessages(connection, hold=hold)
    raise ConfigurationError(
        f'the messages of a "{kind}" broker cannot be read without consuming them; Redis, RabbitMQ and filesystem can'
    )
