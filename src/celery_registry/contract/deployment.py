"""What is deployed, held to what the program sends: queues that nobody consumes, and beats, too many or none.

Law: processes and tasks in, findings out. What is absent is only told where everything was understood; it never learns
from which file, or from which program text, a fact was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.contract.task import Origin

__all__ = ["CeleryProcess", "Deployed", "RoutedTask", "judge_deployment"]


@dataclass(frozen=True)
class CeleryProcess:
    """One worker or beat that a file starts.

    ``app`` is None where nobody can tell it. ``queues``: what ``-Q`` names, empty where nothing does, None where nobody
    can tell; ``excluded`` is ``-X``. ``setting``: what tells it apart from another process of the same application, as
    its environment. ``copies`` are started of it.
    """

    name: str
    origin: Origin
    app: str | None
    is_worker: bool
    is_beat: bool
    queues: tuple[str, ...] | None = ()
    excluded: tuple[str, ...] = ()
    scheduler: str | None = None
    setting: tuple[tuple[str, str], ...] = ()
    copies: int = 1


@dataclass(frozen=True)
class RoutedTask:
    """A task and the queue that its messages go to, None where nobody can tell; ``home`` is the part of the program that has it."""

    name: str
    queue: str | None
    origin: Origin
    home: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deployed:
    """All processes of some files, and the program behind them.

    ``complete``: whether everything in the files was understood. ``declared``: the queues that a worker without ``-Q``
    consumes, None where nobody can tell. ``scheduled``: the places of the schedule's entries. ``home_of`` gives the part
    of the program that an application runs, None for one that is not in it. ``many_beats``: a scheduler that keeps
    several beats apart may be in use.
    """

    files: str
    processes: Sequence[CeleryProcess]
    complete: bool
    tasks: Sequence[RoutedTask]
    declared: tuple[str, ...] | None
    scheduled: Sequence[tuple[Origin, frozenset[str]]]
    home_of: Callable[[str], frozenset[str] | None]
    many_beats: bool = False


def judge_deployment(deployed: Deployed) -> Iterator[Finding]:
    """What of the program nobody runs, and which entries are sent twice."""
    yield from _two_beats(deployed)
    workers = [process for process in deployed.processes if process.is_worker]
    homes = [None if process.app is None else deployed.home_of(process.app) for process in workers]
    if not deployed.complete or not workers or None in homes:
        return
    consumed = [_consumed(worker, deployed.declared) for worker in workers]
    if None not in consumed:
        pairs = [(w, h or frozenset(), c or ()) for w, h, c in zip(workers, homes, consumed, strict=True)]
        yield from _queues(deployed, pairs)
    if not any(process.is_beat for process in deployed.processes):
        yield from _no_beat(deployed, [home or frozenset() for home in homes])


def _consumed(worker: CeleryProcess, declared: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What a worker takes messages from, None where nobody can tell."""
    queues = worker.queues or (declared if worker.queues == () else None)
    return None if queues is None else tuple(queue for queue in queues if queue not in worker.excluded)


def _queues(
    deployed: Deployed, workers: Sequence[tuple[CeleryProcess, frozenset[str], tuple[str, ...]]]
) -> Iterator[Finding]:
    everything = {queue for _, _, queues in workers for queue in queues}
    missing: dict[tuple[str, str], list[Finding]] = {}
    for task in deployed.tasks:
        own = [(worker, queues) for worker, home, queues in workers if home & task.home or home == task.home]
        if task.queue is None or not own:
            # A part of the program of which no worker stands here is deployed elsewhere.
            continue
        facts = {"queue": task.queue, "more": ""}
        if task.queue not in everything:
            facts |= {"files": deployed.files, "nearest": show_nearest(task.queue, everything)}
            found = Finding("queue-without-worker", task.name, facts, task.origin, own[0][0].origin)
        elif not any(task.queue in queues for _, queues in own):
            other = next(worker for worker, _, queues in workers if task.queue in queues)
            facts |= {"worker": other.name, "app": other.app or ""}
            found = Finding("queue-of-another-app", task.name, facts, task.origin, other.origin)
        else:
            continue
        missing.setdefault((found.problem, task.queue), []).append(found)
    for first, *others in missing.values():
        # One worker is missing, whatever the number of its tasks.
        yield replace(first, facts={**first.facts, "more": f" (and {len(others)} more)" if others else ""})


def _two_beats(deployed: Deployed) -> Iterator[Finding]:
    beats: dict[tuple[object, ...], CeleryProcess] = {}
    for process in deployed.processes:
        if not process.is_beat or process.app is None or deployed.many_beats or not _is_alone(process.scheduler):
            continue
        first = beats.setdefault((process.app, process.setting), process)
        facts = {"app": process.app, "first": first.name, "second": process.name}
        if first is not process:
            yield Finding("two-beats", process.name, facts, process.origin, first.origin)
        elif process.copies > 1:
            facts["second"] = f"{process.copies - 1} more of it"
            yield Finding("two-beats", process.name, facts, process.origin)


def _is_alone(scheduler: str | None) -> bool:
    """Whether a scheduler does not know of another beat: Celery's own and that of django-celery-beat."""
    return (
        scheduler is None
        or scheduler in ("django",)
        or scheduler.endswith(("PersistentScheduler", "DatabaseScheduler"))
    )


def _no_beat(deployed: Deployed, homes: Sequence[frozenset[str]]) -> Iterator[Finding]:
    for origin, home in deployed.scheduled:
        if any(home & other or home == other for other in homes):
            yield Finding("schedule-without-beat", "beat", {"files": deployed.files}, origin)
            return
