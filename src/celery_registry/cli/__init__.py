"""The commands: ``celery-registry ...``, and the same as ``celery -A proj registry ...``.

Law: a table of commands and how they fail. A command is imported when it is asked for: every ``celery``
process loads this module (entry-point group ``celery.commands``), so it imports click alone.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import traceback
from collections.abc import Mapping
from typing import Any, Final

import click

from celery_registry.errors import CeleryRegistryError

__all__ = ["CLEAN", "FINDINGS", "UNUSABLE", "CannotRun", "main", "registry"]

#: Exit statuses; a worker or beat that refuses to boot exits with 78 instead (sysexits.h, EX_CONFIG).
CLEAN: Final = 0
FINDINGS: Final = 1
UNUSABLE: Final = 2
#: After Ctrl-C, as shells write it: 128 and the number of the signal.
INTERRUPTED: Final = 130

#: Command -> where it stands and its line in ``--help``, which must not import it.
_COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "check": ("celery_registry.cli.check:check", "Find wrong calls, schedules and registries, without a broker."),
    "list": ("celery_registry.cli.show:list_tasks", "List the tasks of the source: parameters, callers, queues."),
    "show": ("celery_registry.cli.show:show", "Show one task: what runs, who calls it, when, and whether that is checked."),
    "callers": ("celery_registry.cli.show:callers", "List every place that calls one task."),
    "map": ("celery_registry.cli.map:map_tasks", "Write a map of all tasks and callers: JSON, Mermaid, DOT, Markdown."),
    "explain": ("celery_registry.cli.explain:explain", "Say what a code means, with a wrong example and its right twin."),
    "workers": ("celery_registry.cli.workers:workers", "Ask the running workers whether they have the same tasks."),
    "doctor": ("celery_registry.cli.doctor:doctor", "Prove that the mypy plugin is live in this project."),
    "scaffold": ("celery_registry.cli.scaffold:scaffold", "Write a registry for the tasks that the source has."),
    "add": ("celery_registry.cli.add:add", "Add a task: its name, its property, and a function to fill."),
    "rename": ("celery_registry.cli.rename:rename", "Rename a task, with an alias for the messages in flight."),
    "stubs": ("celery_registry.stubs.commands:stubs", "Write the editor stubs."),
    "init": ("celery_registry.stubs.commands:init", "Set a project up: mypy, the editors, pre-commit."),
    "lock": ("celery_registry.cli.lock:lock", "Write down the signatures that messages in flight rely on."),
    "client": ("celery_registry.cli.client:client", "Write the package with which another service sends these tasks."),
    "compat": ("celery_registry.cli.compat:compat", "Tell which changes break messages in flight."),
    "parked": ("celery_registry.cli.parked:parked", "Show messages that did not fit, and send back those that fit now."),
    "ready": ("celery_registry.cli.ready:ready", "Answer a probe: does the worker or beat behind this file consume?"),
    "preflight": ("celery_registry.cli.preflight:preflight", "Hold the messages waiting in the broker against the code."),
}  # fmt: skip


class CannotRun(click.ClickException):
    """Bad input: one line on standard error and exit status 2."""

    exit_code = UNUSABLE

    def show(self, file: Any = None) -> None:
        """Print the line."""
        click.echo(f"celery-registry: {' '.join(self.message.split())}", file=file or sys.stderr)


class _Registry(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            from celery_registry.contract.names import show_nearest

            raise CannotRun(f'there is no command "{args[0]}"{show_nearest(args[0], _COMMANDS)}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        # A name may have letters that the terminal has not.
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
            sys.stdout.reconfigure(errors="backslashreplace")
        # --help and --version are printed while the command line is read.
        try:
            return super().make_context(*args, **kwargs)
        except OSError as error:
            raise _unwritten(error) or error from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CeleryRegistryError as error:
            raise CannotRun(str(error)) from error
        except (click.ClickException, click.exceptions.Exit):
            raise
        except click.Abort as error:
            # A prompt makes one exception of Ctrl-C and of an input that ends.
            if isinstance(error.__context__, EOFError):
                raise CannotRun("nobody answers here, so nothing was written: --yes agrees") from None
            if isinstance(error.__context__, KeyboardInterrupt):
                raise click.exceptions.Exit(INTERRUPTED) from None
            raise
        except KeyboardInterrupt:
            # Click would say 1, which here means findings.
            raise click.exceptions.Exit(INTERRUPTED) from None
        except SystemExit as error:
            # Commands end with ctx.exit: this is somebody else's, and its status would pass for ours.
            raise CannotRun(f"the program ended the process: SystemExit: {error.code}") from error
        except Exception as error:
            unwritten = _unwritten(error) if isinstance(error, OSError) else None
            if unwritten is not None:
                raise unwritten from None
            # Python's own exit status for a traceback is 1, which here means findings.
            traceback.print_exc()
            raise CannotRun(f"internal error, please report it: {type(error).__name__}: {error}") from error


def _unwritten(error: OSError) -> CannotRun | click.exceptions.Exit | None:
    """How a command ends whose output cannot be written; None where something else failed."""
    if not _is_output(error):
        return None
    if isinstance(error, BrokenPipeError):
        # Who reads it has seen enough.
        return click.exceptions.Exit(UNUSABLE)
    return CannotRun(f"standard output cannot be written: {error.strerror}")


def _is_output(error: OSError) -> bool:
    """Whether it is standard output that cannot be written; then what waits is dropped, or Python would fail once more."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_code is not click.echo.__code__:
        return False
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _print_versions(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from celery_registry.cli.versions import show_versions

        click.echo(show_versions())
        ctx.exit()


@click.group(
    "registry",
    cls=_Registry,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 clean, 1 findings, 2 cannot run.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_versions,
    help="Show the versions of celery-registry, mypy, Celery, celery-types and Python.",
)
def registry() -> None:
    """Hold a Celery task registry to the truth: in CI, before a deploy, in the running fleet."""


def main() -> None:
    """Run the console script ``celery-registry``."""
    registry(prog_name="celery-registry")
