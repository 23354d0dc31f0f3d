"""How the stubs grow: time to write them, their size, and what an editor's checker pays for them.

Run ``python -m benchmarks.stubs_scale`` from ``tests``. Times are processor seconds, medians of interleaved runs;
only their ratios mean anything on another machine. The goals: 1,000 tasks of five parameters in at most 2 s and 3 MB, pyright on
a caller at most 1.5 times as slow as without the stub, and all of it linear.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["main", "write_project"]

_TYPES = ("int", "str", "float", "bool", "bytes")
_NAMES = ("account", "subject", "amount", "urgent", "body")
_PER_MODULE = 20
_SCRIPTS = sysconfig.get_path("scripts")


def write_project(root: Path, tasks: int, parameters: int) -> None:
    """A registry with ``tasks`` properties, its implementations in modules of twenty, and a caller of ten of them."""
    package = root / "src" / "big"
    (package / "tasks").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "tasks" / "__init__.py").touch()
    types = [_TYPES[n % len(_TYPES)] for n in range(parameters)]
    names = [_NAMES[n % len(_NAMES)] + ("" if n < len(_NAMES) else str(n)) for n in range(parameters)]
    numbers = range(tasks)
    members = "".join(f'    TASK_{n} = "task_{n}"\n' for n in numbers)
    properties = "".join(
        f"\n    @property\n    def task_{n}(self) -> Task[[{', '.join(types)}], dict[str, int]]:\n"
        f"        return self._get_task_by_name(TaskName.TASK_{n})\n"
        for n in numbers
    )
    (package / "registry.py").write_text(
        "from __future__ import annotations\n\nfrom enum import Enum\n\nfrom celery import Task\n\n"
        "from celery_registry import BaseTasksRegistry\n\n\n"
        f"class TaskName(str, Enum):\n{members}\n\nclass TasksRegistry(BaseTasksRegistry):{properties}"
    )
    declared = ", ".join(f"{name}: {type}" for name, type in zip(names, types, strict=True))
    for start in range(0, tasks, _PER_MODULE):
        functions = "".join(
            f"\n\n@shared_task(name=TaskName.TASK_{n})\ndef task_{n}({declared}) -> dict[str, int]:\n"
            f'    """Do the work of task number {n}."""\n    return {{}}\n'
            for n in numbers[start : start + _PER_MODULE]
        )
        (package / "tasks" / f"part_{start}.py").write_text(
            f"from celery import shared_task\n\nfrom big.registry import TaskName\n{functions}"
        )
    values = {"int": "1", "str": '"s"', "float": "1.5", "bool": "True", "bytes": 'b"b"'}
    given = ", ".join(values[type] for type in types)
    lines = "".join(
        f"    r.task_{n}.delay({given})\n    r.task_{n}.apply_async(({given}))\n" for n in list(numbers)[:10]
    )
    (root / "caller.py").write_text(
        f"from big.registry import TasksRegistry\n\n\ndef call(r: TasksRegistry) -> None:\n{lines}"
    )
    (root / "pyproject.toml").write_text('[tool.pyright]\nstubPath = "typeshed_overrides"\nextraPaths = ["src"]\n')


def _seconds(root: Path, *command: str) -> float:
    """Processor seconds of a command and its children, which other work on the machine hardly changes."""
    environment = {**os.environ, "PATH": os.pathsep.join((_SCRIPTS, os.environ["PATH"])), "VIRTUAL_ENV": sys.prefix}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    program, *arguments = command
    subprocess.run(
        [os.path.join(_SCRIPTS, program), *arguments], cwd=root, check=True, capture_output=True, env=environment
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _time_stubs(root: Path) -> float:
    """A cold ``celery-registry stubs``, the interpreter's start included."""
    shutil.rmtree(root / "typeshed_overrides", ignore_errors=True)
    return _seconds(root, "celery-registry", "stubs")


def _time_pyright(root: Path) -> float:
    """``pyright caller.py``, its own start included; fails where it finds anything."""
    return _seconds(root, "pyright", "caller.py")


def measure(root: Path, sizes: Sequence[int], parameters: int = 5, runs: int = 5) -> list[Mapping[str, float]]:
    """One row per number of tasks: seconds, bytes, and pyright's time with the stub relative to without."""
    rows = []
    for tasks in sizes:
        project = root / str(tasks)
        write_project(project, tasks, parameters)
        writing, with_stub, without = [], [], []
        for _ in range(runs):
            writing.append(_time_stubs(project))
            with_stub.append(_time_pyright(project))
            aside = project.with_name(f"{tasks}-aside")
            (project / "typeshed_overrides").rename(aside)
            without.append(_time_pyright(project))
            aside.rename(project / "typeshed_overrides")
        size = sum(path.stat().st_size for path in (project / "typeshed_overrides").rglob("*.pyi"))
        rows.append(
            {
                "tasks": tasks,
                "seconds": statistics.median(writing),
                "bytes": size,
                "pyright with": statistics.median(with_stub),
                "pyright without": statistics.median(without),
                "ratio": statistics.median(a / b for a, b in zip(with_stub, without, strict=True)),
            }
        )
    return rows


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), (250, 500, 1000))
    print("| tasks of 5 parameters | seconds to write | MB | bytes per task | pyright, with : without |")
    print("|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['tasks']:,} | {row['seconds']:.2f} | {row['bytes'] / 1e6:.2f} | {row['bytes'] / row['tasks']:.0f} "
            f"| {row['ratio']:.2f} |"
        )


if __name__ == "__main__":
    main()
