"""A file that says nothing, and why: it cannot be read, or is no Python.

Law: a path in, a reason out.
"""

from __future__ import annotations

from typing import NamedTuple

from celery_registry.source.syntax import parse_module, show_no_python

__all__ = ["LARGEST", "TOO_DEEP", "TOO_LARGE", "Unread", "reason_of", "why_unread"]

#: No module that a person wrote is as large, and what is larger is not read.
LARGEST = 8_000_000
TOO_LARGE = "is too large to be read"
TOO_DEEP = "is nested too deeply to be read"


class Unread(NamedTuple):
    """A file that says nothing, and why; ``line`` is 0 where none is at fault."""

    path: str
    line: int
    reason: str

    @property
    def is_too_large(self) -> bool:
        """Whether nobody wrote it: it holds data, not tasks."""
        return self.reason == TOO_LARGE


def reason_of(error: OSError) -> str:
    """What the system says of a file that it does not give."""
    return f"cannot be read: {error.strerror or error}"


def why_unread(path: str) -> Unread:
    """What the system or Python says of a file that could not be read or parsed."""
    try:
        with open(path, "rb") as file:
            parse_module(file.read(LARGEST))
    except OSError as error:
        return Unread(path, 0, reason_of(error))
    except SyntaxError as error:
        return Unread(path, error.lineno or 0, show_no_python(error))
    except ValueError as error:
        return Unread(path, 0, show_no_python(error))
    except (RecursionError, MemoryError):
        pass
    return Unread(path, 0, TOO_DEEP)
