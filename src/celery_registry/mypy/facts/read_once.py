"""What is read of a block of statements, until another block is asked about.

Law: keeps one answer with the statements that it is of; what they say is the reader's business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from mypy.nodes import Statement

__all__ = ["ReadOnce"]

T = TypeVar("T")


class ReadOnce(Generic[T]):
    """Remembers what ``read`` finds in the last statements.

    The list of the statements is the key: after an edit the daemon keeps the file and its functions and gives them other
    statements (mypy.server.astmerge). It is kept, so that no ``id`` of a node in it is given out twice.
    """

    def __init__(self, read: Callable[[Sequence[Statement]], T]) -> None:
        self._read = read
        self._last: tuple[Sequence[Statement], T] | None = None

    def of(self, statements: Sequence[Statement]) -> T:
        """What stands in these statements."""
        if self._last is None or self._last[0] is not statements:
            self._last = statements, self._read(statements)
        return self._last[1]
