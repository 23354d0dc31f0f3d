"""Run things in turn, A, B, A, B, and compare their medians.

Law: this module knows processes, CPU seconds and bytes. It never learns what mypy or a project is.
Everything is measured in user plus system CPU time, so other work on the machine blurs the figures but does not fake them.
"""

from __future__ import annotations

import ctypes
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cost", "Spread", "compare_costs", "daemon_cost", "interleave", "run_measured"]

KIBIBYTE = 1024
# getrusage(2): Linux gives ru_maxrss in kibibytes, macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else KIBIBYTE


@dataclass(frozen=True)
class Cost:
    """What one run took: user plus system CPU seconds of the process and its children, and peak resident bytes."""

    cpu: float
    memory: int


@dataclass(frozen=True)
class Spread:
    """A ratio of medians, and the quartiles of the ratios of neighbouring runs."""

    ratio: float
    low: float
    high: float


def run_measured(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], accept: Sequence[int] = (0,)) -> Cost:
    """Run ``command`` to its end; its output is discarded unless it fails.

    Raises ``RuntimeError`` with the end of the output if the exit status is none of ``accept``.
    """
    log = cwd / "measured.log"
    with log.open("wb") as output:
        process = subprocess.Popen(list(command), cwd=cwd, env=dict(env), stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accept:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{tail}")
    return Cost(cpu=usage.ru_utime + usage.ru_stime, memory=usage.ru_maxrss * RSS_UNIT)


def daemon_cost(pid: int) -> Cost:
    """What a running process took so far (Linux only). Raises ``OSError`` where there is no ``/proc``."""
    # /proc/PID/stat counts in ticks of 10 ms, which is longer than an edit of a small project takes: the process's own
    # CPU clock counts nanoseconds (clock_getcpuclockid(3), which Python does not offer).
    clock = ctypes.c_int()
    error = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if error:
        raise OSError(error, os.strerror(error))
    cpu = time.clock_gettime(clock.value)
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return Cost(cpu=cpu, memory=int(peak.split()[1]) * KIBIBYTE)


def interleave(sides: Mapping[str, Callable[[], Cost]], runs: int) -> dict[str, list[Cost]]:
    """Run every side once per round, ``runs`` rounds; the side that begins changes from round to round."""
    costs: dict[str, list[Cost]] = {name: [] for name in sides}
    for index in range(runs):
        for name in list(sides) if index % 2 == 0 else reversed(list(sides)):
            costs[name].append(sides[name]())
    return costs


def compare_costs(base: Sequence[float], other: Sequence[float]) -> Spread:
    """How many times ``other`` is ``base``."""
    paired = sorted(b / a for a, b in zip(base, other, strict=True))
    low, high = (
        (paired[0], paired[-1]) if len(paired) < 4 else (lambda q: (q[0], q[2]))(statistics.quantiles(paired, n=4))
    )
    return Spread(ratio=statistics.median(other) / statistics.median(base), low=low, high=high)
