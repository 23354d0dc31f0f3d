"""Stub files on disk: written whole or not at all, or held against what they should be.

Law: a plan in, files or a diff out. It never asks what a stub says.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from celery_registry.changes import text_on_disk
from celery_registry.errors import ConfigurationError
from celery_registry.report.file import replace_text

__all__ = ["StubPlan", "show_difference", "write_file", "write_stubs"]


@dataclass(frozen=True)
class StubPlan:
    """What should be on disk.

    ``contents`` maps each file to its text; ``stale`` are generated files that no registry asks for any more;
    ``output`` is the directory to keep tidy, None beside the modules. ``warnings`` are lines for whoever asked for it.
    """

    contents: Mapping[Path, str]
    stale: tuple[Path, ...]
    output: Path | None
    warnings: tuple[str, ...] = ()


def write_stubs(plan: StubPlan) -> list[str]:
    """Bring the disk to the plan; returns one line per file that changed, nothing where all was right.

    Raises ``ConfigurationError`` where a file cannot be written.
    """
    changed = []
    try:
        for path, text in plan.contents.items():
            if text_on_disk(path) != text:
                write_file(path, text)
                changed.append(f"wrote {path.as_posix()}")
        for path in plan.stale:
            path.unlink(missing_ok=True)
            changed.append(f"removed {path.as_posix()}")
            _prune(path.parent, plan.output)
    except OSError as error:
        raise ConfigurationError(f"{error.filename}: cannot be written: {error.strerror}") from None
    return changed


def show_difference(plan: StubPlan) -> str:
    """A unified diff from what is on disk to the plan; empty where nothing is stale."""
    parts: list[str] = []
    for path, text in plan.contents.items():
        parts.extend(_diff(path, text_on_disk(path), text))
    for path in plan.stale:
        parts.extend(_diff(path, text_on_disk(path), None))
    return "".join(parts)


def write_file(path: Path, text: str) -> None:
    """Write a text whole or not at all; a reader never sees half of it. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, text)


def _diff(path: Path, old: str | None, new: str | None) -> Iterator[str]:
    if old == new:
        return
    shown = path.as_posix()
    lines = difflib.unified_diff(
        (old or "").splitlines(keepends=True),
        (new or "").splitlines(keepends=True),
        "/dev/null" if old is None else f"a/{shown}",
        "/dev/null" if new is None else f"b/{shown}",
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n"


def _prune(folder: Path, output: Path | None) -> None:
    """Remove directories that became empty, up to the output directory."""
    while output is not None and folder != output and output in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
