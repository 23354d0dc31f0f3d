"""``check``: the tasks, the calls and the registry of a program, from its source or against its application.

Law: it brings options, settings, the guard and the report together, and knows no rule.
"""

from __future__ import annotations

from pathlib import Path

import click

from celery_registry.baseline import write_baseline
from celery_registry.cli import CLEAN, FINDINGS, UNUSABLE, CannotRun
from celery_registry.cli.application import names_app
from celery_registry.cli.application_check import apply_baseline
from celery_registry.cli.mending import mend_report, show_fixes
from celery_registry.cli.options import (
    app_option,
    config_option,
    format_option,
    output_option,
    refuse_app,
    write_document,
)
from celery_registry.cli.progress import show_progress
from celery_registry.report import render
from celery_registry.settings import Settings, read_settings

__all__ = ["check"]


@click.command()
@click.argument("paths", nargs=-1)
@app_option
@click.option(
    "--registry", "registries", multiple=True, metavar="MODULE:CLASS", help="A registry class. May be repeated."
)
@click.option("--names", multiple=True, metavar="MODULE:ENUM", help="An enum of task names. May be repeated.")
@click.option("--strict/--no-strict", default=None, help="Report registered tasks that no enum names, too.")
@click.option("--payloads", is_flag=True, help="Report types that the serializers reject or change, too.")
@click.option(
    "--static", is_flag=True, help="Read the source, also where --app, CELERY_APP or a setting names an application."
)
@click.option(
    "--deploy",
    "deployments",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="compose.yaml, Procfile, *.service or a Kubernetes manifest: hold the workers and beats in it to the program. May be repeated.",
)
@click.option("--explain-unseen", is_flag=True, help="Say which calls could not be judged, and why.")
@click.option("--unused", is_flag=True, help="Say which tasks no file calls, schedules, routes or names.")
@format_option()
@output_option
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Accept the findings in FILE. Default: the setting `baseline`.",
)
@click.option(
    "--write-baseline", "rewrite", is_flag=True, help="Accept all present findings: write them to the baseline."
)
@click.option("--fix", is_flag=True, help="Mend what can be mended in the source: shows a diff and asks first.")
@click.option("--diff", is_flag=True, help="Only show what --fix would change; exit with 1 where it would.")
@click.option("--yes", is_flag=True, help="With --fix: do not ask.")
@config_option
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    app_name: str | None,
    registries: tuple[str, ...],
    names: tuple[str, ...],
    strict: bool | None,
    payloads: bool,
    static: bool,
    deployments: tuple[Path, ...],
    explain_unseen: bool,
    unused: bool,
    format_name: str,
    output: Path | None,
    baseline: Path | None,
    rewrite: bool,
    fix: bool,
    diff: bool,
    yes: bool,
    config_file: Path | None,
) -> None:
    """Find what is wrong with the Celery tasks of a program, and with the calls of them.

    Without an application the source text is read: nothing is imported, and nothing has to be set. PATHS are the files and
    directories to read; the default is src, else the working directory. With --app, or the setting `app`, the application
    is imported, too, and its registry held to what is really registered; no broker is needed.

    Exit status: 0 clean or warnings alone, 1 errors, 2 cannot run, or not all could be read.
    """
    if static or paths:
        refuse_app(ctx)
    for file in deployments:
        if not file.exists():
            raise CannotRun(f"{file}: there is no such file")
    settings = read_settings(config_file)
    static = static or bool(paths) or not names_app(app_name, settings)
    if payloads and static:
        raise CannotRun("--payloads asks the application for its serializers: give --app, without --static and PATHS")
    if static:
        from celery_registry.cli.static import judge_source

        with show_progress("reading the source"):
            report = judge_source(settings, paths, registries, names, strict=strict, unused=unused)
    else:
        from celery_registry.cli.program_check import judge_program

        # A file that is named on the command line stands over what guard.install was given.
        chosen = Settings() if config_file is None else settings
        with show_progress("importing the application and reading the source"):
            report = judge_program(
                settings,
                app_name,
                registries or chosen.registry,
                names or chosen.names,
                strict=strict if strict is not None else (chosen.strict or None),
                severity=chosen.severity,
                external=chosen.external,
                payloads=payloads,
                unused=unused,
            )
    if explain_unseen:
        click.echo(report.unseen or "No call was looked at.", err=True)
    if deployments:
        from celery_registry.cli.deploy import add_deployment

        report = add_deployment(report, deployments, settings, paths, None if static else app_name or settings.app)
    if report.unread and (rewrite or fix or diff):
        raise CannotRun("nothing is written where a file could not be read")
    if rewrite:
        path = baseline or (None if settings.baseline is None else settings.path(settings.baseline))
        if path is None:
            raise CannotRun('which baseline? Give --baseline FILE, or the setting baseline = "FILE"')
        click.echo(f"{path}: {write_baseline(path, report.findings)} accepted", err=True)
    report = apply_baseline(report, settings, baseline)
    if fix or diff:
        plain = format_name == "text" or output is not None
        left = mend_report(ctx, report, paths, settings, diff=diff, yes=yes, plain=plain)
        if left is None:
            ctx.exit(CLEAN)
        report = left
    report = show_fixes(report, paths, settings)
    write_document(render(report, format_name), output)
    ctx.exit(UNUSABLE if report.unread else FINDINGS if report.failed else CLEAN)
