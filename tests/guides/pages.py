"""The guides as projects: the code in a page is the code that is run.

A fenced block with a ``title`` is a file of that name; ``no-check`` marks a fragment. Law: it reads pages and writes
files, and knows nothing of their content.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

__all__ = ["GUIDES", "Block", "read_blocks", "write_project"]

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"
_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=indent)```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the other words of the fence, its file name if it has one, its text."""

    language: str
    words: tuple[str, ...]
    title: str | None
    text: str


def read_blocks(page: str) -> list[Block]:
    """The blocks of ``docs/guides/PAGE.md``."""
    blocks = []
    for found in _FENCE.finditer((GUIDES / f"{page}.md").read_text()):
        title = re.search(r'title="([^"]*)"', found["info"])
        language, *words = re.sub(r'\S+="[^"]*"', "", found["info"]).split() or [""]
        blocks.append(Block(language, tuple(words), title and title[1], textwrap.dedent(found["body"])))
    return blocks


def write_project(page: str, folder: Path) -> Path:
    """Write the files of a page; folders that hold Python files become packages."""
    for block in read_blocks(page):
        if block.title is None or "no-check" in block.words or block.language == "text":
            continue
        path = folder / block.title
        assert not path.exists(), f"{page}.md has two blocks for {block.title}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)
    for path in list(folder.rglob("*.py")):
        for parent in list(path.relative_to(folder).parents)[:-1]:
            (folder / parent / "__init__.py").touch()
    return folder
