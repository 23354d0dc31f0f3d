"""A file that is replaced as a whole, where it is one: a link keeps its place, a device is written to.

Law: a path and a text; it never learns what the text says.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from celery_registry.errors import ConfigurationError

__all__ = ["replace_text", "write_text"]


def write_text(path: Path, text: str) -> None:
    """``replace_text``; raises ``ConfigurationError``, one line, where the place cannot be written."""
    try:
        replace_text(path, text)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror or error}") from None


def replace_text(path: Path, text: str) -> None:
    """Replace a file as a whole: whoever reads it sees the old text or the new one. Its mode and owner stay.

    Of a symbolic link the target gets the text; a device or a pipe is written to. Raises ``OSError`` that names
    ``path`` where the place cannot be written; what was there is there then.
    """
    try:
        before = _status(path)
        if _is_open_already(path) or (before is not None and not stat.S_ISREG(before.st_mode)):
            # Nothing is cut off: behind /dev/stdout may be a file that somebody is writing to.
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)
        else:
            _replace(path.resolve(), text, before)
    except OSError as error:
        error.filename = os.fspath(path)
        raise
    except RuntimeError as error:  # a loop of links, on Python before 3.13
        raise OSError(None, str(error), os.fspath(path)) from None


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _is_open_already(path: Path) -> bool:
    """Whether a path stands for what a process has open: ``/dev/stdout``, ``/dev/fd/3``, ``/proc/self/fd/1``."""
    return os.path.abspath(path).startswith(("/dev/", "/proc/"))


def _replace(target: Path, text: str, before: os.stat_result | None) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if before is None:
            # mkstemp makes files for the owner alone.
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(temporary, 0o666 & ~umask)
        elif not _take_over(temporary, before):
            # Another's file that we may write: it stays theirs.
            with target.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.unlink(temporary)
            return
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _take_over(temporary: str, before: os.stat_result) -> bool:
    """Give a new file the mode and owner of the one it replaces; False where that is not ours to give."""
    made = os.stat(temporary)
    try:
        if (made.st_uid, made.st_gid) != (before.st_uid, before.st_gid):
            os.chown(temporary, before.st_uid, before.st_gid)
        os.chmod(temporary, stat.S_IMODE(before.st_mode))
    except (PermissionError, AttributeError):  # there is no chown on Windows
        return False
    return True
