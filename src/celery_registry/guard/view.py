"""A live application, its registries and its enums, as the judge sees a program.

Law: it pairs what the readers read with the task of that name; files are read for places only where there is something
to say. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from celery import Celery
from celery.app.task import Task

from celery_registry.contract.compare import show_parameters
from celery_registry.contract.coverage import NameTable
from celery_registry.contract.lock import LockedTask
from celery_registry.contract.schedules import Scheduled
from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin, TaskImplementation
from celery_registry.contract.view import Declared, RegistryView
from celery_registry.errors import ConfigurationError
from celery_registry.guard.app_reader import AppReader, Reading
from celery_registry.guard.duplicates import read_rivals
from celery_registry.guard.found_modules import is_imported
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.installation import Installation
from celery_registry.guard.name_reader import read_names
from celery_registry.guard.places import label_of, member_aliases, member_places
from celery_registry.guard.plain_types import read_plain_types
from celery_registry.guard.registry_reader import imported_registries, read_asked, read_registry
from celery_registry.guard.task_functions import function_of
from celery_registry.guard.wrappers import is_overloaded

__all__ = ["AppView", "tasks_of"]


class AppView:
    """The application with what it is held to; makes itself no opinion. See ``contract.view.View``.

    ``reader`` is one that leaves out what the installation says is supplied.
    """

    def __init__(self, installation: Installation, reader: AppReader | None = None) -> None:
        self._installation = installation
        self._reader = reader or AppReader(installation.injected)
        self._read: dict[str, tuple[LiveTask | ContractedTask, ...]] = {}
        self.app = installation.app
        self.rules = HintRules()
        self.strict = installation.strict
        self.external: Sequence[str] = installation.external
        #: A live application knows each of its tasks by name.
        self.everything_is_known = True
        self.registered: Mapping[str, Any] = tasks_of(self.app)
        self.tables: Sequence[NameTable] = [_table(names) for names in installation.name_classes()]
        self.registries: Sequence[RegistryView[Any]] = _registries(installation.registry_classes(), self.tables)

    def implementations(self, name: str) -> Sequence[LiveTask | ContractedTask]:
        """The task of that name, if there is one; of another service's task what its contract says."""
        found = self._read.get(name)
        if found is None:
            task = self.registered.get(name)
            contract = self._installation.contracts.get(name)
            if task is not None:
                found = (LiveTask(task, self._reader),)
            else:
                found = () if contract is None else (ContractedTask(*contract),)
            self._read[name] = found
        return found

    def meant_by(self, declared: Declared[Any]) -> Sequence[LiveTask | ContractedTask]:
        """The task of its name, if there is one."""
        return self.implementations(declared.name)

    def rivals(self, names: Collection[str]) -> Iterable[Sequence[TaskImplementation[Any]]]:
        """Those that compete for one name, the winner first."""
        return (read_rivals(self.app, names),)

    def scheduled(self, name: str) -> Scheduled | None:
        """What a message for a registered task must fit."""
        task = self.implementations(name)[0]
        open_to_all = task.hidden is not None or not task.counted
        own_options = type(self.registered[name]).apply_async is not Task.apply_async
        plain = task.plain_types if isinstance(task, LiveTask) and not own_options else None
        return Scheduled(None if open_to_all else task.signature, task.place, own_options, plain)

    @cached_property
    def _elsewhere(self) -> frozenset[str]:
        judged, enums = set(self._installation.registry_classes()), set(self._installation.name_classes())
        others = [cls for cls in imported_registries() if cls not in judged]
        return frozenset(d.name for cls in others for d in read_registry(cls) if d.owner in enums)

    def declared_elsewhere(self) -> Collection[str]:
        """The names with a property in another registry that this process has imported."""
        return self._elsewhere

    def is_imported(self, module: str) -> bool | None:
        """Whether this process has imported it; None where there is no such file."""
        return is_imported(module)

    def is_old_name(self, name: str) -> bool:
        """Whether it is an alias, which the enum has no longer."""
        from celery_registry.wire.alias import Alias

        return isinstance(self.registered[name], Alias)


class LiveTask:
    """A registered task; see ``contract.view.Implemented``."""

    __slots__ = ("_reader", "_reading", "_task")

    def __init__(self, task: Any, reader: AppReader) -> None:
        self._task = task
        self._reader = reader
        self._reading: Reading = reader.read(task)

    @property
    def signature(self) -> TaskSignature[Any]:
        """How it is called and what it returns."""
        return self._reading.signature

    @property
    def hidden(self) -> str | None:
        """Why that cannot be known."""
        return self._reading.hidden

    @property
    def unshown(self) -> str | None:
        """What is not shown at run time is hidden."""
        return None

    @property
    def opaque(self) -> str | None:
        """The wrapper that may pass on other arguments than it shows."""
        if self._reading.opaque is None:
            return None
        shown = show_parameters(self._reading.signature, HintRules())
        return f"shows {shown} through {self._reading.opaque}, which may pass on other arguments"

    @property
    def counted(self) -> bool:
        """Whether Celery holds callers to the parameters of the function."""
        return bool(self._task.typing) and self._task.Strategy == Task.Strategy

    @property
    def bound_method(self) -> bool:
        """Whether a bound method was registered as it is."""
        return self._reading.bound_method

    def plain_types(self) -> TaskSignature[str]:
        """Its signature with the types that are plain as text."""
        return read_plain_types(self._task, self._reading)

    def is_overloaded(self) -> bool:
        """Whether its definition stands below overloads."""
        return is_overloaded(function_of(self._task))

    def place(self) -> Origin:
        """The line of its function or class."""
        return self._reader.implementation(self._task, self._reading).origin

    registered_at = place


class ContractedTask:
    """A task of another service, as its lock tells; see ``contract.view.Implemented``."""

    hidden = None
    unshown = None
    opaque = None
    counted = True
    bound_method = False

    def __init__(self, path: str, task: LockedTask) -> None:
        self._place = Origin(path, 0, 0, task.name)
        self._signature: TaskSignature[Any] = task.signature.map(_hint)

    @property
    def signature(self) -> TaskSignature[Any]:
        """How it is called and what it returns; types that are no builtins are not known."""
        return self._signature

    def is_overloaded(self) -> bool:
        """Never: a lock has one signature for a name."""
        return False

    def place(self) -> Origin:
        """The lock."""
        return self._place

    registered_at = place


#: What the text of a type surely means; a lock cuts others to their last name.
_PLAIN: Mapping[str, Any] = {"bool": bool, "bytes": bytes, "float": float, "int": int, "str": str, "None": type(None)}


def _hint(text: str) -> Any:
    return _PLAIN.get(text)


class _LazyPlaces(Mapping[str, Origin]):
    """The lines of an enum's members, those of its bases included, read when the first is asked for."""

    def __init__(self, names: type[Any]) -> None:
        self._names = names

    @cached_property
    def _places(self) -> Mapping[str, Origin]:
        mro = reversed(self._names.__mro__)
        return {member: place for cls in mro for member, place in member_places(cls).items()}

    def __getitem__(self, member: str) -> Origin:
        return self._places[member]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class _LazyAliases(Container[str]):
    """The members that are written as another one, looked up where two have one name."""

    def __init__(self, names: type[Any]) -> None:
        self._names = names

    @cached_property
    def _members(self) -> frozenset[str]:
        return frozenset().union(*(member_aliases(cls) for cls in self._names.__mro__))

    def __contains__(self, member: object) -> bool:
        return member in self._members


def tasks_of(app: Celery) -> Mapping[str, Any]:
    """The tasks; where Celery cannot make one of them, no other is known either. Raises ``ConfigurationError``."""
    try:
        return app.tasks
    except Exception as error:
        # Celery compiles the name of each function (celery.utils.functional.head_from_fun).
        why = f"{type(error).__name__}: {error}"
        if isinstance(error, SyntaxError) and "<lambda>" in f"{error.text}{_source_of(error)}":
            why = "a lambda is registered as a task, and Celery compiles its name; write a def"
        raise ConfigurationError(f"Celery cannot finalize the application: {why}") from error


def _source_of(error: SyntaxError) -> str:
    """The text that was compiled, from the frame that did it."""
    trace = error.__traceback__
    while trace is not None:
        text = trace.tb_frame.f_locals.get("definition")
        if isinstance(text, str):
            return text
        trace = trace.tb_next
    return ""


def _table(names: type[Any]) -> NameTable:
    table = read_names(names)
    return NameTable(table.label, table.members, _LazyPlaces(names), _LazyAliases(names))


def _registries(classes: Sequence[type[Any]], tables: Sequence[NameTable]) -> Sequence[RegistryView[Any]]:
    """Each registry with the enums that it takes names from; the first answers for an enum that nobody uses."""
    views = []
    unused = [t for t in tables if len(tables) > 1]
    for cls in classes:
        declared = read_registry(cls)
        asked = {d.name for d in declared}
        used = [t for t in tables if not asked.isdisjoint(t.members.values())] if len(tables) > 1 else tables
        unused = [t for t in unused if t not in used]
        # One that uses none has a slip in each of its names.
        members = {member: name for table in used or tables for member, name in table.members.items()}
        views.append(RegistryView(label_of(cls), declared, used or tables, read_asked(cls, members)))
    if views and unused:
        first = views[0]
        views[0] = RegistryView(
            first.label, first.declared, [*first.tables, *(t for t in unused if t not in first.tables)], first.asked
        )
    return views
