"""What ``check`` looked at without the application, and what nobody could judge.

Law: numbers and places from the index, in sentences; nothing here is a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from celery_registry.contract.task import Origin
from celery_registry.report.document import show_path
from celery_registry.source.broken import broken_files, half_read_files
from celery_registry.source.project import unread_lines
from celery_registry.source.unused import unused_tasks

if TYPE_CHECKING:
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.project import Project

__all__ = ["looked_at", "show_unseen", "show_unused", "tell_unread"]

#: How many places of one reason are listed.
_PLACES = 5


def looked_at(project: Project, entries: int) -> str:
    """``12 files under src: 34 tasks, 80 calls, 12 schedule entries, 1 registry``; the index does not count the entries."""
    index = project.index
    calls = index.calls
    unseen = calls.unseen.total()
    judged = _count(len(calls.calls) + unseen, "call", "calls")
    if unseen:
        which = f"{unseen} of them could not" if calls.calls else "none of them could"
        judged += f" ({which} be judged: --explain-unseen)"
    parts = [
        _count(len({r.task_name or r.target for r in index.seen_from()}), "task", "tasks"),
        judged,
        _count(entries, "schedule entry", "schedule entries"),
        _count(len(index.registries), "registry", "registries"),
    ]
    return f"{project.looked_at}: {', '.join(parts)}{_unread_names(project)}{_broken(project)}"


def _broken(project: Project) -> str:
    """The files that are no Python: nothing in them was judged."""
    broken = broken_files(project.index)
    shown = [f"{show_path(u.path)}{f':{u.line}' if u.line else ''} {u.reason}" for u in broken[:_PLACES]]
    more = [f"{len(broken) - _PLACES} more files could not be read"] if len(broken) > _PLACES else []
    return "".join(f". {sentence}" for sentence in (*shown, *more))


def _unread_names(project: Project) -> str:
    """Why no name is called unknown, and the line that says so; empty where every name is read."""
    if not project.index.reads_everything:
        return ". No task name is called unknown, and nothing is said to be missing: not every file could be read"
    nameless = [r.origin for r in project.index.seen_from() if r.task_name is None]
    if not nameless:
        return ""
    more = f" (and {len(nameless) - 1} more)" if len(nameless) > 1 else ""
    place = f"{show_path(nameless[0].path)}:{nameless[0].line}"
    return f". No task name is called unknown: that of {place}{more} cannot be read"


def show_unseen(project: Project) -> str:
    """Each reason for which a call could not be judged, most frequent first, with its first places."""
    lines = []
    for reason, number in sorted(project.index.calls.unseen.items(), key=lambda item: (-item[1], item[0])):
        lines.append(f"{_count(number, 'call', 'calls')}: {reason}")
        places = project.index.calls.places[reason]
        lines += [f"    {show_path(place.path)}:{place.line}" for place in places[:_PLACES]]
        if number > _PLACES:
            lines.append(f"    ... and {number - _PLACES} more")
    return "\n".join(lines) or "Every call that may be one of a task was judged."


def tell_unread(projects: Sequence[Project]) -> tuple[tuple[Origin, str], ...]:
    """Name the files that could not be read on standard error; returns their places, and why."""
    unread = dict.fromkeys(u for p in projects for u in (*p.unread_files, *half_read_files(p.index)))
    for line in (*unread_lines(unread), *dict.fromkeys(line for p in projects for line in p.passed_over)):
        click.echo(line, err=True)
    return tuple((Origin(u.path, u.line), u.reason) for u in unread)


def show_unused(index: SourceIndex) -> str:
    """The tasks that nothing in the program names, with their places."""
    if not index.reads_everything:
        return "Which tasks are named nowhere nobody can tell: not every file could be read."
    unused = unused_tasks(index)
    lines = [f"{r.label}  {show_path(r.target_origin.path)}:{r.target_origin.line}" for r in unused]
    if not lines:
        return "Every task is named somewhere beside its definition."
    which = f"{_count(len(lines), 'task is', 'tasks are')} named nowhere in these files beside the definition"
    return "\n".join(
        [f"{which}; a schedule in a database, or another service, may:", *(f"    {line}" for line in lines)]
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"
