#!/usr/bin/env python3
"""Run the tests on a machine that has Python alone: make a virtual environment, install, run pytest.

Law: the standard library alone. Lint, types and layers are tests too, so this one command is all there is.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAMP = "celery-registry-tests"


class CannotRun(Exception):
    """The environment cannot be made; the text is what the failing command said."""


def make_environment(venv: Path) -> Path:
    """A virtual environment with this checkout, editable, and the ``test`` group; returns its Python.

    Nothing is installed again while ``pyproject.toml`` stays as it is.
    """
    python = venv / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = venv / STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    if not python.exists():
        print(f"Making a virtual environment in {venv}", flush=True)
        run([sys.executable, "-m", "venv", str(venv)])
    print("Installing the package and its test group (pip)", flush=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    # Dependency groups came with pip 25.1.
    run([*pip, "--upgrade", "pip>=25.1"])
    run([*pip, "--editable", ".", "--group", "test"])
    stamp.write_text(wanted)
    return python


def run(command: list[str]) -> None:
    """Run a command that must succeed."""
    finished = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if finished.returncode:
        raise CannotRun(f"{' '.join(command)}\n{finished.stdout.strip()}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Make a virtual environment, install celery-registry with its test group, and run pytest.",
        epilog="Every other argument goes to pytest: python3 tests/run.py -k signature -x. Two processes share "
        "the tests unless -n says otherwise. Exit status: that of pytest; 2 where the environment cannot be made.",
    )
    default = Path(os.environ.get("CELERY_REGISTRY_VENV", ROOT / ".venv"))
    parser.add_argument("--venv", type=Path, default=default, metavar="DIR",
                        help="the virtual environment to make or use again "
                        "(default: $CELERY_REGISTRY_VENV, else .venv in this checkout)")  # fmt: skip
    options, arguments = parser.parse_known_args()
    try:
        if sys.version_info < (3, 10):  # noqa: UP036  whatever python3 is on this machine runs this file
            raise CannotRun(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}")
        python = make_environment(options.venv.absolute())
    except CannotRun as reason:
        print(f"Cannot run: {reason}", file=sys.stderr)
        return 2
    if not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        arguments = ["-n", "2", *arguments]
    if os.environ.get("CI"):
        arguments = ["-p", "tests.no_skips", *arguments]
    try:
        return subprocess.run([str(python), "-m", "pytest", *arguments], cwd=ROOT).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
