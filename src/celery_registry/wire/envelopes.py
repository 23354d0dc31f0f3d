"""How kombu writes in JSON what JSON has no type for: ``{"__type__": "datetime", "__value__": "2026-01-31T10:00:00"}``.

Law: names of types in, JSON Schemas out; the table is kombu's own (``kombu.utils.json``, since 5.3).
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["ENVELOPED", "envelope_of"]

#: Type -> the markers it comes with, and what is inside.
ENVELOPED: Final[dict[str, tuple[tuple[str, ...], dict[str, Any]]]] = {
    "datetime": (("datetime",), {"type": "string", "format": "date-time"}),
    "date": (("date",), {"type": "string", "format": "date"}),
    "time": (("time",), {"type": "string", "format": "time"}),
    "Decimal": (("decimal",), {"type": "string"}),
    "UUID": (("uuid",), {"type": "object", "required": ["hex"], "properties": {"hex": {"type": "string"}}}),
    "bytes": (("bytes", "base64"), {"type": "string"}),
}


def envelope_of(name: str) -> dict[str, Any]:
    """The JSON Schema of a value of this type; raises ``KeyError`` for one that has no envelope."""
    markers, value = ENVELOPED[name]
    return {
        "type": "object",
        "required": ["__type__", "__value__"],
        "properties": {"__type__": {"enum": list(markers)}, "__value__": dict(value)},
    }
