"""A comparison for people and machines: text, JSON, GitHub annotations, a Markdown comment.

Law: words of the formats alone; the sentences come with the changes.
"""

from __future__ import annotations

import json
from typing import Any, Final

from celery_registry.contract.change import Order
from celery_registry.contract.codes import Code
from celery_registry.report.document import path_in_repository, show_path
from celery_registry.wire.compat import AcceptedChange, Comparison, TaskChanges

__all__ = ["FORMATS", "render_blocks", "render_comparison", "render_rows", "render_tasks", "show_cell", "show_code"]

FORMATS: Final = ("text", "json", "github", "markdown")

#: Tasks in what a person reads, the worst first; a comment on GitHub holds 65,536 characters.
_MOST_SHOWN: Final = 200

_LEVEL: Final = {Order.BREAKING: "error", Order.PRODUCERS_FIRST: "warning", Order.WORKERS_FIRST: "warning"}
_ADVICE: Final = {
    Order.COMPATIBLE: "deploy in any order",
    Order.WORKERS_FIRST: "deploy the workers first, then the producers",
    Order.PRODUCERS_FIRST: "deploy the producers first, let the queues drain, then deploy the workers",
    Order.BREAKING: "no order of deploy keeps every message",
}
_STALE: Final = "The lock is not what the code says: write it again before you deploy"


def render_comparison(comparison: Comparison, base: str, head: str, format: str) -> str:
    """The document, without a newline at its end; ``base`` and ``head`` are how the user called the two versions."""
    if format == "json":
        return json.dumps(_document(comparison, base, head), indent=2, ensure_ascii=False)
    if format == "github":
        told = [_annotation(task, index) for task in comparison.tasks for index in range(len(task.changes))]
        told += [_accepted_annotation(task, known) for task in comparison.tasks for known in task.accepted]
        told += [f"::error title={Code.INCOMPATIBLE}: stale::{_escape(_STALE)}"] if comparison.stale else []
        return "\n".join(told)
    return _markdown(comparison, base, head) if format == "markdown" else _text(comparison, base, head)


def _summary(comparison: Comparison) -> str:
    counts = [f"{count} {order.value}" for order, count in comparison.by_order.items() if count]
    accepted = sum(len(task.accepted) for task in comparison.tasks)
    counts += [f"{accepted} accepted"] if accepted else []
    changed = ", ".join(counts) or "no task changed"
    counted = f"{changed}; {comparison.unchanged} unchanged."
    return f"{counted} {_STALE}." if comparison.stale else f"{counted} Deploy: {_ADVICE[comparison.order]}."


def _text(comparison: Comparison, base: str, head: str) -> str:
    blocks = render_blocks(comparison)
    blocks.append(f"{base} -> {head}: {_summary(comparison)}")
    return "\n\n".join(blocks)


def render_blocks(comparison: Comparison) -> list[str]:
    """One paragraph for each task that changed, as a terminal shows it."""
    blocks = []
    for task in comparison.tasks[:_MOST_SHOWN]:
        place = f"  {_place(task)}" if task.origin.path else ""
        lines = [f"{task.task}: {_verdict(task)}{place}"]
        for change in task.changes:
            lines.append(f"  {change.title}")
            lines += [f"    {reason}" for reason in change.reasons]
            if change.order is not Order.COMPATIBLE or not change.reasons:
                lines.append(f"    -> {change.remedy}")
        for known in task.accepted:
            lines.append(f"  accepted until {known.expires}: {known.change.title}")
            lines.append(f"    {known.reason}")
        blocks.append("\n".join(lines))
    if len(comparison.tasks) > _MOST_SHOWN:
        blocks.append(_more(comparison))
    return blocks


def _verdict(task: TaskChanges) -> str:
    return task.order.value if task.changes else "accepted"


def _document(comparison: Comparison, base: str, head: str) -> dict[str, Any]:
    return {
        "base": base,
        "head": head,
        "order": comparison.order.value,
        "stale": comparison.stale,
        "unchanged": comparison.unchanged,
        "tasks": render_tasks(comparison),
    }


def render_tasks(comparison: Comparison) -> list[dict[str, Any]]:
    """The tasks that changed, as JSON has them."""
    return [
        {
            "task": task.task,
            "order": task.order.value,
            "path": show_path(task.origin.path) if task.origin.path else None,
            "line": task.origin.line or None,
            "changes": [
                {
                    "rule": change.rule,
                    "order": change.order.value,
                    "title": change.title,
                    "reasons": list(change.reasons),
                    "remedy": change.remedy,
                }
                for change in task.changes
            ],
            "accepted": [
                {
                    "rule": known.change.rule,
                    "order": known.change.order.value,
                    "title": known.change.title,
                    "reason": known.reason,
                    "expires": known.expires,
                }
                for known in task.accepted
            ],
        }
        for task in comparison.tasks
    ]


def _annotation(task: TaskChanges, index: int) -> str:
    change = task.changes[index]
    text = [f'Task "{task.task}" {change.title}', *change.reasons, change.remedy]
    return _command(_LEVEL.get(change.order, "notice"), change.order.value, task, text)


def _accepted_annotation(task: TaskChanges, known: AcceptedChange) -> str:
    text = [f'Task "{task.task}" {known.change.title}', f"accepted until {known.expires}: {known.reason}"]
    return _command("notice", "accepted", task, text)


def _command(level: str, verdict: str, task: TaskChanges, text: list[str]) -> str:
    properties = {"title": f"{Code.INCOMPATIBLE}: {verdict}"}
    if task.origin.path:
        properties |= {"file": path_in_repository(task.origin.path), "line": str(task.origin.line or 1)}
    shown = ",".join(f"{key}={_escape(value, ':,')}" for key, value in properties.items())
    return f"::{level} {shown}::{_escape(chr(10).join(text))}"


def _escape(text: str, more: str = "") -> str:
    """Escape as workflow commands ask for (GitHub documentation, *Workflow commands*)."""
    for character in ("%", "\r", "\n", *more):
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _markdown(comparison: Comparison, base: str, head: str) -> str:
    verdict = "the lock is stale" if comparison.stale else comparison.order.value
    lines = [f"### Messages in flight: {verdict}", "", _summary(comparison)]
    if comparison.tasks:
        lines += ["", *render_rows(comparison)]
    return "\n".join([*lines, "", f"{show_code(base)} → {show_code(head)}"])


def render_rows(comparison: Comparison) -> list[str]:
    """The lines of a Markdown table of the tasks that changed."""
    lines = ["| Task | Verdict | Change | Why | What to do |", "| --- | --- | --- | --- | --- |"]
    for task in comparison.tasks[:_MOST_SHOWN]:
        for change in task.changes:
            cells = (change.order.value, change.title, "; ".join(change.reasons), change.remedy)
            lines.append(f"| {show_code(task.task)} | " + " | ".join(show_cell(cell) for cell in cells) + " |")
        for known in task.accepted:
            cells = (f"accepted until {known.expires}", known.change.title, known.reason, "")
            lines.append(f"| {show_code(task.task)} | " + " | ".join(show_cell(cell) for cell in cells) + " |")
    if len(comparison.tasks) > _MOST_SHOWN:
        lines += ["", _more(comparison)]
    return lines


def _more(comparison: Comparison) -> str:
    return f"and {len(comparison.tasks) - _MOST_SHOWN} more tasks that changed; --format json lists all"


def show_cell(text: str) -> str:
    """A text that stays in its cell and is no markup."""
    for character in "\\`*_<>[]|":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def show_code(text: str) -> str:
    """A name as code; a pipe would end the cell even there."""
    return f"`{' '.join(text.split()).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _place(task: TaskChanges) -> str:
    return f"({show_path(task.origin.path)}:{task.origin.line})"
