"""The releases that this version was tested with, and whether a newer one is installed.

Law: numbers and their comparison. Nothing is capped in ``pyproject.toml``: a cap would keep users from an upgrade
that works, and a nightly run against the newest releases tells us first. Who meets a newer release says so once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["TESTED", "is_newer"]

#: Distribution -> the oldest and the newest minor release that the tests ran with.
TESTED: Final[Mapping[str, tuple[tuple[int, int], tuple[int, int]]]] = {
    "python": ((3, 10), (3, 14)),
    "mypy": ((1, 15), (2, 4)),
    "celery": ((5, 3), (5, 7)),
}


def is_newer(distribution: str, version: str) -> bool:
    """Whether ``version`` is of a later minor release than the tests ran with; False where it cannot be read."""
    found = re.match(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) > TESTED[distribution][1]
