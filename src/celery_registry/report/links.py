"""Where a code is explained, and links to it in a terminal.

Law: addresses and escape sequences; a terminal that knows no links shows the text as it was.
"""

from __future__ import annotations

import re
from typing import Final

from celery_registry.contract.codes import Code

__all__ = ["link_codes", "page_of"]

_SITE: Final = "https://celery-registry.github.io/celery-registry/codes/"
_CODE: Final = re.compile(r"\[(" + "|".join(re.escape(str(code)) for code in Code) + r")\]")


def page_of(code: Code | str) -> str:
    """The address of a code's section."""
    return f"{_SITE}#{code}"


def link_codes(text: str) -> str:
    """The text with each ``[code]`` as a link (OSC 8, which terminals without links pass over)."""
    return _CODE.sub(lambda found: f"[\x1b]8;;{page_of(found[1])}\x1b\\{found[1]}\x1b]8;;\x1b\\]", text)
