"""``Procfile`` and systemd's ``*.service``: one command in a line.

Law: the Procfile format (Heroku Dev Center, *The Procfile*) and systemd.service(5), systemd.exec(5), systemd.unit(5).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from celery_registry.contract.task import Origin
from celery_registry.deployment.started import Started
from celery_registry.deployment.variables import UNKNOWN, read_env_file

__all__ = ["read_procfile", "read_unit"]

_PROCESS: Final = re.compile(r"([A-Za-z0-9_-]+):\s*(.+)")
#: What Heroku runs once, before the others.
_ENDS: Final = "release"


def read_procfile(path: Path, text: str) -> Iterator[Started]:
    """A process for each line ``name: command``; the file ``.env`` beside it has the environment."""
    environment = _env_file(path.parent / ".env")
    for number, line in enumerate(text.splitlines(), 1):
        found = _PROCESS.fullmatch(line.strip())
        if found and found[1] != _ENDS:
            yield Started(found[1], Origin(str(path), number), found[2], environment, folder=path.parent)


def read_unit(path: Path, text: str) -> Iterator[Started]:
    """The process of one unit; what ``%i`` and its like stand for is not known."""
    environment: dict[str, str] = {}
    files: list[str] = []
    commands: list[tuple[int, str]] = []
    section = ""
    for number, line in _joined(text):
        if line.startswith("["):
            section = line
        key, sign, value = line.partition("=")
        if section != "[Service]" or not sign:
            continue
        value = re.sub(r"%(.)", lambda found: "%" if found[1] == "%" else UNKNOWN, value.strip())
        if key.strip() == "Environment":
            environment |= _pairs(value)
        elif key.strip() == "EnvironmentFile":
            environment |= _env_file(path.parent / value.lstrip("-").lstrip("/")) if value else {}
            files.append(value)
        elif key.strip() == "ExecStart":
            commands = [*commands, (number, value.lstrip("-@:+!|"))] if value else []
    for number, command in commands:
        yield Started(path.name, Origin(str(path), number), command, environment, apart=tuple(files))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations, each with the number of the first; comments are none, even between them."""
    begun, number = "", 0
    for at, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith(("#", ";")) or (not line and not begun):
            continue
        number = number if begun else at
        if line.endswith("\\"):
            begun += f"{line[:-1]} "
            continue
        yield number, begun + line
        begun = ""


def _pairs(text: str) -> dict[str, str]:
    try:
        parts = [word.partition("=") for word in shlex.split(text)]
    except ValueError:
        return {}
    return {key: value for key, sign, value in parts if sign}


def _env_file(path: Path) -> dict[str, str]:
    try:
        return read_env_file(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError):
        return {}
