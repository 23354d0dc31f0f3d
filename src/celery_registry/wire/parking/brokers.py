"""The parking queue of the broker that an application has.

Law: a connection in, the one module for its broker out; which brokers are safe enough stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery_registry.errors import ConfigurationError

if TYPE_CHECKING:
    from celery_registry.wire.parking.queue import ParkedQueue

__all__ = ["open_queue"]


def open_queue(connection: Any, name: str) -> ParkedQueue:
    """The parking queue ``name`` of the broker that ``connection``, which is connected, leads to.

    Raises ``ConfigurationError`` for a broker that cannot do what is needed.
    """
    kind = connection.transport.driver_type
    if kind == "redis":
        from celery_registry.wire.parking.redis_queue import RedisQueue

        return RedisQueue(connection.default_channel, name)
    if kind == "filesystem":
        from celery_registry.wire.parking.filesystem_queue import FilesystemQueue

        return FilesystemQueue(connection.default_channel, name)
    if kind == "amqp" and connection.transport.driver_name == "py-amqp":
        from celery_registry.wire.parking.rabbitmq_queue import RabbitmqQueue

        return RabbitmqQueue(connection, name)
    raise ConfigurationError(
        f'parked messages of a "{kind}" broker cannot be shown or sent back safely; Redis, RabbitMQ and filesystem can'
    )
