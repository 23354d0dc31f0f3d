"""The commits that broke messages in flight, for people and machines.

Law: words of the layouts alone; each task is laid out as ``compat_formats`` lays it out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from celery_registry.wire.compat import Comparison
from celery_registry.wire.compat_formats import render_blocks, render_rows, render_tasks, show_cell, show_code
from celery_registry.wire.history import Step

__all__ = ["render_commits"]


def render_commits(
    broken: Sequence[tuple[Step, Comparison]], span: tuple[str, str], counted: tuple[int, int], format: str
) -> str:
    """The document in ``text``, ``json`` or ``markdown``; ``counted`` are the commits and those that changed a task."""
    if format == "json":
        commits = [
            {"commit": step.commit, "date": step.day, "subject": step.subject, "tasks": render_tasks(comparison)}
            for step, comparison in broken
        ]
        document = {
            "base": span[0],
            "head": span[1],
            "looked-at": counted[0],
            "changed": counted[1],
            "commits": commits,
        }
        return json.dumps(document, indent=2, ensure_ascii=False)
    summary = f"{counted[0]} commits, {counted[1]} changed a task, {len(broken)} broke messages in flight"
    if format == "markdown":
        lines = ["### Commits that broke messages in flight", "", summary]
        for step, comparison in broken:
            lines += ["", f"#### {show_code(step.commit[:12])} {step.day} {show_cell(step.subject)}", ""]
            lines += render_rows(comparison)
        return "\n".join([*lines, "", f"{show_code(span[0])} → {show_code(span[1])}"])
    blocks = []
    for step, comparison in broken:
        blocks.append(
            "\n".join([f"{step.commit[:12]} {step.day} {step.subject}", *map(_indented, render_blocks(comparison))])
        )
    return "\n\n".join([*blocks, f"{span[0]} -> {span[1]}: {summary}."])


def _indented(block: str) -> str:
    return "\n".join(f"  {line}" for line in block.splitlines())
