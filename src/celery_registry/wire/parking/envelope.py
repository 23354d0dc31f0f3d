"""What a parked message looks like: the message as it was, and one header of ours beside its own.

Law: bytes, headers and properties in and out, nothing decoded. Taking our header away gives back what was received.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["HEADER", "Content", "Parked", "content_of", "parked_facts", "read_parked", "restored", "stamped"]

#: The header under which a parked message carries what we say of it.
HEADER: Final = "celery-registry-parked"
#: Properties that would make the broker drop or refuse a parked message; they come back when it is replayed.
_KEPT_ASIDE: Final = ("expiration", "user_id")
#: These, and how long the broker keeps what it has in memory alone.
_COMES_BACK: Final = (*_KEPT_ASIDE, "delivery_mode")
#: What a broker adds to the headers of what it delivers again.
_OF_THE_BROKER: Final = ("x-delivery-count", "x-acquired-count")
#: Properties that stand in fields of their own, or that a transport makes anew.
_NO_PROPERTIES: Final = ("content_type", "content_encoding", "application_headers", "headers")


@dataclass(frozen=True)
class Content:
    """A message as a broker keeps it; ``body`` is still encoded and compressed."""

    body: bytes
    content_type: str | None
    content_encoding: str | None
    headers: Mapping[str, Any]
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Parked:
    """What our header says; everything is text of somebody else's until it is looked at."""

    id: str
    reason: str
    detail: str
    task: str | None
    worker: str
    version: str
    time: float
    queue: str
    exchange: str
    routing_key: str
    properties: Mapping[str, Any] = field(default_factory=dict)


def content_of(message: Any) -> Content:
    """The content of a received kombu message, as it came from the broker."""
    raw = getattr(message, "_raw", None)
    if isinstance(raw, dict):
        # A virtual transport (Redis, filesystem) keeps the envelope.
        return _content_of_envelope(message, raw)
    headers = dict(message.headers or {})
    properties = dict(message.properties or {})
    # With a compression header ``message.body`` is decompressed.
    body = message.body if raw is None else raw.body
    encoding = properties.get("content_encoding") or "utf-8"
    if isinstance(body, str):
        body = body.encode(encoding, "surrogatepass") if _is_codec(encoding) else body.encode("utf-8", "surrogatepass")
    return Content(
        bytes(body or b""), properties.get("content_type"), properties.get("content_encoding"), headers, properties
    )


def _content_of_envelope(message: Any, raw: Mapping[str, Any]) -> Content:
    properties = dict(raw.get("properties") or {})
    body: Any = raw.get("body") or ""
    body = message.channel.decode_body(body, properties.get("body_encoding"))
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)
    headers = dict(raw.get("headers") or {})
    return Content(content, raw.get("content-type"), raw.get("content-encoding"), headers, properties)


def _is_codec(encoding: str) -> bool:
    import codecs

    try:
        return bool(codecs.lookup(encoding).name)
    except (LookupError, ValueError):
        return False


def parked_facts(
    *, reason: str, detail: str, task: str | None, worker: str, queue: str, exchange: str, routing_key: str
) -> dict[str, Any]:
    """A new header of ours; the identity is new, and the time is now."""
    import celery_registry

    return {
        "id": str(uuid.uuid4()),
        "reason": reason,
        "detail": detail,
        "task": task if task is None else task[:200],
        "worker": worker,
        "version": celery_registry.__version__,
        # Text: AMQP tables know more than one sort of number, and not every broker keeps a fraction.
        "time": f"{time.time():.3f}",
        "queue": queue,
        "exchange": exchange,
        "routing_key": routing_key,
    }


def stamped(content: Content, facts: Mapping[str, Any]) -> Content:
    """The message as it is put into the parking queue."""
    headers = {name: value for name, value in content.headers.items() if name not in _OF_THE_BROKER}
    properties = {name: value for name, value in content.properties.items() if name not in _NO_PROPERTIES}
    aside = {name: properties.pop(name) for name in _KEPT_ASIDE if properties.get(name) is not None}
    if "delivery_mode" in properties and properties["delivery_mode"] != 2:
        aside["delivery_mode"] = properties["delivery_mode"]
        properties["delivery_mode"] = 2
    ours = dict(facts)
    if aside:
        ours["properties"] = aside
    if HEADER in headers:
        # It was parked before, or somebody else uses our name.
        ours["previous"] = headers[HEADER]
    headers[HEADER] = ours
    return Content(content.body, content.content_type, content.content_encoding, headers, properties)


def read_parked(headers: Mapping[str, Any]) -> Parked | None:
    """What our header says, None where the message is not one that we parked."""
    ours = headers.get(HEADER)
    if not isinstance(ours, Mapping) or not _texts(ours, "id", "reason", "queue"):
        return None
    try:
        when = float(ours.get("time", ""))
    except (TypeError, ValueError):
        return None
    task = ours.get("task")
    properties = ours.get("properties")
    return Parked(
        ours["id"],
        ours["reason"],
        str(ours.get("detail", "")),
        task if isinstance(task, str) else None,
        str(ours.get("worker", "")),
        str(ours.get("version", "")),
        when,
        ours["queue"],
        str(ours.get("exchange", "")),
        str(ours.get("routing_key", "")),
        properties if isinstance(properties, Mapping) else {},
    )


def restored(content: Content, parked: Parked) -> Content:
    """The message as it was received, without our header."""
    headers = dict(content.headers)
    ours = headers.pop(HEADER, None)
    if isinstance(ours, Mapping) and "previous" in ours:
        headers[HEADER] = ours["previous"]
    aside = {name: value for name, value in parked.properties.items() if name in _COMES_BACK}
    return Content(
        content.body, content.content_type, content.content_encoding, headers, {**content.properties, **aside}
    )


def _texts(table: Mapping[str, Any], *names: str) -> bool:
    return all(isinstance(table.get(name), str) for name in names)
