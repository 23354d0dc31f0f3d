"""What stock mypy takes where a registry hangs on the modules of its controllers: ``python -m tests.benchmarks.stock_floor``.

Law: no plugin here. It shows the least that an edit can cost once mypy compares a property with its implementation: the
registry's module then depends on the controllers', which import the enum from it, and mypy checks such a cycle as one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from .interleave import Cost
from .mypy_cost import Side
from .project import Layout, Project, Shape, write_project

__all__ = ["main"]

_IMPORTS = "if TYPE_CHECKING:\n"
_ASKED = "        return self._get_task_by_name"


def _median(run: Callable[[], Cost], runs: int) -> float:
    run()
    return statistics.median(run().cpu for _ in range(runs))


def main(arguments: list[str] | None = None) -> int:
    """Print CPU seconds, medians; exit status 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--controllers", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args(arguments)
    shape = Shape(options.tasks, options.calls, options.controllers, Layout.JOINED)
    with tempfile.TemporaryDirectory(prefix="stock-floor-") as scratch:
        root = Path(scratch)
        (root / "src").mkdir()
        project = write_project(root / "src", shape)
        registry = project.package / "registry.py"
        text = registry.read_text(encoding="utf-8")
        stock = Side(root, project, None, sys.executable)
        print(
            f"edit of a controller's body: {_median(lambda: stock.after(Project.edit_controller_body), options.runs):.2f}"
        )
        registry.write_text(text.replace(_IMPORTS, f"{_IMPORTS}    import shop.app\n", 1), encoding="utf-8")
        cost = _median(lambda: stock.after(Project.edit_controller_body), options.runs)
        print(f"the same, where the registry imports the application under TYPE_CHECKING: {cost:.2f}")
        text = text.replace(
            "from celery import Task\n", "from celery import Task\nfrom shop.plain_narrow import narrow\n"
        )
        registry.write_text(text.replace(_ASKED, f"        narrow(1)\n{_ASKED}", 1), encoding="utf-8")
        with stock.daemon() as daemon:
            cost = _median(lambda: daemon.after(Project.rename_plain_parameter), options.runs)
        print(f"daemon: a renamed parameter of a plain function that one property calls: {cost:.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
