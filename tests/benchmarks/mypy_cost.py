"""What the plugin costs, in multiples of stock mypy: ``python -m tests.benchmarks.mypy_cost``.

Law: this module knows which runs are compared with which; projects come from ``project``, figures from ``interleave``.
Both sides work on their own copy of the same project, with their own cache.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias

from .floor import tell
from .interleave import Cost, compare_costs, daemon_cost, interleave, run_measured
from .project import Layout, Project, Shape, write_plain_project, write_project

__all__ = ["Row", "main"]

PLUGIN = "celery_registry.mypy"
NOOP = "noop"
FLOOR = "floor"
Edit: TypeAlias = "Callable[[Project], None]"
GROWTH = (100, 300, 1000, 3000)
NOOP_SOURCE = """\
from mypy.plugin import Plugin


def plugin(version: str) -> type[Plugin]:
    return Plugin
"""


@dataclass(frozen=True)
class Row:
    """One line of the table: medians of CPU seconds and peak bytes on both sides."""

    name: str
    stock: float
    plugin: float
    ratio: float
    low: float
    high: float
    memory: float
    """Peak memory of the plugin's side in multiples of stock's."""
    limit: float | None
    """The ratio promised, if one is."""

    def show(self) -> str:
        """One aligned line."""
        promised = f"<= {self.limit:.2f}" if self.limit else "-"
        return (
            f"{self.name:<58}{self.stock:>8.2f}{self.plugin:>8.2f}{self.ratio:>8.3f}"
            f"{f'{self.low:.2f}-{self.high:.2f}':>13}{promised:>9}{self.memory:>8.3f}"
        )


HEADER = (
    f"{'CPU seconds, medians':<58}{'stock':>8}{'plugin':>8}{'ratio':>8}{'quartiles':>13}{'promise':>9}{'memory':>8}"
)


class Side:
    """One configuration of mypy with its own project and cache."""

    def __init__(self, root: Path, project: Project, plugin: str | None, python: str) -> None:
        self.project = project
        self._root = root
        self._python = python
        self._config = root / "mypy.ini"
        lines = ["[mypy]", "check_untyped_defs = True", "warn_unused_configs = True"]
        lines += [f"plugins = {plugin}"] if plugin else []
        self._config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._cache = root / "cache"
        # A fixed seed gives both sides the same order of sets.
        path = os.pathsep.join([str(root.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": path}

    def clear(self) -> None:
        """Forget the cache."""
        shutil.rmtree(self._cache, ignore_errors=True)

    def run(self) -> Cost:
        """One run of mypy over the package; errors are fine, a crash is not."""
        return run_measured(
            [self._python, "-m", "mypy", *self._flags(), "shop"], cwd=self.project.root, env=self._env, accept=(0, 1)
        )

    def cold(self) -> Cost:
        """One run without a cache."""
        self.clear()
        return self.run()

    def after(self, edit: Edit) -> Cost:
        """One run after an edit, with the cache of the run before."""
        edit(self.project)
        return self.run()

    @contextmanager
    def daemon(self) -> Iterator[Daemon]:
        """A daemon that has checked the package once."""
        status = self._root / "dmypy.json"
        command = [self._python, "-m", "mypy.dmypy", "--status-file", str(status)]
        self._dmypy([*command, "start", "--", *self._flags()])
        try:
            pid = int(json.loads(status.read_text(encoding="utf-8"))["pid"])
            daemon = Daemon(pid, self.project, lambda: self._dmypy([*command, "check", "shop"]))
            daemon.check()
            yield daemon
        finally:
            self._dmypy([*command, "stop"])

    def _flags(self) -> list[str]:
        return ["--config-file", str(self._config), "--cache-dir", str(self._cache), "--no-error-summary"]

    def _dmypy(self, command: list[str]) -> None:
        run_measured(command, cwd=self.project.root, env=self._env, accept=(0, 1))


@dataclass(frozen=True)
class Daemon:
    """A running ``dmypy``: the process whose CPU counts, and how to ask it."""

    pid: int
    project: Project
    check: Callable[[], None]

    def after(self, edit: Edit) -> Cost:
        """What the daemon spends on the check after an edit."""
        edit(self.project)
        before = daemon_cost(self.pid)
        self.check()
        now = daemon_cost(self.pid)
        return Cost(cpu=now.cpu - before.cpu, memory=now.memory)


class Edited(Protocol):
    """What can be edited and then checked."""

    def after(self, edit: Edit) -> Cost:
        """Edit, check, and say what the check took."""
        ...


class Bench:
    """The scenarios, run in a scratch directory."""

    def __init__(self, scratch: Path, shape: Shape, runs: int, plugin: str, python: str) -> None:
        self._scratch = scratch
        self._shape = shape
        self._runs = runs
        self._plugin = plugin
        self._python = python
        self._count = 0

    def cold(self, name: str = "cold", limit: float | None = 1.10) -> Iterator[Row]:
        """No cache on either side."""
        stock, plugin = self._sides(self._shape)
        yield self._row(name, stock.cold, plugin.cold, limit)

    def warm(self) -> Iterator[Row]:
        """A cache, and nothing changed."""
        stock, plugin = self._sides(self._shape, primed=True)
        yield self._row("warm, nothing changed", stock.run, plugin.run, 1.03)

    def edits(self) -> Iterator[Row]:
        """A cache, and one edit before each run, for every layout of the project's modules."""
        for layout in Layout:
            stock, plugin = self._sides(replace(self._shape, layout=layout), primed=True)
            pair = (stock, plugin)
            for name, edit, limit in (
                ("edit at a call site", Project.edit_call_site, None),
                ("edit of a controller's body", Project.edit_controller_body, 1.10),
            ):
                yield self._edited(f"{layout.value}: {name}", pair, (edit, edit), limit)
            # A parameter of a task, against parameters of plain functions and against the same edit in stock.
            for name, edit, limit in (
                ("plain function, called in all modules", Project.rename_popular_parameter, 1.50),
                ("plain function, same callers", Project.rename_plain_parameter, None),
                ("the controller's, callers left alone", Project.rename_controller_parameter, None),
            ):
                edits = (edit, Project.rename_controller_parameter)
                yield self._edited(f"{layout.value}: rename; stock: {name}", pair, edits, limit)

    def daemon(self) -> Iterator[Row]:
        """The same edits in the daemon."""
        stock, plugin = self._sides(self._shape)
        with stock.daemon() as one, plugin.daemon() as two:
            for name, stock_edit, plugin_edit, limit in (
                ("edit at a call site", Project.edit_call_site, Project.edit_call_site, None),
                ("edit of a controller's body", Project.edit_controller_body, Project.edit_controller_body, 1.20),
                (
                    "rename; stock: plain function, same callers",
                    Project.rename_plain_parameter,
                    Project.rename_controller_parameter,
                    1.50,
                ),
            ):
                yield self._edited(f"daemon: {name}", (one, two), (stock_edit, plugin_edit), limit)

    def plain(self) -> Iterator[Row]:
        """A project that never imports Celery."""
        stock, plugin = self._sides(self._shape, plain=True)
        yield self._row("without Celery, cold", stock.cold, plugin.cold, 1.01)
        stock, plugin = self._sides(self._shape, plain=True, primed=True)
        yield self._row("without Celery, warm", stock.run, plugin.run, None)

    def growth(self) -> Iterator[Row]:
        """Cold runs of growing projects with ten calls a task and twenty tasks a controller."""
        rows: list[Row] = []
        for tasks in GROWTH:
            shape = Shape(tasks=tasks, calls=10 * tasks, controllers=max(1, tasks // 20), layout=self._shape.layout)
            stock, plugin = self._sides(shape)
            rows.append(self._row(f"{tasks} tasks, {10 * tasks} calls, cold", stock.cold, plugin.cold, None))
            yield rows[-1]
        for name, figures in (("stock", [row.stock for row in rows]), ("plugin", [row.plugin for row in rows])):
            steps = [
                f"{1000 * (figures[i + 1] - figures[i]) / (GROWTH[i + 1] - GROWTH[i]):.1f} ms from {GROWTH[i]} to {GROWTH[i + 1]}"
                for i in range(len(GROWTH) - 1)
            ]
            print(f"{name}: CPU for one more task and its ten calls: {', '.join(steps)}")

    def _sides(self, shape: Shape, *, plain: bool = False, primed: bool = False) -> tuple[Side, Side]:
        sides = []
        self._count += 1
        write = write_plain_project if plain else write_project
        for name, plugin in (("stock", None), ("plugin", self._plugin)):
            root = self._scratch / f"{self._count}-{name}"
            root.mkdir()
            (root / "src").mkdir()
            sides.append(Side(root, write(root / "src", shape), plugin, self._python))
            if plugin == FLOOR:
                tell(root, root / "src")
        if primed:
            for side in sides:
                side.run()
        return sides[0], sides[1]

    def _edited(self, name: str, pair: tuple[Edited, Edited], edits: tuple[Edit, Edit], limit: float | None) -> Row:
        return self._row(name, lambda: pair[0].after(edits[0]), lambda: pair[1].after(edits[1]), limit)

    def _row(self, name: str, stock: Callable[[], Cost], plugin: Callable[[], Cost], limit: float | None) -> Row:
        # The first round pays for cold disk caches.
        costs = interleave({"stock": stock, "plugin": plugin}, self._runs + 1)
        base, other = costs["stock"][1:], costs["plugin"][1:]
        spread = compare_costs([cost.cpu for cost in base], [cost.cpu for cost in other])
        memory = statistics.median(c.memory for c in other) / statistics.median(c.memory for c in base)
        return Row(
            name=name,
            stock=statistics.median(cost.cpu for cost in base),
            plugin=statistics.median(cost.cpu for cost in other),
            ratio=spread.ratio,
            low=spread.low,
            high=spread.high,
            memory=memory,
            limit=limit,
        )


def compile_plugin(python: str) -> None:
    """Write the plugin's bytecode as ``pip install`` does.

    Where ``PYTHONDONTWRITEBYTECODE`` is set, a source tree would be compiled anew in every run, and mypy would not.
    """
    find = "import celery_registry; print(*celery_registry.__path__)"
    package = subprocess.run([python, "-c", find], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run([python, "-m", "compileall", "-q", package], check=True)


SCENARIOS = ("cold", "warm", "edits", "daemon", "plain", "growth")


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the table; the exit status is 0 whatever the figures are."""
    parser = argparse.ArgumentParser(prog="mypy_cost", description="The plugin's cost in multiples of stock mypy.")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--controllers", type=int, default=50)
    parser.add_argument("--layout", type=Layout, choices=list(Layout), default=Layout.SEED)
    parser.add_argument("--keywords", type=int, default=0, help="of 100 calls, how many name their arguments")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", default=",".join(SCENARIOS), help="scenarios, separated by commas")
    parser.add_argument(
        "--plugin",
        default=PLUGIN,
        help=f"a plugin's module, or {NOOP}: hooks that all return None, or {FLOOR}: the least that the answers can cost",
    )
    parser.add_argument("--python", default=sys.executable)
    options = parser.parse_args(arguments)
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(SCENARIOS):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    compile_plugin(options.python)
    shape = Shape(options.tasks, options.calls, options.controllers, options.layout, options.keywords)
    version = subprocess.run([options.python, "-m", "mypy", "--version"], capture_output=True, text=True, check=True)
    print(
        f"{version.stdout.strip()}; {shape.tasks} tasks, {shape.calls} calls, {shape.controllers} controllers, ", end=""
    )
    print(f"layout {shape.layout.value}; {options.runs} interleaved runs; plugin {options.plugin}")
    print(HEADER, flush=True)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mypy-cost-")))
        (scratch / f"{NOOP}.py").write_text(NOOP_SOURCE, encoding="utf-8")
        shutil.copy(Path(__file__).with_name(f"{FLOOR}.py"), scratch)
        bench = Bench(scratch, shape, options.runs, options.plugin, options.python)
        for name in chosen:
            for row in getattr(bench, name)():
                print(row.show(), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
