"""The options of ``apply_async`` and the methods like it.

Law: names that Celery knows (Celery documentation, *Calling Tasks*), and which unknown one is a slip of the pen. What is
not here may be a broker's own.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Final

__all__ = ["KNOWN_OPTIONS", "STAMPED_HEADERS", "expected_option", "misspelt_options"]

STAMPED_HEADERS: Final = "stamped_headers"
_BESIDE: Final = frozenset({"args", "kwargs"})
#: celery.app.task.Task.apply_async and kombu's publish; what is not here is a broker's own.
KNOWN_OPTIONS: Final = frozenset(
    [
        "add_to_parent",
        "chord",
        "compression",
        "connection",
        "countdown",
        "delivery_mode",
        "eta",
        "exchange",
        "expires",
        "group_id",
        "group_index",
        "headers",
        "ignore_result",
        "immutable",
        "link",
        "link_error",
        "mandatory",
        "parent_id",
        "priority",
        "producer",
        "publisher",
        "queue",
        "reply_to",
        "retries",
        "retry",
        "retry_policy",
        "root_id",
        "routing_key",
        "serializer",
        "shadow",
        "soft_time_limit",
        STAMPED_HEADERS,
        "task_id",
        "time_limit",
        "timeout",
    ]
)
#: Option -> the types of values at which every release of Celery breaks off when it sends, and what it takes. A text that
#: is a date, ``eta`` and ``expires`` may be.
_REFUSED: Final = {
    "countdown": (frozenset({"str", "timedelta", "datetime"}), "float | None"),
    "eta": (frozenset({"int", "float", "timedelta"}), "datetime | None"),
    "expires": (frozenset({"timedelta"}), "float | datetime | None"),
}


def expected_option(name: str, given: str) -> str | None:
    """What Celery takes for this option where it refuses a value of the type ``given``, in mypy's words."""
    refused, expected = _REFUSED.get(name, (frozenset(), ""))
    return expected if given in refused else None


def misspelt_options(given: Collection[str], others: Iterable[str] = ()) -> dict[str, str]:
    """Each option that is spelled almost like one of Celery's, or of ``others``, -> the one that is meant.

    Beside ``stamped_headers`` any name may be a header's (Celery documentation, *Stamping*).
    """
    if STAMPED_HEADERS in given:
        return {}
    possible = KNOWN_OPTIONS.union(others)
    unknown = [name for name in given if name not in possible | _BESIDE]
    found = {name: difflib.get_close_matches(name, sorted(possible), n=1, cutoff=0.8) for name in unknown}
    return {name: nearest[0] for name, nearest in found.items() if nearest}
