"""What an editor's checker pays for the stubs of plain tasks, which ``celery-registry stubs --tasks`` writes.

Run ``python -m benchmarks.task_stubs`` from ``tests``. A project of 200 tasks in twenty modules, and twenty modules that
call them, is checked whole by pyright, with the stubs and without, in turn, with the settings that ``init`` writes: once
with nothing else in it, and once with 200 lines of other code for each task (two open projects have about 1,600). The
goal for a project: at most 1.3 times as slow.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from pathlib import Path

from .interleave import Cost, Spread, compare_costs, interleave, run_measured

__all__ = ["main", "measure", "write_project"]

_SCRIPTS = Path(sysconfig.get_path("scripts"))
_STUBS = "typeshed_overrides"
_TASK = '''

{decorator}
def task_{number}(account: int, subject: str, amount: float = 1.0, *, urgent: bool = False) -> dict[str, int]:
    """Do the work of task number {number}."""
    rows = load(account)
    for row in rows:
        row["seen"] = len(subject) + int(amount) + urgent
    return rows[0]
'''
_MODULE = '''from celery import shared_task

from big.app import app


def load(account: int) -> list[dict[str, int]]:
    """The rows of an account."""
    return [{"account": account}]
'''
_CALLS = """

def call_{number}(account: int) -> None:
    task_{number}.delay(account, "subject")
    task_{number}.apply_async((account, "subject"), {{"urgent": True}}, countdown=5)
    task_{number}.s(account, "subject").delay()
"""
_OTHER = '''
class Ledger{number}:
    """What is booked for one account."""

    def __init__(self, account: int, rows: list[dict[str, int]]) -> None:
        self.account = account
        self.rows = [row for row in rows if row["account"] == account]
        self.seen: dict[str, int] = {{}}

    def total(self, name: str) -> int:
        """The sum of one column."""
        found = 0
        for index, row in enumerate(self.rows):
            value = row.get(name, index)
            if value > found and name not in self.seen:
                found += value
            elif self.account == {number}:
                found = max(found, value) - self.seen.get(name, 0)
        self.seen[name] = found
        return found

    def names(self) -> tuple[str, ...]:
        """The columns, sorted."""
        return tuple(sorted({{name.strip() for row in self.rows for name in row}}))
'''


def write_project(root: Path, tasks: int, modules: int, other_lines: int = 0) -> None:
    """``tasks`` plain tasks, half of ``@app.task`` and half of ``@shared_task``, and as many modules of callers.

    ``other_lines`` of code that knows nothing of Celery stand beside each task.
    """
    package = root / "src" / "big"
    for folder in (package / "tasks", package / "calls"):
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "app.py").write_text('from celery import Celery\n\napp = Celery("big")\n')
    for index in range(modules):
        numbers = range(index, tasks, modules)
        decorators = ("@app.task", "@shared_task")
        bodies = [_TASK.format(number=n, decorator=decorators[at % 2]) for at, n in enumerate(numbers)]
        (package / "tasks" / f"part_{index}.py").write_text(_MODULE + "".join(bodies))
        names = ", ".join(f"task_{n}" for n in numbers)
        calls = "".join(_CALLS.format(number=n) for n in numbers)
        (package / "calls" / f"part_{index}.py").write_text(f"from big.tasks.part_{index} import {names}\n{calls}")
        others = range(other_lines * len(numbers) // _OTHER.count("\n"))
        (package / f"other_{index}.py").write_text("".join(_OTHER.format(number=n) for n in others))


def measure(root: Path, tasks: int, modules: int, runs: int, other_lines: int = 0) -> tuple[float, Spread]:
    """Seconds without stubs, and how many times that it takes with them.

    Where pyright with the stubs finds anything, that is a ``RuntimeError``: every call is right. Without, it does.
    """
    write_project(root, tasks, modules, other_lines)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((str(_SCRIPTS), os.environ["PATH"])),
        "VIRTUAL_ENV": sys.prefix,
    }
    for command in (["init", "--yes"], ["stubs", "--tasks"]):
        run_measured([str(_SCRIPTS / "celery-registry"), *command], cwd=root, env=environment)
    stubs, aside = root / _STUBS, root / "aside"

    def pyright(present: bool) -> Cost:
        if present == aside.exists():
            (aside if present else stubs).rename(stubs if present else aside)
        return run_measured(
            [str(_SCRIPTS / "pyright"), "src"], cwd=root, env=environment, accept=(0,) if present else (0, 1)
        )

    costs = interleave({"without": lambda: pyright(False), "with": lambda: pyright(True)}, runs)
    without, with_stubs = ([cost.cpu for cost in costs[name]] for name in ("without", "with"))
    return sorted(without)[len(without) // 2], compare_costs(without, with_stubs)


def main() -> None:
    """Print a line for each of the two projects."""
    for other_lines, what in ((0, "and nothing else"), (200, "and 200 lines of other code for each")):
        with tempfile.TemporaryDirectory() as folder:
            seconds, spread = measure(Path(folder), tasks=200, modules=20, runs=5, other_lines=other_lines)
        print(
            f"pyright on 200 plain tasks {what}: {seconds:.1f} s without stubs, {spread.ratio:.2f} times that with them "
            f"({spread.low:.2f} to {spread.high:.2f})"
        )


if __name__ == "__main__":
    main()
