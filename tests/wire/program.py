"""The commands in a process of their own, as users run them.

Law: a folder, arguments and what came of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["run_command", "run_git"]

_MAIN = "from celery_registry.cli import main; main()"


def run_command(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """``celery-registry`` with these arguments, in ``folder``."""
    return subprocess.run(
        [sys.executable, "-c", _MAIN, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def run_git(folder: Path, *arguments: str) -> None:
    """A git command that must succeed."""
    identity = ("-c", "user.email=a@example.com", "-c", "user.name=A", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)
