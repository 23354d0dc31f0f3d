"""The source text of a program, as the judge sees it.

Law: the index, turned into declarations and implementations. Types are text, so only shapes can disagree; where the text
does not tell, nothing is said. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from celery_registry.contract.coverage import NameTable
from celery_registry.contract.judge import Judge
from celery_registry.contract.names import begins_as_none, letters_apart
from celery_registry.contract.routes import Route, compare_queues, compare_routes, judge_routers
from celery_registry.contract.rules import TextRules
from celery_registry.contract.schedules import Entry, Scheduled, compare_schedule
from celery_registry.contract.setting_names import compare_settings
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin, TaskImplementation
from celery_registry.contract.view import Declared, RegistryView
from celery_registry.source.aliases import read_aliases
from celery_registry.source.beat_setting import read_beat_setting
from celery_registry.source.branches import competing
from celery_registry.source.configuration import read_configuration, read_routers
from celery_registry.source.queues import read_queue_uses
from celery_registry.source.scripts import script_name
from celery_registry.source.twice import registered_twice
from celery_registry.source.written_settings import read_written_settings

if TYPE_CHECKING:
    from celery_registry.contract.finding import Finding
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import NameEnum, Registration, Registry, RegistryProperty, ScheduleEntry

__all__ = ["SourceProperty", "SourceView"]

#: What only who has read every file can say.
_OF_ALL_FILES: Final = frozenset({"name-without-property", "asked-outside", "task-not-declared"})


class SourceView:
    """One program; see ``contract.view.View``.

    ``registries`` are those that are judged, ``complete`` the enums that the user names; those that a registry takes its
    names from are judged too. ``injected`` maps a base class or a decorator to the parameters that it supplies. ``named``:
    the registries are those that the user names, and the first of them answers for an enum that none uses.
    """

    def __init__(
        self,
        index: SourceIndex,
        registries: Sequence[Registry],
        complete: Sequence[NameEnum],
        *,
        strict: bool,
        external: Sequence[str],
        injected: Mapping[str, Sequence[str]],
        named: bool = False,
    ) -> None:
        self._index, self._injected = index, injected
        self._by_name: dict[str, list[Registration]] = {}
        for registration in index.registrations:
            if registration.task_name is not None:
                self._by_name.setdefault(registration.task_name, []).append(registration)
        # Where a file, or a registration's name, cannot be read, any name may be implemented there.
        registrations, self._is_whole = index.registrations, index.reads_everything
        named_all = bool(registrations) and all(r.task_name is not None for r in registrations)
        self.everything_is_known = named_all and self._is_whole
        self.strict, self.external = strict, external
        self._old_names = {alias.old for alias in read_aliases(index)}
        self.registered: Collection[str] = {*self._by_name, *self._old_names}
        self.rules = TextRules()
        tables = {enum.fullname: _table(enum) for enum in complete}
        for registry in registries:
            for owner in registry.enums:
                enum = index.enums.get(owner)
                if enum is not None and owner not in tables:
                    tables[owner] = _table(enum)
        self.tables = [table for table in tables.values() if table is not None]
        self.registries = [_registry(r, [tables.get(owner) for owner in r.enums]) for r in registries]
        self._properties = [p for r in registries for p in r.properties.values()]
        if named and self.registries:
            used = {owner for r in registries for owner in r.enums}
            asked = {p.task_name for p in self._properties}
            idle = [table for enum in complete if enum.fullname not in used and (table := tables[enum.fullname])]
            first, idle = self.registries[0], [t for t in idle if asked.isdisjoint(t.members.values())]
            if first.tables or not registries[0].enums:
                self.registries[0] = replace(first, tables=[*first.tables, *idle])

    def findings(self) -> Iterator[Finding]:
        """Everything, each problem once."""
        found = Judge(self).findings()
        yield from (f for f in found if self._is_whole or f.problem not in _OF_ALL_FILES)
        named = {**self._by_name, **dict.fromkeys((*self._other_names(), *self._old_names))}
        registered = named if self.everything_is_known else _AnyName(self._by_name)
        members = {member: name for table in self.tables for member, name in table.members.items()}
        # These are told beside what else is known of them.
        entries = [*self.entries, *read_beat_setting(self._index)]
        others = [entry.task for entry in entries if entry.task and self._is_of_a_package(entry.task, named)]
        external = [*self.external, *others]
        yield from compare_schedule(
            entries, registered, self._scheduled, self.rules, external, members, self.is_imported
        )

        if self.everything_is_known:
            tails = {name.partition(".")[2] for name in named}
            known = [r for r in self._configuration[0] if self._is_ours(r.text) or self._is_slip(r.text, tails)]
            yield from compare_routes(known, named, self.external, self.is_imported)
        yield from judge_routers(read_routers(self._index))
        if self._is_whole:
            yield from compare_queues(*read_queue_uses(self._index, self._configuration[0]))
        yield from compare_settings(read_written_settings(self._index))

    def _other_names(self) -> Iterator[str]:
        """What a task is called where the program is started from inside a folder, or its file is run as a script."""
        for name, (registration, *_) in self._by_name.items():
            packages = registration.module.split(".")[:-1]
            if name.startswith(f"{registration.module}."):
                for depth in range(1, len(packages) + 1):
                    if not self._finds_packages and ".".join(packages[:depth]) in self._index.modules:
                        break
                    yield name.split(".", depth)[depth]
                main = script_name(registration.origin.path)
                if main is not None:
                    yield f"{main}.{name[len(registration.module) + 1 :]}"

    @cached_property
    def _finds_packages(self) -> bool:
        """Whether a file says where else packages are: ``sys.path.append("apps")`` makes ``accounts`` of ``apps.accounts``."""
        texts = (self._index.contents.text(file.path) for file in self._index.modules.values())
        return any(text is not None and b"sys.path." in text for text in texts)

    @property
    def entries(self) -> list[Entry]:
        """What beat will send."""
        return [*map(_entry, self._index.schedules), *self._configuration[1]]

    @cached_property
    def _configuration(self) -> tuple[list[Route], list[Entry]]:
        return read_configuration(self._index)

    def _is_ours(self, pattern: str) -> bool:
        """Whether a task of that name would be this program's: an installed package registers its own."""
        return "." not in pattern or pattern.partition(".")[0] in self._tops

    def _is_slip(self, name: str, tails: Collection[str]) -> bool:
        """Whether the package alone is misspelt in the name of a task: ``shpo.tasks.send``."""
        beginning, _, tail = name.partition(".")
        # ``shop2`` and ``shops`` are packages beside ``shop``.
        alike = [top for top in self._tops if len(top) == len(beginning) > 4 and (top + beginning).isalpha()]
        return tail in tails and any(letters_apart(beginning, top, 1) == 1 for top in alike)

    @cached_property
    def _tops(self) -> frozenset[str]:
        return frozenset(module.partition(".")[0] for module in self._index.modules)

    def _is_of_a_package(self, name: str, named: Iterable[str]) -> bool:
        """Whether an installed package may register the task: nothing that is ours is called as its name begins, or nearly."""
        if self._is_ours(name):
            return False
        is_part = any(name.partition(".")[0] in module.split(".") for module in self._index.modules)
        return not is_part and begins_as_none(name, {*self._tops, *named})

    def _read(self, registrations: Iterable[Registration]) -> Sequence[SourceTask]:
        return [SourceTask(registration.without_injected(self._injected)) for registration in registrations]

    def implementations(self, name: str) -> Sequence[SourceTask]:
        """The registrations of that name."""
        return self._read(self._by_name.get(name, ()))

    def meant_by(self, declared: Declared[str]) -> Sequence[SourceTask]:
        """The registrations that a property means."""
        assert isinstance(declared, SourceProperty)
        meant = self._index.implementations_of(declared.written)
        return self._read(r for r in meant if not self._index.unread_texts.may_change(r))

    def rivals(self, names: Collection[str]) -> Iterable[Sequence[TaskImplementation[str]]]:
        """The registrations of each declared task, where two services may each have their own, and what one module has twice."""
        declared = {p.task_name for p in self._properties}
        others = (r for r in self._index.registrations if r.task_name not in declared)
        twice = registered_twice(r for r in others if not self._index.unread_texts.may_change(r))
        meant = [competing(self._index.implementations_of(p)) for p in self._properties]
        for rivals in (*{tuple(map(id, rivals)): rivals for rivals in meant}.values(), *twice):
            yield [
                TaskImplementation(r.task_name or "", r.signature, r.target_origin)
                for r in rivals
                if r.target is not None
            ]

    def declared_elsewhere(self) -> Collection[str]:
        """The names with a property in any registry of the program."""
        return {p.task_name for r in self._index.registries.values() for p in r.properties.values() if p.task_name}

    def is_imported(self, module: str) -> bool | None:
        """Whether it is a module of the program; which of them a worker imports is another question."""
        return True if module in self._index.modules else None

    def is_old_name(self, name: str) -> bool:
        """Whether an alias keeps it alive."""
        return name in self._old_names

    def _scheduled(self, name: str) -> Scheduled | None:
        found = self._by_name.get(name, ())
        if len(found) != 1 or self._index.unread_texts.may_change(found[0]):
            return None
        (task,) = self._read(found)
        registration = task.registration
        # A class of the user's that sees the arguments first may complete them, or take options of its own.
        is_guess = not registration.tells_base and not (registration.base or "celery.").startswith("celery.")
        completes = is_guess or registration.changed_by or any(added for _, added in registration.handed_on_by)
        stands_between = bool(completes or registration.handed_on_by)
        known = registration.hidden is None and task.counted and not completes
        signature = registration.signature if known else None
        return Scheduled(signature, task.place, stands_between, lambda: self._index.plain_types(registration))


@dataclass(frozen=True)
class SourceProperty:
    """A registry property; see ``contract.view.Declared``."""

    written: RegistryProperty
    name: str

    @property
    def attribute(self) -> str:
        """As the user writes it."""
        return f"{self.written.registry.rpartition('.')[2]}.{self.written.attribute}"

    @property
    def signature(self) -> TaskSignature[str]:
        """What it promises, types as text."""
        return self.written.declared or TaskSignature(None)

    @property
    def documented(self) -> tuple[str, ...] | None:
        """The names in its docstring."""
        return None if self.written.documented is None else tuple(self.written.documented)

    @property
    def unreadable(self) -> str | None:
        """Celery's own ``Task`` alone; any other name may be an alias of the right one."""
        return self.written.unreadable

    def place(self) -> Origin:
        """Its line."""
        return self.written.origin


@dataclass(frozen=True)
class SourceTask:
    """A registration; see ``contract.view.Implemented``."""

    registration: Registration

    @property
    def signature(self) -> TaskSignature[str]:
        """How it is called; open where mypy and the guard may see through what the text does not tell."""
        return TaskSignature(None) if self.registration.hidden is not None else self.registration.signature

    @property
    def hidden(self) -> str | None:
        """The text may not tell what others know, so this is no finding."""
        return None

    @property
    def unshown(self) -> str | None:
        """A wrapper without ``functools.wraps``."""
        return self.registration.unwrapped

    @property
    def opaque(self) -> str | None:
        """What is opaque has no signature here."""
        return None

    @property
    def counted(self) -> bool:
        """Whether Celery holds callers to the parameters."""
        return self.registration.typing

    @property
    def bound_method(self) -> bool:
        """Whether a bound method was registered as it is."""
        return self.registration.bound_method

    def is_overloaded(self) -> bool:
        """Types are text, and no two are held against each other."""
        return False

    def place(self) -> Origin:
        """The line of what runs."""
        return self.registration.target_origin

    def registered_at(self) -> Origin:
        """The line of the registration."""
        return self.registration.origin


class _AnyName(dict[str, object]):
    """The names that can be read, where others are implemented that cannot: no name is surely missing."""

    def __contains__(self, name: object) -> bool:
        return True


def _registry(registry: Registry, tables: Sequence[NameTable | None]) -> RegistryView[str]:
    declared = [SourceProperty(p, p.task_name) for p in registry.properties.values() if p.task_name is not None]
    known = [table for table in tables if table is not None]
    # Of an enum with a value that cannot be read nobody knows which names it has.
    return RegistryView(
        registry.fullname.rpartition(".")[2], declared, known if len(known) == len(tables) else (), registry.asked
    )


def _entry(entry: ScheduleEntry) -> Entry:
    return Entry(
        entry.key,
        entry.task_name,
        entry.args_count,
        entry.kwargs_names,
        entry.origin,
        entry.faults,
        options=entry.options,
        types=dict(entry.types),
    )


def _table(enum: NameEnum) -> NameTable | None:
    """The enum, None where a value of it cannot be read."""
    members = {member: value for member, value in enum.members.items() if value is not None}
    if len(members) != len(enum.members):
        return None
    return NameTable(enum.fullname.rpartition(".")[2], members, enum.origins, enum.aliases)
