"""What the live application adds to the map: payload verdicts, the queues to which its routes send, its types.

Law: it brings the application's check and the map together; both are made elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from celery_registry.cli.application import import_task_modules, load_app, own_output
from celery_registry.cli.application_check import judge_application
from celery_registry.cli.map_live import add_fleet
from celery_registry.errors import ConfigurationError
from celery_registry.map.model import SCHEMAS, Beat, Holder, MappedTask, SystemMap
from celery_registry.map.schedules import with_live_schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery import Celery

    from celery_registry.contract.finding import Finding
    from celery_registry.settings import Settings

__all__ = ["add_application"]

#: The serializers whose messages hold what JSON holds.
_AS_JSON = ("json", "msgpack")


def add_application(
    system: SystemMap, settings: Settings, app_name: str | None, *, schemas: bool = False, live: float | None = None
) -> SystemMap:
    """The same map, with what the application's check finds and the queue of each task that it has.

    With ``schemas`` it has the JSON Schema of their types too, where pydantic is installed; with ``live`` the workers
    that answer within so many seconds. Raises ``ConfigurationError`` where the application cannot be imported, and
    ``CeleryRegistryError`` where the broker cannot be reached.
    """
    app = load_app(app_name, settings)
    import_task_modules(app)
    report = judge_application(settings, app, discover=True, payloads=True)
    found: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found[finding.task if finding.task in system.tasks else None].append(finding)
    with own_output():
        tasks = {name: _with(task, app, found[name]) for name, task in system.tasks.items()}
        system = replace(system, tasks=tasks, findings=_both(system.findings, found[None]))
        system = with_live_schedule(system, _schedule(app))
        if schemas:
            system = _with_schemas(system, app, settings)
        return system if live is None else add_fleet(system, app, live)


def _schedule(app: Celery) -> Iterator[Beat]:
    from celery_registry.guard.timings import read_timed_entries

    try:
        for entry in read_timed_entries(app):
            holder = Holder.DATABASE if entry.in_database else Holder.APPLICATION
            yield Beat(entry.key, entry.task, None, entry.timing, holder)
    except ConfigurationError as error:
        click.echo(f"celery-registry: {error}", err=True)


def _with(task: MappedTask, app: Celery, findings: list[Finding]) -> MappedTask:
    from celery_registry.guard.lock_reader import queue_of

    registered = app.tasks.get(task.name)
    queue = task.queue if registered is None else queue_of(app, registered)
    return replace(task, queue=queue, findings=_both(task.findings, findings))


def _both(source: tuple[Finding, ...], live: list[Finding]) -> tuple[Finding, ...]:
    """The source's findings, and those of the application that say something else."""
    said = {(finding.code, finding.sentence) for finding in source}
    return (*source, *(finding for finding in live if (finding.code, finding.sentence) not in said))


def _with_schemas(system: SystemMap, app: Celery, settings: Settings) -> SystemMap:
    from celery_registry.guard.app_reader import AppReader

    try:
        from celery_registry.wire.json_schemas import Way, write_schemas
    except ModuleNotFoundError:
        click.echo("celery-registry: the schemas of models need pydantic, which is not installed", err=True)
        return system

    def hints() -> Iterator[tuple[tuple[str, str | None], Way, Any]]:
        reader = AppReader(settings.injected_parameters)
        for name, mapped in system.tasks.items():
            task = None if mapped.is_elsewhere else app.tasks.get(name)
            if task is None or (task.serializer or app.conf.task_serializer) not in _AS_JSON:
                continue
            reading = reader.read(task)
            said = reading.written or reading.signature
            for parameter in said.parameters or ():
                if parameter.name is not None and parameter.type is not None:
                    yield (name, parameter.name), "validation", parameter.type
            if said.result is not None:
                yield (name, None), "serialization", said.result

    found, definitions = write_schemas(hints(), SCHEMAS)
    by_task: dict[str, dict[str | None, dict[str, Any]]] = defaultdict(dict)
    for (name, parameter), schema in found.items():
        by_task[name][parameter] = schema
    tasks = {name: replace(task, schemas=by_task[name]) for name, task in system.tasks.items()}
    return replace(system, tasks=tasks, definitions=definitions)
