"""Locks that other programs read, and that a renaming leaves as they are.

Law: files in, lines out. Which lock is the program's own, the caller knows; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from celery_registry.contract.lock_text import parse_lock
from celery_registry.errors import ConfigurationError
from celery_registry.report.document import show_path

__all__ = ["locks_beside", "tell_locks"]


def locks_beside(files: Iterable[Path], more: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The files named as locks are, in the directories of ``files``, and ``more``."""
    folders = sorted({path.parent for path in files})
    found = [lock for folder in folders for lock in sorted(folder.glob("*.lock")) if lock.is_file()]
    return tuple(dict.fromkeys(path.resolve() for path in (*found, *more)))


def tell_locks(locks: Iterable[Path], name: str) -> Iterator[str]:
    """A line for each that has the task; what is no lock of ours, as another tool's, is passed over."""
    for path in locks:
        try:
            text = path.read_bytes().decode("utf-8", "replace")
            # Other tools have files of this name, too: most are told from ours without being parsed.
            tasks = parse_lock(text, str(path)).tasks if f'"{name}"' in text else {}
        except (OSError, ConfigurationError):
            continue
        if name in tasks:
            yield (
                f'{show_path(str(path))}: has "{name}" too, and was left: who reads it sends by that name; '
                "copy the new lock there before the alias ends"
            )
