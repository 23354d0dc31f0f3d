"""The long run: ``python tests/mypy/differential/long_run.py --edits 10000 --seed 1 --budget 60``.

Law: starts replays, counts, and prints figures; exit status 1 where two ways to run mypy disagreed. Its runs are
children of a fork server; ``--check-server`` runs each a second time in a new interpreter and compares the two.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from differential.processes import Forked, New, Processes
from differential.replay import Divergence, Replay, library_cache, shrink, steps_of
from differential.ways import WAYS


class Figures:
    """What a run has seen."""

    def __init__(self) -> None:
        self.edits = self.clean = self.projects = 0
        self.kinds: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.runs: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.found: list[str] = []

    def show(self, minutes: float) -> str:
        rows = [f"{self.edits} edits in {self.projects} projects, {minutes:.1f} minutes, {len(self.found)} divergences"]
        rows += [f"clean after the edit: {self.clean}"]
        rows += [f"{way}: {runs} runs, {self.seconds[way] / runs:.2f} s each" for way, runs in self.runs.items()]
        rows += ["edits: " + ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common())]
        rows += ["steps with a code: " + ", ".join(f"{code} {count}" for code, count in self.codes.most_common())]
        return "\n".join(rows)


def play(
    seed: int,
    arguments: argparse.Namespace,
    scratch: Path,
    libraries: Path,
    figures: Figures,
    is_over: Callable[[], bool],
) -> None:
    """One project, up to its share of edits."""
    numbers = steps_of(seed, arguments.steps)
    starts: list[Callable[[], Processes]] = [Forked, New] if arguments.check_server else [Forked]
    replay = Replay(seed, scratch, libraries, arguments.ways, every=dict(arguments.every), starts=starts)
    try:
        for step in replay.steps(numbers):
            lines = step.printed[replay.ways[0]]
            if step.index == 0 and lines:
                raise Divergence(
                    seed, [], (), f"seed {seed} is not clean when it is made:\n" + "\n".join(sorted(lines))
                )
            figures.edits += step.index > 0
            figures.clean += not lines
            figures.kinds[step.did.partition(":")[0]] += 1
            figures.codes.update({line.rpartition("[")[2].rstrip("]") for line in lines if ": error: " in line})
            if is_over():
                break
    except Divergence as found:
        text, late = str(found), 0
        print(f"{'=' * 100}\n{text}\n", flush=True)
        if arguments.shrink and not arguments.check_server and found.ways:
            wanted = set(found.ways) - {"cold"} or set(found.ways)

            def again(fewer: list[int], ways: tuple[str, ...], after: int) -> Divergence | None:
                if is_over():
                    return None
                try:
                    for _ in Replay(seed, scratch / "shrink", libraries, ways, after, starts=starts).steps(fewer):
                        pass
                except Divergence as same:
                    return same if set(same.ways) & wanted else None
                return None

            shrunk, late = shrink(found, again)
            text = f"shrunk (the first {late} edits are made before mypy runs):\n{shrunk}"
            print(f"{text}\n", flush=True)
        figures.found.append(text)
    finally:
        figures.projects += 1
        for way, seconds in replay.seconds.items():
            figures.seconds[way] += seconds
        figures.runs.update(replay.runs)
        print(f"seed {seed}: {figures.edits} edits so far, {len(figures.found)} divergences", flush=True)


def _every(text: str) -> tuple[str, int]:
    way, _, count = text.partition("=")
    if way not in WAYS or not count.isdigit() or not int(count):
        raise argparse.ArgumentTypeError(f"not a way and a number: {text}")
    return way, int(count)


def main() -> int:
    parser = argparse.ArgumentParser(description="Edit generated projects and compare five ways to run mypy.")
    parser.add_argument("--edits", type=int, default=10_000, help="how many edits in all")
    parser.add_argument("--steps", type=int, default=60, help="how many edits to one project")
    parser.add_argument("--seed", type=int, default=1, help="the first project's seed; the next have the next numbers")
    parser.add_argument("--budget", type=float, default=60, help="minutes")
    parser.add_argument("--jobs", type=int, default=1, help="how many projects at once")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS), help="the first is the reference")
    parser.add_argument(
        "--every",
        nargs="+",
        type=_every,
        default=[],
        metavar="WAY=N",
        help="ways that run after each N-th edit alone, as parallel=10",
    )
    parser.add_argument("--check-server", action="store_true", help="run all a second time in new interpreters")
    parser.add_argument("--no-shrink", dest="shrink", action="store_false")
    arguments = parser.parse_args()
    if arguments.ways[0] in dict(arguments.every):
        parser.error(f"{arguments.ways[0]} is what the others are compared with, and runs after each edit")
    figures, start = Figures(), time.monotonic()
    end = start + 60 * arguments.budget
    # A run that is asked to end still prints its figures.
    asked: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))

    def is_over() -> bool:
        return bool(asked) or time.monotonic() > end or figures.edits >= arguments.edits

    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(arguments.jobs) as pool:
        libraries = library_cache(Path(temporary) / "libraries")

        def next_seeds(job: int) -> None:
            seed = arguments.seed + job
            while not is_over():
                play(seed, arguments, Path(temporary) / f"seed-{job}", libraries, figures, is_over)
                seed += arguments.jobs

        for finished in [pool.submit(next_seeds, job) for job in range(arguments.jobs)]:
            finished.result()
    print(figures.show((time.monotonic() - start) / 60))
    return 1 if figures.found else 0


if __name__ == "__main__":
    sys.exit(main())
