"""A parked message for people and for files.

Law: for people no value of an argument unless it was asked for; for a file everything, to the byte.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from celery_registry.wire.message import read_body, show_name
from celery_registry.wire.parking.envelope import HEADER
from celery_registry.wire.parking.triage import Judged

__all__ = ["describe", "dump_line"]


def describe(judged: Judged, *, payload: bool = False) -> dict[str, str]:
    """What is said of a message, by name."""
    parked, content = judged.parked, judged.entry.content
    if parked is None or content is None:
        return {"state": judged.state.value, "bytes": str(judged.entry.size)}
    shown = {
        "parked id": parked.id,
        "message id": judged.message_id or "-",
        "task": parked.task or "-",
        "reason": parked.reason,
        "detail": parked.detail,
        "now": judged.state.value + (f": {judged.why}" if judged.why else ""),
        "queue": parked.queue,
        "exchange": parked.exchange,
        "routing key": parked.routing_key,
        "worker": parked.worker,
        "version": parked.version,
        "parked at": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(_moment(parked.time))),
        "bytes": str(judged.entry.size),
        "content": str(content.content_type),
        "headers": ", ".join(sorted(show_name(str(name)) for name in content.headers if name != HEADER)),
    }
    if payload:
        message = read_body(content.body, str(content.content_type), content.headers, payload=True)
        shown["payload"] = message.unread or "; ".join(call.payload or "" for call in message.calls[:1])
    return {name: show_name(value) if name != "headers" else value[:1000] for name, value in shown.items()}


def dump_line(judged: Judged) -> str:
    """The whole message as one line of JSON; the body in base64."""
    content = judged.entry.content
    if content is None:
        return json.dumps({"bytes": judged.entry.size})
    document: dict[str, Any] = {
        "body": base64.b64encode(content.body).decode(),
        "content_type": content.content_type,
        "content_encoding": content.content_encoding,
        "headers": content.headers,
        "properties": content.properties,
    }
    return json.dumps(document, default=str)


def _moment(seconds: float) -> float:
    """A time that the platform can show; headers may say anything."""
    return seconds if 0 <= seconds < 253402300799 else 0.0
