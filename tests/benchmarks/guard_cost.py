"""What the guard costs, in multiples of Celery's own work in the same process: ``python -m tests.benchmarks.guard_cost``.

Law: this module knows what is compared with what. CPU time is measured in new processes, each of which imports the
project and finalizes the application once, as a worker does: in a fork every page that is read for the first time is
copied. Sides alternate, and medians are shown.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from .project import Shape, write_project

__all__ = ["main"]

#: What is measured, with what is promised as a share of ``finalize``.
SIDES = {"full check": 0.10, "names only": 0.01}


def in_fork(measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Run in a child process, so that nothing is finalized or cached for the next."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, json.dumps(measure()).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(write)
    with os.fdopen(read) as pipe:
        found: dict[str, float] = json.loads(pipe.read())
    return found


def in_new_process(side: str, directory: str) -> dict[str, float]:
    """``measure_check`` of one side in an interpreter of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.guard_cost", "--side", side, "--project", directory]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure_check(registry: Any, names: Any, app: Any) -> dict[str, float]:
    """CPU seconds of Celery's ``finalize`` and of the check after it."""
    from celery_registry.guard import inspection, installation

    gc.collect()
    start = time.process_time()
    app.finalize()
    finalized = time.process_time()
    given = installation.recall(app, installation.given_arguments(registry, names, None, None, None))
    recalled = time.process_time()
    findings = inspection.inspect_registered(given)
    end = time.process_time()
    if findings:
        raise RuntimeError(f"the project is not healthy: {findings[0].sentence}")
    return {"finalize": finalized - start, "check": end - recalled}


def measure_memory(registry: Any, names: Any, app: Any, tasks: int) -> dict[str, float]:
    """Bytes a task at the peak of a check, and those that are left after it."""
    from celery_registry.guard import inspection, installation

    app.finalize()
    given = installation.recall(app, installation.given_arguments(registry, names, None, None, None))
    # Python keeps the dictionary of a function's annotations once somebody has asked for it.
    for member in vars(registry).values():
        getattr(getattr(member, "fget", None), "__annotations__", None)
    inspection.inspect_registered(given)
    gc.collect()
    tracemalloc.start()
    inspection.inspect_registered(given)
    gc.collect()
    left, peak = tracemalloc.get_traced_memory()
    return {"peak": peak / tasks, "left": left / tasks}


def measure_access(registry: Any, names: Any, app: Any) -> dict[str, float]:
    """Quartiles of what a property through the registry costs in multiples of ``app.tasks[name]``, as users write both.

    Each ratio is that of two neighbouring rounds, the sides going first in turn.
    """
    instance = registry(app)
    attribute = next(name for name, member in vars(registry).items() if isinstance(member, property))
    member = names(getattr(instance, attribute).name).name
    known = {"registry": instance, "app": app, "names": names}
    by_property, by_name = (
        timeit.Timer(expression, timer=time.process_time, globals=known)
        for expression in (f"registry.{attribute}", f"app.tasks[names.{member}]")
    )
    ratios = []
    for turn in range(40):
        if turn % 2:
            lower, upper = by_name.timeit(20_000), by_property.timeit(20_000)
        else:
            upper, lower = by_property.timeit(20_000), by_name.timeit(20_000)
        ratios.append(upper / lower)
    low, middle, high = statistics.quantiles(ratios, n=4)
    return {"low": low, "middle": middle, "high": high}


def measure_import(rounds: int) -> float:
    """CPU seconds of importing the guard in a fresh interpreter that has imported Celery."""
    program = (
        "import time, celery; celery.Celery; celery.Task; s = time.process_time(); "
        "import celery_registry.guard; print(time.process_time() - s)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        for _ in range(rounds)
    ]
    return statistics.median(float(run.stdout) for run in runs)


def import_project(directory: str) -> tuple[Any, Any]:
    """The application and the module of its registry, with all that the guard needs."""
    sys.path.insert(0, directory)
    app, module = import_module("shop.app").app, import_module("shop.registry")
    import_module("celery_registry.guard.boot")
    return app, module


def main(arguments: list[str] | None = None) -> int:
    """Print the table; exit status 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--side", choices=SIDES, help="measure one side once, in this process")
    parser.add_argument("--project", help="the folder of the project for --side")
    options = parser.parse_args(arguments)
    if options.side is not None:
        app, module = import_project(options.project)
        registry = module.TasksRegistry if options.side == "full check" else ()
        print(json.dumps(measure_check(registry, module.TaskName, app)))
        return 0
    with tempfile.TemporaryDirectory() as directory:
        write_project(Path(directory), Shape(tasks=options.tasks, calls=10, controllers=max(1, options.tasks // 50)))
        costs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
        for _ in range(options.rounds):
            for side in SIDES:
                costs[side].append(in_new_process(side, directory))
        app, module = import_project(directory)
        memory = in_fork(lambda: measure_memory(module.TasksRegistry, module.TaskName, app, options.tasks))
        access = in_fork(lambda: measure_access(module.TasksRegistry, module.TaskName, app))
        imports = measure_import(options.rounds)
    for side, promised in SIDES.items():
        ratios = [row["check"] / row["finalize"] for row in costs[side]]
        low, middle, high = statistics.quantiles(ratios, n=4)
        finalize = statistics.median(row["finalize"] for row in costs[side])
        print(
            f"{side} of {options.tasks} tasks / app.finalize(): {middle:.2%} "
            f"(quartiles {low:.2%} and {high:.2%}; promised {promised:.0%}; finalize {finalize:.2f} s)"
        )
    print(f"import of the guard over import celery: {imports * 1000:.1f} ms (promised 5 ms)")
    print(
        f"registry property / app.tasks[name]: {access['middle']:.2f} "
        f"(quartiles {access['low']:.2f} and {access['high']:.2f}; promised 1.20)"
    )
    print(f"memory a task: {memory['peak']:.0f} bytes at the peak, {memory['left']:.0f} left (promised 1000, 0)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
