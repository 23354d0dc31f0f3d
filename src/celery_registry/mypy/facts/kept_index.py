"""The syntactic index over the program's files, and the names that mypy has for these.

Law: knows where files are and which module each one is, and when the index is another; what stands in files is the
index's business, and what is asked of it ``program``'s.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from mypy.find_sources import InvalidSourceList, SourceFinder
from mypy.fscache import FileSystemCache

from celery_registry.mypy.facts.last_run import stamps_of
from celery_registry.mypy.facts.roots import Stamp, bases_of, roots_of, stamp_of
from celery_registry.mypy.facts.twins import Twins

if TYPE_CHECKING:
    from mypy.nodes import MypyFile
    from mypy.options import Options

    from celery_registry.settings import Settings
    from celery_registry.source.files import SourceFile
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.testing import Areas

__all__ = ["KeptIndex"]

T = TypeVar("T")


class KeptIndex:
    """The index: built on first use, brought up to date when a file has changed under the daemon.

    ``settled`` is what an earlier run knew of modules with several files; ``loaded`` are the modules that mypy has by
    now; ``changed`` is called when the index is another from now on.
    """

    def __init__(
        self,
        options: Options,
        settings: Settings,
        files: dict[str, Stamp | None] | None = None,
        settled: Mapping[str, str] | None = None,
        loaded: Callable[[], Mapping[str, MypyFile]] = dict,
        changed: Callable[[], object] = dict,
    ) -> None:
        self._options = options
        self._found_files = files
        self._settings = settings
        self._index: SourceIndex | None = None
        self._failure: Exception | None = None
        self._before: SourceIndex | None = None
        self._stamps: dict[str, tuple[int, int]] = {}
        self._kept: dict[object, Any] = {}
        self._kept_for: SourceIndex | None = None
        self._lasting: dict[object, Any] = {}
        self._other_names: dict[str, str] = {}
        self._outside: dict[str, tuple[int, int] | None] = {}
        self._is_listed = False
        self._loaded, self._changed = loaded, changed
        self._looked = 0
        # mypy looks for modules in the working directory too.
        self._twins = Twins([*bases_of(options), os.getcwd()], settled, self._is_production)
        self.files: dict[str, Stamp | None] = {}
        """Every file with its time of change and size, taken before it was read."""

    @property
    def is_daemon(self) -> bool:
        """Whether this process serves several runs (dmypy)."""
        return self._options.fine_grained_incremental

    @property
    def roots(self) -> list[str]:
        """The directories and files below which the program's files were looked for."""
        return roots_of(self._options)

    @property
    def settled(self) -> dict[str, str]:
        """Every module for which there are several files -> the one that mypy has, empty where that is not known."""
        return self._twins.settled

    @property
    def turns(self) -> int:
        """How often that has changed."""
        return self._twins.turns

    def meet(self, module: str, path: str, anew: bool) -> bool:
        """Take note of the file that mypy has for a module; true where that was not known.

        ``anew`` where what was met before may be another run's.
        """
        self._list()
        before = self._twins.chosen
        if not self._twins.meet(module, path, anew):
            return False
        if self._twins.chosen != before and self._index is not None:
            # The index of any other run than a daemon's is closed.
            self._before = self._index if self.is_daemon else None
            self._drop_index()
            self._changed()
        return True

    def _meet_loaded(self) -> None:
        """A process that checks modules for another one meets no file before it has it."""
        modules = {} if self.is_daemon else self._loaded()
        if len(modules) != self._looked:
            self._looked = len(modules)
            for module in self._twins.unsettled:
                if module in modules:
                    self.meet(module, modules[module].path, anew=False)

    @property
    def index(self) -> SourceIndex:
        """The index over every file under mypy's roots."""
        if self._twins.settled:
            self._meet_loaded()
        if self._failure is not None:
            raise self._failure
        if self._index is None:
            try:
                self._index = self._build()
            except Exception as failure:
                # Asked for at every name: what cannot be built is not tried again until a file changes.
                self._failure = failure
                raise
        return self._index

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """What ``compute`` gives, remembered as long as the index stands."""
        return self._remembered(key, compute, lasting=False)

    def lasting(self, key: object, compute: Callable[[], T]) -> T:
        """The same for what depends on nothing but what the index answers: an edit inside a function leaves it alone."""
        return self._remembered(key, compute, lasting=True)

    def _remembered(self, key: object, compute: Callable[[], T], lasting: bool) -> T:
        index = self.index
        if self._kept_for is not index:
            self._kept.clear()
            if self._kept_for is None or not index.says_the_same_as(self._kept_for):
                self._lasting.clear()
            self._kept_for = index
        kept = self._lasting if lasting else self._kept
        if key not in kept:
            kept[key] = compute()
        found: T = kept[key]
        return found

    def _drop_index(self) -> None:
        """What was built is not what stands on the disk."""
        self._index = self._failure = None

    def refresh(self, path: str) -> None:
        """Rebuild if this file is not the one that was read: the daemon keeps a plugin over many runs."""
        key = os.path.abspath(path)
        if not self._is_listed or (key not in self._stamps and not self._may_be_ours(key)):
            return
        stamp = stamp_of(key)
        if self._stamps.get(key) != stamp:
            # A file that the walk leaves out (an excluded one) is not asked about twice.
            self._outside[key] = stamp
            self._before = self._index or self._before
            self._drop_index()
            self._is_listed = False

    def _may_be_ours(self, path: str) -> bool:
        """Whether a file that the index does not know may have come into the program since."""
        from celery_registry.source.files import SKIPPED

        if not path.endswith(".py") or any(part in SKIPPED for part in path.split(os.sep)):
            return False
        inside = any(path.startswith(root + os.sep) for root in roots_of(self._options))
        return inside and not (path in self._outside and self._outside[path] == stamp_of(path))

    def _note_other_name(self, module: str, path: str, finder: SourceFinder) -> None:
        """A file below mypy_path without an ``__init__.py`` is ``pages.x`` in imports and ``x`` on the command line."""
        try:
            other, _ = finder.crawl_up(path)
        except InvalidSourceList:
            return
        if other != module:
            self._other_names.setdefault(other, module)

    def index_name(self, fullname: str) -> str:
        """The dotted name that the index has for a class of mypy's."""
        module, _, name = fullname.rpartition(".")
        return f"{self._other_names[module]}.{name}" if module in self._other_names else fullname

    @cached_property
    def _areas(self) -> Areas:
        from celery_registry.source.testing import Areas

        return Areas(self.roots, self._settings.test_paths, self._settings.directory)

    def _is_production(self, path: str) -> bool:
        return self._areas.of(path) is None

    def _list(self) -> None:
        """Find the files."""
        if self._is_listed:
            return
        self._is_listed = True
        self.files = stamps_of(self._options) if self._found_files is None else self._found_files
        self._found_files = None
        if self.is_daemon:
            self._stamps = {path: stamp for path, stamp in self.files.items() if stamp is not None}
        self._twins.choose(self._files())
        if self._twins.settled:
            self._meet_loaded()

    def _build(self) -> SourceIndex:
        # A project that never uses Celery must not pay for the index.
        from celery_registry.source.index import SourceIndex

        self._list()
        cache = None if self._options.cache_dir == os.devnull else self._options.cache_dir
        before, self._before = self._before, None
        return SourceIndex.build(
            self._twins.chosen,
            cache,
            before=before,
            last=not self.is_daemon,
            task_modules=self._settings.task_modules,
            areas=self._areas,
            locks=self._settings.locks,
            injected=self._settings.injected_parameters,
        )

    def _files(self) -> Iterator[SourceFile]:
        from celery_registry.source.files import SourceFile

        finder = SourceFinder(FileSystemCache(), self._options)
        bases = sorted((os.path.abspath(base) for base in bases_of(self._options)), key=len, reverse=True)
        for path in self.files:
            module = _module(path, bases, finder) if path.endswith(".py") else None
            if module:
                self._note_other_name(module, path, finder)
                yield SourceFile(module, path, os.path.basename(path).startswith("__init__."))


def _module(path: str, bases: list[str], finder: SourceFinder) -> str | None:
    for base in bases:
        if path.startswith(base + os.sep):
            parts = path[len(base) + 1 : -len(".py")].split(os.sep)
            if parts[-1] == "__init__":
                parts.pop()
            return ".".join(parts) if all(part.isidentifier() for part in parts) else None
    try:
        module, _ = finder.crawl_up(path)
    except InvalidSourceList:
        return None
    return module
