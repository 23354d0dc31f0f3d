"""What was read before, so that an unchanged file is not parsed again.

Law: rows keyed by path, valid for one time of change and one size; one file for the whole project. A cache that
cannot be read is treated as missing, one that cannot be written is not worth a word.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, NamedTuple

from celery_registry.source.record import header_of, read_record, write_record

__all__ = ["CachedFile", "FactsCache", "KeptAnswers", "is_racy"]

# Raise it with every change of what rows hold.
_FORMAT = 47
_NAME = "celery_registry_index.bin"
_HEADER = header_of("index", _FORMAT)

# A file may change twice within one tick of its file system's clock.
_RACY_NS = 2_000_000_000


# The modules that were read for the answers, those whose lines they name, the state of all of them, the answers.
# In a directory these are bytes.
KeptAnswers = tuple[tuple[str, ...], tuple[str, ...], bytes, Any]


class CachedFile(NamedTuple):
    """One row: when and how large the file was, its digest, whether it says anything about tasks, and its facts.

    ``module`` ends in a dot for a package. ``bases`` are the names of the bases of its classes; ``facts`` is marshalled, None where it was not parsed yet,
    empty where it cannot be parsed; ``shape`` is the digest of the facts without lines and docstrings.
    ``makes_app``: whether it may make a Celery application; ``has_tests``: whether it holds tests, asked only of a file
    that has the name of one; ``of_django``: whether it names the settings of a Django project.
    """

    mtime_ns: int
    size: int
    digest: bytes
    module: str
    wanted: bool
    bases: tuple[str, ...]
    facts: bytes | None
    shape: bytes
    makes_app: bool
    has_tests: bool
    of_django: bool


class FactsCache:
    """The rows of one cache directory, or those of a cache ``before`` in the same process; of neither, none."""

    def __init__(self, directory: str | os.PathLike[str] | None, before: FactsCache | None = None) -> None:
        self._path = None if directory is None else os.path.join(os.fspath(directory), _NAME)
        self._rows: dict[str, Any] = {}
        self._answers: KeptAnswers | None = None
        if before is not None:
            self._rows, self._answers = {**before._rows, **before._used}, before._answers
        elif self._path is not None:
            self._rows, self._answers = _load(self._path)
        self._used: dict[str, CachedFile] = {}
        self._changed = False

    @property
    def keeps(self) -> bool:
        """Whether anything is kept for another process."""
        return self._path is not None

    @property
    def answers(self) -> KeptAnswers | None:
        """What the last run resolved."""
        return self._answers

    @answers.setter
    def answers(self, answers: KeptAnswers) -> None:
        self._answers = answers
        self._changed = True

    def get(self, path: str) -> CachedFile | None:
        """The row of a file, whether it is still valid or not."""
        try:
            return CachedFile(*self._rows[path])
        except (KeyError, TypeError):
            return None

    def keep(self, path: str, row: CachedFile, changed: bool = True) -> None:
        """Note that a file belongs to the program; ``changed`` where the row is new."""
        self._used[path] = row
        self._changed = self._changed or changed

    def close(self) -> None:
        """Write no more, and let go of what only a later program could ask for."""
        self._path = None
        self._rows = {}
        if self._answers is not None:
            self._answers = (*self._answers[:3], None)

    def save(self) -> None:
        """Write the rows in use, if any is new, to a temporary file that then takes the cache's place."""
        if self._path is None or not (self._changed or len(self._rows) > 2 * len(self._used) + 1000):
            return
        self._changed = False
        # A run over a part of the program must not forget the rest.
        rows = dict(self._rows) if len(self._rows) <= 2 * len(self._used) + 1000 else {}
        rows.update((path, tuple(row)) for path, row in self._used.items())
        self._rows = rows
        with contextlib.suppress(OSError):
            write_record(self._path, _HEADER, (rows, self._answers))


def is_racy(mtime_ns: int, now_ns: int) -> bool:
    """Whether a file changed so lately that it may change again without a new time."""
    return mtime_ns > now_ns - _RACY_NS


def _load(path: str) -> tuple[dict[str, Any], KeptAnswers | None]:
    try:
        rows, answers = read_record(path, _HEADER)
    except (TypeError, ValueError):
        return {}, None
    whole = isinstance(answers, tuple) and len(answers) == 4 and isinstance(answers[3], bytes)
    return (rows if isinstance(rows, dict) else {}), (answers if whole else None)
