"""Regenerate while somebody edits.

Law: it knows when a file changed, never what it says. Polling, so that it works on every file system.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping

__all__ = ["Stamps", "read_stamps", "watch"]

#: Path -> modification time in nanoseconds and size in bytes.
Stamps = Mapping[str, tuple[int, int]]


def read_stamps(paths: Iterable[str]) -> Stamps:
    """What each file looks like now; a file that is gone has no stamp."""
    stamps = {}
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        stamps[path] = (status.st_mtime_ns, status.st_size)
    return stamps


def watch(
    files: Callable[[], Iterable[str]],
    changed: Callable[[], None],
    *,
    interval: float = 0.5,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Call ``changed`` once at the start and after every change of a file, until interrupted; ``interval`` in seconds.

    Files that appear or vanish count as changes; several edits within one interval are one change.
    """
    seen: Stamps | None = None
    while True:
        now = read_stamps(files())
        if now != seen:
            seen = now
            changed()
        sleep(interval)
