"""Puts messages into the parking queue, and returns when the broker has confirmed them.

Law: one connection of its own, made for the first message; a confirmation or an exception, nothing in between. The time a
caller waits is bounded.
"""

from __future__ import annotations

from typing import Any, Final

from celery import Celery
from kombu import Queue

from celery_registry.wire.parking.envelope import Content

__all__ = ["Publisher", "publish_content"]

#: Seconds after which a broker that does not answer counts as one that refused.
_PATIENCE: Final = 5.0


class Publisher:
    """Publishes to ``queue``, which is declared durable where it does not exist."""

    def __init__(self, app: Celery, queue: Queue) -> None:
        self._app = app
        self._queue = queue
        self._connection: Any = None
        self._channel: Any = None

    def publish(self, content: Content) -> None:
        """Put one message into the queue. Raises whatever the broker or its client raises, and closes the connection."""
        try:
            # A connection that was idle may be gone without anybody having noticed: a second one is tried at once.
            if self._channel is not None:
                try:
                    publish_content(self._channel, content, self._queue.name, _PATIENCE)
                    return
                except self._connection.connection_errors + self._connection.channel_errors:
                    self.close()
            self._open()
            publish_content(self._channel, content, self._queue.name, _PATIENCE)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection; the next message makes a new one."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            try:
                connection.release()
            except Exception:  # it may be broken in any way
                return

    def _open(self) -> None:
        options = {"socket_timeout": _PATIENCE, **(self._app.conf.broker_transport_options or {})}
        # RabbitMQ answers for each message, and Redis answers each command anyway.
        options["confirm_publish"] = True
        # Nobody would send heartbeats on a connection that is used now and then.
        self._connection = self._app.connection_for_write(
            heartbeat=0, connect_timeout=_PATIENCE, transport_options=options
        )
        self._connection.connect()
        self._channel = self._connection.default_channel
        _declare(self._connection, self._channel, self._queue)
        self._channel = self._connection.default_channel


def _declare(connection: Any, channel: Any, queue: Queue) -> None:
    """A queue that is there keeps its arguments, which a declaration with others would be refused for."""
    if connection.transport.driver_type == "amqp":
        try:
            with connection.channel() as asking:
                asking.queue_declare(queue.name, passive=True)
            return
        except connection.channel_errors as error:
            if getattr(error, "reply_code", None) != 404:
                raise
    queue(channel).queue_declare()


def publish_content(channel: Any, content: Content, queue: str, patience: float = _PATIENCE) -> None:
    """Publish to a queue through the default exchange, bytes as they are."""
    properties = dict(content.properties)
    # Only kombu's virtual transports look at these, and they make them anew.
    for name in ("delivery_info", "delivery_tag", "body_encoding"):
        properties.pop(name, None)
    priority = properties.pop("priority", None)
    body: bytes | str = content.body
    amqp = hasattr(channel, "confirm_select")
    if not amqp and (getattr(channel, "body_encoding", None) or "utf-8").lower() == "utf-8":
        body = content.body.decode("utf-8", "surrogatepass")
    message = channel.prepare_message(
        body,
        priority=priority,
        content_type=content.content_type,
        content_encoding=content.content_encoding,
        headers=dict(content.headers),
        properties=properties,
    )
    options = {"mandatory": True, "timeout": patience, "confirm_timeout": patience} if amqp else {}
    channel.basic_publish(message, exchange="", routing_key=queue, **options)
