"""The commands ``stubs`` and ``init``.

Law: options in, exit status out. What a stub says and how a project is set up stand elsewhere.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from celery_registry.changes import write_changes
from celery_registry.errors import ConfigurationError
from celery_registry.settings import read_settings
from celery_registry.source.project import default_paths, find_paths
from celery_registry.stubs.init import plan_setup
from celery_registry.stubs.plan import DEFAULT_OUTPUT, Layout, NothingToStub, plan_stubs
from celery_registry.stubs.stub_files import show_difference, write_stubs
from celery_registry.stubs.twice import show_twice
from celery_registry.stubs.watch import watch as watch_files

__all__ = ["init", "stubs"]


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]...")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write; typeshed_overrides or typings.")
@click.option(
    "--layout",
    type=click.Choice([layout.value for layout in Layout]),
    default=Layout.OVERRIDES.value,
    show_default=True,
    help="A stub package, a .pyi beside each registry, or a tree of plain packages.",
)
@click.option(
    "--tasks/--no-tasks",
    default=None,
    help="Also for modules of plain @app.task and @shared_task functions. Default: as the stubs on disk are.",
)
@click.option("--check", is_flag=True, help="Write nothing; show a diff and exit with 1 where a stub is stale.")
@click.option("--watch", is_flag=True, help="Write again whenever a source file changes, until interrupted.")
@click.option("--send-task", metavar="ALIAS", help="An alias of Celery whose send_task is to be typed by name.")
@click.option("--cache-dir", type=click.Path(path_type=Path), help="Keep what was parsed here for the next run.")
@click.pass_context
def stubs(
    context: click.Context,
    paths: tuple[str, ...],
    output: Path | None,
    layout: str,
    tasks: bool | None,
    check: bool,
    watch: bool,
    send_task: str | None,
    cache_dir: Path | None,
) -> None:
    """Write what editors read instead of each registry: exact names and types for every task.

    With --tasks, of modules without a registry too: their functions below @app.task and @shared_task.

    PATHS are source directories; src where there is one, else the working directory. Nothing is imported.
    """
    if check and watch:
        raise ConfigurationError("--check and --watch exclude each other")
    chosen = Layout(layout)
    if chosen is Layout.BESIDE and output is not None:
        raise ConfigurationError("--output has no meaning with --layout beside")
    default = DEFAULT_OUTPUT[chosen]
    target = output or (None if default is None else Path(default))
    roots = paths or default_paths()
    if watch:
        _watch(roots, chosen, target, cache_dir, send_task, tasks)
        return
    settings = read_settings()
    try:
        plan = plan_stubs(roots, chosen, target, cache_dir, send_task, settings, tasks)
    except NothingToStub as nothing:
        if not check:
            raise
        # Nothing is stale, and a commit that changes something else is none the worse for it.
        click.echo(f"no stub is written: {nothing}", err=True)
        return
    for line in plan.warnings:
        click.echo(line, err=True)
    if not check:
        for line in write_stubs(plan) or ["every stub is fresh"]:
            click.echo(line)
        twice = show_twice(plan.contents, settings)
        if twice is not None:
            click.echo(twice, err=True)
        return
    difference = show_difference(plan)
    if difference:
        click.echo(difference, nl=False)
        click.echo("stale stubs: run celery-registry stubs", err=True)
        context.exit(1)


def _watch(
    roots: tuple[str, ...],
    layout: Layout,
    output: Path | None,
    cache_dir: Path | None,
    sender: str | None,
    tasks: bool | None,
) -> None:
    settings = read_settings()

    def regenerate() -> None:
        try:
            lines = write_stubs(plan_stubs(roots, layout, output, cache_dir, sender, settings, tasks))
        except ConfigurationError as error:
            # Half-typed code is no reason to stop.
            click.echo(f"celery-registry: {error}", err=True)
            return
        for line in lines:
            click.echo(line)
        sys.stdout.flush()

    click.echo(f"watching {', '.join(roots)}")
    try:
        watch_files(lambda: find_paths(roots, settings), regenerate)
    except KeyboardInterrupt:
        click.echo("stopped")


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def init(yes: bool) -> None:
    """Set a project up: the mypy plugin, the editors' settings and the pre-commit hooks.

    Shows what would change and asks first. Run again, it changes nothing.
    """
    setup = plan_setup()
    for line in setup.left:
        click.echo(f"left to you: {line}", err=True)
    if not setup.changes:
        click.echo("nothing to change")
        return
    for change in setup.changes:
        click.echo(change.show(), nl=False)
    if not yes and not click.confirm("Write these changes?"):
        click.echo("nothing was written")
        return
    write_changes(setup.changes)
    for change in setup.changes:
        click.echo(f"wrote {change.path.as_posix()}")
    click.echo(f"next: {setup.following}")
