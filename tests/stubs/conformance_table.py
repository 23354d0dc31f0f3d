"""The table of verdicts in ``docs/editors.md``: which checker gets how many calls wrong.

Run ``python -m stubs.conformance_table`` from ``tests`` to measure and write it anew; a test keeps it true.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stubs.checkers import CHECKERS, run_checker
from stubs.projects import ROOT, make_shop

__all__ = ["DOCUMENT", "Verdicts", "judge_calls", "render_table", "replace_block"]

DOCUMENT = ROOT / "docs" / "editors.md"

#: What no type can express that also accepts a variable of the container's type.
EXCUSED = ("list arity", "list order", "empty display")


@dataclass(frozen=True)
class Verdicts:
    """Lines of ``calls.py``, by what a checker made of them."""

    false: Mapping[int, str]
    missed: Mapping[int, str]
    excused: Mapping[int, str]


@dataclass(frozen=True)
class _Calls:
    good: Mapping[int, str]
    bad: Mapping[int, str]
    excused: Mapping[int, str]


def read_calls(path: Path) -> _Calls:
    """The good and bad calls, by line."""
    good: dict[int, str] = {}
    bad: dict[int, str] = {}
    excused: dict[int, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text, wrong, mark = line.partition("  # bad")
        if wrong and mark:
            assert mark.removeprefix(": ") in EXCUSED, line
            excused[number] = text.strip()
        elif wrong:
            bad[number] = text.strip()
        elif line.startswith("    ") and "r." in line:
            good[number] = text.strip()
    return _Calls(good, bad, excused)


def judge_calls(checker: str, shop: Path) -> Verdicts:
    """Run one checker over the calls."""
    calls = read_calls(shop / "calls.py")
    flagged = {item.line: item.message for item in run_checker(checker, shop, "calls.py")}
    wrong = {*calls.bad, *calls.excused}
    return Verdicts(
        false={line: message for line, message in flagged.items() if line not in wrong},
        missed={line: text for line, text in calls.bad.items() if line not in flagged},
        excused={line: text for line, text in calls.excused.items() if line not in flagged},
    )


def render_table(verdicts: Mapping[str, Verdicts], calls: _Calls) -> str:
    """The table as Markdown."""
    bad = len(calls.bad) + len(calls.excused)
    lines = [
        f"{len(calls.good)} right and {bad} wrong calls of {_shapes()} tasks:",
        "",
        "| checker | right calls flagged | wrong calls accepted | of these, list arity, list order, `kwargs={}` |",
        "|---|---|---|---|",
    ]
    for checker, found in verdicts.items():
        accepted = len(found.missed) + len(found.excused)
        lines.append(f"| {checker} | {len(found.false)} | {accepted} | {len(found.excused)} |")
    return "\n".join(lines)


def _shapes() -> int:
    registry = Path(__file__).parent / "conformance" / "src" / "shop" / "tasks" / "registry.py"
    return registry.read_text().count("@property")


def replace_block(document: str, name: str, text: str) -> str:
    """The document with another text between the comments that mark a generated block."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end {name} -->)", re.DOTALL)
    assert pattern.search(document), f"docs/editors.md has no block {name}"
    return pattern.sub(lambda match: f"{match[1]}{text}{match[2]}", document)


def main(checkers: Iterable[str] = tuple(CHECKERS)) -> None:
    """Measure, and write the table into the document."""
    with tempfile.TemporaryDirectory() as folder:
        shop = make_shop(Path(folder))
        table = render_table({name: judge_calls(name, shop) for name in checkers}, read_calls(shop / "calls.py"))
    DOCUMENT.write_text(replace_block(DOCUMENT.read_text(), "conformance", table))
    print(table)


if __name__ == "__main__":
    main()
