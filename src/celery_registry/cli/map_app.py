"""What the live application adds to the map: payload verdicts, and the queues to which its routes send.

Law: it brings the application's check and the map together; both are made elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from celery_registry.cli.application import import_task_modules, load_app, own_output
from celery_registry.cli.application_check import judge_application
from celery_registry.map.model import MappedTask, SystemMap

if TYPE_CHECKING:
    from celery import Celery

    from celery_registry.contract.finding import Finding
    from celery_registry.settings import Settings

__all__ = ["add_application"]


def add_application(system: SystemMap, settings: Settings, app_name: str) -> SystemMap:
    """The same map, with what the application's check finds and the queue of each task that it has.

    Raises ``ConfigurationError`` where the application cannot be imported.
    """
    app = load_app(app_name, settings)
    import_task_modules(app)
    report = judge_application(settings, app, discover=True, payloads=True)
    found: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found[finding.task if finding.task in system.tasks else None].append(finding)
    with own_output():
        tasks = {name: _with(task, app, found[name]) for name, task in system.tasks.items()}
    return replace(system, tasks=tasks, findings=_both(system.findings, found[None]))


def _with(task: MappedTask, app: Celery, findings: list[Finding]) -> MappedTask:
    from celery_registry.guard.lock_reader import queue_of

    registered = app.tasks.get(task.name)
    queue = task.queue if registered is None else queue_of(app, registered)
    return replace(task, queue=queue, findings=_both(task.findings, findings))


def _both(source: tuple[Finding, ...], live: list[Finding]) -> tuple[Finding, ...]:
    """The source's findings, and those of the application that say something else."""
    said = {(finding.code, finding.sentence) for finding in source}
    return (*source, *(finding for finding in live if (finding.code, finding.sentence) not in said))
