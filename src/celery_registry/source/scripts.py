"""What tasks are called in a file that is run as a script: Celery calls the module ``__main__`` by its application's name.

Law: a file's text in, the name that stands for its module out, None where nobody runs it as a script. Nothing is resolved.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["script_name"]

_RUN: Final = re.compile(rb"""^if\s+__name__\s*==\s*["']__main__["']""", re.MULTILINE)
_NAMED: Final = re.compile(rb"""\bCelery\(\s*(?:main\s*=\s*)?["']([\w.\-]+)["']""")


def script_name(path: str) -> str | None:
    """``shop`` for a file that says ``Celery("shop")`` and ``if __name__ == "__main__":``."""
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        return None
    found = {name.decode() for name in _NAMED.findall(text)} if _RUN.search(text) else set()
    return found.pop() if len(found) == 1 else None
