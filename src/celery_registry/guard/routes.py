"""The configuration's routes, annotations and queues.

Law: reads ``task_routes``, ``task_annotations``, ``task_queues`` and whoever names a queue; what of it is wrong is the
judge's question. A callable may route anything, and names nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sized
from typing import Any, Final

from celery import Celery

from celery_registry.contract.routes import QueueUse, Route, Router
from celery_registry.errors import ConfigurationError
from celery_registry.guard.name_reader import plain_name

__all__ = ["read_queue_uses", "read_queues", "read_routers", "read_routes", "routes_by_code"]

#: Celery's own ``task_default_queue``: where a task goes that nobody sends elsewhere.
_UNSET_QUEUE: Final = "celery"


def read_routes(app: Celery) -> Iterator[Route]:
    """The rows of ``task_routes`` and ``task_annotations`` that name tasks."""
    for pattern, _ in _rows(app.conf.task_routes):
        if isinstance(pattern, (str, re.Pattern)):
            yield Route("task_routes", plain_name(pattern))
    for name in _annotated(app.conf.task_annotations):
        if isinstance(name, str):
            yield Route("task_annotations", plain_name(name))


def routes_by_code(app: Celery) -> bool:
    """Whether something in ``task_routes`` may send any task anywhere: a function, or text that names one."""
    setting = app.conf.task_routes
    items = setting if isinstance(setting, (list, tuple)) else [setting]
    return any(isinstance(item, str) or callable(item) or hasattr(item, "route_for_task") for item in items)


def read_routers(app: Celery) -> Iterator[Router]:
    """The items of ``task_routes`` that are text or lists."""
    setting = app.conf.task_routes
    for item in setting if isinstance(setting, (list, tuple)) else [setting]:
        if isinstance(item, str):
            yield Router(plain_name(item))
        elif isinstance(item, (list, tuple)) and item:
            texts = [part for part in item if isinstance(part, str)] or [repr(item[0])]
            yield Router(plain_name(texts[0]), tuple(len(part) if isinstance(part, Sized) else 0 for part in item))


def read_queues(app: Celery) -> frozenset[str] | None:
    """The queues that are declared, or that this worker was told to consume; None without ``task_queues``.

    Without that setting Celery makes what is named. Raises ``ConfigurationError`` for what is no collection, with which
    no process of Celery's can send or receive.
    """
    queues = app.conf.task_queues
    if not queues:
        return None
    if not isinstance(queues, Iterable):
        raise ConfigurationError(f"task_queues must be a list of queues or a dictionary, not {queues!r}")
    names = queues if isinstance(queues, Mapping) else [getattr(queue, "name", queue) for queue in queues]
    # ``worker -Q`` makes a queue that task_queues does not have.
    chosen = (getattr(app.amqp.queues, "_consume_from", None) or ()) if "amqp" in vars(app) else ()
    unset = {_UNSET_QUEUE} if app.conf.task_default_queue == _UNSET_QUEUE else set()
    return frozenset(name for name in [*map(plain_name, names), *chosen, *unset] if isinstance(name, str))


def read_queue_uses(app: Celery) -> Iterator[QueueUse]:
    """Whoever names a queue by text: the default, a route, a task, an entry of the schedule."""
    default = plain_name(app.conf.task_default_queue)
    if isinstance(default, str):
        yield QueueUse("The setting task_default_queue", default, default)
    for pattern, route in _rows(app.conf.task_routes):
        queue = _queue_in(route)
        if queue is not None:
            text = pattern.pattern if isinstance(pattern, re.Pattern) else str(plain_name(pattern))
            yield QueueUse(f'The route of "{text}"', text, queue)
    for name, task in app.tasks.items():
        queue = plain_name(getattr(task, "queue", None))
        if isinstance(queue, str):
            yield QueueUse(f'Task "{plain_name(name)}"', plain_name(name), queue)
    schedule = app.conf.beat_schedule
    for key, entry in schedule.items() if isinstance(schedule, Mapping) else ():
        options = entry.get("options") if isinstance(entry, Mapping) else None
        queue = _queue_in(options) if isinstance(options, Mapping) else None
        if queue is not None:
            yield QueueUse(f'Schedule entry "{key}"', str(key), queue)


def _rows(setting: Any) -> Iterator[tuple[Any, Any]]:
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


def _annotated(setting: Any) -> Iterator[Any]:
    for annotation in setting if isinstance(setting, (list, tuple)) else (setting,):
        if isinstance(annotation, Mapping):
            yield from annotation


def _queue_in(route: Any) -> str | None:
    """The queue a route names by text; a ``Queue`` object brings itself."""
    queue = plain_name(route.get("queue") if isinstance(route, Mapping) else route)
    return queue if isinstance(queue, str) else None
