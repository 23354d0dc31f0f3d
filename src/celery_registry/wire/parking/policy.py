"""What an application's parking was asked to be.

Law: it remembers, and refuses what could not be safe; nothing is connected and no configuration is read before a worker
boots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from celery import Celery
from kombu import Queue

from celery_registry.errors import ConfigurationError

__all__ = ["Parking", "check_parking", "parking_of", "remember_parking"]

#: Transports whose parking is tested: the publication is confirmed before the original is acknowledged.
_SAFE: Final = ("redis", "amqp", "filesystem", "memory")


@dataclass(frozen=True)
class Parking:
    """The queue for what does not fit; ``validate``: also for arguments that are not of their annotated types."""

    given: str | Queue
    validate: bool = False

    @property
    def name(self) -> str:
        """The name of the queue."""
        return str(self.given if isinstance(self.given, str) else self.given.name)

    def queue(self, app: Celery) -> Queue:
        """The queue itself: durable, and of the application's own type where that is replicated."""
        if not isinstance(self.given, str):
            return self.given
        arguments: dict[str, Any] = {}
        if getattr(app.conf, "task_default_queue_type", "classic") == "quorum":
            # Looking at parked messages counts as deliveries, and a quorum queue drops what was delivered too often.
            arguments = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
        return Queue(self.given, durable=True, auto_delete=False, queue_arguments=arguments or None)


_PARKING: WeakKeyDictionary[Celery, Parking] = WeakKeyDictionary()


def remember_parking(app: Celery, park: Any, validate: bool) -> None:
    """Keep what was asked for, in place of what was kept before. Raises ``ConfigurationError`` for what is no queue."""
    if park is None:
        _PARKING.pop(app, None)
        if validate:
            raise ConfigurationError(
                'validate=True needs a place for what is refused: give park="celery-registry.parked"'
            )
        return
    if not isinstance(park, (str, Queue)) or not Parking(park).name:
        raise ConfigurationError(f"park must be the name of a queue or a kombu.Queue, not {park!r}")
    _PARKING[app] = Parking(park, validate)


def parking_of(app: Celery) -> Parking | None:
    """What was asked for, None where nothing was."""
    return _PARKING.get(app)


def check_parking(app: Celery, parking: Parking) -> None:
    """Raises ``ConfigurationError`` where a worker of ``app`` could not park safely."""
    name = parking.name
    if name in app.amqp.queues.consume_from:
        raise ConfigurationError(
            f'park="{name}" is a queue that this worker consumes: what is parked there would come back at once; '
            "name a queue of its own"
        )
    used = sorted(task for task, options in _routes(app) if options == name)
    if used:
        raise ConfigurationError(
            f'park="{name}" is the queue that task "{used[0]}" is sent to; name a queue of its own'
        )
    connection: Any = app.connection_for_write()
    kind = connection.transport.driver_type
    if kind not in _SAFE:
        raise ConfigurationError(
            f'park= cannot be safe with a "{kind}" broker: it is supported with Redis, RabbitMQ and filesystem brokers'
        )


def _routes(app: Celery) -> list[tuple[str, Any]]:
    return [(str(name), getattr(task, "queue", None)) for name, task in app.tasks.items()]
