"""The program's files and their facts, each read when somebody asks for it.

Law: it knows which file is which module, when to read one again, and never what facts mean.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import time
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from celery_registry.source.cache import CachedFile, FactsCache, is_racy
from celery_registry.source.facts import FileFacts, strip_places
from celery_registry.source.files import SourceFile
from celery_registry.source.record import digest_of
from celery_registry.source.testing import may_be_tests, says_tests
from celery_registry.source.text_traits import bases_and_decorators, is_of_django, makes_app
from celery_registry.source.unread import LARGEST, TOO_LARGE, Unread, reason_of, why_unread
from celery_registry.source.wanted import says_something

__all__ = ["Program"]


class Program:
    """Module -> facts. Of two files for one module the first path counts.

    What a program ``before`` in the same process has read is not read again. ``leave_out`` tells of a path, and of
    whether there are tests in the file, that it does not belong to this program.
    """

    def __init__(
        self,
        files: Iterable[SourceFile],
        cache_dir: str | Path | None = None,
        before: Program | None = None,
        leave_out: Callable[[str, bool], object] | None = None,
    ) -> None:
        self.files: dict[str, SourceFile] = {}
        for file in sorted(files):
            self.files.setdefault(file.module, file)
        self._cache: FactsCache = FactsCache(cache_dir, None if before is None else before._cache)
        self._rows: dict[str, CachedFile] = {}
        self._facts: dict[str, FileFacts | None] = {}
        self._released: frozenset[str] = frozenset()
        self._unread: dict[str, str] = {}
        self._here = os.getcwd()
        self._refresh()
        for module in list(self.files) if leave_out is not None else ():
            if leave_out is not None and leave_out(self.files[module].path, self.has_tests(module)):
                del self.files[module]
                self._rows.pop(module, None)
                self._unread.pop(module, None)

    def _refresh(self) -> None:
        now = time.time_ns()
        for module, file in self.files.items():
            path = self._key(file.path)
            try:
                status = os.stat(path)
            except OSError as error:
                self._unread[module] = reason_of(error)
                continue
            if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
                # A pipe or a device has no end.
                self._unread[module] = TOO_LARGE if stat.S_ISREG(status.st_mode) else "is no file"
                continue
            row = self._cache.get(path)
            if row is not None and row.mtime_ns == status.st_mtime_ns and row.size == status.st_size:
                if row.module == _identity(file):
                    self._rows[module] = row
                    self._cache.keep(path, row, changed=False)
                    continue
                row = None
            mtime_ns = 0 if is_racy(status.st_mtime_ns, now) else status.st_mtime_ns
            self._read(module, path, row, mtime_ns, status.st_size)

    def _key(self, path: str) -> str:
        return path if os.path.isabs(path) else os.path.join(self._here, path)

    def _read(self, module: str, path: str, row: CachedFile | None, mtime_ns: int, size: int) -> None:
        try:
            with open(path, "rb") as file:
                text = file.read(LARGEST)
        except OSError as error:
            self._unread[module] = reason_of(error)
            return
        if len(text) != size:
            # It is being written at this moment.
            mtime_ns = 0
        digest = digest_of(text)
        identity = _identity(self.files[module])
        if row is not None and row.digest == digest and row.module == identity:
            fresh = row._replace(mtime_ns=mtime_ns, size=size)
            self._rows[module] = fresh
            self._cache.keep(path, fresh, changed=fresh != row)
            return
        wanted = says_something(text)
        bases = bases_and_decorators(text)
        has_tests = may_be_tests(path) and says_tests(text)
        traits = makes_app(text), has_tests, is_of_django(text)
        fresh = CachedFile(mtime_ns, size, digest, identity, wanted, bases, None, b"", *traits)
        if wanted or (row is not None and row.facts is not None):
            # What somebody needed before is needed again.
            fresh = self._parsed(module, text, fresh)
        self._rows[module] = fresh
        self._cache.keep(path, fresh)

    def _parsed(self, module: str, text: bytes, row: CachedFile) -> CachedFile:
        from celery_registry.source.reader import read_file

        rows = read_file(text, module, self.files[module].is_package)
        try:
            # What is nested deeper than marshal takes is given up as what does not parse.
            facts = b"" if rows is None else marshal.dumps(rows)
            shape = b"" if rows is None else digest_of(marshal.dumps(strip_places(rows)))
        except (ValueError, RecursionError):
            facts = shape = b""
        return row._replace(facts=facts, shape=shape)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The files that were needed until now and could not be read or parsed, by path."""
        reasons = {self.files[module].path: reason for module, reason in self._unread.items()}
        paths = sorted({*reasons, *self.unread_paths})
        return tuple(Unread(path, 0, reasons[path]) if path in reasons else why_unread(path) for path in paths)

    @property
    def unread_paths(self) -> list[str]:
        """The paths of those that a person may have written."""
        unread = [
            *(module for module, reason in self._unread.items() if reason != TOO_LARGE),
            *(module for module, row in self._rows.items() if row.facts == b""),
        ]
        return [self.files[module].path for module in unread]

    def is_unread(self, module: str) -> bool:
        """Whether a file that may say something about tasks could not be read or parsed."""
        row = self._rows.get(module)
        return module in self._unread or (row is not None and row.wanted and row.facts == b"")

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The modules that say anything about tasks, sorted."""
        return tuple(sorted(module for module, row in self._rows.items() if row.wanted))

    @cached_property
    def applications(self) -> tuple[str, ...]:
        """The files that make a Celery application, as far as their text tells."""
        return tuple(self.files[module].path for module, row in self._rows.items() if row.makes_app)

    @cached_property
    def is_of_django(self) -> bool:
        """Whether a file names the settings of a Django project."""
        return any(row.of_django for row in self._rows.values())

    def has_tests(self, module: str) -> bool:
        """Whether a file that has the name of one holds tests."""
        row = self._rows.get(module)
        return row is not None and row.has_tests

    @cached_property
    def _modules_by_base(self) -> dict[str, list[str]]:
        modules: dict[str, list[str]] = {}
        for module in sorted(self._rows):
            for name in self._rows[module].bases:
                modules.setdefault(name, []).append(module)
        return modules

    def deriving_from(self, name: str) -> tuple[str, ...]:
        """The modules in which a class has a base written with this last name, sorted."""
        return tuple(self._modules_by_base.get(name, ()))

    def decorated_with(self, name: str) -> tuple[str, ...]:
        """The modules in which a decorator is written with this last name, sorted."""
        return tuple(self._modules_by_base.get(f"@{name}", ()))

    def facts(self, module: str) -> FileFacts | None:
        """The facts of a module; None where it is not of the program or cannot be parsed."""
        try:
            return self._facts[module]
        except KeyError:
            pass
        found: FileFacts | None = None
        row = self._rows.get(module)
        if row is not None:
            if row.facts is None:
                row = self._read_late(module, row)
            try:
                found = FileFacts(module, marshal.loads(row.facts)) if row.facts else None
            except (ValueError, EOFError, TypeError, MemoryError):
                # A record that lies about its size is read again from the file.
                row = self._read_late(module, row)
                found = FileFacts(module, marshal.loads(row.facts)) if row.facts else None
        self._facts[module] = found
        return found

    def _read_late(self, module: str, row: CachedFile) -> CachedFile:
        path = self._key(self.files[module].path)
        try:
            with open(path, "rb") as file:
                text = file.read(LARGEST)
        except OSError:
            return row
        fresh = self._parsed(module, text, row)
        # What was written since belongs to another time of change.
        if digest_of(text) == row.digest:
            self._rows[module] = fresh
            self._cache.keep(path, fresh)
        return fresh

    @property
    def consulted(self) -> frozenset[str]:
        """The modules whose facts were needed for what is remembered, or until now."""
        kept = self._cache.answers
        return self._released | frozenset(self._facts) if kept is None else frozenset(kept[0])

    def recall(self, setting: str | None) -> Any:
        """What an earlier run, or a program before this one, kept with ``remember``, if nothing that matters to it has changed since."""
        kept = self._cache.answers
        if kept is None:
            return None
        consulted, placed, state, answers = kept
        return answers if state == self._state(setting, frozenset(consulted), frozenset(placed)) else None

    @property
    def state(self) -> bytes | None:
        """What ``remember`` found everything to hang on, None before."""
        kept = self._cache.answers
        return None if kept is None else kept[2]

    @property
    def keeps(self) -> bool:
        """Whether anything is kept for the next process, and so must be bytes."""
        return self._cache.keeps

    def release(self) -> None:
        """Let go of the facts that were unpacked; the rows stay."""
        self._released |= frozenset(self._facts)
        self._facts.clear()

    def remember(self, setting: str | None, paths: Iterable[str], answers: object) -> None:
        """Keep what was resolved from the files that were read until now; ``paths`` are those whose lines it names."""
        named = frozenset(paths)
        consulted = tuple(sorted(self._facts))
        placed = tuple(module for module, file in self.files.items() if file.path in named)
        state = self._state(setting, frozenset(consulted), frozenset(placed))
        self._cache.answers = (consulted, placed, state, answers)

    def _state(self, setting: str | None, consulted: frozenset[str], placed: frozenset[str]) -> bytes:
        """What answers depend on.

        Of every file its name and the bases of its classes; of those that were read what they say, with its lines
        where an answer names one: an edit inside a function changes nothing.
        """
        digest = hashlib.blake2b(repr(setting).encode(), digest_size=16)
        for module, file in self.files.items():
            row = self._rows.get(module)
            if row is None:
                said = b"-"
            elif not row.wanted and module not in consulted:
                said = ",".join(row.bases).encode()
            elif not row.facts:
                said = row.digest
            else:
                said = digest_of(row.facts) if module in placed else row.shape
            traits = "" if row is None else f"{row.makes_app}{row.has_tests}{row.of_django}"
            digest.update(f"{module}\0{file.path}\0{file.is_package}\0{traits}\0".encode(errors="surrogatepass") + said)
        return digest.digest()

    def save(self) -> None:
        """Keep what was read for the next run."""
        self._cache.save()

    def close(self) -> None:
        """Keep nothing more, also not for a program after this one in the same process."""
        self._cache.close()


def _identity(file: SourceFile) -> str:
    """What relative imports in a file depend on: its module, and whether it is a package."""
    return f"{file.module}." if file.is_package else file.module
