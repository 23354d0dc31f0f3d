"""Projects for the tests of the stubs, set up by the commands that users run.

Law: it copies, runs and returns directories.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

__all__ = ["EXAMPLE", "ROOT", "make_editor_project", "make_shop", "run_command", "write_files"]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "delivery_project"
_COMMAND = os.path.join(sysconfig.get_path("scripts"), "celery-registry")


def run_command(project: Path, *arguments: str, answer: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``celery-registry`` in a directory."""
    return subprocess.run(
        [_COMMAND, *arguments], cwd=project, capture_output=True, text=True, check=False, input=answer
    )


def make_shop(folder: Path) -> Path:
    """The conformance project, set up by ``init`` and ``stubs``."""
    shop = folder / "shop"
    shutil.copytree(Path(__file__).parent / "conformance", shop, ignore=shutil.ignore_patterns("__pycache__"))
    for command in (("init", "--yes"), ("stubs",)):
        run = run_command(shop, *command)
        assert run.returncode == 0, run.stderr
    return shop


def make_editor_project(folder: Path) -> Path:
    """The example project, set up by ``init``, with the stubs that this repository keeps for it."""
    project = folder / "delivery_project"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copytree(ROOT / "typeshed_overrides", project / "typeshed_overrides")
    assert run_command(project, "init", "--yes").returncode == 0
    return project


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of a small project."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
