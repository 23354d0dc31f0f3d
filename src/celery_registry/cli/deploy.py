"""``check --deploy``: the processes of deployment files, held to the program behind them.

Law: it brings the files, the program's queues and schedules, and the judge together, and knows no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from celery_registry.contract.deployment import CeleryProcess, Deployed, RoutedTask, judge_deployment
from celery_registry.contract.task import Origin
from celery_registry.deployment.files import read_deployment
from celery_registry.report import Report
from celery_registry.report.document import show_path

if TYPE_CHECKING:
    from celery_registry.settings import Settings
    from celery_registry.source.index import SourceIndex

__all__ = ["add_deployment"]


def add_deployment(
    report: Report, files: Sequence[Path], settings: Settings, paths: Sequence[str], app_name: str | None
) -> Report:
    """The report with what is wrong with the deployment; ``app_name`` is an application to ask instead of the source.

    What cannot be read is said on standard error. Raises ``ConfigurationError`` for a file that is none of these.
    """
    processes, unread = read_deployment(files)
    for each in unread:
        place = f"{show_path(each.origin.path or '')}:{each.origin.line}"
        click.echo(f"{place}: {each.name}: {each.reason}, so what nobody consumes is not told", err=True)
    shown = ", ".join(show_path(str(path)) for path in files)
    click.echo(f"{shown}: {_counted(processes)}", err=True)
    read = _read_source if app_name is None else _read_application
    deployed = read(shown, processes, not unread, settings, paths if app_name is None else (app_name,))
    for process in processes:
        place = f"{show_path(process.origin.path or '')}:{process.origin.line}: {process.name}"
        if process.app is not None and deployed.home_of(process.app) is None:
            click.echo(f"{place}: the application {process.app} is not in what was looked at", err=True)
        if process.is_worker and process.queues is None:
            click.echo(f"{place}: its queues cannot be told, so what nobody consumes is not told", err=True)
    found = Report.judge((*report.findings, *judge_deployment(deployed)), report.severities, report.held)
    return replace(report, findings=found.findings)


def _counted(processes: Sequence[CeleryProcess]) -> str:
    workers, beats = sum(p.is_worker for p in processes), sum(p.is_beat for p in processes)
    return f"{workers} {'worker' if workers == 1 else 'workers'}, {beats} {'beat' if beats == 1 else 'beats'}"


def _read_source(
    shown: str, processes: Sequence[CeleryProcess], complete: bool, settings: Settings, paths: Sequence[str]
) -> Deployed:
    from celery_registry.source.project import read_project
    from celery_registry.source.queues import read_queue_plan
    from celery_registry.source.view import SourceView

    index = read_project(paths, settings).index
    plan = read_queue_plan(index)
    entries = SourceView(index, [], [], strict=False, external=(), injected={}).entries
    sent = {caller.task for caller in index.calls.callers if caller.kind != "retry"} | {
        str(entry.task) for entry in entries
    }
    tasks = []
    for registration in index.seen_from():
        queue, is_default = plan.queue_of(registration)
        name = registration.task_name or ""
        # Who calls a task of the default queue may choose another one; one that nobody calls goes nowhere.
        if not is_default or (not plan.chosen and sent & {name, registration.target}):
            home = index.service_of(registration.origin.path or "")
            tasks.append(RoutedTask(name, queue, registration.target_origin, home))
    return Deployed(
        shown,
        processes,
        complete and index.reads_everything,
        tasks,
        plan.consumed,
        [(entry.origin, index.service_of(entry.origin.path or "")) for entry in entries],
        _homes(index),
        plan.many_beats,
    )


def _homes(index: SourceIndex) -> Callable[[str], frozenset[str] | None]:
    """The part of the program that ``celery -A`` means."""

    def home_of(app: str) -> frozenset[str] | None:
        module = app.partition(":")[0]
        names = (module, f"{module}.celery", module.rpartition(".")[0], f"{module.rpartition('.')[0]}.celery")
        for name in filter(None, names):
            file = index.modules.get(name)
            if file is not None:
                return index.service_of(file.path)
        return None

    return home_of


def _read_application(
    shown: str, processes: Sequence[CeleryProcess], complete: bool, settings: Settings, names: Sequence[str]
) -> Deployed:
    from celery_registry.cli.application import import_task_modules, load_app
    from celery_registry.guard.lock_reader import own_tasks, queue_of

    app_name = names[0] if names else settings.app
    app = load_app(app_name, settings)
    import_task_modules(app)
    schedule = app.conf.beat_schedule or {}
    entries = [entry for entry in schedule.values() if isinstance(entry, dict)]
    # An entry may choose another queue than its task's.
    scheduled = {
        entry.get("task") for entry in entries if not {"queue", "routing_key"} & set(entry.get("options") or ())
    }
    default, routes = str(app.conf.task_default_queue), app.conf.task_routes or ()
    plain = isinstance(routes, dict) or all(isinstance(each, (dict, list, tuple)) for each in routes)
    consumed = tuple(sorted(app.amqp.queues.consume_from))
    tasks = []
    for name, task in own_tasks(app).items():
        queue = queue_of(app, task) if plain or getattr(task, "queue", None) else None
        if queue != default or name in scheduled:
            tasks.append(RoutedTask(name, queue, _place(task)))
    known = {_stem(name) for name in (app_name, app.main, settings.app) if name}
    return Deployed(
        shown,
        processes,
        complete,
        tasks,
        consumed,
        [(Origin(label=str(key)), frozenset[str]()) for key in schedule],
        lambda name: frozenset() if _stem(name) in known else None,
        "redbeat" in str(app.conf.beat_scheduler).lower(),
    )


def _place(task: Any) -> Origin:
    from celery_registry.guard.app_reader import AppReader

    return AppReader(None).implementation(task).origin


def _stem(name: str) -> str:
    """The application without the ends that ``celery -A`` adds by itself."""
    return name.partition(":")[0].removesuffix(".celery").removesuffix(".app")
