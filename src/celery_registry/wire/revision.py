"""A lock as a file of the working tree, or as git keeps it at some revision.

Law: texts and where they stand. Git is only read; it never learns what a lock says.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from celery_registry.errors import ConfigurationError
from celery_registry.wire.git import ask_git, find_commit

__all__ = ["LockText", "has_lock", "is_file", "read_lock_file", "read_lock_text"]

#: Bytes; ten thousand tasks take less than a tenth of it.
_LARGEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class LockText:
    """The text of a lock; ``label`` names it in messages, ``path`` is its file where it is one of the working tree."""

    text: str
    label: str
    path: Path | None = None


def read_lock_text(source: str, lock: Path) -> LockText:
    """The lock that ``source`` names: a lock file, or a git revision that holds the file ``lock``.

    Raises ``ConfigurationError``, one line, where there is no such file or revision, or no lock in it.
    """
    if is_file(source):
        return read_lock_file(Path(source))
    return LockText(_blob(find_commit(source, lock.parent), source, lock), f"{lock} at {source}")


def is_file(source: str) -> bool:
    """Whether what the user named is a file, and not a revision."""
    try:
        return source.isprintable() and bool(source) and Path(source).is_file()
    except OSError:  # a name that is too long for a file may still be a revision
        return False


def has_lock(revision: str, lock: Path) -> bool:
    """Whether a revision holds the file ``lock``; raises ``ConfigurationError`` where it is no revision."""
    return (
        ask_git(["cat-file", "-e", f"{find_commit(revision, lock.parent)}:./{lock.name}"], lock.parent).returncode == 0
    )


def read_lock_file(path: Path) -> LockText:
    """The text of a lock file; raises ``ConfigurationError`` where it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such lock file; write it with: celery-registry lock") from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: cannot be read: {error}") from None
    return LockText(_decode(content, str(path)), str(path), path)


def _blob(commit: str, revision: str, lock: Path) -> str:
    # ./ makes the path relative to the working directory instead of the root of the repository.
    name = f"{commit}:./{lock.name}"
    size = ask_git(["cat-file", "-s", name], lock.parent)
    if size.returncode or not size.stdout.strip().isdigit():
        raise ConfigurationError(f'there is no {lock} at "{revision}": commit one with celery-registry lock first')
    if int(size.stdout) > _LARGEST:
        raise ConfigurationError(f'{lock} at "{revision}" is too large for a lock')
    blob = ask_git(["cat-file", "blob", name], lock.parent)
    if blob.returncode:
        raise ConfigurationError(f'{lock} at "{revision}" is no file')
    return _decode(blob.stdout, f"{lock} at {revision}")


def _decode(content: bytes, label: str) -> str:
    if len(content) > _LARGEST:
        raise ConfigurationError(f"{label}: is too large for a lock")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{label}: is not a lock: it is no UTF-8 text") from None
