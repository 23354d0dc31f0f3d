"""A project with a mistake in each of its calls, and who reports how many.

Law: it plants one mistake for each call and looks only at whether a line of that call is reported; what a right
report says is the cases' business. The project itself is never written to.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from celery_registry.settings import Settings
from celery_registry.source.index import SourceIndex
from celery_registry.source.project import read_project
from celery_registry.source.syntax import parse_module

from .mistakes import MISTAKES, Site

__all__ = ["Found", "Planted", "Planter"]

_ERROR = re.compile(r"^(?P<path>[^:]+):(?P<line>\d+)(?::\d+)?: error: .*\[(?:call-arg|arg-type|call-overload|misc)\]$")
_LEFT_OUT = shutil.ignore_patterns(".git", "node_modules", ".mypy_cache", "__pycache__", ".venv")


@dataclass(frozen=True)
class Planted:
    """A mistake: its kind, its file and the lines of the call."""

    kind: str
    path: str
    first: int
    last: int


@dataclass
class Found:
    """What one reader reports, of what was planted."""

    planted: list[Planted] = field(default_factory=list)
    reported: set[Planted] = field(default_factory=set)

    def missed(self, kind: str) -> list[Planted]:
        """Those of one kind that nobody reports."""
        return [planted for planted in self.planted if planted.kind == kind and planted not in self.reported]


class Planter:
    """Plants in a copy of ``source``, which stands in ``directory``."""

    def __init__(self, source: Path, directory: Path, paths: tuple[str, ...] = (".",)) -> None:
        self.copy = directory / "planted"
        shutil.copytree(source, self.copy, ignore=_LEFT_OUT, ignore_dangling_symlinks=True, symlinks=True)
        self.paths = paths
        self.cache = directory / "cache"
        self.report = directory / "report.jsonl"
        # The places of calls that mypy with the plugin calls checked, once it was asked.
        self.checked: set[tuple[str, int]] | None = None

    def sites(self) -> list[Site]:
        """Every call that ``check`` calls checked."""
        calls = self._index().calls
        judged = {call.origin: call for call in calls.calls}
        found = []
        for caller in calls.callers:
            call = judged.get(caller.origin)
            if call is not None and caller.unchecked is None:
                origin = caller.origin
                place = (origin.path, origin.line, origin.column)
                found.append(Site(*place, caller.method, caller.by_name, call.partial, call.signature))
        return found

    def run(self, kind: str, sites: Iterable[Site], *, mypy: bool) -> dict[str, Found]:
        """One kind of mistake at every site that can hold one; ``check`` and ``mypy`` with what each reports."""
        found = {name: Found() for name in (("check", "mypy") if mypy else ("check",))}
        before = {name: self._told(name) for name in found}
        known = set().union(*before.values())
        left = [site for site in sites if not any(site.path == path and site.line == line for path, line in known)]
        while left:
            originals, planted, left = self._plant(kind, left)
            if planted:
                for name, each in found.items():
                    told = self._told(name) - before[name]
                    # Of mypy nobody wants what it says itself that it does not check.
                    held = [p for p in planted if name == "check" or (p.path, p.first) in (self.checked or ())]
                    each.planted += held
                    each.reported |= {p for p in held if any((p.path, n) in told for n in range(p.first, p.last + 1))}
            for path, text in originals.items():
                path.write_bytes(text)
        return found

    def _plant(self, kind: str, sites: list[Site]) -> tuple[dict[Path, bytes], list[Planted], list[Site]]:
        """The files as they were, what was planted, and the sites inside of others, which wait for the next time."""
        originals: dict[Path, bytes] = {}
        planted: list[Planted] = []
        waiting: list[Site] = []
        by_path: dict[str, list[Site]] = {}
        for site in sites:
            by_path.setdefault(site.path, []).append(site)
        for path, group in by_path.items():
            file = Path(path)
            text = file.read_bytes()
            nodes = {
                (n.lineno, n.col_offset, n.end_lineno): n
                for n in ast.walk(parse_module(text))
                if isinstance(n, ast.Call)
            }
            places = {(s.line, s.column): s for s in group}
            edits: list[tuple[int, int, bytes]] = []
            offsets = _offsets(text)
            for (line, column, _), node in sorted(
                nodes.items(), key=lambda row: (row[0][0], row[0][1], -(row[0][2] or 0))
            ):
                site = places.get((line, column))
                if site is None or _method_of(node) != site.method:
                    continue
                start = offsets[line - 1] + column
                end = offsets[(node.end_lineno or line) - 1] + (node.end_col_offset or 0)
                changed = MISTAKES[kind](site, node)
                if changed is None:
                    continue
                if any(other_start < end and start < other_end for other_start, other_end, _ in edits):
                    waiting.append(site)
                    continue
                lines = (node.end_lineno or line) - line
                # As many lines as before: what stands below keeps its place.
                edits.append((start, end, ast.unparse(changed)[:-1].encode() + b"\n" * lines + b")"))
                planted.append(Planted(kind, path, line, node.end_lineno or line))
            if edits:
                originals[file] = text
                for start, end, new in sorted(edits, reverse=True):
                    text = text[:start] + new + text[end:]
                parse_module(text)
                file.write_bytes(text)
        return originals, planted, waiting

    def _told(self, name: str) -> set[tuple[str, int]]:
        return set(self._check() if name == "check" else self._mypy())

    def _index(self) -> SourceIndex:
        return read_project([str(self.copy / path) for path in self.paths], Settings()).index

    def _check(self) -> Iterator[tuple[str, int]]:
        command = [
            str(Path(sys.executable).with_name("celery-registry")),
            "check",
            *self.paths,
            "--static",
            "--format",
            "json",
        ]
        done = subprocess.run(command, cwd=self.copy, capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
        for finding in json.loads(done.stdout)["findings"]:
            place = finding["origin"]
            path, line = str(self.copy / place["path"]), place["line"]
            if finding["code"] in ("call-arg", "arg-type"):
                yield path, line
            elif finding["problem"] == "schedule-arguments":
                # A signature that ``add_periodic_task`` is given is told with the whole entry.
                nodes = [n for n in ast.walk(parse_module(Path(path).read_bytes())) if isinstance(n, ast.Call)]
                ends = [n.end_lineno or line for n in nodes if n.lineno == line]
                yield from ((path, number) for number in range(line, max([line, *ends]) + 1))

    def _mypy(self) -> Iterator[tuple[str, int]]:
        files = self._index().modules.values()
        bases = sorted({file.base for file in files if file.base is not None})
        configuration = self.copy / "planting.ini"
        configuration.write_text(
            "[mypy]\nplugins = celery_registry.mypy\nignore_missing_imports = True\ncheck_untyped_defs = True\n"
            f"explicit_package_bases = True\nmypy_path = {','.join(bases)}\n\n[celery-registry]\nreport = {self.report}\n"
        )
        command = [sys.executable, "-m", "mypy", "--config-file", str(configuration), "--cache-dir", str(self.cache)]
        options = ["--no-error-summary", "--no-pretty", "--hide-error-context"]
        done = subprocess.run(
            [*command, *options, *(file.path for file in files)], cwd=self.copy, capture_output=True, text=True
        )
        assert done.returncode in (0, 1), done.stdout[-2000:] + done.stderr
        if self.checked is None:
            # Later runs look at changed files alone.
            rows = [json.loads(line) for line in self.report.read_text().splitlines()]
            self.checked = {(str(self.copy / row["path"]), row["line"]) for row in rows if row["checked"]}
        for text in done.stdout.splitlines():
            told = _ERROR.match(text)
            if told is not None:
                yield str(self.copy / told["path"]), int(told["line"])


def _method_of(node: ast.Call) -> str:
    known = {"delay", "delay_on_commit", "apply_async", "apply_async_on_commit", "apply", "s", "si"}
    known |= {"signature", "subtask", "send_task"}
    return node.func.attr if isinstance(node.func, ast.Attribute) and node.func.attr in known else ""


def _offsets(text: bytes) -> list[int]:
    """Where each line begins."""
    found = [0]
    for line in text.splitlines(keepends=True):
        found.append(found[-1] + len(line))
    return found
