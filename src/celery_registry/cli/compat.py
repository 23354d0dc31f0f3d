"""``compat``: what two versions of the code do to messages in flight.

Law: it brings revisions, locks or sources, the comparison and its formats together, and knows no rule.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from celery_registry.cli import CLEAN, FINDINGS, CannotRun
from celery_registry.cli.options import lock_option, output_option, write_document
from celery_registry.contract.change import Order
from celery_registry.contract.lock import LOCK_NAME
from celery_registry.contract.lock_text import parse_lock
from celery_registry.errors import ConfigurationError
from celery_registry.settings import read_settings
from celery_registry.wire.acceptance import Acceptance, accept_changes, read_acceptances
from celery_registry.wire.compat import Comparison, compare_locks
from celery_registry.wire.compat_formats import FORMATS, render_comparison
from celery_registry.wire.git import ask_git, find_commit
from celery_registry.wire.revision import LockText, has_lock, is_file, read_lock_file, read_lock_text
from celery_registry.wire.source_compat import compare_versions
from celery_registry.wire.source_version import default_source, read_version
from celery_registry.wire.task_lines import Places
from celery_registry.wire.tree import Trees

__all__ = ["ACCEPTED_NAME", "compare_sources", "compat"]

#: Where accepted breaks stand unless the user says otherwise.
ACCEPTED_NAME: Final = "celery-registry-accepted.toml"

#: Names in one sentence.
_LISTED: Final = 5
#: Tasks that are told to be stale.
_SHOWN: Final = 20
#: How a project deploys -> the verdicts that such a deploy survives.
_SURVIVED: Final = {
    "any": {Order.COMPATIBLE, Order.WORKERS_FIRST, Order.PRODUCERS_FIRST},
    "workers-first": {Order.COMPATIBLE, Order.WORKERS_FIRST},
    "producers-first": {Order.COMPATIBLE, Order.PRODUCERS_FIRST},
    "rolling": {Order.COMPATIBLE},
}


@click.command()
@click.argument("base", required=False)
@click.argument("head", required=False)
@lock_option("--lock", "lock_path", help="The lock file, in the working tree and at the revisions.")
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Without a lock: a file or directory to read. May be repeated.",
)
@click.option("--history", metavar="REV..REV", help="Hold each commit against the one before it, along first parents.")
@click.option(
    "--accept",
    "accepted",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"The breaks that you know and accept. Default: {ACCEPTED_NAME}, where there is one.",
)
@click.option(
    "--deploy",
    type=click.Choice(tuple(_SURVIVED)),
    default="any",
    show_default=True,
    help="How you deploy; a change that needs another order is a finding. any: the order that compat names.",
)
@click.option(
    "--format", "format_name", type=click.Choice(FORMATS), default=FORMATS[0], show_default=True, help="The format."
)
@output_option
@click.pass_context
def compat(
    ctx: click.Context,
    base: str | None,
    head: str | None,
    lock_path: Path,
    paths: tuple[str, ...],
    history: str | None,
    accepted: Path | None,
    deploy: str,
    format_name: str,
    output: Path | None,
) -> None:
    """Compare the tasks at BASE with those at HEAD (default: the working tree).

    BASE and HEAD are git revisions or lock files. Where both revisions have the lock file, it is compared; else the
    source of both is read, and nothing is imported. For each task that changed: compatible, workers first,
    producers first or breaking, why, and what to do. Without HEAD a lock that the source has left behind is
    a finding. Exit status: 0 clean, 1 findings, 2 cannot run.
    """
    rows = _rows(accepted)
    if history is not None:
        if base is not None or format_name == "github":
            raise CannotRun("--history takes neither BASE nor --format github: it is about commits of the past")
        from celery_registry.cli.broken_commits import show_history

        ctx.exit(FINDINGS if show_history(history, paths, rows, _SURVIVED[deploy], format_name, output) else CLEAN)
    if base is None:
        raise click.UsageError("which version was deployed last? Give BASE, a git revision or a lock file", ctx)
    asked = ctx.get_parameter_source("lock_path") is ParameterSource.COMMANDLINE
    if paths or not (asked or _has_locks(base, head, lock_path)):
        comparison, stale, said, shown = *compare_sources(base, head, paths), head or "working tree"
    else:
        before = read_lock_text(base, lock_path)
        after = read_lock_file(lock_path) if head is None else read_lock_text(head, lock_path)
        comparison = compare_locks(parse_lock(before.text, before.label), parse_lock(after.text, after.label))
        stale, said = _stale(after, head is None, base)
        said = [*_untold(comparison), *said]
        comparison, shown = replace(_placed(comparison, after), stale=bool(stale)), head or str(lock_path)
    comparison, unused = accept_changes(comparison, rows, datetime.date.today())
    write_document(render_comparison(comparison, base, shown, format_name), output)
    for sentence in [*said, *unused, *stale]:
        click.echo(f"celery-registry: {sentence}", err=True)
    ctx.exit(CLEAN if comparison.order in _SURVIVED[deploy] and not stale else FINDINGS)


def _rows(path: Path | None) -> tuple[Acceptance, ...]:
    if path is None and not Path(ACCEPTED_NAME).is_file():
        return ()
    return read_acceptances(path or Path(ACCEPTED_NAME))


def _has_locks(base: str, head: str | None, lock: Path) -> bool:
    """Whether both sides are locks, or have one: the source is read for both, or for none."""
    if is_file(base) or (head is not None and is_file(head)):
        return True
    return has_lock(base, lock) and (lock.is_file() if head is None else has_lock(head, lock))


def compare_sources(base: str, head: str | None, paths: tuple[str, ...]) -> tuple[Comparison, list[str], list[str]]:
    """What the source of both says, no sentence that counts, and those that tell what was read and what was not."""
    here = Path()
    commits = find_commit(base, here), None if head is None else find_commit(head, here)
    with Trees(here) as trees:
        paths = paths or default_source(trees, commits)
        after, settings = read_version(trees, commits[1], head or "the working tree", paths)
        before, _ = read_version(trees, commits[0], base, paths, settings)
        trees.show(commits[1])
        for version, label in ((after, head or "in the working tree"), (before, base)):
            if not version.lock.tasks and (version is after or not after.lock.tasks):
                raise CannotRun(
                    f"no task is registered in the {version.looked_at} {f'at {label}' if version is before or head else label}"
                )
        comparison, said = compare_versions(before, after, trees)
    if not before.lock.tasks:
        said.append(f"no task is registered in the {before.looked_at} at {base}: nothing of it is in flight")
    return comparison, [], [f"no {LOCK_NAME} on both sides: the source is compared", *said]


def _stale(head: LockText, is_working_tree: bool, base: str) -> tuple[list[str], list[str]]:
    """What the checkout says otherwise than its lock, and why nobody could look.

    What differs is a finding: the comparison is about code that is not deployed.
    """
    if not is_working_tree or head.path is None:
        return [], []
    from celery_registry.wire.stale import read_stale

    def was_there(path: Path) -> bool:
        if path.exists() or is_file(base):
            return False
        return ask_git(["cat-file", "-e", f"{base}:./{path.name}"], path.parent).returncode == 0

    try:
        settings = read_settings(directory=head.path.absolute().parent)
        found = list(read_stale(parse_lock(head.text, head.label), head.path.parent, settings, was_there))
    except ConfigurationError as error:
        return [], [f"whether {head.path} is what the code says could not be looked at: {error}"]
    told = [f"{head.path} is not what the code says: {sentence}" for sentence in found[:_SHOWN]]
    if len(found) > _SHOWN:
        told.append(f"and {len(found) - _SHOWN} more tasks of {head.path}")
    return ([*told, "write it again: celery-registry lock"] if told else []), []


def _untold(comparison: Comparison) -> list[str]:
    """What is left out of a comparison of locks that were made in different ways, or that could not read each name."""
    names = comparison.untold
    if not names:
        return []
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    listed, verb = ", ".join(names[:_LISTED]), "is" if len(names) == 1 else "are"
    why = "in one lock only, which may come from how it was made: with --static, or not"
    return [f"{listed}{more} {verb} left out: {why}; write both in the same way"]


def _placed(comparison: Comparison, head: LockText) -> Comparison:
    """Each task with its line; the code at another revision is not at hand."""
    if head.path is None:
        return comparison
    places = Places(head.path.parent, head.text, head.path)
    tasks = tuple(replace(task, origin=places.find(task.task, task.implementation)) for task in comparison.tasks)
    return replace(comparison, tasks=tasks)
