"""Routes, annotations and queues in the configuration that name nothing.

Law: the settings ``task_routes``, ``task_annotations`` and ``task_queues`` as Celery reads them
(``celery.app.routes.MapRoute``, ``celery.app.annotations.MapAnnotation``); a callable may route anything.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from celery import Celery

from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError

__all__ = ["compare_routes"]


def compare_routes(app: Celery, external: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """Routes and annotations that match no registered task, and routes to a queue that ``task_queues`` lacks."""
    names = app.tasks.keys()
    findings = []
    queues = _queues(app)
    for pattern, route in _routes(app.conf.task_routes):
        if not _names_something(pattern, names, external):
            findings.append(_unknown("task_routes", pattern, names))
        queue = _queue_of(route)
        if queues is not None and queue is not None and queue not in queues:
            facts = {"queue": queue, "nearest": show_nearest(queue, queues)}
            findings.append(Finding("route-unknown-queue", _text(pattern), facts))
    for key in _annotated(app.conf.task_annotations):
        # "*" alone is every task; Celery knows no other pattern here.
        if key != "*" and key not in names and not _is_external(key, external):
            findings.append(_unknown("task_annotations", key, names))
    return tuple(findings)


def _routes(setting: Any) -> Iterator[tuple[Any, Any]]:
    """Pattern and route of each row; a callable or the path of one has none."""
    if setting is None or isinstance(setting, str) or callable(setting):
        return
    if isinstance(setting, Mapping):
        yield from setting.items()
        return
    for router in setting if isinstance(setting, (list, tuple)) else ():
        if isinstance(router, Mapping):
            yield from router.items()
        elif isinstance(router, (list, tuple)):
            # Celery reads a list of pairs as it reads a dictionary.
            yield from ((pair[0], pair[1]) for pair in router if isinstance(pair, (list, tuple)) and len(pair) == 2)


def _annotated(setting: Any) -> Iterator[str]:
    for annotation in setting if isinstance(setting, (list, tuple)) else (setting,):
        if isinstance(annotation, Mapping):
            # Celery asks for names alone; a key of another kind does nothing.
            yield from (key for key in annotation if isinstance(key, str))


def _names_something(pattern: Any, names: Collection[str], external: tuple[str, ...]) -> bool:
    if isinstance(pattern, re.Pattern):
        # What an external service implements may match too, and cannot be listed.
        return bool(external) or any(pattern.match(name) for name in names)
    if not isinstance(pattern, str) or pattern in names or _is_external(pattern, external):
        return True
    if "*" not in pattern:
        return False
    match = re.compile(fnmatch.translate(pattern)).match
    return any(match(name) for name in names) or any(match(glob) for glob in external)


def _is_external(name: str, external: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, glob) for glob in ("celery.*", *external))


def _queue_of(route: Any) -> str | None:
    """The queue a route names by text; a ``Queue`` object brings itself."""
    queue = route.get("queue") if isinstance(route, Mapping) else route
    return queue if isinstance(queue, str) else None


def _queues(app: Celery) -> frozenset[str] | None:
    """The names in ``task_queues``; None without that setting, for then Celery makes what is named.

    Raises ``ConfigurationError`` for what is no collection, with which no process of Celery's can send or receive.
    """
    queues = app.conf.task_queues
    if not queues:
        return None
    if not isinstance(queues, Iterable):
        raise ConfigurationError(f"task_queues must be a list of queues or a dictionary, not {queues!r}")
    names = queues if isinstance(queues, Mapping) else [getattr(queue, "name", queue) for queue in queues]
    return frozenset([*(name for name in names if isinstance(name, str)), app.conf.task_default_queue])


def _unknown(setting: str, pattern: Any, names: Collection[str]) -> Finding:
    own = [name for name in names if not name.startswith("celery.")]
    return Finding(
        "route-unknown-task", _text(pattern), {"setting": setting, "nearest": show_nearest(_text(pattern), own)}
    )


def _text(pattern: Any) -> str:
    return pattern.pattern if isinstance(pattern, re.Pattern) else str(pattern)
