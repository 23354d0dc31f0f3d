"""The cases: real programs whose expected errors are comments on the offending line.

``x()  # E: message  [code]`` expects exactly that error on that line, ``# N: message`` a note; several on one line
follow each other. A line without a comment expects silence. A folder of cases is one mypy run, with its own mypy.ini.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

CASES = Path(__file__).parent / "cases"
_COMMENT = re.compile(r"#\s*([EN]):\s")
_OUTPUT = re.compile(r"^(?P<path>[^:]+):(?P<line>\d+): (?P<kind>error|note): (?P<message>.*)$")
_KINDS = {"E": "error", "N": "note"}

Lines = dict[str, set[tuple[int, str, str]]]


def expected_lines(folder: Path) -> Lines:
    """What the comments of every file promise."""
    lines: Lines = defaultdict(set)
    for path in sorted(folder.rglob("*.py")):
        for number, text in enumerate(path.read_text().splitlines(), 1):
            parts = _COMMENT.split(text)
            for kind, message in zip(parts[1::2], parts[2::2], strict=True):
                lines[path.relative_to(folder).as_posix()].add((number, _KINDS[kind], message.strip()))
    return lines


def printed_lines(folder: Path, *options: str, python: str = sys.executable) -> Lines:
    """What mypy prints for a folder; a line that is neither an error nor a note of a file is a failure."""
    command = [python, "-m", "mypy", "--no-error-summary", "--hide-error-context", "--show-traceback"]
    command += ["--cache-dir", "/dev/null"] if not any(o.startswith("--cache-dir") for o in options) else []
    result = subprocess.run([*command, *options, "."], cwd=folder, capture_output=True, text=True, timeout=300)
    assert result.returncode in (0, 1), result.stdout + result.stderr
    assert not result.stderr, result.stderr
    lines: Lines = defaultdict(set)
    for text in result.stdout.splitlines():
        found = _OUTPUT.match(text)
        assert found, f"mypy printed something else: {text}\n{result.stdout}"
        # mypy's own pointers into stubs differ between releases.
        if found["kind"] == "note" and re.match(
            r'("[^"]+"( of "[^"]+")?|Called function) defined (in|here)', found["message"]
        ):
            continue
        lines[found["path"]].add((int(found["line"]), found["kind"], found["message"]))
    return lines


def show_difference(expected: Lines, printed: Lines) -> str:
    """The lines that are missing (-) and the lines that nobody promised (+)."""
    rows = []
    for path in sorted(expected.keys() | printed.keys()):
        rows += [f"- {path}:{n}: {k}: {m}" for n, k, m in sorted(expected.get(path, set()) - printed.get(path, set()))]
        rows += [f"+ {path}:{n}: {k}: {m}" for n, k, m in sorted(printed.get(path, set()) - expected.get(path, set()))]
    return "\n".join(rows)
