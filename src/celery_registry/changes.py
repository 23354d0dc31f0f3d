"""Files that change together: all of them or none.

Law: paths and bytes in, files out. A journal beside the work says what a killed run left, and the next run finishes it.
It never learns what the files say.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from celery_registry.errors import ConfigurationError

__all__ = ["JOURNAL", "Change", "finish_changes", "show_reason", "text_on_disk", "write_changes"]

#: Stands in the working directory while several files are replaced.
JOURNAL: Final = ".celery-registry-writing.json"
_UNFINISHED: Final = f"{JOURNAL}.new"


@dataclass(frozen=True)
class Change:
    """One file: its bytes before, None where there was none, and after; ``encoding`` is for showing them."""

    path: Path
    old: bytes | None
    new: bytes
    encoding: str = "utf-8"

    @classmethod
    def of_text(cls, path: Path, old: str | None, new: str) -> Change:
        """A file in UTF-8."""
        return cls(path, None if old is None else old.encode(), new.encode())

    def show(self) -> str:
        """A unified diff."""
        name = self.path.as_posix()
        old, new = (part.decode(self.encoding).splitlines(keepends=True) for part in (self.old or b"", self.new))
        lines = difflib.unified_diff(old, new, "/dev/null" if self.old is None else f"a/{name}", f"b/{name}")
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def write_changes(changes: Sequence[Change]) -> None:
    """Write all of the changes or none: what was written before a failure is put back.

    A run that is killed leaves a journal, and ``finish_changes`` the old files or the new ones.
    Raises ``ConfigurationError`` for a file that could not be written, or is not what it was.
    """
    for change in changes:
        if _read(change.path) != change.old:
            raise ConfigurationError(f"{change.path}: has changed meanwhile; nothing was changed")
    if not changes:
        return
    # Of a symbolic link the target is replaced.
    targets = [Path(os.path.realpath(change.path)) for change in changes]
    temporary = [_temporary(target) for target in targets]
    rows = [
        {"file": str(target), "new": str(new), "old": None if change.old is None else _digest(change.old)}
        for change, target, new in zip(changes, targets, temporary, strict=True)
    ]
    done: list[tuple[Path, bytes | None]] = []
    failing = changes[0].path
    try:
        _write_journal(rows, ready=False)
        for change, target, new in zip(changes, targets, temporary, strict=True):
            failing = change.path
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(new, change.new, like=target)
        _write_journal(rows, ready=True)
        for change, target, new in zip(changes, targets, temporary, strict=True):
            failing = change.path
            os.replace(new, target)
            done.append((target, change.old))
    except BaseException as error:
        for target, old in reversed(done):
            with contextlib.suppress(OSError):
                if old is None:
                    target.unlink()
                else:
                    _write_bytes(target, old)
        for new in temporary:
            with contextlib.suppress(OSError):
                new.unlink()
        _remove_journal()
        if isinstance(error, OSError):
            raise ConfigurationError(
                f"{failing}: cannot be written: {show_reason(error)}; nothing was changed"
            ) from None
        raise
    _remove_journal()


def finish_changes() -> list[str]:
    """Finish what a killed run left in the working directory; returns one line per file that was mended.

    Where every new file had been prepared all are put in place, else none is. Raises ``ConfigurationError`` where
    another run is writing now, or a file was edited since.
    """
    try:
        journal: dict[str, Any] = json.loads(Path(JOURNAL).read_bytes())
        rows: list[dict[str, Any]] = journal["files"]
        ready, process = bool(journal["ready"]), int(journal["process"])
    except FileNotFoundError:
        # A journal that was not finished stands for files that were not begun.
        Path(_UNFINISHED).unlink(missing_ok=True)
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{JOURNAL}: cannot be read: {show_reason(error)}; remove it") from None
    if process != os.getpid() and _is_alive(process):
        raise ConfigurationError(f"{JOURNAL}: process {process} is writing files here; wait for it")
    pending = [row for row in rows if Path(row["new"]).exists()]
    for row in pending if ready else ():
        old = _read(Path(row["file"]))
        if (None if old is None else _digest(old)) != row["old"]:
            raise ConfigurationError(
                f"{row['file']}: was edited after a write was interrupted: restore it, or remove {JOURNAL}"
            )
    for row in pending:
        if ready:
            os.replace(row["new"], row["file"])
        else:
            os.unlink(row["new"])
    _remove_journal()
    return [f"{'finished' if ready else 'dropped'} the interrupted write of {row['file']}" for row in pending]


def text_on_disk(path: Path) -> str | None:
    """What a file in UTF-8 says, its line ends as they are; None where there is none. Raises ``ConfigurationError``."""
    try:
        # Of a pipe or a device nobody reads the end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigurationError(f"{path}: cannot be read: it is no regular file")
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {show_reason(error)}") from None


def show_reason(error: Exception) -> str:
    """What went wrong with a file, without its number and name."""
    return str(getattr(error, "strerror", None) or error)


def _write_bytes(path: Path, content: bytes) -> None:
    temporary = _temporary(path)
    try:
        _write_whole(temporary, content, like=path)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _temporary(path: Path) -> Path:
    """A name beside a file that nobody has."""
    word = next(tempfile._get_candidate_names())  # type: ignore[attr-defined]  # mkstemp would make the file now.
    return path.parent / f".{path.name}.{word}"


def _write_whole(path: Path, content: bytes, like: Path) -> None:
    """A new file, on the disk when this returns, with the mode and owner of another."""
    there = like.stat() if like.exists() else None
    mode = 0o666 & ~_umask() if there is None else there.st_mode & 0o7777
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if there is not None and hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(path, there.st_uid, there.st_gid)
    os.chmod(path, mode)


def _write_journal(rows: Sequence[dict[str, Any]], *, ready: bool) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_UNFINISHED)
    content = json.dumps({"process": os.getpid(), "ready": ready, "files": rows}).encode()
    _write_whole(Path(_UNFINISHED), content, like=Path(JOURNAL))
    os.replace(_UNFINISHED, JOURNAL)


def _remove_journal() -> None:
    for name in (_UNFINISHED, JOURNAL):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {show_reason(error)}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
