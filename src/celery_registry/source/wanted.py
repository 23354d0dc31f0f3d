"""Which files say anything about tasks: the others are never parsed.

Law: a file's bytes in, yes or no out. It may say yes to a file that holds no fact, never no to one that does.

Every pattern begins with plain text, which ``re`` finds an order of magnitude faster than one of several beginnings.
"""

from __future__ import annotations

import re

from celery_registry.source.verbs import patterns

__all__ = ["file_says_something", "says_something"]

#: What a person writes about tasks stands above this many bytes.
_ENOUGH = 1_000_000

# What a file must say besides to address a task by name, or to hold a registry or a schedule.
# Calls of a task (``registry.send_email.delay(...)``) are mypy's business: a file with nothing else is not parsed.
_ASK = re.compile(
    rb"ask(?:(?<=send_task)|(?<=periodic_task)|(?<=\bTask)\b"
    rb"|[)\[,(](?<=Task.)|\((?<=subtask.)|[\"'](?<=[\"']task.)"
    rb"|s\[(?<=\.tasks.)|_by_name(?<=_get_task_by_name)|_name(?<=gen_task_name)|_cls(?<=task_cls))"
)
_DECORATOR = re.compile(rb"@[\w.]*[Tt]ask")
#: What other packages than Celery call what registers.
_JOB = re.compile(rb"@[\w.]*job")
_IMPORT = re.compile(rb"import[^\n]*\btask\b")


def says_something(text: bytes) -> bool:
    """Whether the text of a file can hold a fact."""
    if b"ignature(" in text:
        return True
    if any(pattern.search(text) is not None for pattern in patterns()):
        return True
    if b"job" in text and _JOB.search(text) is not None:
        return True
    return b"ask" in text and (
        _ASK.search(text) is not None or _DECORATOR.search(text) is not None or _IMPORT.search(text) is not None
    )


def file_says_something(path: str) -> bool:
    """The same of the file at a path; no where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return says_something(file.read(_ENOUGH))
    except OSError:
        return False
