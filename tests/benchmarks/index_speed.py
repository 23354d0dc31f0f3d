"""What the syntactic index costs: ``python -m tests.benchmarks.index_speed``.

Law: it measures the index alone, in one process, in multiples of what nobody can do without: looking at every file
(``os.stat``) and parsing every file (``ast.parse``). mypy's own cost is ``mypy_cost``'s business.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from celery_registry.source.files import SourceFile, find_files
from celery_registry.source.index import SourceIndex

from .interleave import Cost, compare_costs, interleave
from .project import Shape, write_plain_project, write_project

__all__ = ["main"]

OLD = 1_600_000_000


def main() -> None:
    """Write a project, measure, print the medians per 1,000 files."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--files", type=int, default=1000, help="files that say nothing about tasks")
    parser.add_argument("--tasks", type=int, default=200, help="tasks, 20 to a controller")
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="index-speed-") as folder:
        root = Path(folder)
        write_files(root / "src", options.files, options.tasks)
        files = find_files([root / "src"], bases=[root / "src"])
        edited = root / "src" / "shop" / "controllers" / "group_000.py"
        report(files, measure(files, edited, root / "cache", options.runs))


def write_files(root: Path, count: int, tasks: int) -> None:
    """A project of the seed's shape, among ``count`` files that say nothing about tasks."""
    write_project(root, Shape(tasks=tasks, calls=tasks, controllers=max(1, tasks // 20)))
    plain = root / "plain"
    write_plain_project(plain, Shape(tasks=count * 8, calls=count * 4, controllers=count))
    for path in root.rglob("*.py"):
        # A file of this very second would not be trusted.
        os.utime(path, (OLD, OLD))


def measure(files: tuple[SourceFile, ...], edited: Path, cache: Path, runs: int) -> dict[str, list[Cost]]:
    """CPU seconds of each side, run in turn."""

    def cold() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        ask(SourceIndex.build(files, cache))

    def warm() -> None:
        ask(SourceIndex.build(files, cache))

    def edit() -> None:
        time_of_change = edited.stat().st_mtime + 1
        edited.write_bytes(edited.read_bytes() + b"\n")
        os.utime(edited, (OLD, time_of_change))
        ask(SourceIndex.build(files, cache))

    def stat_all() -> None:
        for file in files:
            os.stat(file.path)

    def parse_all() -> None:
        for file in files:
            ast.parse(Path(file.path).read_bytes())

    sides: Mapping[str, Callable[[], None]] = {
        "stat every file": stat_all,
        "parse every file": parse_all,
        "cold": cold,
        "one controller edited": edit,
        "warm": warm,
    }
    return interleave({name: costed(side) for name, side in sides.items()}, runs)


def ask(index: SourceIndex) -> None:
    """What the mypy plugin asks for in every run."""
    _ = index.registrations, index.registries, index.enums, index.send_task_users()


def costed(side: Callable[[], None]) -> Callable[[], Cost]:
    """The side, with its CPU seconds as its answer."""

    def run() -> Cost:
        begin = time.process_time()
        side()
        return Cost(time.process_time() - begin, 0)

    return run


def report(files: tuple[SourceFile, ...], costs: Mapping[str, list[Cost]]) -> None:
    """Medians per 1,000 files, and how many times the parsing of every file that is."""
    seconds = {name: [cost.cpu for cost in side] for name, side in costs.items()}
    print(f"{len(files)} files; CPU milliseconds per 1,000 files, medians of {len(seconds['warm'])} runs in turn")
    for name, side in seconds.items():
        spread = compare_costs(seconds["parse every file"], side)
        milliseconds = statistics.median(side) * 1e6 / len(files)
        print(
            f"{name:24} {milliseconds:9.1f} ms   {spread.ratio:6.3f} of parsing ({spread.low:.3f} to {spread.high:.3f})"
        )


if __name__ == "__main__":
    main()
