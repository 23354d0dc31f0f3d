"""What language servers answer in the example project, for ``docs/editors.md``.

Run ``python -m stubs.editor_answers`` from ``tests`` to ask and write it anew; a test keeps it true.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from stubs.conformance_table import DOCUMENT, replace_block
from stubs.language_server import SERVERS, LanguageServer
from stubs.projects import make_editor_project

__all__ = ["EDITED", "TYPED", "Answers", "ask", "render_answers"]

EDITED = "orders.py"
TYPED = """from delivery.tasks.registry import TasksRegistry


def order(registry: TasksRegistry) -> None:
    registry.cleanup_sessions.delay(days_old="7")
    registry.send_email.delay(
"""
OPEN_CALL = TYPED.rstrip("\n")


class Answers(NamedTuple):
    """What one server said about the text above."""

    hover: str
    property_hover: str
    signatures: list[str]
    completions: list[str]
    definitions: list[tuple[str, int]]
    diagnostics: list[str]


def ask(server_name: str, project: Path) -> Answers:
    """Open the text in one server and ask what an editor asks."""
    (project / EDITED).write_text(TYPED)
    with LanguageServer(server_name, project) as server:
        server.open(EDITED, TYPED)
        return Answers(
            hover=server.hover(EDITED, "registry.send_email.delay"),
            property_hover=server.hover(EDITED, "registry.send_email"),
            signatures=server.signatures(EDITED, OPEN_CALL),
            completions=server.completions(EDITED, OPEN_CALL),
            definitions=server.definitions(EDITED, "registry.send_email"),
            diagnostics=server.diagnostics(EDITED),
        )


def render_answers(answers: Answers) -> str:
    """The answers as a block of Markdown, without what depends on the machine."""
    hover = re.sub(r"^Go to .*$|^```(?:python)?$|^-{3,}$", "", answers.hover, flags=re.MULTILINE).replace("  \n", "\n")
    hover = re.sub(r"\n{2,}", "\n\n", hover).strip()
    wrong = [text.replace("\xa0", " ") for text in answers.diagnostics if text.startswith("5: ")]
    names = [label for label in answers.completions if label in ("to=", "subject=", "body=")]
    lines = [
        "```text",
        "hover over .delay:",
        *(f"    {line}".rstrip() for line in hover.splitlines()),
        f"signature help after .delay(: {answers.signatures[0]}",
        f"completion after .delay(: {', '.join(sorted(names))}",
        "underlined in line 5:",
        *(f"    {line}".rstrip() for line in "\n".join(wrong).splitlines()),
        "```",
    ]
    return "\n".join(lines)


def main() -> None:
    """Ask every server, and write the answers into the document."""
    document = DOCUMENT.read_text()
    with tempfile.TemporaryDirectory() as folder:
        project = make_editor_project(Path(folder))
        for name in SERVERS:
            document = replace_block(document, f"answers of {name}", render_answers(ask(name, project)))
    DOCUMENT.write_text(document)


if __name__ == "__main__":
    main()
