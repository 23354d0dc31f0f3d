"""A new module with an enum of task names and a registry.

Law: declarations in, one text out: the same for the same, as ruff's formatter leaves it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from celery_registry.writing.declaration import Declaration, render_docstring
from celery_registry.writing.import_lines import import_groups
from celery_registry.writing.registry_types import Import

__all__ = ["Entry", "RegistryModule", "quote_name", "render_property"]


class Entry(NamedTuple):
    """One task of a registry: the property and the member are to be written where they are wanted."""

    declaration: Declaration
    attribute: str
    member: str
    has_member: bool = False


@dataclass(frozen=True)
class RegistryModule:
    """``own`` are the program's modules, ``str_enum`` whether every Python of the project has ``StrEnum``."""

    entries: Sequence[Entry]
    imports: Sequence[Import]
    own: Collection[str]
    str_enum: bool
    width: int = 88

    def render(self, title: str) -> str:
        """The text of the module."""
        base = "StrEnum" if self.str_enum else "Enum"
        runtime = [
            Import("enum", base, base),
            Import("celery", "Task", "Task"),
            Import("celery_registry", "BaseTasksRegistry", "BaseTasksRegistry"),
            *(each for each in self.imports if each.module == "typing"),
        ]
        for_types = [each for each in self.imports if each.module != "typing"]
        if for_types:
            runtime.append(Import("typing", "TYPE_CHECKING", "TYPE_CHECKING"))
        parts = [f'"""{title}"""\n\nfrom __future__ import annotations\n\n', import_groups(runtime, self.own)]
        if for_types:
            parts.append(f"\nif TYPE_CHECKING:\n{import_groups(for_types, self.own, '    ')}")
        parts.append(f"\n\nclass TaskName({'StrEnum' if self.str_enum else 'str, Enum'}):\n")
        parts += [self._member(entry) for entry in self.entries]
        parts.append("\n\nclass TasksRegistry(BaseTasksRegistry):\n")
        parts.append("\n".join(self._property(entry) for entry in self.entries))
        return "".join(parts)

    def _member(self, entry: Entry) -> str:
        name = quote_name(entry.declaration.task_name)
        line = f"    {entry.member} = {name}\n"
        if len(line) <= self.width + 1 or len(name) + 8 > self.width:
            return line
        return f"    {entry.member} = (\n        {name}\n    )\n"

    def _property(self, entry: Entry) -> str:
        lookup = f"self._get_task_by_name(TaskName.{entry.member})"
        return render_property(entry, entry.declaration.annotation("Task"), lookup, "    ", "    ", self.width)


def render_property(entry: Entry, annotation: str, lookup: str, indent: str, unit: str, width: int) -> str:
    """The property, ended by a line break."""
    inner = indent + unit
    head = f"{indent}def {entry.attribute}(self) -> {annotation}:\n"
    if len(head) > width + 1 and not annotation.startswith('"'):
        last = f"{indent}) -> {annotation}:\n"
        parts = f"{inner}{entry.declaration.parameter_list}, {entry.declaration.result}\n"
        if len(last) > width + 1 and len(parts) <= width + 1:
            last = f"{indent}) -> {annotation.partition('[')[0]}[\n{parts}{indent}]:\n"
        head = f"{indent}def {entry.attribute}(\n{inner}self,\n{last}"
    body = f"{inner}return {lookup}\n"
    if len(body) > width + 1 and lookup.endswith(")"):
        call, _, name = lookup[:-1].partition("(")
        body = f"{inner}return {call}(\n{inner}{unit}{name}\n{inner})\n"
    return f"{indent}@property\n{head}{render_docstring(entry.declaration.documented, inner, unit)}{body}"


def quote_name(name: str) -> str:
    """A string literal, in double quotes where that needs no escape."""
    shown = repr(name)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in shown else shown
