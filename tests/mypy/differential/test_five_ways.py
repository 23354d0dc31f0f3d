"""After every edit a cold run, a warm run, the daemon, a parallel run and a run in another order print the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from differential.render import render
from differential.replay import Replay, steps_of
from differential.state import new_project

SEEDS = (1, 2, 3)
EDITS = 12


@pytest.mark.parametrize("seed", SEEDS)
def test_all_ways_to_run_mypy_print_the_same_after_every_edit(seed: int, tmp_path: Path, libraries: Path) -> None:
    """A divergence prints its seed and edits: ``long_run.py --seed SEED`` finds it again and shrinks it."""
    replay = Replay(seed, tmp_path, libraries)
    steps = list(replay.steps(steps_of(seed, EDITS)))
    assert steps[0].printed["cold"] == frozenset(), "a new project has no mistake"
    assert any(step.printed["cold"] for step in steps), "no edit was a mistake: choose another seed"


def test_a_run_without_any_cache_prints_what_one_with_the_libraries_prints(tmp_path: Path, libraries: Path) -> None:
    """The cache of installed packages, which spares most of the time, changes nothing."""
    numbers = steps_of(5, 4)
    with_libraries = [s.printed for s in Replay(5, tmp_path / "with", libraries, ("cold",)).steps(numbers)]
    without = [s.printed for s in Replay(5, tmp_path / "without", None, ("cold",)).steps(numbers)]
    assert with_libraries == without


def test_a_seed_always_gives_the_same_project() -> None:
    assert render(new_project(7)) == render(new_project(7))
    assert render(new_project(7)) != render(new_project(8))
