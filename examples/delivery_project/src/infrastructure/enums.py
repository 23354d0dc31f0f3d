"""``StrEnum`` for every Python that celery-registry supports; from Python 3.11 on it is the standard library's."""

import sys
from enum import Enum

__all__ = ["StrEnum"]

if sys.version_info >= (3, 11):
    from enum import StrEnum
else:

    class StrEnum(str, Enum):
        def __str__(self) -> str:
            return str(self.value)
