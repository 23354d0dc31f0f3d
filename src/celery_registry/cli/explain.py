"""``explain``: what a code means.

Law: it shows the texts of ``contract.explanations`` and adds none.
"""

from __future__ import annotations

import click

from celery_registry.cli import CannotRun
from celery_registry.contract.codes import CODES, PROBLEMS, Code
from celery_registry.contract.explanations import EXPLANATIONS, PREAMBLE
from celery_registry.contract.names import show_nearest
from celery_registry.report.links import page_of

__all__ = ["explain"]


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what CODE means, with a wrong example and its right twin; without CODE, list them all."""
    if code is None:
        width = max(len(str(each)) for each in Code)
        for each in Code:
            click.echo(f"{each!s:{width}}  {CODES[each].severity.value:7}  {CODES[each].meaning}")
        return
    codes = {str(each): each for each in Code}
    if code not in codes:
        raise CannotRun(f'there is no code "{code}"{show_nearest(code, codes)}')
    click.echo(show_explanation(codes[code]))


def show_explanation(code: Code) -> str:
    """The whole explanation of one code, as text for a terminal."""
    row, explanation = CODES[code], EXPLANATIONS[code]
    parts = [
        f"{code} ({row.severity.value})",
        row.meaning,
        click.wrap_text(explanation.why, 100),
        f"Reported by: {', '.join(explanation.reported_by)}.",
        "What it can say:\n"
        + "\n".join(f"  {problem.sentence}" for problem in PROBLEMS.values() if problem.code is code),
        "Wrong:\n" + _indent(explanation.wrong),
        "Right:\n" + _indent(explanation.mended),
        "Both stand below:\n" + _indent(PREAMBLE),
        f"The page: {page_of(code)}",
    ]
    return "\n\n".join(parts)


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.strip().splitlines())
