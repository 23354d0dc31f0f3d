"""``client``: write the package with which another service sends these tasks, or hold it against the code.

Law: it brings options, the application, the source and the files together, and knows no rule.
"""

from __future__ import annotations

from pathlib import Path

import click

from celery_registry.cli import CLEAN, FINDINGS
from celery_registry.cli.application import import_task_modules, load_app
from celery_registry.cli.options import app_option, config_option
from celery_registry.contract.lock import Lock
from celery_registry.errors import ConfigurationError
from celery_registry.settings import Settings, read_settings

__all__ = ["client"]


@click.command()
@click.argument("paths", nargs=-1)
@app_option
@click.option("--static", is_flag=True, help="Read the tasks from the source instead of importing the application.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the package is not what would be written.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="The directory of the package.",
)
@click.option("--name", metavar="NAME", help="The name of the distribution; by default that of the directory.")
@click.option("--version", default="0.1.0", show_default=True, help="Its version, before the digest of the contract.")
@config_option
@click.pass_context
def client(
    ctx: click.Context,
    paths: tuple[str, ...],
    app_name: str | None,
    static: bool,
    check: bool,
    output: Path,
    name: str | None,
    version: str,
    config_file: Path | None,
) -> None:
    """Write an installable package for those who send these tasks: registry, enum, types and contract.

    PATHS are the files and directories with the registry; the default is src, else the working directory.

    Nothing of the workers is imported by it. A type that cannot be carried becomes Any, and is named.
    Exit status: 0 clean, 1 findings, 2 cannot run.
    """
    from celery_registry.cli.client_package import make_client
    from celery_registry.source.project import read_project
    from celery_registry.stubs.stub_files import StubPlan, show_difference, write_stubs

    settings = read_settings(config_file)
    project = read_project(paths, settings)
    project.refuse_unread()
    wanted = {written.replace(":", ".") for written in settings.registry}
    inside = output.absolute()
    registries = [
        r
        for r in project.index.registries.values()
        if (r.fullname in wanted if wanted else inside not in Path(r.origin.path).absolute().parents)
    ]
    if not registries:
        raise ConfigurationError(f"no registry is in the {project.looked_at}")
    lock = _static_lock(paths, settings) if static else _app_lock(app_name, settings)
    name = name or output.absolute().name
    if not name.replace("-", "_").isidentifier():
        raise ConfigurationError(f'"{name}" is no name for a package: give it --name')
    package = make_client(project.index, registries, lock, name, version)
    plan = StubPlan({output / path: text for path, text in package.files.items()}, (), None)
    for lost, reason in sorted(package.lost.items()):
        click.echo(f"{lost} becomes Any: {reason}", err=True)
    if not check:
        for line in write_stubs(plan):
            click.echo(line)
        return
    difference = show_difference(plan)
    if difference:
        click.echo(difference, nl=False)
        click.echo(f"{output} is not what the code says; write it again: celery-registry client")
    ctx.exit(FINDINGS if difference else CLEAN)


def _app_lock(app_name: str | None, settings: Settings) -> Lock:
    app = load_app(app_name, settings)
    import_task_modules(app)
    from celery_registry.guard.lock_reader import read_app_lock

    return read_app_lock(app, settings.injected_parameters)


def _static_lock(paths: tuple[str, ...], settings: Settings) -> Lock:
    from celery_registry.source.project import read_project
    from celery_registry.wire.static_lock import read_static_lock

    return read_static_lock(read_project(paths, settings), settings.injected_parameters)
