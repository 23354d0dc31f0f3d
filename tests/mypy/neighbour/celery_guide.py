"""The Python blocks of Celery's documentation with the plugin on: what only the plugin says of them must be true.

    python -m tests.mypy.neighbour.celery_guide --celery DIR [--more DIR ...]

``DIR`` is the unpacked source distribution of the installed Celery (``pip download --no-binary celery --no-deps celery==...``);
each ``--more`` is a directory of Python files that are checked as they are, as celery-types' own tests. The blocks stand
below the tasks that the guide speaks of. The exit status is 1 where the plugin alone prints a line that ``TRUE`` does not have.
"""

from __future__ import annotations

import argparse
import ast
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

#: What the guide's blocks take for granted.
TASKS = """\
from collections.abc import Iterable
from typing import Any

from celery import Celery, Task, chain, chord, chunks, group, shared_task, signature
from celery.result import AsyncResult, GroupResult
from celery.schedules import crontab
from celery.utils.log import get_task_logger

app = Celery("tasks", broker="memory://", backend="rpc://")
logger = get_task_logger(__name__)


@app.task
def add(x: int, y: int) -> int:
    return x + y


@app.task
def mul(x: int, y: int) -> int:
    return x * y


@app.task
def xsum(numbers: Iterable[int]) -> int:
    return sum(numbers)


@app.task
def tsum(numbers: Iterable[int]) -> int:
    return sum(numbers)


@app.task
def pow(x: int, y: int) -> int:
    return x**y


@app.task
def on_chord_error(request: Any, exc: Exception, traceback: Any) -> None: ...


@app.task
def log_result(result: Any) -> None: ...


@app.task
def error_handler(request: Any, exc: Exception, traceback: Any) -> None: ...


@app.task
def import_feed(url: str) -> None: ...


@app.task
def refresh_feed(url: str) -> None: ...
"""
#: Lines that only the plugin prints and that are true: a part of the block's line, a part of the message, and why.
TRUE: tuple[tuple[str, str, str], ...] = (
    ("add.delay(2, '2')", 'Argument 2 to "delay" of "add"', "the guide shows how it fails"),
    ("add.delay(8)", 'Missing positional argument "y"', "the guide shows the TypeError"),
    ("debug", 'Unexpected keyword argument "debug" for "add"', "add has no such parameter"),
    ("add.apply_async(queue=", "Missing positional arguments", "the guide leaves the arguments out"),
    (
        "group(add.s(1), add.s(2)), add.s(1))",
        'incompatible type "list[int]"',
        "the guide says that add must take a list",
    ),
    ("add.s(10).delay().get()", 'Missing positional argument "y"', "celery-types' test of types; it would fail"),
    ("link=", 'Too many arguments for "ba', "celery-types' bar and baz take nothing, and a link is fed the result"),
    ("_get_task_meta", '"AsyncResult[int]" has no attribute', "mypy alone says so of AsyncResult[Any]"),
)
_BLOCK = re.compile(r"^(?P<indent> *)(?:\.\. code-block:: (?:python|pycon)|.*::)\s*$")
_LINE = re.compile(r"^(?P<path>[^:]+):(?P<line>\d+): (?P<kind>error|note): (?P<message>.*)$")


def read_blocks(text: str) -> Iterator[tuple[int, str]]:
    """The Python of a page, each block with the number of its first line; of a session what was typed."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        found = _BLOCK.match(lines[number])
        number += 1
        if found is None or ("code-block" in lines[number - 1] and "py" not in lines[number - 1]):
            continue
        body = []
        start = number
        while number < len(lines) and (not lines[number].strip() or lines[number].startswith(found["indent"] + "  ")):
            body.append(lines[number])
            number += 1
        block = textwrap.dedent("\n".join(line for line in body if not re.match(r"\s+:[\w-]+:", line)))
        if ">>> " in block:
            block = "\n".join(line[4:] for line in block.splitlines() if line.startswith((">>> ", "... ")))
        yield start + 1, block


def write_modules(docs: Path, into: Path) -> int:
    """One module for each block that parses; how many there are."""
    (into / "guide_tasks.py").write_text(TASKS)
    count = 0
    for page in sorted(docs.rglob("*.rst")):
        if not {"userguide", "getting-started", "django"} & set(page.parts):
            continue
        for line, block in read_blocks(page.read_text(encoding="utf-8")):
            try:
                tree = ast.parse(block)
            except (SyntaxError, ValueError):
                continue
            # A name alone is prose that looks like Python.
            if any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in tree.body):
                count += 1
                name = re.sub(r"\W", "_", f"{page.parent.name}_{page.stem}_{line}")
                (into / f"block_{name}.py").write_text(f"from guide_tasks import *\n{block}\n")
    return count


def run_mypy(folder: Path, plugin: str) -> set[tuple[str, int, str, str]]:
    """What mypy prints of the modules."""
    (folder / "mypy.ini").write_text(
        f"[mypy]\n{plugin}ignore_missing_imports = True\ncheck_untyped_defs = True\nshow_error_codes = True\n"
    )
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", "--no-incremental", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1) or done.stderr:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
    found = (_LINE.match(line) for line in done.stdout.splitlines())
    return {(m["path"], int(m["line"]), m["kind"], m["message"]) for m in found if m is not None}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--celery", type=Path, required=True, metavar="DIR", help="Celery's unpacked source")
    parser.add_argument("--more", type=Path, action="append", default=[], metavar="DIR", help="files as they are")
    options = parser.parse_args()
    if not (options.celery / "docs" / "userguide").is_dir():
        parser.error(f"{options.celery} has no docs/userguide")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = write_modules(options.celery / "docs", folder)
        for number, more in enumerate(options.more):
            shutil.copytree(more, folder / f"more{number}", ignore=shutil.ignore_patterns("*.ini", "*.toml", "*.cfg"))
        stock, ours = run_mypy(folder, ""), run_mypy(folder, "plugins = celery_registry.mypy\n")
        sources = {path: (folder / path).read_text().splitlines() for path, *_ in ours | stock}
    for path, line, _, message in sorted(stock - ours):
        print(f"- {path}:{line}: {message}\n      {sources[path][line - 1].strip()}")
    unknown = 0
    for path, line, kind, message in sorted(ours - stock):
        source = sources[path][line - 1].strip()
        known = any(part in source and said in message for part, said, _ in TRUE)
        unknown += not known
        print(f"{'+' if known else '?'} {path}:{line}: {kind}: {message}\n      {source}")
    print(
        f"{count} blocks: {len(stock - ours)} lines less, {len(ours - stock)} more, {unknown} of them not known to be true"
    )
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
