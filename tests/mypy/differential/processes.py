"""How a run of mypy gets its process: a new interpreter, or a child of one that has imported mypy already.

Law: both give what ``python -m mypy`` prints and its exit status. It knows no options of mypy's.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

__all__ = ["BadRun", "Finished", "Forked", "New", "NoWorkers", "Processes"]

Finished = subprocess.CompletedProcess[str]

#: Seconds that a run may take. They are counted one by one, so that those in which all is stopped (SIGSTOP) are not.
_LIMIT = 300


class BadRun(Exception):
    """mypy did not finish its work: a crash, a refusal, or a line that is no message about a file."""


class NoWorkers(BadRun):
    """The machine is too busy for ``mypy -n``, whose workers must start within seconds: nothing was compared."""


class Processes(Protocol):
    """Runs ``python -m MODULE ARGUMENTS`` in a folder."""

    def run(self, module: str, arguments: list[str], folder: Path) -> Finished:
        """What it printed; raises ``BadRun`` where it does not end."""

    def close(self) -> None:
        """End what was started."""


class New:
    """A new interpreter for each run, as a user has it."""

    def run(self, module: str, arguments: list[str], folder: Path) -> Finished:
        command = [sys.executable, "-m", module, *arguments]
        pipe, null = subprocess.PIPE, subprocess.DEVNULL
        with subprocess.Popen(command, cwd=folder, stdin=null, stdout=pipe, stderr=pipe, text=True) as process:
            for _ in range(_LIMIT):
                try:
                    out, err = process.communicate(timeout=1)
                except subprocess.TimeoutExpired:
                    continue
                return Finished(command, process.returncode, out, err)
            process.kill()
        raise BadRun(f"no end after {_LIMIT} s: {command}")

    def close(self) -> None:
        pass


class Forked:
    """A child of a fork server for each run; all children of one server have its seed of hashes."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def run(self, module: str, arguments: list[str], folder: Path) -> Finished:
        if self._server is None:
            command = [sys.executable, str(Path(__file__).with_name("fork_server.py"))]
            pipe = subprocess.PIPE
            self._server = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True)
        requests, answers = self._server.stdin, self._server.stdout
        assert requests is not None
        assert answers is not None
        request = {"module": module, "arguments": arguments, "folder": str(folder)}
        requests.write(json.dumps(request) + "\n")
        requests.flush()
        if not any(select.select([answers], [], [], 1)[0] for _ in range(_LIMIT)):
            os.killpg(self._server.pid, signal.SIGKILL)
            self.close()
            raise BadRun(f"no end after {_LIMIT} s: {request}")
        answer: dict[str, Any] = json.loads(answers.readline())
        return Finished([module, *arguments], answer["status"], answer["out"], answer["err"])

    def close(self) -> None:
        if self._server is not None:
            with self._server as server:
                assert server.stdin is not None
                server.stdin.close()
            self._server = None
