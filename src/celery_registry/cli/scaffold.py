"""``scaffold``: a registry for the tasks that are there.

Law: options in, exit status out. What is written stands in ``writing``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from celery_registry.cli import CannotRun
from celery_registry.cli.options import config_option
from celery_registry.cli.writes import offer_changes, read_sources
from celery_registry.settings import Settings, read_settings

if TYPE_CHECKING:
    from celery_registry.writing.live_tasks import Live

__all__ = ["scaffold"]


@click.command()
@click.argument("paths", nargs=-1)
@click.option(
    "-A",
    "--app",
    "app_name",
    metavar="MODULE:ATTRIBUTE",
    help="Import this application, and take the tasks that it has; their types are read from the source.",
)
@click.option("--only", multiple=True, metavar="GLOB", help="Task names or modules to take. May be repeated.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file of a new registry. Default: task_registry.py beside the application.",
)
@click.option("--registry", metavar="MODULE:CLASS", help="The registry to extend, where there are several.")
@click.option("--split-by", type=click.Choice(["package"]), help="A registry for each package that has tasks.")
@click.option("--guard/--no-guard", default=True, help="Edit the application's module and the settings too.")
@click.option("--keep-going", is_flag=True, help="Go on where a file is not Python: its tasks are left out.")
@click.option("--diff", is_flag=True, help="Only show what would change; exit with 1 where something would.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
@click.pass_context
def scaffold(
    ctx: click.Context,
    paths: tuple[str, ...],
    app_name: str | None,
    only: tuple[str, ...],
    output: Path | None,
    registry: str | None,
    split_by: str | None,
    guard: bool,
    keep_going: bool,
    diff: bool,
    yes: bool,
    config_file: Path | None,
) -> None:
    """Write a registry for the tasks that the source has: an enum of their names, and a property for each.

    PATHS are the files and directories to read; the default is src, else the working directory. Without --app
    nothing is imported.
    Shows what would change and asks first. Run again, it adds what is new and touches nothing else.

    Exit status: 0 done or nothing to do, 1 --diff shows something, 2 cannot run.
    """
    from celery_registry.cli.application import named_app
    from celery_registry.writing.scaffold import Wanted, plan_scaffold

    if split_by is not None and (output is not None or registry is not None):
        raise CannotRun("--split-by chooses the files itself: leave --output and --registry out")
    settings = read_settings(config_file)
    index = read_sources(paths, settings, keep_going=keep_going)
    live = None if app_name is None else _live_tasks(app_name, settings)
    wanted = Wanted(only, output, registry, guard, split_by is not None, live, named_app(app_name, settings))
    plan = plan_scaffold(index, settings, wanted)
    offer_changes(ctx, plan.changes, diff=diff, yes=yes)
    if plan.left:
        click.echo(f"look at these {len(plan.left)}:", err=True)
    for line in plan.left:
        click.echo(f"  {line}", err=True)


def _live_tasks(app_name: str, settings: Settings) -> Live:
    """How each task of the application is called, without aliases and Celery's own."""
    from celery_registry.cli.application import import_task_modules, load_app
    from celery_registry.guard.app_reader import AppReader
    from celery_registry.guard.lock_reader import own_tasks
    from celery_registry.wire.alias import Alias

    app = load_app(app_name, settings)
    import_task_modules(app)
    reader = AppReader(settings.injected_parameters)
    return {name: reader.implementation(task) for name, task in own_tasks(app).items() if not isinstance(task, Alias)}
