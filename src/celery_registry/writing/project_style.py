"""What a project's settings files say about its code: the oldest Python it runs on, and how long a line may be.

Law: the text of ``pyproject.toml`` and ``setup.cfg`` in, plain facts out; None where nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

__all__ = ["line_length", "oldest_python"]

_PYTHON: Final = re.compile(
    r"""^\s*(?:requires-python|python_requires|python)\s*=\s*["']?([^"'\n#]+)""",
    re.MULTILINE,
)
_LOWEST: Final = re.compile(r"(?:>=|\^|~=|===?|~|>|^)\s*3\.(\d+)")
_LENGTH: Final = re.compile(r"^\s*line[-_]length\s*=\s*(\d+)", re.MULTILINE)


def oldest_python(folders: Iterable[Path]) -> tuple[int, int] | None:
    """What the first of these directories that says anything says."""
    for text in _texts(folders):
        for said in _PYTHON.findall(text):
            lowest = _LOWEST.search(said.strip())
            if lowest is not None:
                return 3, int(lowest[1])
    return None


def line_length(folders: Iterable[Path]) -> int:
    """What the first of these directories tells ruff or black, else what they take by themselves."""
    found = (_LENGTH.search(text) for text in _texts(folders))
    return next((int(said[1]) for said in found if said is not None), 88)


def _texts(folders: Iterable[Path]) -> Iterator[str]:
    for folder in folders:
        for name in ("pyproject.toml", "setup.cfg"):
            try:
                yield (folder / name).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
