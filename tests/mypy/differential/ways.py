"""Five ways to run mypy over one folder, each with its own cache, and what they print.

Law: real processes of the installed mypy. It knows nothing about what the folder holds.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from .processes import BadRun, Finished, New, NoWorkers, Processes

__all__ = ["WAYS", "Ways", "write_files"]

WAYS = ("cold", "warm", "daemon", "parallel", "shuffled")
_LINE = re.compile(r"^[^:\n]+\.py:\d+: (error|note): ")
#: mypy says this once per run, beside the first of several errors.
_ONCE = "note: See https://mypy.readthedocs.io/"
_COMMON = ("--no-error-summary", "--hide-error-context", "--no-pretty", "--show-traceback")


class Ways:
    """The five ways; ``libraries`` is a cache that holds the files of installed packages alone."""

    def __init__(
        self, folder: Path, scratch: Path, libraries: Path | None = None, start: Callable[[], Processes] = New
    ) -> None:
        self.folder = folder
        # Each way has its own, and so its own seed of hashes: an order that hangs on it differs between ways.
        self._processes = {way: start() for way in WAYS}
        self._scratch = scratch
        self._libraries = libraries
        self._daemon_started = False
        self._configuration: str | None = None
        scratch.mkdir(parents=True, exist_ok=True)

    def lines(self, way: str, files: list[str], number: int = 0) -> frozenset[str]:
        """What mypy prints now about the files, run in this way."""
        if way == "warm":
            return self._mypy("warm", files)
        if way == "parallel":
            return self._mypy("parallel", files, "-n", "2")
        if way == "daemon":
            return self._ask_daemon(files)
        if way == "shuffled":
            files = list(files)
            random.Random(number).shuffle(files)
        cache = self._scratch / way
        shutil.rmtree(cache, ignore_errors=True)
        if self._libraries is not None:
            shutil.copytree(self._libraries, cache)
        return self._mypy(way, files)

    def _mypy(self, cache: str, files: list[str], *options: str) -> frozenset[str]:
        if self._libraries is not None and not (self._scratch / cache).exists():
            shutil.copytree(self._libraries, self._scratch / cache)
        arguments = [*_COMMON, "--cache-dir", str(self._scratch / cache), *options, *files]
        for _ in range(20):
            finished = self._processes[cache].run("mypy", arguments, self.folder)
            # mypy waits a few seconds for its workers; a busy machine needs longer.
            if "connect to build worker" not in finished.stdout + finished.stderr:
                return _read(cache, finished)
        raise NoWorkers(f"{cache}: no worker of mypy's has started in 20 attempts")

    def _ask_daemon(self, files: list[str]) -> frozenset[str]:
        configuration = (self.folder / "mypy.ini").read_text()
        expected = self._configuration not in (None, configuration)
        self._daemon_started, self._configuration = True, configuration
        options = [*_COMMON, "--cache-dir", str(self._scratch / "daemon")]
        command = ["run", "--timeout", "900", "--log-file", str(self._scratch / "daemon.log"), "--"]
        finished = self._dmypy(*command, *options, *files)
        if "Restarting: " in finished.stdout and not expected:
            # A daemon that starts anew each time would hide whatever it forgets.
            raise BadRun(f"daemon: {finished.stdout}")
        return _read("daemon", finished)

    def _dmypy(self, *arguments: str) -> Finished:
        status_file = ["--status-file", str(self._scratch / "daemon.json")]
        return self._processes["daemon"].run("mypy.dmypy", [*status_file, *arguments], self.folder)

    def stop(self) -> None:
        """End the daemon and what it was started from; the caches stay."""
        if self._daemon_started:
            self._dmypy("stop")
            self._daemon_started = False
        for processes in self._processes.values():
            processes.close()


def _read(way: str, finished: Finished) -> frozenset[str]:
    printed = [line for line in finished.stdout.splitlines() if not line.startswith(("Daemon ", "Restarting: "))]
    stopped = finished.returncode == 2 and any("  [syntax]" in line for line in printed)
    strange = [line for line in printed if not _LINE.match(line)]
    if finished.stderr or strange or (finished.returncode not in (0, 1) and not stopped):
        raise BadRun(f"{way}: exit status {finished.returncode}\n{finished.stdout}\n{finished.stderr}")
    if "could not check this" in finished.stdout:
        raise BadRun(f"{way}: {finished.stdout}")
    return frozenset(line for line in printed if _ONCE not in line)


def write_files(folder: Path, files: dict[str, str], clock: int) -> dict[str, str]:
    """Make the folder hold these files; returns those that changed, "" for a deleted one.

    ``clock`` is in seconds and grows with each call: mypy looks at whole seconds of a file's time.
    """
    changed: dict[str, str] = {}
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    for name in present - files.keys():
        (folder / name).unlink()
        changed[name] = ""
    for name, text in files.items():
        path = folder / name
        if name in present and path.read_text() == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1_700_000_000 + 2 * clock,) * 2)
        changed[name] = text
    return changed
