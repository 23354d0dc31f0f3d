"""The running workers, asked about their tasks and held against this process's own.

Law: questions over the broker and what the answers mean. No answer is no verdict, and a worker that never
receives a task is not at fault for it. How it is shown is not known here.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from celery import Celery

from celery_registry.contract.lock import LockedTask
from celery_registry.contract.lock_text import show_locked
from celery_registry.errors import CeleryRegistryError
from celery_registry.guard.inspect_command import COMMAND, digest_of, read_signatures

__all__ = ["Asking", "Fleet", "FleetTask", "State", "Worker", "ask_fleet"]


class State(enum.Enum):
    """What is known of one task on one worker."""

    SAME = "same"
    DIFFERENT = "different"
    MISSING = "missing"
    #: It is missing or different, but the worker does not consume the queue that the task is sent to.
    OTHER_QUEUE = "other queue"


@dataclass(frozen=True)
class FleetTask:
    """One task as this process knows it; ``signature`` is None where it is not registered here.

    ``queue`` is where this process sends it, None where that cannot be told.
    """

    name: str
    signature: str | None
    queue: str | None


@dataclass(frozen=True)
class Worker:
    """One worker's answer.

    ``unknown`` says why nothing is known about it, None where it answered. ``differing`` holds the signatures of
    the tasks that are DIFFERENT on it.
    """

    name: str
    unknown: str | None = None
    version: str = ""
    queues: tuple[str, ...] = ()
    states: Mapping[str, State] | None = None
    differing: Mapping[str, str] | None = None
    #: How many messages it has parked since it started, by reason; None where it does not park.
    parked: Mapping[str, int] | None = None

    def tasks(self, *states: State) -> tuple[str, ...]:
        """The names of the tasks in one of these states."""
        return tuple(name for name, state in (self.states or {}).items() if state in states)

    @property
    def skewed(self) -> bool:
        """Whether a task that it receives is missing or different."""
        return bool(self.tasks(State.MISSING, State.DIFFERENT))


@dataclass(frozen=True)
class Fleet:
    """All workers that answered, or were asked for by name."""

    tasks: tuple[FleetTask, ...]
    workers: tuple[Worker, ...]

    def same(self) -> tuple[Worker, ...]:
        """The workers that have every task they receive, with the same signature."""
        return tuple(worker for worker in self.workers if worker.unknown is None and not worker.skewed)

    def skewed(self) -> tuple[Worker, ...]:
        """The workers that lack a task they receive, or have it with another signature."""
        return tuple(worker for worker in self.workers if worker.skewed)

    def unknown(self) -> tuple[Worker, ...]:
        """The workers that did not answer the question."""
        return tuple(worker for worker in self.workers if worker.unknown is not None)


def ask_fleet(
    app: Celery,
    names: Iterable[str] | None = None,
    *,
    timeout: float = 1.0,
    destination: Sequence[str] = (),
    contracts: Mapping[str, LockedTask] | None = None,
) -> Fleet:
    """Ask the workers of ``app`` and compare.

    ``names`` are the tasks to ask about, by default all that are registered here or in ``contracts``, the locks of
    other services; a task that is not registered is held to its contract. ``timeout``, in seconds, is waited
    once for the workers to show themselves and at most once more for their answers. ``destination`` are the workers
    to ask, by default all; one that stays silent is reported as unknown.

    Raises ``CeleryRegistryError`` where the broker cannot be reached.
    """
    own = read_signatures(app)
    promised = {name: locked for name, locked in (contracts or {}).items() if name not in own}
    asked = sorted({*own, *promised} if names is None else set(names))
    tasks = tuple(
        _promised_task(app, promised[name])
        if name in promised
        else FleetTask(name, own.get(name), _queue_of(app, name))
        for name in asked
    )
    more = {"contracts": True} if promised else {}
    with app.connection_for_write(connect_timeout=timeout) as connection:
        try:
            connection.connect()
        except Exception as error:
            # Each transport has exceptions of its own.
            raise CeleryRegistryError(f"the broker {connection.as_uri()} cannot be reached: {error}") from error
        ask = Asking(app, connection, timeout)
        present = sorted(ask("ping", {}, destination))
        answers = ask(COMMAND, {"names": asked, **more}, present) if present else {}
        reference = _reference(tasks, [answer["tasks"] for answer in answers.values() if "tasks" in answer])
        workers = []
        for name in sorted({*present, *destination}):
            answer = answers.get(name)
            if answer is None or "tasks" not in answer:
                workers.append(Worker(name, _why_unknown(answer, name in present, timeout)))
                continue
            worker = _judge(name, {**answer, "tasks": _digests(answer, promised, reference)}, tasks, reference)
            if differing := worker.tasks(State.DIFFERENT):
                texts = ask(COMMAND, {"names": differing, "signatures": True, **more}, [name]).get(name, {})
                shown = {n: text for n, text in texts.get("contracts", {}).items() if n in promised}
                worker = replace(worker, differing={**texts.get("tasks", {}), **shown})
            workers.append(worker)
    return Fleet(tasks, tuple(workers))


def _promised_task(app: Celery, locked: LockedTask) -> FleetTask:
    """A task of another service, sent to the queue of its contract unless this process routes it elsewhere."""
    try:
        # Only a remote task has the application ask the contracts for the queue.
        app.tasks[locked.name]
    except KeyError:
        return FleetTask(locked.name, show_locked(locked.signature), locked.queue)
    return FleetTask(locked.name, show_locked(locked.signature), _queue_of(app, locked.name))


def _digests(
    answer: Mapping[str, Any], promised: Collection[str], reference: Mapping[str, str | None]
) -> Mapping[str, str]:
    """The digests of an answer, those of other services' tasks as their lock writes them.

    A worker of an older release does not know how: its task of that name is taken to be the same.
    """
    written = answer.get("contracts", reference)
    return {n: written.get(n, digest) if n in promised else digest for n, digest in answer["tasks"].items()}


def _why_unknown(answer: Mapping[str, Any] | None, present: bool, timeout: float) -> str:
    if answer is None:
        return f"no reply within {timeout:g} s" if not present else f"it answered a ping alone within {timeout:g} s"
    error = str(answer.get("error", answer))
    # kombu's mailbox answers a command that it does not know with its KeyError.
    return "it runs without the guard" if error == f"KeyError({COMMAND!r})" else f"it failed to answer: {error}"


class Asking:
    """A question to workers over one connection; returns worker -> answer."""

    def __init__(self, app: Celery, connection: Any, timeout: float) -> None:
        self.app, self.connection, self.timeout = app, connection, timeout

    def __call__(self, command: str, arguments: dict[str, Any], destination: Sequence[str]) -> dict[str, Any]:
        """The answers of the workers in ``destination``, of all where it is empty; who stays silent is left out."""
        replies = self.app.control.broadcast(
            command,
            arguments=arguments,
            destination=list(destination) or None,
            connection=self.connection,
            reply=True,
            timeout=self.timeout,
            # With a limit the wait ends with the last answer.
            limit=len(destination) or None,
        )
        return {worker: answer for reply in replies or () for worker, answer in reply.items()}


def _reference(tasks: Sequence[FleetTask], answers: Sequence[Mapping[str, str]]) -> dict[str, str | None]:
    """The digest to hold each task to: this process's own, else what most workers have."""
    reference: dict[str, str | None] = {}
    for task in tasks:
        if task.signature is not None:
            reference[task.name] = digest_of(task.signature)
        else:
            votes = Counter(sorted(digests[task.name] for digests in answers if task.name in digests))
            reference[task.name] = votes.most_common(1)[0][0] if votes else None
    return reference


def _judge(
    name: str, answer: Mapping[str, Any], tasks: Sequence[FleetTask], reference: Mapping[str, str | None]
) -> Worker:
    queues = tuple(answer["queues"])
    states = {}
    for task in tasks:
        digest = answer["tasks"].get(task.name)
        if digest is not None and digest == reference[task.name]:
            state = State.SAME
        elif task.queue is not None and queues and task.queue not in queues:
            state = State.OTHER_QUEUE
        else:
            state = State.MISSING if digest is None else State.DIFFERENT
        states[task.name] = state
    return Worker(name, None, answer["version"], queues, states, {}, answer.get("parked"))


def _queue_of(app: Celery, name: str) -> str | None:
    """The queue that this process sends the task to."""
    try:
        queue = app.amqp.router.route({}, name).get("queue")
    except Exception:
        # A route may be any callable of the user's.
        return None
    found = getattr(queue, "name", queue)
    return found if isinstance(found, str) else None
