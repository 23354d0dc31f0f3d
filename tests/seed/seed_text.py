"""The seed's text, taken apart: prose is known line by line, and whatever is not prose is code.

Law: it knows the text and nothing of what the code means. The list is exhaustive on purpose: a line
that is added to the text is code until somebody says that it is prose.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["PROSE", "Block", "read_blocks", "read_lines"]

HEADINGS = (
    "Skip to content",
    "Task Registry",
    "Overview",
    "Registry Structure",
    "Task Names",
    "Base Registry",
    "Type Hints",
    "Calling Tasks",
    "Async (Non-blocking)",
    "With Arguments",
    "Apply Async (More Options)",
    "Synchronous (Blocking)",
    "Avoid Synchronous Calls in Web Requests",
    "IoC Registration",
    "Adding New Tasks",
    "1. Add Task Name",
    "2. Add Registry Property",
    "3. Create Controller",
    "Using in HTTP Controllers",
    "Result Handling",
    "Check Status",
    "Timeout",
    "Ignore Results",
)
SENTENCES = (
    "Type-safe task access and invocation.",
    "The TasksRegistry provides type-safe access to Celery tasks:",
    "Define task names as an enum:",
    "Use TYPE_CHECKING for result types:",
    "Calling tasks synchronously in HTTP handlers causes problems:",
    "  • Blocks the web worker — The request hangs until the task completes",
    "  • Request timeouts — Long-running tasks will exceed HTTP timeout limits",
    "  • Database deadlocks — Tasks requiring the same database connection may deadlock",
    "  • Poor scalability — Blocked workers can't serve other requests",
    "Use .delay() or .apply_async() instead, and return a task ID for status polling.",
    "The registry is created by TasksRegistryFactory:",
    "See Task Controllers.",
    "For fire-and-forget tasks:",
)
PROSE = frozenset((*HEADINGS, *SENTENCES))


@dataclass(frozen=True)
class Block:
    """Consecutive lines of code: the heading above them, the number of the first line, the text."""

    heading: str
    line: int
    text: str


def read_lines() -> list[str]:
    return (Path(__file__).parent / "seed.txt").read_text(encoding="utf-8").splitlines()


def read_blocks() -> list[Block]:
    """Every block of code, in the order of the text."""
    blocks: list[Block] = []
    heading, start, code = "", 0, list[str]()
    for number, line in enumerate([*read_lines(), HEADINGS[0]], 1):
        if line in PROSE:
            if any(code):
                blocks.append(Block(heading, start, "\n".join(code).strip("\n") + "\n"))
            code = []
            heading = line if line in HEADINGS else heading
        elif line or code:
            start = start if code else number
            code.append(line)
    return blocks
