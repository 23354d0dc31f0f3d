"""The map's page of a large program: time to write it, its size, and what a browser takes to show and to filter it.

Run ``python -m benchmarks.map_page`` from ``tests``. The program has 1,000 tasks and 10,000 callers; the goals are a page in at
most 5 s and 5 MB, a first paint within 1 s, and a filter within 100 ms. Times are of the wall clock: of a run alone on
its machine they say something, of one beside others they say too much.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measured", "main", "measure", "write_program"]

_PER_MODULE = 10
#: The filter as a person feels it: from the keystroke to the first frame that shows the answer.
_FILTER = """
(text) => new Promise((done) => {
  const field = document.getElementById("text");
  const start = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => done(performance.now() - start); c.port2.postMessage(0); });
})
"""
_PAINT = "performance.getEntriesByType('paint').find((e) => e.name === 'first-contentful-paint')?.startTime"


@dataclass(frozen=True)
class Measured:
    """Seconds, bytes and milliseconds of one run."""

    written: float
    size: int
    paint: float
    filter: float
    drawn: float
    callers: int


def write_program(root: Path, tasks: int, callers: int) -> None:
    """Tasks in modules of ten, a fifth with a queue, and views that call them in turn."""
    package = root / "big"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "app.py").write_text('from celery import Celery\n\napp = Celery("big")\n')
    each = callers // tasks
    for start in range(0, tasks, _PER_MODULE):
        numbers = range(start, min(start + _PER_MODULE, tasks))
        definitions = "".join(
            f'\n\n@app.task(name="task_{n}", queue="queue_{n % 5}")\n'
            f"def task_{n}(account: int, subject: str, amount: float = 1.5, *, urgent: bool = False) -> dict[str, int]:\n"
            f'    """Do the work of task number {n}, for one account at a time."""\n    return {{}}\n'
            for n in numbers
        )
        (package / f"tasks_{start}.py").write_text(f"from big.app import app\n{definitions}")
        names = ", ".join(f"task_{n}" for n in numbers)
        calls = "".join(
            f"\n\ndef view_{n}() -> None:\n" + f'    task_{n}.delay({n}, subject="news")\n' * each for n in numbers
        )
        (package / f"views_{start}.py").write_text(f"from big.tasks_{start} import {names}\n{calls}")


def measure(root: Path) -> Measured:
    """Write the page of the program at ``root`` and open it in a browser."""
    from browser import open_browser

    page = root / "site" / "index.html"
    script = Path(sysconfig.get_path("scripts"), "celery-registry")
    start = time.perf_counter()
    subprocess.run([script, "map", "big", "--output", "site/"], cwd=root, check=True)
    written = time.perf_counter() - start
    with open_browser() as browser:
        browser.visit(page.as_uri())
        browser.wait(f"{_PAINT} !== undefined")
        browser.wait("document.getElementById('graph').dataset.drawn === '1'")
        paint = float(browser.ask(_PAINT))
        times = [
            float(browser.page.evaluate(_FILTER, text)) for text in ("task_7", "number 99", "", "nobody", "queue_3", "")
        ]
        before = int(browser.ask("Number(document.getElementById('graph').dataset.drawn)"))
        began = time.perf_counter()
        browser.fill("#text", "task")
        browser.wait(f"Number(document.getElementById('graph').dataset.drawn) > {before}")
        drawn = (time.perf_counter() - began) * 1000
        callers = int(browser.ask("document.getElementById('summary').textContent.match(/(\\d+) callers/)[1]"))
        assert browser.errors == []
        print(f"filters: {', '.join(f'{t:.0f}' for t in times)} ms, median {statistics.median(times):.0f}")
    return Measured(written, page.stat().st_size, paint, max(times), drawn, callers)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of one program."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--callers", type=int, default=10000)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / ".git").mkdir()
        write_program(root, chosen.tasks, chosen.callers)
        found = measure(root)
    print(f"{chosen.tasks} tasks, {found.callers} callers")
    print(f"written in    {found.written:8.2f} s")
    print(f"size          {found.size / 1e6:8.2f} MB")
    print(f"first paint   {found.paint:8.0f} ms")
    print(f"slowest filter{found.filter:8.0f} ms")
    print(f"graph redrawn {found.drawn:8.0f} ms after the filter")
    return 0


if __name__ == "__main__":
    sys.exit(main())
