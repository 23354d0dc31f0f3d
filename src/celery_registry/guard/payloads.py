"""What each registered task takes and returns, held to the serializers that are in force.

Law: reads the application's and the tasks' serializer settings; what a serializer does to a type is the table's
business. It is asked for before a deploy, never at boot: a type is no reason to keep a worker down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.installation import Installation
from celery_registry.wire.payload import check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery_registry.contract.finding import Finding

__all__ = ["inspect_payloads"]


def inspect_payloads(installation: Installation) -> Iterator[Finding]:
    """The parameters and results of the registered tasks that cannot cross the wire, or arrive as something else.

    Celery documentation, *Calling Tasks: Serializers*: the task's own serializer stands over ``task_serializer``.
    """
    app, reader = installation.app, AppReader(installation.injected)
    results = None if app.conf.task_ignore_result else app.conf.result_serializer
    for name in sorted(app.tasks):
        if name.startswith("celery."):
            continue
        task = app.tasks[name]
        yield from check_payload(
            reader.implementation(task),
            serializer=task.serializer or app.conf.task_serializer,
            result_serializer=None if task.ignore_result else results,
        )
