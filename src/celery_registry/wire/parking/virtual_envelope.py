"""A parked message as kombu's virtual transports (Redis, filesystem) keep it: JSON around an encoded body.

Law: what is not ours stays as it is, to the byte where JSON allows it.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from celery_registry.wire.parking.envelope import Content

__all__ = ["envelope_text", "read_envelope_content"]


def read_envelope_content(raw: bytes) -> Content | None:
    """The content of an envelope, None where it is none."""
    try:
        envelope = json.loads(raw)
        properties = envelope["properties"]
        body = envelope.get("body") or ""
        content = body.encode("utf-8", "surrogatepass")
        if properties.get("body_encoding") == "base64":
            content = base64.b64decode(content, validate=False)
        headers = envelope.get("headers") or {}
        dict(headers), dict(properties)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError, binascii.Error):
        return None
    return Content(content, envelope.get("content-type"), envelope.get("content-encoding"), headers, properties)


def envelope_text(raw: bytes, content: Content, exchange: str, routing_key: str) -> str:
    """The envelope ``raw`` with the headers and properties of ``content``, on its old way."""
    envelope: dict[str, Any] = json.loads(raw)
    envelope["headers"] = dict(content.headers)
    properties = dict(content.properties)
    delivery = {**(properties.get("delivery_info") or {}), "exchange": exchange, "routing_key": routing_key}
    envelope["properties"] = {**properties, "delivery_info": delivery}
    return json.dumps(envelope)
