"""A lock as a file of the working tree, or as git keeps it at some revision.

Law: texts and where they stand. Git is only read; it never learns what a lock says.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from celery_registry.errors import ConfigurationError

__all__ = ["LockText", "read_lock_file", "read_lock_text"]

#: Bytes; ten thousand tasks take less than a tenth of it.
_LARGEST: Final = 64 * 1024 * 1024
_SECONDS: Final = 60


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
    if source.isprintable() and source:
        try:
            if Path(source).is_file():
                return read_lock_file(Path(source))
        except OSError:  # a name that is too long for a file may still be a revision
            pass
        commit = _commit(source, lock)
        return LockText(_blob(commit, source, lock), f"{lock} at {source}")
    raise ConfigurationError(f"{source[:60]!r} is no lock file and no git revision")


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


def _commit(revision: str, lock: Path) -> str:
    """The id of the commit that a revision names."""
    # --end-of-options keeps a revision that starts with a dash from being one.
    found = _git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"], lock)
    commit = found.stdout.decode("ascii", "replace").strip()
    if found.returncode or not commit:
        if b"not a git repository" in found.stderr or _git(["rev-parse", "--git-dir"], lock).returncode:
            raise ConfigurationError(f'"{revision}" is no lock file, and there is no git repository here')
        if _git(["rev-parse", "--is-shallow-repository"], lock).stdout.strip() == b"true":
            raise ConfigurationError(f'"{revision}" is not in this shallow clone: {_how_deep(revision)}')
        raise ConfigurationError(f'"{revision}" is no lock file and no git revision')
    return commit


def _how_deep(revision: str) -> str:
    """What to fetch so that a revision is there."""
    counted = re.fullmatch(r"(?:HEAD|@)(?:~(\d{0,6})|(\^+))", revision)
    if counted is None:
        return "git fetch --unshallow --tags, or fetch-depth: 0 of actions/checkout"
    depth = 1 + (len(counted[2]) if counted[2] else int(counted[1] or 1))
    return f"git fetch --depth={depth}, or fetch-depth: {depth} of actions/checkout"


def _blob(commit: str, revision: str, lock: Path) -> str:
    # ./ makes the path relative to the working directory instead of the root of the repository.
    name = f"{commit}:./{lock.name}"
    size = _git(["cat-file", "-s", name], lock)
    if size.returncode or not size.stdout.strip().isdigit():
        raise ConfigurationError(f'there is no {lock} at "{revision}": commit one with celery-registry lock first')
    if int(size.stdout) > _LARGEST:
        raise ConfigurationError(f'{lock} at "{revision}" is too large for a lock')
    blob = _git(["cat-file", "blob", name], lock)
    if blob.returncode:
        raise ConfigurationError(f'{lock} at "{revision}" is no file')
    return _decode(blob.stdout, f"{lock} at {revision}")


def _git(arguments: list[str], lock: Path) -> subprocess.CompletedProcess[bytes]:
    folder = lock.parent if lock.parent.is_dir() else Path()
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise ConfigurationError("git is not installed; give two lock files instead of revisions") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"git cannot be asked: {error}") from None


def _decode(content: bytes, label: str) -> str:
    if len(content) > _LARGEST:
        raise ConfigurationError(f"{label}: is too large for a lock")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{label}: is not a lock: it is no UTF-8 text") from None
