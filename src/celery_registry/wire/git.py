"""Git, asked by its command line: which commit a revision names, and what is in it.

Law: commands out, bytes in. Git is only read; it never learns what a file says.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

from celery_registry.errors import ConfigurationError

__all__ = ["ask_git", "find_commit", "list_commits"]

_SECONDS: Final = 60


def ask_git(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """What ``git`` answers in a folder; raises ``ConfigurationError`` where it is not there or does not answer."""
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder if folder.is_dir() else Path(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise ConfigurationError("git is not installed; give two lock files instead of revisions") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"git cannot be asked: {error}") from None


def find_commit(revision: str, folder: Path) -> str:
    """The id of the commit that a revision names; raises ``ConfigurationError``, one line, where it names none."""
    if not revision or not revision.isprintable():
        raise ConfigurationError(f"{revision[:60]!r} is no lock file and no git revision")
    # --end-of-options keeps a revision that starts with a dash from being one.
    found = ask_git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"], folder)
    commit = found.stdout.decode("ascii", "replace").strip()
    if found.returncode or not commit:
        if b"not a git repository" in found.stderr or ask_git(["rev-parse", "--git-dir"], folder).returncode:
            raise ConfigurationError(f'"{revision}" is no lock file, and there is no git repository here')
        if ask_git(["rev-parse", "--is-shallow-repository"], folder).stdout.strip() == b"true":
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


def list_commits(first: str, last: str, folder: Path) -> list[tuple[str, str, str]]:
    """The commits behind ``first`` up to ``last`` along first parents, oldest first: id, day, subject."""
    listed = ask_git(
        ["log", "--first-parent", "--reverse", "--format=%H%x00%cs%x00%s", f"{first}..{last}", "--"], folder
    )
    if listed.returncode:
        raise ConfigurationError(f"git cannot list the commits: {listed.stderr.decode('utf-8', 'replace')[:200]}")
    lines = listed.stdout.decode("utf-8", "replace").split("\n")
    rows = [line.split("\0", 2) for line in lines if line]
    return [(row[0], row[1], row[2]) for row in rows if len(row) == 3]
