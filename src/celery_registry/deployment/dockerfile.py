"""What an image that is built here runs: the last ``CMD`` or ``ENTRYPOINT`` of its Dockerfile.

Law: the Dockerfile reference (*CMD*, *ENTRYPOINT*, *FROM*); a text in, a command out, None where it says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

__all__ = ["read_build"]

_FROM: Final = re.compile(r"FROM\s.*?(?:\sAS\s+(\S+))?\s*$", re.IGNORECASE)
_RUNS: Final = re.compile(r"(CMD|ENTRYPOINT)\s+(.*)$", re.IGNORECASE | re.DOTALL)


def read_build(build: Any, folder: Path) -> tuple[str, ...] | str | None:
    """The command of a service that is built; None where its Dockerfile is not here, or says nothing."""
    table = build if isinstance(build, dict) else {"context": build}
    if "dockerfile_inline" in table:
        return None
    path = folder / str(table.get("context") or ".") / str(table.get("dockerfile") or "Dockerfile")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError):
        return None
    return _command(text, table.get("target"))


def _command(text: str, target: Any) -> tuple[str, ...] | str | None:
    command: tuple[str, ...] | str | None = None
    entrypoint: tuple[str, ...] | str | None = None
    stage = None
    for line in _instructions(text):
        if found := _FROM.match(line):
            if target is not None and stage == target:
                break
            stage, command, entrypoint = found[1], None, None
        elif found := _RUNS.match(line):
            value = _words(found[2])
            if found[1].upper() == "CMD":
                command = value
            else:
                entrypoint = value
    if target is not None and stage != target:
        return None
    # An entrypoint before a command prepares the container and runs the command.
    return command or entrypoint


def _instructions(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        if line:
            yield line


def _words(text: str) -> tuple[str, ...] | str:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return tuple(map(str, value)) if isinstance(value, list) else text
