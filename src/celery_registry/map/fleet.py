"""The running workers on the map: which of them have a task, who consumes its queue, and what nobody has.

Law: answers in, facts out. What a worker did not say is unknown, and then nothing is called missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["LiveFleet", "LiveWorker"]


@dataclass(frozen=True)
class LiveWorker:
    """One worker; ``tasks`` and ``queues`` are None where it did not say.

    ``state`` is that of the command ``workers``: ``same``, ``skewed``, or ``unknown`` with a ``reason``. ``missing`` and
    ``different`` are tasks that it receives and lacks, or has with another signature.
    """

    name: str
    state: str
    reason: str | None
    version: str | None
    tasks: tuple[str, ...] | None
    queues: tuple[str, ...] | None
    missing: tuple[str, ...] = ()
    different: tuple[str, ...] = ()


@dataclass(frozen=True)
class LiveFleet:
    """The workers that answered, and the tasks and queues that the application has."""

    workers: tuple[LiveWorker, ...]
    tasks: tuple[str, ...]
    queues: tuple[str, ...]

    def unregistered(self) -> tuple[str, ...]:
        """The application's tasks that no worker has; none where a worker did not say, or none answered."""
        return _left(self.tasks, [worker.tasks for worker in self.workers])

    def unconsumed(self) -> tuple[str, ...]:
        """The queues to which the application's tasks go and that no worker consumes; none where that is not known."""
        return _left(self.queues, [worker.queues for worker in self.workers])

    def describe(self) -> dict[str, Any]:
        """Plain values, for the JSON of the map and for its page."""
        return {
            "workers": [_describe(worker) for worker in self.workers],
            "unregistered": list(self.unregistered()),
            "unconsumed": list(self.unconsumed()),
        }


def _left(wanted: Iterable[str], had: list[tuple[str, ...] | None]) -> tuple[str, ...]:
    known = [names for names in had if names is not None]
    if not known or len(known) < len(had):
        return ()
    return tuple(sorted(set(wanted).difference(*known)))


def _describe(worker: LiveWorker) -> dict[str, Any]:
    return {
        "name": worker.name,
        "state": worker.state,
        "reason": worker.reason,
        "version": worker.version,
        "tasks": None if worker.tasks is None else list(worker.tasks),
        "queues": None if worker.queues is None else list(worker.queues),
        "missing": list(worker.missing),
        "different": list(worker.different),
    }
