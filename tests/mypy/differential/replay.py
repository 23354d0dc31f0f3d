"""A run of edits, compared after each, and the shortest one that still disagrees.

Law: decides what is the same and what is not; it knows neither mypy nor what an edit does.
"""

from __future__ import annotations

import difflib
import random
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .history import History
from .processes import BadRun, New, NoWorkers, Processes
from .render import render
from .state import new_project
from .ways import WAYS, Ways, write_files

__all__ = ["Divergence", "Replay", "Step", "library_cache", "shrink", "steps_of"]


@dataclass
class Step:
    """What one edit did and what each way printed after it."""

    index: int
    number: int
    did: str
    printed: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class Divergence(Exception):
    """Two ways to run mypy that do not print the same."""

    seed: int
    numbers: list[int]
    ways: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return self.text


def steps_of(seed: int, count: int) -> list[int]:
    """The numbers of the edits of one seed."""
    rng = random.Random(f"edits of {seed}")
    return [rng.randrange(10**9) for _ in range(count)]


def library_cache(scratch: Path) -> Path:
    """A cache that holds what every project imports from installed packages, and nothing of any project."""
    cache, folder = scratch / "libraries", scratch / "empty"
    files = render(new_project(0))
    write_files(folder, {"mypy.ini": files["mypy.ini"], "imports.py": _IMPORTS}, 0)
    ways = Ways(folder, scratch / "library-run")
    if not cache.exists():
        ways.lines("cold", ["imports.py"])
        shutil.move(scratch / "library-run" / "cold", cache)
    return cache


_IMPORTS = """
from __future__ import annotations
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypedDict
from celery import Celery, Task, shared_task
from celery_registry import BaseTasksRegistry, register_task
"""


class Replay:
    """One seed's project on disk, edited step by step.

    ``every``: a way that runs after each n-th edit alone. ``starts``: how processes are started; where there are
    several, each way runs with each, and all must print the same.
    """

    def __init__(
        self,
        seed: int,
        scratch: Path,
        libraries: Path | None,
        ways: Sequence[str] = WAYS,
        late: int = 0,
        every: Mapping[str, int] | None = None,
        starts: Sequence[Callable[[], Processes]] = (New,),
    ) -> None:
        self.seed = seed
        self.ways = tuple(ways)
        self._late = late
        self._every = dict(every or {})
        self._folder = scratch / "project"
        shutil.rmtree(scratch, ignore_errors=True)
        self._runs = [Ways(self._folder, scratch / f"caches-{n}", libraries, s) for n, s in enumerate(starts)]
        self._history = History(new_project(seed))
        self._files: dict[str, str] = {}
        self._compared = 0
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.runs: Counter[str] = Counter()

    def steps(self, numbers: list[int]) -> Iterator[Step]:
        """Every step with its lines; the first, number 0, is the project as it was made.

        Raises ``Divergence``. The first ``late`` edits are made before mypy sees the project.
        """
        try:
            for number in numbers[: self._late]:
                self._history.step(number)
            yield self._compare(Step(0, 0, "a new project"), numbers[: self._late])
            for index, number in enumerate(numbers[self._late :], self._late + 1):
                did = self._history.step(number)
                if did is not None:
                    yield self._compare(Step(index, number, did), numbers[:index])
        finally:
            for run in self._runs:
                run.stop()

    def _compare(self, step: Step, numbers: list[int]) -> Step:
        files = render(self._history.project)
        changed = write_files(self._folder, files, step.index)
        difference = _diff(self._files, files, changed)
        self._files = files
        names = sorted(name for name in files if name.endswith(".py"))
        ways = [way for way in self.ways if self._compared % self._every.get(way, 1) == 0]
        self._compared += 1
        for way in ways:
            for number, run in enumerate(self._runs):
                label = way if number == 0 else f"{way} again"
                started = time.perf_counter()
                try:
                    step.printed[label] = run.lines(way, names, step.number)
                except BadRun as error:
                    if isinstance(error, NoWorkers) and way in self._every:
                        # A way that is left out after most edits may be left out here; the figures tell.
                        continue
                    bad = f"seed {self.seed}, edits {numbers}, {step.did}:\n{difference}\n{error}"
                    raise Divergence(self.seed, numbers, (way,), bad) from error
                self.seconds[label] += time.perf_counter() - started
                self.runs[label] += 1
        reference = step.printed[self.ways[0]]
        different = tuple(way for way, lines in step.printed.items() if lines != reference)
        if different:
            text = [f"seed {self.seed}, edits {numbers}, {step.did}:", difference]
            for way in different:
                text += [f"-- only {self.ways[0]}:", *sorted(reference - step.printed[way])]
                text += [f"-- only {way}:", *sorted(step.printed[way] - reference)]
            raise Divergence(self.seed, numbers, (self.ways[0], *different), "\n".join(text))
        return step


def _diff(before: dict[str, str], after: dict[str, str], changed: dict[str, str]) -> str:
    if not before:
        return "(the project as it was made)"
    rows: list[str] = []
    for name in sorted(changed):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        rows += difflib.unified_diff(
            old, new, name if name in before else "/dev/null", name if name in after else "/dev/null", lineterm="", n=1
        )
    return "\n".join(rows)


def shrink(
    found: Divergence, run: Callable[[list[int], tuple[str, ...], int], Divergence | None]
) -> tuple[Divergence, int]:
    """Fewer edits that still disagree in the same ways, and how many of them may be made before mypy first runs."""
    ways = tuple(dict.fromkeys(("cold", *found.ways)))
    best, numbers, late = found, list(found.numbers), 0
    # Most disagreements need no more than the last few steps of history.
    for kept in (1, 2, 3, 5, 8):
        if kept < len(numbers):
            again = run(numbers, ways, len(numbers) - kept)
            if again is not None and len(again.numbers) == len(numbers):
                best, late = again, len(numbers) - kept
                break
    index = 0
    while index < len(numbers) - 1:
        fewer = numbers[:index] + numbers[index + 1 :]
        earlier = late - 1 if index < late else late
        again = run(fewer, ways, earlier)
        if again is not None and len(again.numbers) == len(fewer):
            best, numbers, late = again, fewer, earlier
        else:
            index += 1
    return best, late
