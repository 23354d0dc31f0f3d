"""Where a code is explained, and links and colours for a terminal.

Law: addresses and escape sequences; a terminal that knows no links shows the text as it was.
"""

from __future__ import annotations

import os
import re
from typing import Final

from celery_registry.contract.codes import Code

__all__ = ["link_codes", "page_of"]

_SITE: Final = "https://celery-registry.github.io/celery-registry/codes/"
_CODE: Final = re.compile(r"\[(" + "|".join(re.escape(str(code)) for code in Code) + r")\]")

_SEVERITY: Final = re.compile(r"^(    )(error|warning)(?= \[)", re.M)
_COLOURS: Final = {"error": 31, "warning": 33}


def page_of(code: Code | str) -> str:
    """The address of a code's section."""
    return f"{_SITE}#{code}"


def link_codes(text: str) -> str:
    """The text with each ``[code]`` as a link (OSC 8, which terminals without links pass over).

    Severities are coloured, unless the environment has ``NO_COLOR`` (no-color.org).
    """
    if not os.environ.get("NO_COLOR"):
        text = _SEVERITY.sub(lambda found: f"{found[1]}\x1b[1;{_COLOURS[found[2]]}m{found[2]}\x1b[0m", text)
    return _CODE.sub(lambda found: f"[\x1b]8;;{page_of(found[1])}\x1b\\{found[1]}\x1b]8;;\x1b\\]", text)
