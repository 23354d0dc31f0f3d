"""``add``: a name, a property and a skeleton for a new task.

Law: options in, exit status out. What is written stands in ``writing``.
"""

from __future__ import annotations

from pathlib import Path

import click

from celery_registry.cli.options import config_option
from celery_registry.cli.writes import offer_changes, read_sources
from celery_registry.settings import read_settings

__all__ = ["add"]


@click.command()
@click.argument("name")
@click.argument("parameters", default="", required=False)
@click.argument("paths", nargs=-1)
@click.option("--returns", default="None", metavar="TYPE", help="The type of the result. Default: None.")
@click.option("--in", "module", metavar="MODULE", help="The module of the task; it is made where its package is there.")
@click.option("--registry", metavar="MODULE:CLASS", help="The registry to extend, where there are several.")
@click.option("--keep-going", is_flag=True, help="Go on where a file is not Python.")
@click.option("--diff", is_flag=True, help="Only show what would change; exit with 1 where something would.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
@click.pass_context
def add(
    ctx: click.Context,
    name: str,
    parameters: str,
    paths: tuple[str, ...],
    returns: str,
    module: str | None,
    registry: str | None,
    keep_going: bool,
    diff: bool,
    yes: bool,
    config_file: Path | None,
) -> None:
    """Add the task NAME: a member of the enum, a property of the registry, and a function whose body is left to write.

    PARAMETERS are written as in Python: "to: str, subject: str, retries: int = 3". The function is registered as the tasks
    beside it are. PATHS are the files and directories to read; the default is src, else the working directory.
    Shows what would change and asks first.

    Exit status: 0 done, 1 --diff shows something, 2 cannot run.
    """
    from celery_registry.writing.addition import plan_addition
    from celery_registry.writing.requested_task import read_request

    request = read_request(name, parameters, returns)
    settings = read_settings(config_file)
    index = read_sources(paths, settings, keep_going=keep_going)
    plan = plan_addition(index, settings, request, module, registry)
    if plan.name != name:
        click.echo(f'the task is called "{plan.name}", as those beside it are', err=True)
    offer_changes(ctx, plan.changes, diff=diff, yes=yes)
    for line in plan.left:
        click.echo(f"left to you: {line}", err=True)
