"""A sign of life on a terminal, while something takes long.

Law: a word and a clock on standard error; it never learns what the work is, and is gone without a trace behind it.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import Final

__all__ = ["show_progress"]

#: Seconds before anything is shown, and between two signs.
_PATIENCE: Final = 3.0
_BEAT: Final = 1.0
_CLEAR: Final = "\r\x1b[K"


@contextlib.contextmanager
def show_progress(what: str) -> Iterator[None]:
    """``reading the source: 12 s`` on the last line of a terminal, once that takes some seconds; nothing elsewhere."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_tell, args=(what, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _tell(what: str, done: threading.Event) -> None:
    started, shown = time.monotonic(), False
    while not done.wait(_BEAT if shown else _PATIENCE):
        shown = _write(f"{_CLEAR}{what}: {time.monotonic() - started:.0f} s")
    if shown:
        _write(_CLEAR)


def _write(text: str) -> bool:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()
        return True
    return False
