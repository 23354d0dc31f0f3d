"""Another name for one task: everywhere the program says it, with the old name kept alive for what is in flight.

Law: two names and the index in, changes out, and in a line each what was left alone. It writes nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from celery_registry.changes import Change
from celery_registry.contract.lock import alias_of
from celery_registry.contract.lock_text import parse_lock, render_lock
from celery_registry.contract.names import show_nearest
from celery_registry.errors import ConfigurationError
from celery_registry.report.document import show_path
from celery_registry.source.aliases import read_aliases
from celery_registry.source.configuration import read_configuration
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How, Registration
from celery_registry.writing.alias_lines import alias_edits
from celery_registry.writing.name_places import find_name_places
from celery_registry.writing.neighbours import Decorated, read_neighbour
from celery_registry.writing.other_locks import tell_locks
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.registry_module import quote_name
from celery_registry.writing.source_text import Edit, SourceText

#: Lines of a registration, or of a task class above its name.
_LONGEST: Final = 40

__all__ = ["Renaming", "Wish", "plan_renaming"]


@dataclass(frozen=True)
class Wish:
    """``expires`` is the day of the alias, None for no alias; ``app`` the application that gets it, where the user says;
    ``usual`` is that of the settings, for a task that names none where it is registered.

    ``lock`` is the lock file, which is rewritten where there is one; ``others`` are files that are no part of the program,
    as tests are: they are looked at alone, and so are ``other_locks``.
    """

    old: str
    new: str
    expires: str | None
    app: str | None = None
    usual: str | None = None
    lock: Path | None = None
    others: tuple[Path, ...] = ()
    other_locks: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Renaming:
    """What would change, and in a line each what was left alone."""

    changes: tuple[Change, ...]
    left: tuple[str, ...]


def plan_renaming(index: SourceIndex, wish: Wish) -> Renaming:
    """Every edit of one renaming; raises ``ConfigurationError`` where a name or a place is unclear."""
    return _Planner(index, wish).plan()


class _Planner:
    def __init__(self, index: SourceIndex, wish: Wish) -> None:
        self.index, self.wish = index, wish
        self.sources = ProgramSources(index.modules)
        self.edits: dict[str, list[Edit]] = {}
        self.left: list[str] = []

    def plan(self) -> Renaming:
        registrations = self._refuse_unclear()
        places = find_name_places(self.index, self.sources, self.wish.old)
        for constant in sorted(places.unwritten):
            raise ConfigurationError(
                f'{constant}: its value is not written as "{self.wish.old}"; write it so, then rename'
            )
        for module, literals in places.found.items():
            source = self.sources.read(module)
            self.edits.setdefault(module, []).extend(self._literal(source, node) for node in literals)
        for registration in registrations:
            self._register(registration, places.found, bool(places.constants))
        if self.wish.expires is not None:
            module, edits = alias_edits(
                self.index,
                self.sources,
                registrations[0],
                self.wish.old,
                self.wish.new,
                self.wish.expires,
                self.wish.app,
                self.wish.usual,
            )
            self.edits.setdefault(module, []).extend(edits)
        changes = [self.sources.read(module).change(found) for module, found in sorted(self.edits.items())]
        self._tell_names()
        self._tell_doubtful(places.doubtful)
        self._tell_globs()
        own = None if self.wish.lock is None else self.wish.lock.resolve()
        self.left += tell_locks((path for path in self.wish.other_locks if path != own), self.wish.old)
        return Renaming(tuple(c for c in (*changes, self._locked()) if c is not None), tuple(self.left))

    # What is unclear

    def _refuse_unclear(self) -> list[Registration]:
        old, new = self.wish.old, self.wish.new
        named = {r.task_name: r for r in self.index.registrations if r.task_name is not None}
        found = [r for r in self.index.registrations if r.task_name == old]
        if old == new:
            raise ConfigurationError(f'both names are "{old}"')
        kept = {alias.old: alias for alias in read_aliases(self.index)}
        if not found and old in kept:
            place = f"{show_path(kept[old].origin.path)}:{kept[old].origin.line}"
            raise ConfigurationError(f'"{old}" is the old name of "{kept[old].new}" already: {place}')
        if not found:
            raise ConfigurationError(
                f'no task is registered as "{old}" in what was looked at{show_nearest(old, named) or self._unnamed()}'
            )
        if not new or any(not sign.isprintable() or sign.isspace() for sign in new):
            raise ConfigurationError(f"{new!r} cannot be the name of a task")
        if new in named:
            origin = named[new].origin
            raise ConfigurationError(f'"{new}" is there: {show_path(origin.path)}:{origin.line}')
        for enum in self.index.enums.values():
            for member, value in enum.members.items():
                if value == new:
                    raise ConfigurationError(f'"{new}" is there: {enum.fullname}.{member}')
        if new in kept:
            place = f"{show_path(kept[new].origin.path)}:{kept[new].origin.line}"
            raise ConfigurationError(f'"{new}" is an old name, kept by the alias at {place}: take that away first')
        return found

    def _unnamed(self) -> str:
        """Where a name may come from that was not found: an enum in a library beside this directory."""
        unnamed = [r.origin for r in self.index.registrations if r.task_name is None]
        if not unnamed:
            return ""
        place = f"{show_path(unnamed[0].path)}:{unnamed[0].line}"
        more = f" and {len(unnamed) - 1} more" if len(unnamed) > 1 else ""
        return (
            f": the name of the task at {place}{more} stands in no file of it; where the enum is in another directory, name that, "
            f"too: celery-registry rename {self.wish.old} {self.wish.new} . ../DIRECTORY"
        )

    # What is written

    def _literal(self, source: SourceText, node: ast.Constant) -> Edit:
        shown, old, new = source.segment(node), self.wish.old, self.wish.new
        quote = shown[:1]
        plain = shown == f"{quote}{old}{quote}" and new.isprintable() and quote not in new and "\\" not in new
        return Edit(*source.span(node), f"{quote}{new}{quote}" if plain else quote_name(new))

    def _register(self, registration: Registration, found: Mapping[str, list[ast.Constant]], by_constant: bool) -> None:
        """Where the name was automatic it is written down now."""
        literals = found.get(registration.module, [])
        neighbour = read_neighbour(registration, self.sources)
        source = self.sources.read(registration.module)
        if isinstance(neighbour, Decorated):
            if neighbour.name is not None:
                return
            decorator = next(d for d in neighbour.function.decorator_list if d.lineno == registration.origin.line)
            name = f"name={quote_name(self.wish.new)}"
            if isinstance(decorator, ast.Call):
                place = source.span(decorator.func)[1]
                place = source.text.index("(", place) + 1
                rest = ", " if decorator.keywords or decorator.args else ""
                if decorator.args:
                    raise self._cannot(registration)
                edit = Edit(place, place, f"{name}{rest}")
            else:
                end = source.span(decorator)[1]
                edit = Edit(end, end, f"({name})")
            self.edits.setdefault(registration.module, []).append(edit)
            return
        first, last = registration.origin.line, registration.origin.line + _LONGEST
        if registration.how is How.TASK_CLASS:
            cls = registration.target_origin
            first, last = cls.line, cls.line + _LONGEST
            literals = found.get(registration.target_module or "", [])
        if not by_constant and not any(first <= node.lineno <= last for node in literals):
            raise self._cannot(registration)

    def _cannot(self, registration: Registration) -> ConfigurationError:
        place = f"{show_path(registration.origin.path)}:{registration.origin.line}"
        return ConfigurationError(
            f'{place}: where "{self.wish.old}" gets its name cannot be edited; write a name there'
        )

    def _locked(self) -> Change | None:
        """The lock under the new name, the old one as its alias."""
        path, old, new = self.wish.lock, self.wish.old, self.wish.new
        if path is None or not path.is_file():
            return None
        content = path.read_bytes()
        lock = parse_lock(content.decode("utf-8", "replace"), str(path))
        tasks = dict(lock.tasks)
        task = tasks.pop(old, None)
        if task is None:
            self.left.append(f'{path}: has no "{old}"; write it again: celery-registry lock')
            return None
        tasks[new] = replace(task, name=new)
        for name, other in lock.tasks.items():
            if other.alias_of == old:
                tasks[name] = replace(other, alias_of=new)
        if self.wish.expires is not None:
            tasks[old] = alias_of(tasks[new], old, self.wish.expires)
        if task.queue != lock.queue:
            self.left.append(f'{path}: the queue of "{old}" may be another now; see celery-registry lock --check')
        written = render_lock(replace(lock, tasks=tasks)).encode()
        return Change(path, content, written) if written != content else None

    # What is left alone

    def _tell_names(self) -> None:
        """Members and properties keep their names: callers use them."""
        word = re.sub(r"\W", "_", self.wish.old.rpartition(".")[2]).lower()
        for enum in self.index.enums.values():
            for member, value in enum.members.items():
                if value == self.wish.old and member.lower() == word:
                    self.left.append(f"{enum.fullname}.{member} keeps its name: others use it")
        for registry in self.index.registries.values():
            for declared in registry.properties.values():
                if declared.task_name == self.wish.old and declared.attribute == word:
                    self.left.append(f"{declared.fullname} keeps its name: callers use it")

    def _tell_doubtful(self, doubtful: list[tuple[str, int]]) -> None:
        rows = [f"{show_path(path)}:{line}" for path, line in map(self._line_after, doubtful)]
        for path in self.wish.others:
            try:
                text = path.read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            quoted = (f'"{self.wish.old}"', f"'{self.wish.old}'")
            rows += [
                f"{show_path(str(path))}:{number}"
                for number, line in enumerate(text.splitlines(), 1)
                if any(each in line for each in quoted)
            ]
        self.left += [f'{row}: says "{self.wish.old}" too, and was left: look at it' for row in rows]

    def _line_after(self, place: tuple[str, int]) -> tuple[str, int]:
        """Where a line stands once everything is written."""
        path, line = place
        for module, edits in self.edits.items():
            if self.index.modules[module].path == path:
                start = self.sources.read(module).lines[line - 1]
                line += sum(edit.text.count("\n") for edit in edits if edit.start <= start)
        return path, line

    def _tell_globs(self) -> None:
        routes, _ = read_configuration(self.index)
        for route in routes:
            pattern = route.text
            if "*" in pattern and fnmatchcase(self.wish.old, pattern) and not fnmatchcase(self.wish.new, pattern):
                path, line = self._line_after((route.origin.path, route.origin.line))
                place = f"{show_path(path)}:{line}"
                self.left.append(f'{place}: "{pattern}" held for "{self.wish.old}", and does not for "{self.wish.new}"')
