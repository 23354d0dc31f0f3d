"""``ready``: the answer to a probe, with the options in words.

Law: the console script answers the plain forms before this module is imported; here the same is said for ``celery -A``.
"""

from __future__ import annotations

import click

from celery_registry.cli import CLEAN, FINDINGS
from celery_registry.errors import ConfigurationError
from celery_registry.ready import DEFAULT_AGE, why_not_ready

__all__ = ["ready"]


@click.command()
@click.argument("file", type=click.Path())
@click.option("--max-age", type=click.FloatRange(min=0, min_open=True), default=DEFAULT_AGE, show_default=True,
              metavar="SECONDS", help="How long ago the file may have been touched.")  # fmt: skip
@click.pass_context
def ready(ctx: click.Context, file: str, max_age: float) -> None:
    """Say whether the worker or beat that touches FILE is consuming: for a probe.

    FILE is that of guard.install(..., ready_file=FILE). Neither the application nor the broker is asked.
    Exit status: 0 ready, 1 not ready, 2 cannot run.
    """
    try:
        reason = why_not_ready(file, max_age)
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}") from error
    if reason is not None:
        click.echo(reason)
    ctx.exit(CLEAN if reason is None else FINDINGS)
