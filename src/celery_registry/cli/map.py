"""``map``: the whole map as a document, written or held against the code.

Law: it brings options, the map and the file together, and knows no layout.
"""

from __future__ import annotations

from pathlib import Path

import click

from celery_registry.cli import CLEAN, FINDINGS
from celery_registry.cli.options import config_option, output_option
from celery_registry.cli.show import map_of
from celery_registry.map.data import render_json
from celery_registry.map.diagrams import render_dot, render_mermaid
from celery_registry.map.pages import render_catalogue
from celery_registry.report.file import write_text
from celery_registry.stubs.stub_files import StubPlan, show_difference

__all__ = ["map_tasks"]

_FORMATS = {"json": render_json, "mermaid": render_mermaid, "dot": render_dot, "markdown": render_catalogue}


@click.command("map")
@click.argument("paths", nargs=-1)
@click.option(
    "--format", "format_name", type=click.Choice([*_FORMATS]), default="json", show_default=True, help="The format."
)
@output_option
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where FILE is not what would be written.")
@config_option
@click.pass_context
def map_tasks(
    ctx: click.Context,
    paths: tuple[str, ...],
    format_name: str,
    output: Path | None,
    check: bool,
    config_file: Path | None,
) -> None:
    """Write every task with its callers, schedules and places, as one document.

    PATHS are the files and directories to read; the default is src, else the working directory. Nothing is imported.

    The same source gives the same bytes. Exit status: 0 clean, 1 findings, 2 cannot run.
    """
    if check and output is None:
        raise click.UsageError("--check holds a file against the code: give --output FILE", ctx)
    text = _FORMATS[format_name](map_of(paths, config_file)) + "\n"
    if output is None:
        click.echo(text, nl=False)
    elif not check:
        write_text(output, text)
    else:
        stale = show_difference(StubPlan({output: text}, (), None))
        if stale:
            click.echo(stale, nl=False)
            click.echo(f"{output} is not what the code says; write it again: celery-registry map")
        ctx.exit(FINDINGS if stale else CLEAN)
