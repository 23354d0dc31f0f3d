"""An edit as a person or a program reads it: the finished line, and the spans to replace.

Law: edits in, text and numbers out. What they mend is not known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from celery_registry.report.document import Replacement
from celery_registry.writing.source_text import Edit, SourceText

__all__ = ["finished_line", "show_replacement"]


def finished_line(source: SourceText, edits: Sequence[Edit]) -> str:
    """The changed statement as it is going to be, without its indentation."""
    shown = max(edits, key=lambda edit: (edit.start != edit.end, len(edit.text)))
    lines = [line for line in shown.text.splitlines() if line.strip() and not line.strip().startswith(("@", '"""'))]
    if shown.start == shown.end and "\n" in shown.text:
        heads = [line for line in lines if " def " in f" {line.strip()} " or "=" in line]
        return (heads or lines)[0].strip()
    start = max((begin for begin in source.lines if begin <= shown.start), default=0)
    end = next((begin for begin in source.lines if begin > shown.end), len(source.text))
    inside = sorted({edit for edit in edits if start <= edit.start and edit.end <= end and "\n" not in edit.text})
    parts: list[str] = []
    done = start
    for edit in inside:
        parts += (source.text[done : edit.start], edit.text)
        done = edit.end
    return " ".join("".join((*parts, source.text[done:end])).split())


def show_replacement(source: SourceText, edit: Edit) -> Replacement:
    """The span by lines and columns, and its text with the file's own line ends."""
    begin, end = source.position(edit.start), source.position(edit.end)
    return Replacement(str(source.path), *begin, *end, edit.text.replace("\n", source.newline))
