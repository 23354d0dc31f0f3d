"""How an editor mends a drift when a file is saved.

Law: the working directory in, lines for a person out. No editor is started.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["show_on_save"]

_COMMAND: Final = "celery-registry check --static --fix --yes"
#: What is there -> where its user writes the command.
_EDITORS: Final = {
    ".vscode": 'VS Code: "emeraldwalk.runonsave" in .vscode/settings.json',
    ".idea": "PyCharm: a File Watcher for Python files",
    ".pre-commit-config.yaml": "pre-commit: a local hook with pass_filenames: false",
}


def show_on_save(folder: Path) -> str:
    """The command, and where the tools of this project take it."""
    found = [text for name, text in _EDITORS.items() if (folder / name).exists()]
    lines = [f"to mend on save, let your editor run: {_COMMAND}", *(f"  {text}" for text in found)]
    return "\n".join(lines)
