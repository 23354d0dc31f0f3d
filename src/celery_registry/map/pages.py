"""The map as text for people: a terminal's lines, and a catalogue in Markdown.

Law: a task of the map in, text out. What cannot be printed is shown by its number, so no name moves the cursor or turns
the line around.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from celery_registry.contract.task import Origin
from celery_registry.map.model import Beat, Holder, MappedTask, SystemMap
from celery_registry.map.why import read_steps
from celery_registry.report.document import show_path
from celery_registry.source.aliases import AliasCall
from celery_registry.source.calls import Caller

__all__ = ["render_catalogue", "show_callers", "show_list", "show_plain", "show_task", "show_why"]


def show_plain(text: str) -> str:
    """A text as a terminal may have it: line ends stay, and every other character that does not print is a number."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{{{ord(c):x}}}" for c in text)


def show_list(tasks: Iterable[MappedTask]) -> str:
    """A line for each task: name, parameters, callers, schedules, queue."""
    lines = []
    for task in tasks:
        marks = [_count(len(task.callers), "caller", "callers")]
        marks += [_count(len(task.beats), "schedule", "schedules")] if task.beats else []
        marks += [_count(len(task.aliases), "old name", "old names")] if task.aliases else []
        marks += [f"queue {task.queue}"] if task.queue else []
        marks += ["another service"] if task.is_elsewhere else []
        lines.append(f"{task.name}{task.shown_signature}  [{', '.join(marks)}]")
    return show_plain("\n".join(lines))


def show_task(task: MappedTask) -> str:
    """Everything the map has of a task."""
    lines = [f"{task.name}{task.shown_signature}"]
    if task.docstring:
        lines += ["", *(f"  {line}".rstrip() for line in task.docstring.strip().splitlines())]
    lines.append("")
    for label, value in _facts(task):
        lines.append(f"{label:<12}{value}")
    lines += ["", _callers_title(task), *(f"  {line}" for line in _callers(task))]
    return show_plain("\n".join(lines))


def show_callers(task: MappedTask) -> str:
    """Who calls a task, a line each; what beat sends too."""
    return show_plain("\n".join([f"{task.name}: {_callers_title(task)}", *_callers(task)]))


def show_why(task: MappedTask) -> str:
    """How the index found what runs, a numbered line for each step; then each call that is held to nothing, and why."""
    lines = [f"{task.name}{task.shown_signature}", ""]
    for number, step in enumerate(read_steps(task), 1):
        lines.append(f"{number:>3}  {step.text}{f'  {_at(step.origin)}' if step.origin else ''}")
    unchecked = [caller for caller in task.callers if caller.unchecked is not None]
    if unchecked:
        lines += ["", "Not checked:"]
        lines += [f"  {_at(c.origin)}  {_method(c)}  {_where(c)}: {c.unchecked}" for c in unchecked]
    return show_plain("\n".join(lines))


def _facts(task: MappedTask) -> Iterator[tuple[str, str]]:
    first = task.first
    for row in task.registrations:
        if task.is_elsewhere:
            yield "contract", _at(row.origin)
            continue
        yield "runs", f"{row.target or 'unknown'}  {_at(row.target_origin)}"
        yield "registered", f"{row.how.value}  {_at(row.origin)}"
    for declared in task.properties:
        yield "declared", f"{declared.fullname}  {_at(declared.origin)}"
    if first.hidden:
        yield "parameters", f"cannot be read: {first.hidden}"
    yield "queue", task.queue or "not said where it is registered"
    serializer = task.locked.serializer if task.is_elsewhere else first.serializer
    yield "serializer", {None: "the application's", "?": "the text does not tell"}.get(serializer, serializer or "")
    for name, value in sorted(first.options.items()):
        yield "option", f"{name} = {value}"
    for route in task.routes:
        yield "route", f"{route.setting}: {route.text}  {_at(route.origin)}"
    yield "digest", task.digest
    if task.change is not None:
        for change in task.change.changes:
            yield "change", f"{change.order.value}: {change.title}"
    for finding in task.findings:
        yield "finding", f"{finding.code}: {finding.sentence}  {_at(finding.origin)}"


def _callers_title(task: MappedTask) -> str:
    checked = sum(caller.unchecked is None for caller in task.callers)
    parts = [f"{_count(len(task.callers), 'caller', 'callers')}, {checked} checked"]
    parts += [_count(len(task.beats), "schedule", "schedules")] if task.beats else []
    parts += [_count(len(task.aliases), "old name", "old names")] if task.aliases else []
    return ", ".join(parts)


def _callers(task: MappedTask) -> list[str]:
    lines = [f"{_at(c.origin)}  {_method(c)}  {_where(c)}{_after(c)}{_verdict(c)}" for c in task.callers]
    lines += [f"{_made(b)}  beat  {b.key}{_when(b)}" for b in task.beats]
    return lines + [f"{_at(a.origin)}  alias  {a.old}{_alias_words(a)}" for a in task.aliases]


def _when(beat: Beat) -> str:
    zone = beat.timing.timezone if beat.timing else None
    text = f"  {beat.timing.text}" if beat.timing else ""
    lost = "  (not in the application)" if beat.holder is Holder.NOBODY else ""
    return f"{text}{f', time zone: {zone}' if zone else ''}{lost}"


def _made(beat: Beat) -> str:
    if beat.origin is not None:
        return _at(beat.origin)
    return f"in the {beat.holder.value}" if beat.holder is not None else "nowhere"


def _alias_words(alias: AliasCall) -> str:
    until = f"  until {alias.expires}" if alias.expires else ""
    return f"{until}{'  with other arguments' if alias.adapted else ''}"


def _method(caller: Caller) -> str:
    method = caller.method or "call"
    return f"{method} by name" if caller.by_name and caller.method != "send_task" else method


def _where(caller: Caller) -> str:
    return f"in {caller.module}.{caller.inside}" if caller.inside else f"in {caller.module}"


def _after(caller: Caller) -> str:
    rows = (f"{row.task} ({row.how if row.type is None else f'{row.how}: {row.type}'})" for row in caller.after)
    return f"  after {', '.join(rows)}" if caller.after else ""


def _verdict(caller: Caller) -> str:
    return "" if caller.unchecked is None else f"  (not checked: {caller.unchecked})"


def _at(origin: Origin) -> str:
    return f"{show_path(origin.path)}:{origin.line}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


# -- Markdown --------------------------------------------------------------------------------------------------------


def render_catalogue(system: SystemMap) -> str:
    """A page with a section for each task, for MkDocs, Sphinx with MyST, or a repository."""
    parts = ["# Tasks", f"{_count(len(system.tasks), 'task', 'tasks')}."]
    for task in system.tasks.values():
        parts.append(f"## {_code(task.name)}")
        parts.append(_code(f"{task.name}{task.shown_signature}"))
        if task.docstring:
            # Indented, it is text as it stands, whatever it holds.
            parts.append("\n".join(f"    {line}".rstrip() for line in show_plain(task.docstring.strip()).splitlines()))
        parts.append("\n".join(f"* {label}: {_code(value)}" for label, value in _facts(task)))
        lines = _callers(task)
        if lines:
            parts.append(f"{_callers_title(task)}:")
            parts.append("\n".join(f"* {_code(line)}" for line in lines))
    return "\n\n".join(parts)


def _code(text: str) -> str:
    """A text between so many backticks that none of its own ends it."""
    shown = " ".join(show_plain(text).split())
    runs = [len(run) for run in "".join(c if c == "`" else " " for c in shown).split()]
    fence = "`" * (max(runs, default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown}{fence}"
