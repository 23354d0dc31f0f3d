"""What a running worker tells about its tasks when it is asked: the inspect command ``registry_tasks``.

Law: the worker's side, and the one way in which a signature becomes a text and a digest; ``fleet`` uses the same
for the asking side. It compares nothing.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from celery import Celery
from celery.worker.control import inspect_command

import celery_registry
from celery_registry.contract.compare import show_parameters
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.name_reader import plain_name

__all__ = ["COMMAND", "digest_of", "read_signatures", "registry_tasks"]

#: The name of the inspect command.
COMMAND = "registry_tasks"

# The answer is asked for again and again during a deploy, by a worker that has other work.
_TEXTS: WeakKeyDictionary[Celery, dict[str, tuple[int, str]]] = WeakKeyDictionary()


def read_signatures(app: Celery, names: Iterable[str] | None = None) -> Mapping[str, str]:
    """Task name -> how it is called and what it returns, as text: ``(to: str, retries: int = ...) -> bool``.

    Without ``names`` all tasks but Celery's own; a name that is not registered is left out.
    """
    tasks = app.tasks
    known = _TEXTS.setdefault(app, {})
    reader, rules = AppReader(), HintRules()
    texts = {}
    for name in sorted(tasks if names is None else set(names)):
        task = tasks.get(name)
        if task is None or (names is None and name.startswith("celery.")):
            continue
        name = plain_name(name)
        if name not in known or known[name][0] != id(task):
            reading = reader.read(task)
            result = "" if reading.signature.result is None else f" -> {rules.show(reading.signature.result)}"
            known[name] = (id(task), show_parameters(reading.signature, rules) + result)
        texts[name] = known[name][1]
    return texts


def digest_of(text: str) -> str:
    """A signature's text in twelve characters."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _parked(app: Celery) -> Mapping[str, Any]:
    """How many messages this worker has parked since it started, by reason; nothing where it does not park."""
    parking = sys.modules.get("celery_registry.wire.parking.worker")
    if parking is None or parking.parking_of(app) is None:
        return {}
    from celery_registry.wire.parking.telemetry import COUNTS

    return {"parked": dict(COUNTS)}


def _contracts(app: Celery, names: Iterable[str], signatures: bool) -> Mapping[str, Any]:
    from celery_registry.contract.lock_text import show_locked
    from celery_registry.guard.lock_reader import read_locked_signature

    reader = AppReader()
    texts = {name: show_locked(read_locked_signature(reader, app.tasks[name])) for name in names}
    return {"contracts": texts if signatures else {name: digest_of(text) for name, text in texts.items()}}


@inspect_command(name=COMMAND, args=[("signatures", bool)], signature="[signatures=False]")
def registry_tasks(
    state: Any, signatures: bool = False, names: Iterable[str] | None = None, contracts: bool = False, **_: Any
) -> Mapping[str, Any]:
    """Task names and the digests of their signatures, or with ``signatures`` the signatures themselves.

    With ``contracts`` the same once more as a lock writes them, for those who have the lock and no code.
    """
    texts = read_signatures(state.app, names)
    consumer = state.consumer.task_consumer if state.consumer else None
    return {
        **_parked(state.app),
        **(_contracts(state.app, texts, signatures) if contracts else {}),
        "version": celery_registry.__version__,
        "queues": [] if consumer is None else sorted(queue.name for queue in consumer.queues),
        "tasks": dict(texts) if signatures else {name: digest_of(text) for name, text in texts.items()},
    }
