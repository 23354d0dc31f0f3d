"""The program's files as mypy names them, and the syntactic index over them.

Law: knows where files are and which module each one is; what stands in them is the index's business.
It never reports.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    from celery_registry.source.model import Registration, RegistryProperty
    from celery_registry.source.testing import Areas

__all__ = ["Program"]

T = TypeVar("T")


class Program:
    """The user's program: built on first use, brought up to date when a file has changed under the daemon.

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
        self._users: dict[str, set[str]] = {}
        self._other_names: dict[str, str] = {}
        self._outside: dict[str, tuple[int, int] | None] = {}
        self._property_names: frozenset[str] | None = None
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
    def property_names(self) -> frozenset[str]:
        """The dotted names of all registry properties."""
        # mypy asks at every attribute.
        if self._property_names is None:
            self._property_names = self.lasting("property names", self._find_property_names)
        return self._property_names

    def _find_property_names(self) -> frozenset[str]:
        return frozenset(p.fullname for r in self.index.registries.values() for p in r.properties.values())

    @property
    def has_application_tasks(self) -> bool:
        """Whether ``@app.task`` registers anything: celery-types loses the parameters of such tasks alone."""
        from celery_registry.source.model import How

        return self.lasting("application tasks", lambda: any(r.how is How.APP_TASK for r in self.index.registrations))

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
            self._index = self._property_names = self._failure = None
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

    def concerns(self, module: str) -> bool:
        """Whether a module says anything about tasks by name: registers, declares or addresses one."""
        return module in self.concerned()

    def concerned(self) -> frozenset[str]:
        """The modules that say anything about tasks by name."""
        return self.lasting("concerned", self._concerned_modules)

    def _concerned_modules(self) -> frozenset[str]:
        index = self.index
        return frozenset(
            {
                *index.send_task_users(),
                *(registry.module for registry in index.registries.values()),
                *(enum.module for enum in index.enums.values()),
                *(r.module for r in index.registrations),
                *(r.target_module for r in index.registrations if r.target_module is not None),
                *(r.made_by[0].rpartition(".")[0] for r in index.registrations if r.made_by is not None),
            }
        )

    def addresses(self, module: str, name: str) -> bool:
        """Whether the text of a module gives this task name to a call."""
        return name in self.once(("addressed", module), lambda: self.index.names_addressed_by(module))

    def add_user(self, name: str, target: str) -> None:
        """Remember that a target was checked against the implementation of a task name."""
        self._users.setdefault(name, set()).add(target)

    def users_of(self, names: Iterable[str]) -> set[str]:
        """The targets that were checked against the implementations of these names."""
        return {target for name in names for target in self._users.get(name, ())}

    def users(self) -> set[str]:
        """The targets that were checked against any implementation by its name."""
        return self.users_of(self._users)

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

    def everything_is_seen(self, asker: str) -> bool:
        """Whether a name that no registration has is really nobody's, asked by a module.

        So where the user says which modules implement tasks, or where every registration has a name that can be read.
        """
        return self.lasting(("seen", self._view_of(asker)), lambda: self._sees_everything(asker))

    def _sees_everything(self, asker: str) -> bool:
        registrations = self.index.seen_from(asker)
        if self._twins.leaves_out:
            return False
        if self._settings.task_modules:
            return True
        # What stands in a half-typed file cannot be known.
        is_whole = bool(registrations) and self.index.reads_everything
        return is_whole and all(r.task_name is not None for r in registrations)

    def registered_names(self, asker: str) -> frozenset[str]:
        """The names of all tasks that a module can mean."""
        return self.lasting(("registered", self._view_of(asker)), lambda: self._registered_names(asker))

    def _registered_names(self, asker: str) -> frozenset[str]:
        return frozenset(r.task_name for r in self.index.seen_from(asker) if r.task_name is not None)

    def _view_of(self, asker: str) -> str | None:
        """None for production, which sees one program."""
        return None if self.index.is_production(asker) else asker

    @property
    def injected_parameters(self) -> Mapping[str, tuple[str, ...]]:
        """Class or decorator -> the parameters that it supplies: as the settings say, and as task classes do that hand on all."""
        return self.lasting("injected", self._injected_parameters)

    def _injected_parameters(self) -> dict[str, tuple[str, ...]]:
        handing = {cls: added for r in self.index.registrations for cls, added in r.handed_on_by}
        return {**handing, **self._settings.injected_parameters}

    def is_outside(self, cls: str) -> bool:
        """Whether a class, by its dotted name, is another package's; ``?`` may be any."""
        module = cls
        while "." in module:
            module = module.rpartition(".")[0]
            if module in self.index.modules:
                return False
        return cls != "?"

    def registration_of(self, target: str) -> Registration | None:
        """The one registration of a function under its own dotted name."""
        found = self.registrations_by_target().get(target, [])
        return found[0] if len(found) == 1 else None

    def registrations_by_target(self) -> dict[str, list[Registration]]:
        """Dotted name of a function or class -> all its registrations."""
        return self.lasting("targets", self._registrations_by_target)

    def _registrations_by_target(self) -> dict[str, list[Registration]]:
        by_target: dict[str, list[Registration]] = {}
        for registration in self.index.registrations:
            if registration.target is not None:
                by_target.setdefault(registration.target, []).append(registration)
        for target, found in by_target.items():
            # What a test registers once more under an application of its own is the program's as before.
            by_target[target] = [r for r in found if self.index.is_production(r.module)] or found
        return by_target

    def bound_method_at(self, module: str, line: int) -> Registration | None:
        """The raw bound method that is registered at a line of a module."""
        return self.once("bound methods", self._bound_methods).get((module, line))

    def _bound_methods(self) -> dict[tuple[str, int], Registration]:
        return {(r.module, r.origin.line): r for r in self.index.registrations if r.bound_method}

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
            self._index = self._property_names = self._failure = None
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

    def property_of(self, registry: str, attribute: str) -> RegistryProperty | None:
        """A registry property by the dotted name that mypy has for its class."""
        return self.index.property_of(registry, attribute) or self.index.property_of(
            self.index_name(registry), attribute
        )

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
