"""``map``: the whole map as a document, written or held against the code.

Law: it brings options, the map and the file together, and knows no layout.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from celery_registry.cli import CLEAN, FINDINGS, CannotRun
from celery_registry.cli.options import config_option
from celery_registry.cli.show import base_option, live_app_option, map_of
from celery_registry.map.asyncapi import render_asyncapi
from celery_registry.map.data import render_json
from celery_registry.map.diagrams import render_dot, render_mermaid
from celery_registry.map.html import check_source_url, render_page
from celery_registry.map.model import SystemMap
from celery_registry.map.pages import render_catalogue
from celery_registry.report.file import write_text
from celery_registry.stubs.stub_files import StubPlan, show_difference

__all__ = ["map_tasks"]

_FORMATS: Final = {"json": render_json, "mermaid": render_mermaid, "dot": render_dot, "markdown": render_catalogue}


@click.command("map")
@click.argument("paths", nargs=-1)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["html", "asyncapi", *_FORMATS]),
    help="The format. Default: html where --output names a directory or an .html file, else json.",
)
@click.option(
    "--output",
    metavar="PLACE",
    help="Write the document to a file instead of standard output; to index.html where PLACE is a directory.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the file is not what would be written.")
@click.option(
    "--source-url",
    metavar="TEMPLATE",
    help="Links of the page to the source: an address with {path} and {line}.",
)
@live_app_option
@click.option(
    "--live",
    is_flag=True,
    help="Ask the running workers of the application, too; for the formats html and json.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="With --live: how long to wait for the workers to reply. Default: 1.",
)
@base_option
@click.option(
    "--title", default="Task map", show_default=True, help="The title of the page, and of the AsyncAPI document."
)
@config_option
@click.pass_context
def map_tasks(
    ctx: click.Context,
    paths: tuple[str, ...],
    format_name: str | None,
    output: str | None,
    check: bool,
    source_url: str | None,
    app_name: str | None,
    live: bool,
    timeout: float | None,
    base: str | None,
    title: str,
    config_file: Path | None,
) -> None:
    """Write every task with its callers, schedules and places, as one document or as a page to look at.

    PATHS are the files and directories to read; the default is src, else the working directory. Nothing is imported
    without --app or --live.

    The same source gives the same bytes, but for --live. Exit status: 0 clean, 1 findings, 2 cannot run.
    """
    if check and output is None:
        raise click.UsageError("--check holds a file against the code: give --output", ctx)
    if check and live:
        raise click.UsageError(
            "--live tells what runs now, which no file can be held to: leave --check or --live out", ctx
        )
    if timeout is not None and not live:
        raise click.UsageError("--timeout is for --live", ctx)
    if source_url is not None:
        check_source_url(source_url)
    file, in_directory = _place(output)
    if format_name is None:
        format_name = "html" if in_directory or (file is not None and file.suffix in (".html", ".htm")) else "json"
    elif in_directory and format_name != "html":
        raise click.UsageError(f"--output {output} is a directory: give a file for --format {format_name}", ctx)
    if live and format_name not in ("html", "json"):
        raise click.UsageError(f"--live has no place in --format {format_name}: take html or json", ctx)
    system = map_of(
        paths,
        config_file,
        base,
        app_name,
        schemas=format_name == "asyncapi",
        live=(timeout or 1.0) if live else None,
    )
    text = _render(system, format_name, source_url, title) + "\n"
    if file is None:
        click.echo(text, nl=False)
        return
    if not check:
        _make_directory(file.parent if in_directory else None)
        write_text(file, text)
        return
    stale = show_difference(StubPlan({file: text}, (), None))
    if stale:
        click.echo(stale, nl=False)
        click.echo(f"{file} is not what the code says; write it again: celery-registry map")
    ctx.exit(FINDINGS if stale else CLEAN)


def _place(output: str | None) -> tuple[Path | None, bool]:
    """The file to write, and whether it is the page of a directory."""
    if output is None:
        return None, False
    if output.endswith(("/", os.sep)) or os.path.isdir(output):
        return Path(output) / "index.html", True
    return Path(output), False


def _make_directory(folder: Path | None) -> None:
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"{folder}: cannot be made: {error.strerror or error}") from None


def _render(system: SystemMap, format_name: str, source_url: str | None, title: str) -> str:
    if format_name == "html":
        return render_page(system, source_url=source_url, title=title)
    if format_name == "asyncapi":
        return render_asyncapi(system, title)
    return _FORMATS[format_name](system)
