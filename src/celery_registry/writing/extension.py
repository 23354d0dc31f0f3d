"""What a registry lacks, as edits of its file and its enum's file.

Law: registrations in, edits out, and in a line each what the text did not tell. It never chooses which registry.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

from celery_registry.errors import ConfigurationError
from celery_registry.report.document import show_path
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import NameEnum, Registration, Registry
from celery_registry.source.module_scope import ModuleScope
from celery_registry.writing.declaration import declare_task
from celery_registry.writing.naming import choose_attributes, member_of
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.registry_edits import add_members, add_properties
from celery_registry.writing.registry_module import Entry
from celery_registry.writing.registry_types import RegistryTypes
from celery_registry.writing.source_text import Edit

__all__ = ["Extension"]


class Extension:
    """Extends registries of one program; ``left`` are the lines for a person."""

    def __init__(
        self,
        index: SourceIndex,
        sources: ProgramSources,
        scope_of: Callable[[str], ModuleScope | None] | None = None,
    ) -> None:
        """``scope_of`` gives the names of modules as they are going to be, where that is not as they are."""
        self.index, self.sources, self._scope_of = index, sources, scope_of or sources.scope_of
        self.left: list[str] = []

    def names_for(self, registry: Registry, task: str) -> tuple[str, str]:
        """The property and the member that ``extend`` gives a task."""
        enum = self.enum_of(registry)
        (attribute,) = choose_attributes([task], self._taken(registry)).values()
        known = [member for member, value in enum.members.items() if value == task]
        return attribute, known[0] if known else member_of(attribute, list(enum.members))

    def _taken(self, registry: Registry) -> set[str]:
        """The names that no new property of a registry can have."""
        home, cls = self.sources.scope_of(registry.module), self._class_of(registry)
        inside = {node.name for node in cls.body if hasattr(node, "name")}
        return {*inside, *registry.properties, *(() if home is None else home.names)}

    def _class_of(self, registry: Registry) -> ast.ClassDef:
        source = self.sources.read(registry.module)
        cls = source.classes.get(registry.fullname.removeprefix(f"{registry.module}."))
        if cls is None:
            raise ConfigurationError(f"{registry.fullname}: its class cannot be found in {source.path}")
        return cls

    def extend(self, registry: Registry, tasks: Sequence[Registration]) -> dict[str, list[Edit]]:
        """Module -> the edits that give each task a property, and a member where it has none.

        Raises ``ConfigurationError`` where the registry takes its names from no enum.
        """
        source, enum = self.sources.read(registry.module), self.enum_of(registry)
        home = self.sources.scope_of(registry.module)
        cls = self._class_of(registry)
        assert home is not None
        members = {value: member for member, value in enum.members.items() if value is not None}
        inside = {node.name for node in cls.body if hasattr(node, "name")} | set(registry.properties)
        attributes = choose_attributes([task.task_name or "" for task in tasks], self._taken(registry))
        types = self.types_in(home, [*attributes.values(), *inside])
        entries = self.entries(tasks, types, attributes, members, list(enum.members))
        imports, shown = types.added, self._enum_name(enum, registry)
        edits: dict[str, list[Edit]] = {}
        edits[registry.module] = add_properties(source, cls, entries, imports, shown)
        owner = self.sources.read(enum.module)
        made = owner.classes.get(enum.fullname.removeprefix(f"{enum.module}."))
        if made is None:
            raise ConfigurationError(f"{enum.fullname}: its class cannot be found in {owner.path}")
        members_added = add_members(owner, made, entries)
        if members_added:
            edits.setdefault(enum.module, []).extend(members_added)
        return edits

    def enum_of(self, registry: Registry) -> NameEnum:
        """The enum from which a registry takes its names; raises ``ConfigurationError`` where there is none."""
        for owner in registry.enums:
            enum = self.index.enums.get(owner)
            if enum is not None and enum.module in self.index.modules:
                return enum
        raise ConfigurationError(f"{registry.fullname}: takes its names from no enum; write one, then run this again")

    def _enum_name(self, enum: NameEnum, registry: Registry) -> str:
        """What the registry's module calls the enum."""
        name = enum.fullname.removeprefix(f"{enum.module}.")
        scope = self.sources.scope_of(registry.module)
        if enum.module == registry.module or scope is None:
            return name
        source = self.sources.read(registry.module)
        for known in sorted(scope.names):
            if scope.resolve(known) == (enum.module, (name,)):
                return known
        for found in registry.properties.values():
            line = source.text[source.lines[found.origin.line - 1] :]
            marker = line.partition(f".{name}.")[0].rpartition("(")[2]
            if marker and marker.replace(".", "").isidentifier():
                return f"{marker}.{name}"
        raise ConfigurationError(f"{registry.fullname}: does not import {enum.fullname}")

    def types_in(self, home: ModuleScope, taken: Sequence[str]) -> RegistryTypes:
        """The types of a registry's module, beside the names of its properties."""
        words = ("Task", "TaskName", "BaseTasksRegistry", "TasksRegistry", "StrEnum", "Enum", "TYPE_CHECKING", "Any_")
        return RegistryTypes(home, {*words, *taken}, self._scope_of, self.index.modules)

    def entries(
        self,
        tasks: Sequence[Registration],
        types: RegistryTypes,
        attributes: Mapping[str, str],
        members: Mapping[str, str],
        taken: Sequence[str],
    ) -> list[Entry]:
        """What to write for each task; ``members`` are those that are there, by task name."""
        entries: list[Entry] = []
        used = set(taken)
        for task in tasks:
            declaration = declare_task(task, types, self.sources.source_of)
            for doubt in declaration.doubts:
                self.leave(task, doubt)
            attribute, known = attributes[declaration.task_name], members.get(declaration.task_name)
            member = known or member_of(attribute, used)
            used.add(member)
            entries.append(Entry(declaration, attribute, member, known is not None))
        return entries

    def leave(self, registration: Registration, reason: str) -> None:
        """Note what a person should look at."""
        origin = registration.origin if registration.target_origin.path == "" else registration.target_origin
        label = registration.task_name or registration.target or origin.label or "a task"
        self.left.append(f"{show_path(origin.path)}:{origin.line}: {label}: {reason}")
