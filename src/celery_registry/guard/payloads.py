"""What each registered task takes and returns, held to the serializers that are in force.

Law: reads the application's and the tasks' serializer settings; what a serializer does to a type is the table's
business. It is asked for before a deploy, never at boot: a type is no reason to keep a worker down.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from celery_registry.contract.rules import REWRITING_METHODS
from celery_registry.contract.signature import TaskSignature
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.installation import Installation
from celery_registry.guard.task_functions import function_of
from celery_registry.guard.wrappers import read_wrapping
from celery_registry.wire.alias import Alias
from celery_registry.wire.payload import check_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery_registry.contract.finding import Finding

__all__ = ["inspect_payloads"]


def inspect_payloads(installation: Installation) -> Iterator[Finding]:
    """The parameters and results of the registered tasks that cannot cross the wire, or arrive as something else.

    Celery documentation, *Calling Tasks: Serializers*: the task's own serializer stands over ``task_serializer``.
    Nothing is said of what a wrapper or the task's class may turn into something else on its way.
    """
    app, reader = installation.app, AppReader(installation.injected)
    results = None if app.conf.task_ignore_result else app.conf.result_serializer
    for name in sorted(app.tasks):
        task = app.tasks[name]
        if name.startswith("celery.") or isinstance(task, Alias) or _stands_between(type(task)):
            continue
        reading = reader.read(task)
        if reading.hidden is not None or reading.opaque is not None:
            continue
        implementation = reader.implementation(task, reading)
        said = reading.written or reading.signature
        signature = TaskSignature(said.parameters, _result(task, said.result))
        yield from check_payload(
            replace(implementation, signature=signature),
            serializer=task.serializer or app.conf.task_serializer,
            result_serializer=None if task.ignore_result else results,
            pydantic=reading.written is not None,
        )


def _stands_between(cls: type[Any]) -> bool:
    """Whether a class of the user's own may change the arguments before they are sent."""
    bases = [base for base in cls.__mro__ if not base.__module__.startswith("celery.")]
    return any(method in vars(base) for base in bases for method in REWRITING_METHODS)


def _result(task: Any, hint: Any) -> Any:
    """What is really returned: of a generator function a generator; unknown where a decorator may change it."""
    run = vars(type(task)).get("run")
    run = getattr(run, "__func__", run)
    decorators = read_wrapping(run).decorators
    if not all(name.startswith(("celery.", "celery_registry.")) for name in decorators):
        return None
    return Generator if inspect.isgeneratorfunction(function_of(task)) else hint
