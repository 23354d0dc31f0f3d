"""What ``parked list`` and ``parked stats`` say.

Law: counts in, text or JSON out.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

from celery_registry.cli import CLEAN, FINDINGS
from celery_registry.wire.message import show_name
from celery_registry.wire.parking.triage import Judged, State

__all__ = ["report_messages", "show_count", "show_task"]


def report_messages(name: str, messages: Iterable[Judged], *, format_name: str, totals: bool) -> int:
    """Print what stands in the queue ``name``, by task and reason or in ``totals``; returns the exit status."""
    states: Counter[State] = Counter()
    rows: dict[tuple[str, str], Counter[State]] = {}
    oldest: dict[tuple[str, str], float] = {}
    size = 0
    for judged in messages:
        parked = judged.parked
        key = (show_task(judged), show_name(parked.reason) if parked else "-")
        rows.setdefault(key, Counter())[judged.state] += 1
        states[judged.state] += 1
        size += judged.entry.size
        if parked is not None:
            oldest[key] = min(oldest.get(key, parked.time), parked.time)
    now = time.time()
    total = sum(states.values())
    if format_name == "json":
        click.echo(json.dumps(_document(name, rows, states, oldest, size, now), indent=2, ensure_ascii=False))
    elif totals:
        reasons: Counter[str] = Counter()
        for (_, reason), found in rows.items():
            reasons[reason] += sum(found.values())
        lines = [f"{count} {reason}" for reason, count in reasons.most_common()]
        lines += [f"{count} {state.value}" for state, count in states.most_common()]
        age = _age(now - min(oldest.values())) if oldest else "-"
        click.echo("\n".join([f'{show_count(total)} in "{name}", {size} bytes, the oldest parked {age} ago', *lines]))
    else:
        table = [["task", "reason", "messages", "fit now", "oldest"]]
        for key, found in sorted(rows.items(), key=lambda row: (-sum(row[1].values()), row[0])):
            age = _age(now - oldest[key]) if key in oldest else "-"
            table.append([*key, str(sum(found.values())), str(found[State.FITS]), age])
        if rows:
            click.echo(_columns(table))
        fits = "1 fits" if states[State.FITS] == 1 else f"{states[State.FITS]} fit"
        click.echo(f'{show_count(total)} in "{name}": {fits} this checkout.')
    return FINDINGS if total > states[State.FITS] else CLEAN


def _document(
    name: str,
    rows: dict[tuple[str, str], Counter[State]],
    states: Counter[State],
    oldest: dict[tuple[str, str], float],
    size: int,
    now: float,
) -> dict[str, Any]:
    groups = [
        {
            "task": task,
            "reason": reason,
            "messages": sum(found.values()),
            "states": {state.value: count for state, count in sorted(found.items())},
            "oldest_seconds": round(now - oldest[task, reason], 3) if (task, reason) in oldest else None,
        }
        for (task, reason), found in sorted(rows.items())
    ]
    return {
        "queue": name,
        "messages": sum(states.values()),
        "fit": states[State.FITS],
        "bytes": size,
        "oldest_seconds": round(now - min(oldest.values()), 3) if oldest else None,
        "groups": groups,
    }


def show_count(messages: int) -> str:
    """How many messages, for people."""
    return "1 message" if messages == 1 else f"{messages} messages"


def show_task(judged: Judged) -> str:
    """The name of the task, for people."""
    parked = judged.parked
    if parked is None:
        return "(foreign)"
    return show_name(parked.task) if parked.task else "(no task)"


def _age(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _columns(rows: list[list[str]]) -> str:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
