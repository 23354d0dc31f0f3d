"""A broker inside this process, one for each recording, that shows every message as it is published.

Law: kombu's own in-memory transport with queues of its own; bytes as they would leave the process. It knows no task.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kombu import Connection
from kombu.serialization import prepare_accept_content
from kombu.transport import memory, virtual

__all__ = ["Delivery", "make_connection", "open_delivery"]


@dataclass(frozen=True)
class Delivery:
    """One published message: decoded as a consumer would decode it, and the routing key it was published with."""

    headers: Mapping[str, Any]
    body: Any
    routing_key: str


def make_connection(on_publish: Callable[[Any, Mapping[str, Any], str], None]) -> Connection:
    """A connection to a broker of its own; ``on_publish`` is given the channel, the raw message and the routing key."""

    class RecordingChannel(memory.Channel):
        # Kombu keeps queues in the class: another recording must not see ours.
        queues: dict[str, Any] = {}
        events: defaultdict[str, set[Any]] = defaultdict(set)
        do_restore = False

        def basic_publish(self, message: Any, exchange: str, routing_key: str, **kwargs: Any) -> Any:
            on_publish(self, message, routing_key)
            return super().basic_publish(message, exchange, routing_key, **kwargs)

    class RecordingTransport(memory.Transport):
        Channel = RecordingChannel
        global_state = virtual.BrokerState()

    return Connection(transport=RecordingTransport)


def open_delivery(channel: Any, raw: Mapping[str, Any], routing_key: str, accept: Any) -> Delivery:
    """Decode a message; raises what kombu raises where a consumer that accepts ``accept`` could not."""
    # The channel changes the message's properties for itself once it is published.
    message = channel.message_to_python({**raw, "properties": dict(raw["properties"], delivery_tag="recorded")})
    message.accept = prepare_accept_content(accept)
    return Delivery(dict(raw.get("headers") or {}), message.decode(), routing_key)
