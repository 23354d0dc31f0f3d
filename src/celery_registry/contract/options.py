"""The options of ``apply_async`` and the methods like it.

Law: names that Celery knows (Celery documentation, *Calling Tasks*), and which unknown one is a slip of the pen. What is
not here may be a broker's own.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

__all__ = ["KNOWN_OPTIONS", "nearest_option"]

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
        "stamped_headers",
        "task_id",
        "time_limit",
        "timeout",
    ]
)


def nearest_option(name: str, more: Iterable[str] = ()) -> str | None:
    """The option that an unknown name is almost spelled like, of Celery's and of ``more``; None where it may be a broker's own."""
    nearest = difflib.get_close_matches(name, sorted(KNOWN_OPTIONS.union(more)), n=1, cutoff=0.8)
    return nearest[0] if nearest else None
