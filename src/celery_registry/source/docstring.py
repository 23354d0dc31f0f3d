"""What a docstring says about parameters: the Google-style ``Args:`` section.

Law: text in, names and descriptions out. Source: Google Python Style Guide, 3.8.3 Functions and Methods.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["read_documented"]

_SECTION = re.compile(r"^(?:Args|Arguments|Parameters|Params):\s*$")
_HEADER = re.compile(r"^(?:Returns?|Yields?|Raises|Notes?|Examples?|Attributes|See Also|Warns?)\b.*:\s*$")
_ENTRY = re.compile(r"^\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:(?:\s+(.*))?$")


def read_documented(docstring: str | None) -> Mapping[str, str] | None:
    """Parameter name -> description, in order; None where there is no ``Args:`` section.

    ``docstring`` has no indentation of its own, as ``inspect.cleandoc`` leaves it (done twice, it would flatten entries).
    """
    if not docstring:
        return None
    lines = docstring.splitlines()
    start = next((number for number, line in enumerate(lines) if _SECTION.match(line)), None)
    if start is None:
        return None
    documented: dict[str, str] = {}
    indent: int | None = None
    name: str | None = None
    # A section on the docstring's first line has lost the indentation of its entries.
    flat = start == 0 and len(lines) > 1 and lines[1][:1].strip() != ""
    for line in lines[start + 1 :]:
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        if (depth == 0 and not flat) or (flat and _HEADER.match(line)):
            break
        indent = depth if indent is None else indent
        entry = _ENTRY.match(line.strip()) if depth <= indent else None
        if entry:
            name = entry.group(1)
            documented[name] = (entry.group(2) or "").strip()
        elif name is not None and depth > indent:
            documented[name] = f"{documented[name]} {line.strip()}".strip()
        else:
            name = None
    return documented
