"""What remote tasks cost: ``python -m tests.benchmarks.remote_cost``.

Law: this module knows what is compared with what. CPU time, medians of rounds whose sides go first in turn.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
import tracemalloc
from pathlib import Path
from typing import Any

__all__ = ["main"]


def write_contract(path: Path, tasks: int) -> None:
    """A lock whose tasks take three parameters each."""
    parameters = ["order_id: int", "amount: Decimal", "note: str | None = ..."]
    table = {
        f"billing.tasks.charge_{n}": {
            "implementation": f"billing.tasks.module_{n // 50}.Controller.charge_{n}",
            "parameters": parameters,
            "result": "ChargeResult",
        }
        for n in range(tasks)
    }
    path.write_text(json.dumps({"format": 1, "queue": "billing", "tasks": table}, indent=2))


def measure_load(contract: Path, rounds: int) -> float:
    """CPU seconds of ``remote_tasks``."""
    from celery import Celery

    from celery_registry import remote_tasks

    spent = []
    for _ in range(rounds):
        app = Celery("web", broker="memory://", set_as_current=False)
        gc.collect()
        start = time.process_time()
        remote_tasks(app, contract=contract)
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def measure_memory(contract: Path, tasks: int) -> tuple[float, float]:
    """Bytes a task that are kept after ``remote_tasks``, and what each task adds that somebody asks for."""
    from celery import Celery

    from celery_registry import remote_tasks

    app: Any = Celery("web", broker="memory://", set_as_current=False)
    app.finalize()
    remote_tasks(app, names="warm.*")
    app.tasks["warm.up"]
    gc.collect()
    tracemalloc.start()
    remote_tasks(app, contract=contract)
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    for number in range(tasks):
        app.tasks[f"billing.tasks.charge_{number}"]
    gc.collect()
    asked = tracemalloc.get_traced_memory()[0] - kept
    tracemalloc.stop()
    return kept / tasks, asked / tasks


def measure_access(contract: Path) -> dict[str, list[float]]:
    """Quartiles of a property in multiples of ``app.tasks[name]`` of a registered task."""
    from celery import Celery

    from celery_registry import BaseTasksRegistry, register_task, remote_tasks

    class Registry(BaseTasksRegistry):
        @property
        def here(self) -> Any:
            return self._get_task_by_name("here")

        @property
        def there(self) -> Any:
            return self._get_task_by_name("billing.tasks.charge_5")

    def here() -> None: ...

    app: Any = Celery("web", broker="memory://", set_as_current=False)
    remote_tasks(app, contract=contract)
    register_task(app, "here", here)
    registry = Registry(app)
    assert registry.here.name == "here"
    assert "billing.tasks.charge_5" not in app.tasks
    known = {"registry": registry, "app": app}
    by_name = timeit.Timer("app.tasks['here']", timer=time.process_time, globals=known)
    found = {}
    for attribute in ("here", "there"):
        by_property = timeit.Timer(f"registry.{attribute}", timer=time.process_time, globals=known)
        ratios = []
        for turn in range(40):
            if turn % 2:
                lower, upper = by_name.timeit(20_000), by_property.timeit(20_000)
            else:
                upper, lower = by_property.timeit(20_000), by_name.timeit(20_000)
            ratios.append(upper / lower)
        found[attribute] = statistics.quantiles(ratios, n=4)
    return found


def measure_import(rounds: int) -> float:
    """CPU seconds of ``import celery_registry`` in a fresh interpreter."""
    program = "import time; s = time.process_time(); import celery_registry; print(time.process_time() - s)"
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        for _ in range(rounds)
    ]
    return statistics.median(float(run.stdout) for run in runs)


def main(arguments: list[str] | None = None) -> int:
    """Print the table; exit status 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory:
        contract = Path(directory, "billing.lock")
        write_contract(contract, options.tasks)
        load = measure_load(contract, options.rounds)
        kept, asked = measure_memory(contract, options.tasks)
        access = measure_access(contract)
    print(f"remote_tasks with {options.tasks} contracts: {load * 1000:.0f} ms (promised 150 ms)")
    print(f"memory a task: {kept:.0f} bytes (promised 1000), and {asked:.0f} more for one that is asked for")
    for attribute, promised in (("here", 0.5), ("there", 1.2)):
        low, middle, high = access[attribute]
        kind = "registered" if attribute == "here" else "remote"
        print(
            f"property of a {kind} task / app.tasks[name]: {middle:.2f} "
            f"(quartiles {low:.2f} and {high:.2f}; promised {promised})"
        )
    print(f"import celery_registry: {measure_import(options.rounds) * 1000:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
