"""The lock of a live application.

Law: the registered tasks and the configuration, read and shown as text. It compares nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from celery import Celery

from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.signature import TaskSignature
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.handing_calls import hands_on_calls
from celery_registry.guard.name_reader import plain_name
from celery_registry.guard.serializers import serializer_name
from celery_registry.wire.alias import Alias
from celery_registry.wire.wire_types import read_hint

__all__ = ["queues_of", "read_app_lock", "read_locked_signature", "read_signatures"]


def read_app_lock(app: Celery, injected: Mapping[str, Sequence[str]] | None = None) -> Lock:
    """The tasks of ``app``, Celery's own left out; the task modules must have been imported.

    ``injected`` maps a base class or decorator to the parameters that it supplies itself.
    """
    # On Celery 5.3 asking for a route adds its queue to those that are consumed.
    consumed = tuple(sorted(app.amqp.queues.consume_from))
    reader = AppReader(injected, hands_on_calls)
    reads_results = app.conf.result_backend not in (None, "", "disabled", "disabled://")
    tasks = {name: _read_task(app, reader, task, reads_results) for name, task in own_tasks(app).items()}
    return Lock(
        tasks=tasks,
        accept=tuple(sorted({serializer_name(name) for name in app.conf.accept_content})),
        queues=consumed,
        serializer=serializer_name(app.conf.task_serializer),
        queue=str(app.conf.task_default_queue),
    )


def read_signatures(
    app: Celery, injected: Mapping[str, Sequence[str]] | None = None
) -> Mapping[str, TaskSignature[Any]]:
    """How each task is called, Celery's own left out; parameters are open where nobody can know them."""
    reader = AppReader(injected)
    return {name: read_signature(reader, task) for name, task in own_tasks(app).items()}


def queues_of(app: Celery) -> tuple[str, ...]:
    """The queues that workers consume unless told otherwise, and those that tasks are routed to; sorted."""
    routed = {queue_of(app, task) for task in own_tasks(app).values()}
    return tuple(sorted({*map(str, app.amqp.queues), *routed}))


def own_tasks(app: Celery) -> dict[str, Any]:
    """The registered tasks that are not Celery's own, sorted by name."""
    return {plain_name(name): app.tasks[name] for name in sorted(app.tasks) if not name.startswith("celery.")}


def read_signature(reader: AppReader, task: Any) -> TaskSignature[Any]:
    """How the task is called, types as runtime hints; an alias is called as its ``adapt`` is, or as its target."""
    if isinstance(task, Alias):
        target = task.target_or_none()
        if task.adapt is None:
            return TaskSignature(None) if target is None else read_signature(reader, target)
        result = None if target is None else reader.implementation(target).signature.result
        return TaskSignature(reader.implementation(task).signature.parameters, result)
    return reader.implementation(task).signature


def read_locked_signature(reader: AppReader, task: Any) -> TaskSignature[str]:
    """The same as a lock writes it."""
    return read_signature(reader, task).map(lambda hint: str(read_hint(hint)))


def queue_of(app: Celery, task: Any) -> str:
    """The queue that a message for ``task`` is routed to; the default queue where a route cannot tell without arguments."""
    own = getattr(task, "queue", None)
    try:
        options = app.amqp.router.route({} if own is None else {"queue": own}, task.name, task_type=task)
    except Exception:  # a router is user code, and it may ask for arguments
        return str(app.conf.task_default_queue)
    queue = options.get("queue")
    return str(getattr(queue, "name", None) or queue or app.conf.task_default_queue)


def _read_task(app: Celery, reader: AppReader, task: Any, reads_results: bool) -> LockedTask:
    implementation = reader.implementation(task)
    signature = read_locked_signature(reader, task)
    is_alias = isinstance(task, Alias)
    function = implementation.origin.label
    return LockedTask(
        name=plain_name(task.name),
        signature=signature,
        serializer=serializer_name(task.serializer or app.conf.task_serializer),
        queue=queue_of(app, task),
        results=reads_results and not task.ignore_result,
        implementation=None if is_alias else f"{_module_of(task)}.{function}",
        alias_of=task.new_name if is_alias else None,
        expires=task.expires_on.isoformat() if is_alias and task.expires_on is not None else None,
    )


def _module_of(task: Any) -> str:
    from celery_registry.guard.task_functions import function_of

    function = function_of(task)
    return str(getattr(function, "__module__", None) or type(task).__module__)
