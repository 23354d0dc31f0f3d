"""Type checkers as their users run them: one project in, the lines that each one flags out.

Law: it runs programs and reads their output. Which line ought to be flagged is the tests' business.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["CHECKERS", "Flagged", "run_checker"]


# The checkers find the packages of the environment that they are installed in.
_SCRIPTS = sysconfig.get_path("scripts")


class Flagged(NamedTuple):
    """One error: a path as the tool prints it, a line from 1, and the tool's words."""

    path: str
    line: int
    message: str


def run_checker(name: str, project: Path, *paths: str, every: bool = False) -> list[Flagged]:
    """Run a checker in a project and return its errors; ``every`` adds warnings and information.

    Fails where the checker itself does not run.
    """
    command, read = CHECKERS[name]
    run = subprocess.run(
        [os.path.join(_SCRIPTS, command[0]), *command[1:], *paths],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": os.pathsep.join((_SCRIPTS, os.environ["PATH"])), "VIRTUAL_ENV": sys.prefix},
    )
    assert run.returncode in (0, 1), f"{name} did not run:\n{run.stdout}\n{run.stderr}"
    return read(run.stdout, every)


def _read_pyright(output: str, every: bool) -> list[Flagged]:
    found: list[dict[str, Any]] = json.loads(output)["generalDiagnostics"]
    return [
        Flagged(item["file"], item["range"]["start"]["line"] + 1, item["message"])
        for item in found
        if every or item["severity"] == "error"
    ]


_LINE = re.compile(r"^(?:[A-Z]+ )?(\S+?\.pyi?):(\d+)(?::[\d:-]+)?:? (.*)$")


def _read_lines(output: str, every: bool) -> list[Flagged]:
    matches = (_LINE.match(line) for line in output.splitlines() if every or ": note:" not in line)
    return [Flagged(match[1], int(match[2]), match[3]) for match in matches if match]


CHECKERS: Mapping[str, tuple[Sequence[str], Callable[[str, bool], list[Flagged]]]] = {
    "mypy with the plugin": (["mypy", "--no-error-summary", "--show-error-codes"], _read_lines),
    "pyright": (["pyright", "--outputjson"], _read_pyright),
    "basedpyright": (["basedpyright", "--outputjson"], _read_pyright),
    "ty": (["ty", "check", "--output-format", "concise"], _read_lines),
    # With several threads its verdict on one of the calls depends on which thread was first.
    "pyrefly": (
        ["pyrefly", "check", "--threads", "1", "--output-format", "min-text", "--summary", "none"],
        _read_lines,
    ),
    "zuban": (["zuban", "check"], _read_lines),
}
