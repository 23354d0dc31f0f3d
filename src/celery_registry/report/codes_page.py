"""``docs/codes.md``: every code, as one page.

Law: it arranges the tables of ``contract.codes`` and ``contract.explanations``. Write the page anew with
``python -m celery_registry.report.codes_page docs/codes.md``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from celery_registry.contract.codes import CODES, PROBLEMS, Code
from celery_registry.contract.explanations import EXPLANATIONS, PREAMBLE
from celery_registry.report.file import write_text

__all__ = ["render_codes_page"]

_INTRODUCTION = """\
# Codes

Every finding has a code. It is the same in mypy, at boot and in the commands, and
`celery-registry explain CODE` shows what this page says about it.

Mistakes in a call carry mypy's own codes; of these, `call-arg` and `arg-type` are `check`'s, too, and stand at the end.

In the table, *check* stands for `celery-registry check`, which reads the source, and *boot* for a process with the guard and for
`celery-registry check --app`, which looks at the application as well. `check` sees of a code what the text tells. The severity is
that of the code; a few of its findings weigh less and are warnings.

* In mypy, `# type: ignore[task-signature]` on the line hides one finding, and `disable_error_code` all of a code.
* Everywhere, the setting `severity` makes a code an `error`, a `warning` or `off` ([settings](settings.md)).
* In an old project, a baseline accepts what is there ([adoption](adoption.md)).

The examples below stand under these lines:

```python
"""


def render_codes_page() -> str:
    """The page as Markdown."""
    parts = [f"{_INTRODUCTION}{PREAMBLE}```\n", _table()]
    parts += [_section(code) for code in Code]
    return "\n".join(parts)


def _table() -> str:
    lines = ["| code | severity | meaning | reported by |", "| --- | --- | --- | --- |"]
    for code, row in CODES.items():
        by = ", ".join(EXPLANATIONS[code].reported_by)
        lines.append(f"| [`{code}`](#{code}) | {row.severity.value} | {row.meaning} | {by} |")
    return "\n".join(lines) + "\n"


def _section(code: Code) -> str:
    explanation = EXPLANATIONS[code]
    # Two problems may be said alike and advise differently.
    said = dict.fromkeys(f"* {_literal(problem.sentence)}\n" for problem in PROBLEMS.values() if problem.code is code)
    parts = [f"## {code}\n", f"{CODES[code].meaning} {explanation.why}\n"]
    if said:
        parts.append("What it says:\n\n" + "".join(said))
    parts.append(f"Wrong:\n\n```python\n{explanation.wrong.strip()}\n```\n")
    parts.append(f"Right:\n\n```python\n{explanation.mended.strip()}\n```\n")
    return "\n".join(parts)


def _literal(sentence: str) -> str:
    return f"`{sentence}`"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m celery_registry.report.codes_page FILE")
    write_text(Path(sys.argv[1]), render_codes_page())
