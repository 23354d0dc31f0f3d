"""The table of ``docs/agreement.md``, made of the programs.

Law: rows and words. ``python -m agreement.page docs/agreement.md``, run in ``tests/``, writes it anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from .program import FRONTS, Program
from .programs import PROGRAMS

__all__ = ["render_table"]

_HEAD = "| program | mypy | `check --static` | `check --app` | worker |\n| --- | --- | --- | --- | --- |\n"


def render_table() -> str:
    """One row for each kind of mistake: what each front says of the wrong program; of every right one all are silent."""
    reasons: dict[str, int] = {}
    rows = []
    for program in PROGRAMS:
        if program.codes:
            cells = [_cell(program, front, reasons) for front in FRONTS]
            rows.append(f"| {program.name.removesuffix(': wrong')} | {' | '.join(cells)} |\n")
    notes = "".join(f"{number}. Cannot know: {reason}.\n" for reason, number in reasons.items())
    silent = sum(not program.codes for program in PROGRAMS)
    return f"{_HEAD}{''.join(rows)}\n{notes}\nAll four are silent about {silent} right programs beside these.\n"


def _cell(program: Program, front: str, reasons: dict[str, int]) -> str:
    told = ", ".join(f"`{code}`" for code in program.expected(front))
    unknown = program.unknown.get(front)
    if unknown is None:
        return told
    number = reasons.setdefault(unknown.reason, len(reasons) + 1)
    return f"{told} ({number})".strip()


if __name__ == "__main__":
    page = Path(sys.argv[1])
    text = page.read_text(encoding="utf-8")
    pattern = re.compile(r"(<!-- programs -->\n).*?(<!-- end of programs -->)", re.DOTALL)
    page.write_text(pattern.sub(lambda found: found[1] + render_table() + found[2], text), encoding="utf-8")
