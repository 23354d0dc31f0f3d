"""``rename``: another name for a task, and the old one kept alive.

Law: options in, exit status out. What is written stands in ``writing``.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from celery_registry.cli import CannotRun
from celery_registry.cli.options import config_option, lock_option
from celery_registry.cli.writes import offer_changes, read_sources
from celery_registry.settings import read_settings

__all__ = ["rename"]

#: Days for which the alias is meant, where nobody says more.
_DAYS = 90


@click.command()
@click.argument("old")
@click.argument("new")
@click.argument("paths", nargs=-1)
@click.option("--expires", metavar="DAY", help=f"The day of the alias, as 2027-01-31. Default: in {_DAYS} days.")
@click.option("--app", "app_place", metavar="MODULE:VARIABLE", help="The application that gets the alias.")
@click.option("--alias/--no-alias", default=True, help="Keep the old name alive for messages that carry it.")
@lock_option("--lock", "lock_path", help="The lock file, rewritten where there is one.")
@click.option("--keep-going", is_flag=True, help="Go on where a file is not Python.")
@click.option("--diff", is_flag=True, help="Only show what would change; exit with 1 where something would.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
@click.pass_context
def rename(
    ctx: click.Context,
    old: str,
    new: str,
    paths: tuple[str, ...],
    expires: str | None,
    app_place: str | None,
    alias: bool,
    lock_path: Path,
    keep_going: bool,
    diff: bool,
    yes: bool,
    config_file: Path | None,
) -> None:
    """Give the task OLD the name NEW: in its enum, registration, property, schedules, routes and calls by name.

    Beside the registration an alias keeps the old name alive until a day, so that no message in flight is lost, and the lock
    says so. PATHS are the files and directories to read; the default is src, else the working directory. Names of members
    and properties stay. Shows what would change and asks first.

    Exit status: 0 done, 1 --diff shows something, 2 cannot run.
    """
    from celery_registry.cli.application import named_app
    from celery_registry.source.project import find_paths
    from celery_registry.writing.other_locks import locks_beside
    from celery_registry.writing.renaming import Wish, plan_renaming

    settings = read_settings(config_file)
    index = read_sources(paths, settings, keep_going=keep_going)
    inside = {Path(file.path).resolve() for file in index.modules.values()}
    files = [Path(path).resolve() for path in find_paths(paths or ["."], settings)]
    others = tuple(path for path in files if path not in inside)
    # Settings know the contracts that they name; remote_tasks(contract=...) takes a path that only a run tells.
    locks = locks_beside([*files, Path.cwd() / lock_path], map(settings.path, settings.contracts))
    day, usual = _day(expires) if alias else None, named_app(None, settings)
    wish = Wish(old, new, day, app_place, usual, lock_path, others, locks)
    plan = plan_renaming(index, wish)
    # Before the question, which it may decide; --diff ends there.
    for line in plan.left:
        click.echo(f"left alone: {line}", err=True)
    offer_changes(ctx, plan.changes, diff=diff, yes=yes)


def _day(text: str | None) -> str:
    today = datetime.date.today()
    if text is None:
        return (today + datetime.timedelta(days=_DAYS)).isoformat()
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise CannotRun(f'--expires {text!r}: is no day such as "2027-01-31"') from None
    if day < today:
        raise CannotRun(f"--expires {day}: is in the past, so the alias would keep no message")
    return day.isoformat()
