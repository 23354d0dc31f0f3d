"""``lock``: write down the signatures that messages in flight rely on, or hold the file against the code.

Law: it brings options, readers and the file together, and knows no rule.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from celery_registry.cli import CLEAN, FINDINGS, CannotRun
from celery_registry.cli.application import import_task_modules, load_app
from celery_registry.cli.application_check import misnamed_in_application
from celery_registry.cli.options import app_option, config_option, lock_option, refuse_app
from celery_registry.contract.lock_text import parse_lock, render_lock
from celery_registry.report.file import write_text
from celery_registry.settings import Settings, read_settings
from celery_registry.wire.revision import read_lock_file

__all__ = ["lock"]

#: Lines of a difference that are shown; the whole of it is what writing the lock changes.
_SHOWN = 60


@click.command()
@click.argument("paths", nargs=-1)
@app_option
@click.option("--static", is_flag=True, help="Read the source instead of importing the application.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the lock is not what would be written.")
@lock_option("--output", help="The lock file.")
@config_option
@click.pass_context
def lock(
    ctx: click.Context,
    paths: tuple[str, ...],
    app_name: str | None,
    static: bool,
    check: bool,
    output: Path,
    config_file: Path | None,
) -> None:
    """Write every task's name, parameters, types, result, serializer and queue to a file made for review.

    PATHS are the files and directories to read with --static; the default is src, else the working directory.

    Commit it: `celery-registry compat` compares two versions of it. With --check an alias that is past
    its day is a finding too. Exit status: 0 clean, 1 findings, 2 cannot run.
    """
    if static:
        refuse_app(ctx)
    elif paths:
        raise CannotRun("paths are for --static: without it the application is imported, see --app")
    settings = read_settings(config_file)
    text, expired = (_static_text(paths, settings), []) if static else _app_text(app_name, settings)
    # What cannot be read back must not take the place of what can.
    tasks = parse_lock(text, str(output)).tasks
    if not check:
        write_text(output, text)
        click.echo(f"{output}: {len(tasks)} task{'s' * (len(tasks) != 1)}", err=True)
        return
    for sentence in expired:
        click.echo(sentence)
    stale = _difference(read_lock_file(output).text, text, output)
    if stale:
        click.echo("\n".join(stale))
        click.echo(f"{output} is not what the code says; write it again: celery-registry lock")
    ctx.exit(FINDINGS if stale or expired else CLEAN)


def _app_text(app_name: str | None, settings: Settings) -> tuple[str, list[str]]:
    app = load_app(app_name, settings)
    import_task_modules(app)
    from celery_registry.guard.lock_reader import read_app_lock
    from celery_registry.wire.alias import check_aliases

    for line in misnamed_in_application(app, settings):
        click.echo(line, err=True)
    expired = [f"{finding.sentence} [{finding.code}]: {finding.hint}" for finding in check_aliases(app)]
    locked = read_app_lock(app, settings.injected_parameters)
    if not locked.tasks:
        raise CannotRun(
            "the application has no task: are its task modules named in `include`, `imports` or autodiscover_tasks?"
        )
    return render_lock(locked), expired


def _static_text(paths: tuple[str, ...], settings: Settings) -> str:
    from celery_registry.source.project import read_project
    from celery_registry.source.setting_names import misnamed_lines
    from celery_registry.wire.static_lock import read_static_lock

    project = read_project(paths, settings)
    for line in misnamed_lines(project.index, settings):
        click.echo(line, err=True)
    return render_lock(read_static_lock(project, settings.injected_parameters))


def _difference(there: str, wanted: str, path: Path) -> list[str]:
    lines = difflib.unified_diff(
        there.splitlines(), wanted.splitlines(), f"{path} (there)", f"{path} (the code)", n=1, lineterm=""
    )
    shown = list(lines)
    more = len(shown) - _SHOWN
    return [*shown[:_SHOWN], f"... and {more} more lines"] if more > 0 else shown
