"""Is the process behind a ready file at work? What a probe asks, many times a minute.

Law: a file's age, with the standard library's smallest part: no application, no broker and no command line is imported.
"""

from __future__ import annotations

import os
import time

__all__ = ["DEFAULT_AGE", "why_not_ready"]

#: Seconds after which a file that nobody touched is stale.
DEFAULT_AGE = 30.0


def why_not_ready(path: str, max_age: float) -> str | None:
    """One line that says why the process is not ready, None where it is. Raises ``OSError`` for what is no file."""
    try:
        age = time.time() - os.stat(path).st_mtime
    except FileNotFoundError:
        return f"not ready: there is no {path}"
    return None if age <= max_age else f"not ready: {path} was touched {age:.0f} s ago"
