"""Tells people that a message was parked: a log line, a signal, and a counter where somebody counts.

Law: names and reasons, never payload. Whatever goes wrong here, the message is already safe.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections import Counter
from typing import Any, Final

from celery_registry.signals import message_parked
from celery_registry.wire.message import show_name

__all__ = ["COUNTS", "tell_failure", "tell_parked"]

logger = logging.getLogger("celery_registry.parking")

#: Messages that this process has parked, by reason.
COUNTS: Final[Counter[str]] = Counter()

#: Names of tasks that a counter tells apart: they come out of messages.
_MOST_NAMES: Final = 200
_NAMES: Final[set[str]] = set()
_COUNTERS: Final[list[Any]] = []
_READY: Final[list[bool]] = []


def tell_parked(
    sender: Any, *, task: str | None, id: str, reason: str, detail: str, queue: str, parked_in: str
) -> None:
    """One message is in the parking queue and acknowledged."""
    COUNTS[reason] += 1
    facts = {"task": task, "id": id, "reason": reason, "detail": detail, "queue": queue, "parked_in": parked_in}
    shown = {name: show_name(str(value)) if value is not None else None for name, value in facts.items()}
    logger.warning(
        'parked a message: task="%(task)s" id=%(id)s reason=%(reason)s (%(detail)s) queue="%(queue)s" parked_in="%(parked_in)s"',
        shown,
        extra={"data": shown},
    )
    message_parked.send(sender=sender, **facts)
    for add in _counters():
        try:
            add(_bounded(task), reason)
        except Exception:  # somebody else's library
            logger.debug("a counter of parked messages failed", exc_info=True)


def tell_failure(error: BaseException, delay: float, held: int) -> None:
    """A message could not be parked; it stays unacknowledged."""
    logger.error(
        "a message cannot be parked (%s: %s); it is kept unacknowledged and tried again in %.0f s, with %d others",
        type(error).__name__,
        show_name(str(error)),
        delay,
        held,
    )


def _bounded(task: str | None) -> str:
    name = show_name(task or "")
    if name not in _NAMES:
        if len(_NAMES) >= _MOST_NAMES:
            return "(others)"
        _NAMES.add(name)
    return name


def _counters() -> list[Any]:
    if not _READY:
        _READY.append(True)
        for make in (_prometheus, _opentelemetry):
            try:
                _COUNTERS.append(make())
            except ImportError:
                continue
            except Exception:  # a registry of the user's that has such a counter already
                logger.warning("parked messages are not counted: %s", make.__name__, exc_info=True)
    return _COUNTERS


def _prometheus() -> Any:
    client = importlib.import_module("prometheus_client")
    counter = client.Counter(
        "celery_registry_parked_messages", "Messages that did not fit this worker.", ["task", "reason"]
    )
    return lambda task, reason: counter.labels(task=task, reason=reason).inc()


def _opentelemetry() -> Any:
    metrics = importlib.import_module("opentelemetry.metrics")
    counter = metrics.get_meter("celery_registry").create_counter(
        "celery_registry.parked_messages", description="Messages that did not fit this worker."
    )
    return lambda task, reason: counter.add(1, {"task": task, "reason": reason})
