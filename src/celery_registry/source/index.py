"""The index: what a program's files say about tasks, found when it is asked for.

Law: the one door to this package; it hands out kept answers, and loads what finds them where there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from celery_registry.source.aliases import read_aliases
from celery_registry.source.answers import Answers, read_answers, write_answers
from celery_registry.source.contracts import Contracts
from celery_registry.source.files import SourceFile
from celery_registry.source.model import How
from celery_registry.source.program import Program
from celery_registry.source.services import Services
from celery_registry.source.testing import Areas
from celery_registry.source.unread import Unread

if TYPE_CHECKING:
    import ast

    from celery_registry.contract.lock import Lock
    from celery_registry.contract.signature import TaskSignature
    from celery_registry.source.application_places import ApplicationPlace, ApplicationPlaces
    from celery_registry.source.calls import Calls
    from celery_registry.source.contents import Contents
    from celery_registry.source.facts import Environment
    from celery_registry.source.finder import Finder
    from celery_registry.source.model import NameEnum, Registration, Registry, RegistryProperty, ScheduleEntry
    from celery_registry.source.receivers import Receivers
    from celery_registry.source.tables import Tables
    from celery_registry.source.texts import Text
    from celery_registry.source.unread_texts import UnreadTexts

__all__ = ["SourceFile", "SourceIndex"]


class SourceIndex:
    """What the files of one program say; make it with ``build``."""

    def __init__(
        self,
        program: Program,
        app_main: str | None = None,
        last: bool = False,
        task_modules: tuple[str, ...] = (),
        areas: Areas | None = None,
        contracts: Contracts | None = None,
        injected: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._program = program
        self._main = app_main
        self._last = last
        self._task_modules = task_modules
        self._areas = areas
        self._contracts = contracts
        self.injected: Mapping[str, Sequence[str]] = injected or {}
        """What a base class or a decorator supplies, as the settings say."""
        self._meant: dict[tuple[str, str | None, bool], tuple[Registration, ...]] = {}

    @cached_property
    def _finder(self) -> Finder:
        # Where an edit changes nothing that tasks hang on, nothing is resolved.
        from celery_registry.source.finder import Finder

        return Finder(self._program, self._main)

    @classmethod
    def build(
        cls,
        files: Iterable[SourceFile],
        cache_dir: str | Path | None = None,
        *,
        app_main: str | None = None,
        before: SourceIndex | None = None,
        last: bool = False,
        task_modules: Iterable[str] = (),
        areas: Areas | None = None,
        leave_out_tests: bool = False,
        locks: Mapping[str, Lock] | None = None,
        injected: Mapping[str, Sequence[str]] | None = None,
    ) -> SourceIndex:
        """Read what changed since the last time; ``app_main`` is the application's name for the module ``__main__``.

        The last time is that of the index ``before`` in the same process, else that of the cache directory.
        The ``last`` index of a process is the ``before`` of no other, and keeps nothing for one. ``task_modules`` are
        globs of the modules in which a registration counts, none for all; ``areas`` tell which files are test code,
        None where all is production. ``locks`` are those of other services, by path. ``injected`` maps a base class or a
        decorator to the parameters that it supplies.
        A file that cannot be read or parsed is left out; a cache that cannot be used is treated as missing.
        """
        leave_out = areas.of if areas is not None and leave_out_tests else None
        program = Program(files, cache_dir, None if before is None else before._program, leave_out)
        index = cls(program, app_main, last, tuple(task_modules), areas, Contracts(locks) if locks else None, injected)
        index.save()
        return index

    @cached_property
    def contents(self) -> Contents:
        """The whole texts of the files, for whoever asks for more than is kept here."""
        from celery_registry.source.contents import Contents

        return Contents()

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The files that could hold something about tasks and could not be read or parsed."""
        _ = self._answers
        return self._program.unread

    @property
    def reads_everything(self) -> bool:
        """Whether there is no such file, apart from test code."""
        _ = self._answers
        return not any(self._services.is_production(path) for path in self._program.unread_paths)

    @cached_property
    def unread_texts(self) -> UnreadTexts:
        """What stands in them, as far as words tell."""
        from celery_registry.source.unread_texts import UnreadTexts

        _ = self._answers
        paths = (path for path in self._program.unread_paths if self._services.is_production(path))
        return UnreadTexts([self.contents.text(path) for path in paths])

    @property
    def modules(self) -> Mapping[str, SourceFile]:
        """Every module of the program and its file, sorted by name."""
        return self._program.files

    @cached_property
    def _answers(self) -> Answers:
        kept = self._program.recall(self._main)
        answers: Answers | None = read_answers(kept) if isinstance(kept, bytes) else kept
        if answers is None:
            answers = self._finder.find()
            kept = write_answers(answers) if self._program.keeps else answers
            self._program.remember(self._main, answers.paths(), kept)
            self.save()
            self._release()
        if self._last:
            self._program.close()
        return answers

    @property
    def state(self) -> bytes | None:
        """Of the same state are two indexes, of this process or another, that give the same answers with the same lines."""
        _ = self._answers
        return self._program.state

    def says_the_same_as(self, before: SourceIndex) -> bool:
        """Whether nothing that the files say about tasks, nor its lines, has changed since an index before this one."""
        # One that was never asked must not be asked now: its files have changed.
        return self._answers is before.__dict__.get("_answers")

    def _release(self) -> None:
        """Let go of what answers are made from: what is asked for later is read again."""
        self.__dict__.pop("_finder", None)
        self._program.release()

    @cached_property
    def consulted(self) -> frozenset[str]:
        """The modules that were read to find all this, also those that only hold or hand on a name."""
        _ = self._answers
        return self._program.consulted

    @cached_property
    def registrations(self) -> tuple[Registration, ...]:
        """Every registration in the modules that may hold one, by module and place; test code has its own."""
        globs = self._task_modules
        found = tuple(r.seen_through(self.injected) for r in self._answers.registrations)
        return tuple(r for r in found if any(fnmatchcase(r.module, glob) for glob in globs)) if globs else found

    @cached_property
    def _services(self) -> Services:
        paths = {file.path: module for module, file in self._program.files.items()}

        def area_of(path: str) -> str | None:
            if self._areas is None:
                return None
            return self._areas.of(path, path in paths and self._program.has_tests(paths[path]))

        def base_of(path: str) -> str | None:
            return self._program.files[paths[path]].base if path in paths else None

        return Services(self._program.applications, area_of, base_of)

    def is_production(self, module: str) -> bool:
        """Whether a module is no test code."""
        file = self._program.files.get(module)
        return file is None or self._services.is_production(file.path)

    @cached_property
    def application_modules(self) -> frozenset[str]:
        """The modules of the program, apart from test code, that make an application."""
        made = set(self._program.applications)
        return frozenset(m for m, file in self.modules.items() if file.path in made and self.is_production(m))

    @cached_property
    def _application_places(self) -> ApplicationPlaces:
        from celery_registry.source.application_places import ApplicationPlaces

        return ApplicationPlaces(self, self._finder)

    @cached_property
    def applications(self) -> tuple[ApplicationPlace, ...]:
        """The variables at the top of modules that hold an application, test code apart; read from the files' whole text."""
        return self._application_places.find()

    def named_application(self, text: str) -> ApplicationPlace | None:
        """The one that somebody names, as ``celery -A`` takes it."""
        return self._application_places.named(text)

    def variable(self, module: str, dotted: str) -> ApplicationPlace | None:
        """The variable at the top of a module that a name of this module means."""
        return self._application_places.variable(module, dotted)

    def service_of(self, path: str) -> frozenset[str]:
        """The part of the program that a file belongs to: the folders of the applications that may run it."""
        return self._services.home(path)

    def _path_of(self, module: str | None) -> str | None:
        file = None if module is None else self._program.files.get(module)
        return None if file is None else file.path

    def seen_from(self, asker: str | None = None) -> tuple[Registration, ...]:
        """The registrations that can be meant in a module: those of the program, in test code also its own.

        None is the program itself.
        """
        return tuple(self._services.seen(self.registrations, self._path_of(asker)))

    @property
    def registries(self) -> Mapping[str, Registry]:
        """Every registry by its dotted name, sorted."""
        return self._answers.registries

    @property
    def enums(self) -> Mapping[str, NameEnum]:
        """The enums and classes of constants from which a registry, a registration or a call takes a task's name."""
        return self._answers.enums

    @property
    def schedules(self) -> tuple[ScheduleEntry, ...]:
        """Every entry of a beat schedule, by place."""
        return self._answers.schedules

    def send_task_users(self) -> frozenset[str]:
        """The modules that address tasks by name: ``send_task("x")``, ``signature("x")``, ``app.tasks["x"]``."""
        return frozenset(self._answers.by_name)

    def names_addressed_by(self, module: str) -> frozenset[str]:
        """The task names that a module addresses, as far as its text tells."""
        return frozenset(self._answers.by_name.get(module, ()))

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Registration, ...]]:
        found: dict[str, list[Registration]] = {}
        for registration in self.registrations:
            if registration.task_name is not None:
                found.setdefault(registration.task_name, []).append(registration)
        return {name: tuple(registrations) for name, registrations in found.items()}

    def is_registered(self, task_name: str) -> bool:
        """Whether the program registers a task of this name, or keeps an old name of one."""
        return task_name in self._by_name or task_name in self._old_names

    def may_register(self, task_name: str) -> bool:
        """The same; any name may be that of a registration whose name, or whose file, cannot be read."""
        return self.is_registered(task_name) or bool(self._nameless) or not self.reads_everything

    @cached_property
    def _old_names(self) -> frozenset[str]:
        return frozenset(alias.old for alias in read_aliases(self))

    def implementations(self, task_name: str, asker: str | None = None) -> tuple[Registration, ...]:
        """The registrations under one task name that a module means, in the order of ``registrations``.

        A fake in test code is nobody's but its own; of two services each means its own task, and where nobody can tell
        which is meant, none is. Without ``asker`` the program as a whole asks.
        """
        return self._meant_at(task_name, self._path_of(asker), own=False)

    def implementations_of(self, declared: RegistryProperty) -> tuple[Registration, ...]:
        """The same for a registry property, seen from where it is written: there a test's fake hides the program's."""
        name = declared.task_name
        return () if name is None else self._meant_at(name, declared.origin.path, own=True)

    def _meant_at(self, name: str, path: str | None, own: bool) -> tuple[Registration, ...]:
        key = (name, path, own)
        if key not in self._meant:
            found = self._by_name.get(name, ())
            meant = self._services.meant(found, path, self._is_known, own) if found else ()
            contract = None if found else self.contract(name)
            self._meant[key] = meant if contract is None else (contract,)
        return self._meant[key]

    def contract(self, name: str) -> Registration | None:
        """What the lock of another service says of a task, whether the program implements it or not."""
        return None if self._contracts is None else self._contracts.of(name)

    def rivals(self) -> Iterator[tuple[str, Registration, Registration]]:
        """The names for which two services have different tasks, each with one of either."""
        for name, found in self._by_name.items():
            first = found[0]
            for other in found[1:]:
                apart = self._services.home(first.origin.path) != self._services.home(other.origin.path)
                if apart and other.signature != first.signature:
                    yield name, first, other
                    break

    def _is_known(self, home: frozenset[str]) -> bool:
        return not any(home & at or home == at for at in self._nameless)

    @cached_property
    def _nameless(self) -> frozenset[frozenset[str]]:
        """The services with a registration whose name cannot be read."""
        return frozenset(self._services.home(r.origin.path) for r in self.seen_from() if r.task_name is None)

    def enum(self, fullname: str) -> NameEnum | None:
        """Any enum or class of string constants by its dotted name, whether it names tasks or not."""
        return self._finder.enum(fullname)

    def property_of(self, class_fullname: str, attribute: str) -> RegistryProperty | None:
        """A registry property of a class or of its bases."""
        registry = self._registry(class_fullname)
        return None if registry is None else registry.properties.get(attribute)

    def named_registry(self, fullname: str) -> Registry | None:
        """A class that the user calls a registry, also where it is none yet: without any property."""
        return self.registries.get(fullname) or self._finder.named_registry(fullname)

    def _registry(self, fullname: str) -> Registry | None:
        return self.registries[fullname] if fullname in self.registries else self._finder.registry(fullname)

    def resolve_name(self, module: str, expression: ast.expr, scope: str | None = None) -> str | None:
        """The string that a name expression means, in a module, or in a method of the class ``scope``."""
        text = self.resolve(module, expression, scope)
        return None if text is None else text.text

    def resolve(self, module: str, expression: ast.expr, scope: str | None = None) -> Text | None:
        """As ``resolve_name``, with the dotted name of the constant or member."""
        return self._finder.resolve(module, expression, scope) if module in self._program.files else None

    def constant(self, fullname: str) -> str | None:
        """The string that a dotted name means: a module constant, a class constant or an enum member."""
        return self._finder.constant(fullname)

    def registered_as(self, module: str, expression: ast.expr, environment: Environment) -> str | None:
        """The name of the task that an expression means, where it is registered once; ``environment`` has local names."""
        known = module in self._program.files
        fullname = self._finder.fullname(module, expression, environment) if known else None
        found = [r for r in self.registrations if r.target == fullname and fullname is not None]
        return found[0].task_name if len(found) == 1 else None

    @cached_property
    def _tables(self) -> Tables:
        from celery_registry.source.tables import Tables

        return Tables(self._program.files, self.contents)

    def item_of(self, module: str, variable: str, key: str) -> str | None:
        """The dotted name of what a key of a dictionary means, at the top of a module that never changes it."""
        found = self._tables.of(module, variable).get(key)
        return None if found is None else self._finder.named(module, found)

    def is_rebound(self, module: str, name: str) -> bool:
        """Whether a module gives one of its names a second meaning: another definition, an assignment, an import."""
        facts = self._program.facts(module)
        return facts is not None and len(facts.bindings.get(name, ())) > 1

    def imports_of(self, module: str) -> frozenset[str]:
        """The modules that a module imports, at any depth of it; names that are modules of the program count too."""
        facts = self._program.facts(module)
        found: set[str] = set()
        for source, name in () if facts is None else facts.imports:
            found.add(source)
            if name is not None and f"{source}.{name}" in self._program.files:
                found.add(f"{source}.{name}")
        return frozenset(found)

    @cached_property
    def has_django_tasks(self) -> bool:
        """Whether Celery gives plain tasks its class for Django: in a Django project, where no application has its own."""
        plain = (r for r in self.registrations if r.how is How.SHARED_TASK and "base" not in r.options)
        return self._program.is_of_django and all(r.base is None and r.tells_base for r in plain)

    def plain_tasks(self) -> tuple[Registration, ...]:
        """The tasks that are functions at the top of their modules below ``@app.task`` or ``@shared_task`` alone."""
        return tuple(r for r in self.seen_from() if self._receivers.is_plain_task(r))

    def plain_types(self, registration: Registration) -> TaskSignature[str]:
        """Its signature with the types that are unions of plain ones; None for every other."""
        return self._receivers.plain_types(registration)

    @cached_property
    def _receivers(self) -> Receivers:
        from celery_registry.source.receivers import Receivers

        return Receivers(self, self._finder, loose=False)

    @cached_property
    def calls(self) -> Calls:
        """The calls of tasks in the program's own files, and how many nobody can judge; read from the files' whole text."""
        from celery_registry.source.calls import read_calls

        return read_calls(self, self._finder)

    def bound_tasks(self) -> Iterator[tuple[Registration, str, TaskSignature[str]]]:
        """The tasks of ``bind=True``, the function of each and its parameters as they stand there."""
        from celery_registry.source.usage import read_bound

        return read_bound(self, self._finder)

    def save(self) -> None:
        """Keep what was parsed for the next run."""
        self._program.save()
