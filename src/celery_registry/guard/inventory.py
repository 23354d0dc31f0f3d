"""What each running worker has registered and which queues it consumes, by Celery's own commands.

Law: questions over the broker, answers as they come: a worker without the guard answers too. No answer is no verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from celery import Celery

from celery_registry.guard.fleet import Asking

__all__ = ["Inventory", "ask_inventories"]


@dataclass(frozen=True)
class Inventory:
    """The tasks and queues of one worker, sorted; None for what it did not answer. Celery's own tasks are left out."""

    tasks: tuple[str, ...] | None
    queues: tuple[str, ...] | None


def ask_inventories(app: Celery, workers: Sequence[str], *, timeout: float = 1.0) -> dict[str, Inventory]:
    """Ask these workers; each question waits at most ``timeout`` seconds and ends with the last answer."""
    if not workers:
        return {}
    with app.connection_for_write(connect_timeout=timeout) as connection:
        ask = Asking(app, connection, timeout)
        # Names alone: an attribute that no task has adds nothing to them.
        registered = ask("registered", {"taskinfoitems": ["registry_nothing"]}, workers)
        consumed = ask("active_queues", {}, workers)
    return {
        name: Inventory(_names(registered.get(name)), _names(consumed.get(name), "name")) for name in sorted(workers)
    }


def _names(answer: object, key: str | None = None) -> tuple[str, ...] | None:
    """The texts of a list, or those under ``key`` in its tables; None for any other answer."""
    if not isinstance(answer, list):
        return None
    found = [row.get(key) if key is not None and isinstance(row, dict) else row for row in answer]
    return tuple(sorted(name for name in found if isinstance(name, str)))
