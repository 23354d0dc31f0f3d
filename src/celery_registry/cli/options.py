"""Options that several commands have, and where their documents go.

Law: words of the command line. What a document says, or an application does, is not known here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from celery_registry.contract.lock import LOCK_NAME
from celery_registry.report import FORMATS
from celery_registry.report.file import write_text
from celery_registry.report.links import link_codes

__all__ = [
    "app_option",
    "config_option",
    "format_option",
    "lock_option",
    "output_option",
    "refuse_app",
    "write_document",
]

app_option = click.option(
    "-A",
    "--app",
    "app_name",
    metavar="MODULE:ATTRIBUTE",
    envvar="CELERY_APP",
    help="The Celery application, as `celery -A` takes it. Default: that of `celery -A`, or the setting `app`.",
)

config_option = click.option(
    "--config-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The file with our settings. Default: the first of pyproject.toml, mypy.ini, .mypy.ini, setup.cfg.",
)


def format_option(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--format``; without arguments all formats of ``report``."""
    choices = formats or FORMATS
    return click.option(
        "--format", "format_name", type=click.Choice(choices), default=choices[0], show_default=True, help="The format."
    )


def lock_option(*names: str, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The lock file, by default that of the working directory."""
    return click.option(
        *names,
        type=click.Path(dir_okay=False, path_type=Path),
        default=LOCK_NAME,
        show_default=True,
        metavar="FILE",
        help=help,
    )


output_option = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the document to FILE instead of standard output.",
)


def refuse_app(ctx: click.Context) -> None:
    """Say that ``--app`` and ``--static`` or PATHS exclude each other; what the environment says is no contradiction."""
    if ctx.get_parameter_source("app_name") is ParameterSource.COMMANDLINE:
        raise click.UsageError(
            "--app imports the application, --static and PATHS read the source: give one of them", ctx
        )


def write_document(text: str, output: Path | None) -> None:
    """Print a document, or replace the file with it. An empty document prints nothing, and makes an empty file."""
    if output is not None:
        write_text(output, text + "\n" if text else "")
    elif text:
        # On a terminal a code leads to its page.
        click.echo(link_codes(text) if sys.stdout and sys.stdout.isatty() else text)
