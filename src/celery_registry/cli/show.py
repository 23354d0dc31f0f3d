"""``list``, ``show`` and ``callers``: the map of the source, for a terminal.

Law: options in, tasks of the map chosen, one text out. What the map holds stands elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from celery_registry.cli import CannotRun
from celery_registry.cli.options import config_option, format_option
from celery_registry.cli.static import judge_index
from celery_registry.contract.names import show_nearest
from celery_registry.map.data import SCHEMA, describe_task
from celery_registry.map.index_reader import read_map
from celery_registry.map.model import MappedTask, SystemMap
from celery_registry.map.pages import show_callers, show_list, show_plain, show_task, show_why
from celery_registry.settings import read_settings
from celery_registry.source.project import read_project

__all__ = ["base_option", "callers", "find_task", "list_tasks", "live_app_option", "map_of", "show"]


base_option = click.option(
    "--base", metavar="REV", help="Say what changed since a git revision, as `compat` judges it from the source."
)


# No variable of the environment and no setting stands in for it: what reads the source imports only when it is told to.
live_app_option = click.option(
    "-A",
    "--app",
    "app_name",
    metavar="MODULE:ATTRIBUTE",
    help="Import this Celery application too: it tells what the serializers do to arguments, and each task's queue and schedule.",
)


def map_of(
    paths: tuple[str, ...],
    config_file: Path | None,
    base: str | None = None,
    app_name: str | None = None,
    *,
    schemas: bool = False,
    live: float | None = None,
) -> SystemMap:
    """The map of the program under ``paths``; raises ``ConfigurationError`` where a file cannot be read or has no task.

    ``schemas`` asks the application for the JSON Schema of its types, too, and ``live`` the workers, for so many seconds.
    """
    settings = read_settings(config_file)
    project = read_project(paths, settings)
    project.refuse_unread()
    for line in project.passed_over:
        click.echo(line, err=True)
    if not settings.locks:
        # A service that only sends registers nothing.
        project.refuse_nothing()
    index = project.index
    names = [enum for name in settings.names if (enum := index.enum(name.replace(":", "."))) is not None]
    named = [name.replace(":", ".") for name in settings.registry]
    registries = [index.registries[name] for name in named if name in index.registries] or None
    report = judge_index(index, settings, registries, names)
    system = read_map(index, settings.locks, report.findings)
    if app_name is not None or live is not None:
        from celery_registry.cli.map_app import add_application

        system = add_application(system, settings, app_name, schemas=schemas, live=live)
    if base is None:
        return system
    from celery_registry.cli.compat import compare_sources

    comparison, _, said = compare_sources(base, None, paths)
    for line in said[1:]:
        click.echo(f"celery-registry: {line}", err=True)
    return system.since(base, comparison)


def find_task(system: SystemMap, name: str) -> MappedTask:
    """The task of that name, of that function, or of that property; the last part of a dotted name will do for one task.

    Raises ``CannotRun`` where there is none, or where several would do.
    """
    if name in system.tasks:
        return system.tasks[name]
    dotted = {task.name: _dotted(task) for task in system.tasks.values()}
    for found in (
        [task for task, names in dotted.items() if name in names],
        [task for task, names in dotted.items() if any(f".{each}".endswith(f".{name}") for each in names)],
    ):
        if len(found) == 1:
            return system.tasks[found[0]]
        if found:
            raise CannotRun(show_plain(f'"{name}" may be {" or ".join(found)}: give the whole name'))
    raise CannotRun(show_plain(f'no task is called "{name}"{show_nearest(name, system.tasks)}'))


def _dotted(task: MappedTask) -> set[str]:
    targets = {row.target for row in task.registrations if row.target is not None}
    declared = {declared.fullname for declared in task.properties}
    return {task.name} | targets | declared | {alias.old for alias in task.aliases}


def _print(system: SystemMap, tasks: Sequence[MappedTask], format_name: str, text: str) -> None:
    if format_name == "json":
        document: dict[str, Any] = {"schema": SCHEMA, "tasks": [describe_task(task) for task in tasks]}
        text = json.dumps(document, indent=2, ensure_ascii=False)
    if text:
        click.echo(text)
    unseen = sum(map(len, system.unseen.values()))
    if unseen:
        # Who deletes a task because nobody seems to call it must know.
        those = "1 call is" if unseen == 1 else f"{unseen} calls are"
        click.echo(
            f"{those} in no list, for nobody can tell the task: celery-registry check --explain-unseen", err=True
        )


@click.command("list")
@click.argument("paths", nargs=-1)
@click.option("--match", metavar="TEXT", help="Only tasks with this text in their name, code's name or docstring.")
@click.option("--queue", metavar="GLOB", help="Only tasks whose registration names such a queue.")
@click.option("--uncalled", is_flag=True, help="Only tasks that nothing in these files calls or schedules.")
@click.option("--unchecked", is_flag=True, help="Only tasks with a call that is held to nothing.")
@format_option("text", "json")
@config_option
def list_tasks(
    paths: tuple[str, ...],
    match: str | None,
    queue: str | None,
    uncalled: bool,
    unchecked: bool,
    format_name: str,
    config_file: Path | None,
) -> None:
    """List the tasks: name, parameters, result, number of callers, queue.

    PATHS are the files and directories to read; the default is src, else the working directory. Nothing is imported.
    A call of which nobody can tell the task is in no list: `check --explain-unseen` has those.
    """
    system = map_of(paths, config_file)
    chosen = [
        task
        for task in system.tasks.values()
        if (match is None or _says(task, match))
        and (queue is None or (task.queue is not None and fnmatchcase(task.queue, queue)))
        and not (uncalled and task.is_called)
        and not (unchecked and all(caller.unchecked is None for caller in task.callers))
    ]
    _print(system, chosen, format_name, show_list(chosen))


def _says(task: MappedTask, text: str) -> bool:
    return any(text.casefold() in each.casefold() for each in (*_dotted(task), task.docstring or ""))


@click.command()
@click.argument("name")
@click.argument("paths", nargs=-1)
@click.option("--why", is_flag=True, help="Say how what runs was found, step by step, and why a call is not checked.")
@live_app_option
@base_option
@format_option("text", "json")
@config_option
def show(
    name: str,
    paths: tuple[str, ...],
    why: bool,
    app_name: str | None,
    base: str | None,
    format_name: str,
    config_file: Path | None,
) -> None:
    """Show the task NAME: parameters, what runs, options, and every place that calls it.

    NAME is the task's name, or that of its function or property; the last part is enough where one task has it.
    PATHS are the files and directories to read; the default is src, else the working directory. Nothing is imported
    without --app.
    """
    system = map_of(paths, config_file, base, app_name)
    task = find_task(system, name)
    _print(system, [task], format_name, show_why(task) if why else show_task(task))


@click.command()
@click.argument("name")
@click.argument("paths", nargs=-1)
@format_option("text", "json")
@config_option
def callers(name: str, paths: tuple[str, ...], format_name: str, config_file: Path | None) -> None:
    """List every place that calls the task NAME, how, and whether the call is checked.

    NAME and PATHS are as for `show`. With `--format json` the task is described as there.
    """
    system = map_of(paths, config_file)
    task = find_task(system, name)
    _print(system, [task], format_name, show_callers(task))
