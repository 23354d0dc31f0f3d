"""What mypy says and what the guard says about one program, in the same words: task and problem.

Law: runs both for real, mypy as a process and the guard in a process of its own, and reads what they say.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from celery_registry.contract.codes import PROBLEMS

__all__ = ["Verdicts", "guard_verdicts", "mypy_verdicts", "show_verdicts"]

_LINE = re.compile(
    r"^(?P<path>[^:\n]+):(?P<line>\d+): (?P<kind>error|note): (?P<message>.*?)(?:  \[(?P<code>[\w-]+)\])?$"
)
_SENTENCES = {
    name: re.compile(
        re.sub(
            r"\\\{(\w+)\\\}", lambda hole: f"(?P<{hole[1]}>.*)" if hole[1] == "task" else ".*", re.escape(row.sentence)
        )
        + rf"(?P<warning>  \({row.code}\))?$"
    )
    for name, row in PROBLEMS.items()
}
_GUARD = """
import importlib, json, sys
from celery_registry import guard
app = importlib.import_module("shop.app").app
importlib.import_module("shop.main")
registries = importlib.import_module("shop.registry")
names = importlib.import_module("shop.names").TaskName
found = guard.check(app, [getattr(registries, name) for name in sys.argv[1:]], names)
print(json.dumps([[f.task, f.problem, f.sentence] for f in found]))
"""


@dataclass
class Verdicts:
    """``problems``: task -> its problems, sorted; ``stock``: file -> codes of mypy's own errors; ``text``: all of it."""

    problems: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    stock: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    text: str = ""

    def of(self, task: str) -> tuple[str, ...]:
        return tuple(sorted(self.problems.get(task, [])))


def mypy_verdicts(folder: Path, cache: Path | None = None) -> Verdicts:
    """What mypy prints for the folder."""
    cache_dir = "/dev/null" if cache is None else str(cache)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--show-traceback", "--cache-dir", cache_dir, "shop"]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert finished.returncode in (0, 1), finished.stdout + finished.stderr
    assert not finished.stderr, finished.stderr
    found = Verdicts(text=finished.stdout)
    for line in finished.stdout.splitlines():
        match = _LINE.match(line)
        assert match, line
        assert "could not check this" not in line, line
        problem = _problem(match["message"])
        if problem is not None:
            found.problems[problem[0]].append(problem[1])
        elif match["kind"] == "error":
            found.stock[match["path"]].append(match["code"])
    return found


def _problem(message: str) -> tuple[str, str] | None:
    for name, sentence in _SENTENCES.items():
        match = sentence.match(message)
        if match:
            return match.groupdict().get("task") or "", name
    return None


def guard_verdicts(folder: Path, *registries: str) -> Verdicts:
    """What the guard finds once everything is imported."""
    command = [sys.executable, "-c", _GUARD, *(registries or ("TasksRegistry",))]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    found = Verdicts()
    for task, problem, sentence in json.loads(finished.stdout):
        found.problems[task].append(problem)
        found.text += f"{sentence}  [{PROBLEMS[problem].code}]\n"
    return found


def show_verdicts(task: str, mypy: Verdicts, guard: Verdicts) -> str:
    """Both sides' own words about one task."""
    rows = [f"mypy:  {line}" for line in mypy.text.splitlines() if f'"{task}"' in line]
    rows += [f"guard: {line}" for line in guard.text.splitlines() if f'"{task}"' in line]
    return "\n".join(rows)
