"""A registry for the tasks that a program has: what is there stays, what is missing is written.

Law: the index's facts in, changes out, and in words what is left to a person. It writes nothing.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from celery_registry.changes import Change
from celery_registry.contract.coverage import judge_name
from celery_registry.contract.task import Origin
from celery_registry.errors import ConfigurationError
from celery_registry.report.document import show_path
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import NameEnum, Registration, Registry
from celery_registry.source.module_scope import ModuleScope
from celery_registry.writing.applications import (
    Application,
    find_applications,
    guard_call,
    guard_edits,
    registering_application,
)
from celery_registry.writing.extension import Extension
from celery_registry.writing.live_tasks import Live, LiveTasks
from celery_registry.writing.naming import choose_attributes
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.project_style import line_length, oldest_python
from celery_registry.writing.registry_choice import choose_registry
from celery_registry.writing.registry_module import RegistryModule
from celery_registry.writing.source_text import SourceText

if TYPE_CHECKING:
    from celery_registry.settings import Settings

__all__ = ["Scaffold", "Wanted", "plan_scaffold"]

MODULE_NAME = "task_registry"
#: A registry and its enum, as ``module:name``.
_Place = tuple[str, str]
_TITLE = "The names of the tasks, and the registry: what callers of a task import."


@dataclass(frozen=True)
class Wanted:
    """What the user asks for: ``only`` are globs of task names or modules, ``output`` the file of a new registry,
    ``registry`` the one to extend, ``guard`` whether the application and the settings are edited too; ``split`` is whether
    each package gets a registry of its own; ``live`` are the tasks that a running application has, None for those that
    the text has; ``app`` is where the application is, as the user or the settings name it."""

    only: tuple[str, ...] = ()
    output: Path | None = None
    registry: str | None = None
    guard: bool = True
    split: bool = False
    live: Live | None = None
    app: str | None = None


@dataclass(frozen=True)
class Scaffold:
    """What would change, how many tasks that declares, and in a line each what a person should look at."""

    changes: tuple[Change, ...]
    tasks: int
    left: tuple[str, ...]


def plan_scaffold(index: SourceIndex, settings: Settings, wanted: Wanted) -> Scaffold:
    """What the program's registry lacks.

    Raises ``ConfigurationError`` where it is unclear which registry is meant, or where a file
    that would change is not Python.
    """
    return _Planner(index, settings, wanted).plan()


class _Planner:
    def __init__(self, index: SourceIndex, settings: Settings, wanted: Wanted) -> None:
        self.index, self.settings, self.wanted = index, settings, wanted
        self.sources = ProgramSources(index.modules)
        self.extension = Extension(index, self.sources)
        self.left = self.extension.left

    @functools.cached_property
    def applications(self) -> list[Application]:
        """Those that may be meant: the one that is named, else the one that registers the tasks, else all."""
        found = find_applications(self.index, self.sources, self.wanted.app)
        return registering_application(self.index, self.sources, found)

    def plan(self) -> Scaffold:
        tasks = self._missing()
        if self.wanted.split:
            changes, places = self._split(tasks)
        else:
            registry = self._registry()
            changes, place = ([], None) if registry is None and not tasks else self._written(registry, tasks)
            places = [] if place is None else [place]
        if self.wanted.guard and places:
            changes += self._guard(tasks, places)
        return Scaffold(tuple(changes), len(tasks), tuple(self.left))

    # Which tasks

    def _missing(self) -> list[Registration]:
        """One registration for each task that no registry declares, by module and place."""
        declared = {p.task_name for registry in self.index.registries.values() for p in registry.properties.values()}
        by_name: dict[str, list[Registration]] = {}
        for registration in self.index.registrations if self.wanted.live is None else self._live(self.wanted.live):
            if not self._is_wanted(registration):
                continue
            if registration.task_name is None:
                self.extension.leave(registration, "its name is not in the text")
            elif registration.task_name not in declared and not registration.task_name.startswith("celery."):
                by_name.setdefault(registration.task_name, []).append(registration)
        found: list[Registration] = []
        for name, registrations in by_name.items():
            places = {r.target_origin for r in registrations if r.target is not None}
            if len(places) > 1:
                shown = ", ".join(sorted(f"{show_path(p.path)}:{p.line}" for p in places))
                self.extension.leave(registrations[0], f'"{name}" has several implementations: {shown}')
                continue
            condition = None if self.wanted.live is not None else self._condition(registrations[0])
            if condition is not None:
                self.extension.leave(registrations[0], f'"{name}" is registered only under "{condition}"')
                continue
            found.append(registrations[0])
        return found

    def _condition(self, registration: Registration) -> str | None:
        """The ``if`` at the top of a module that a registration stands in: where it is false, a worker lacks the task."""
        source, line = self.sources.read(registration.module), registration.origin.line
        for node in source.tree.body:
            if isinstance(node, ast.If) and node.lineno < line <= (node.end_lineno or node.lineno):
                return source.text[slice(*source.span(node))].splitlines()[0].rstrip(": ")
        return None

    def _live(self, live: Live) -> list[Registration]:
        tasks = LiveTasks(self.index, self.sources, live)
        found = tasks.registrations()
        if tasks.outside:
            self.left.append(f"the code of these is no part of the program: {', '.join(tasks.outside)}")
        for name in sorted({r.task_name for r in self.index.registrations if r.task_name is not None} - live.keys()):
            self.left.append(f'"{name}" is in the source, and the application does not have it')
        return found

    def _is_wanted(self, registration: Registration) -> bool:
        names = (registration.module, registration.task_name or "")
        return not self.wanted.only or any(fnmatchcase(name, glob) for name in names for glob in self.wanted.only)

    # Where

    def _registry(self) -> Registry | None:
        """The registry to extend; None where a new one is to be made."""
        return choose_registry(self.index, self.settings, self.wanted.registry, self.wanted.output)

    def _place(self) -> Path:
        """The file of a new registry: beside the application, else beside the first task."""
        if self.wanted.output is not None:
            return self.wanted.output
        if len({app.source.path for app in self.applications}) == 1:
            return self.applications[0].source.path.parent / f"{MODULE_NAME}.py"
        tops = {module.partition(".")[0] for module in (r.module for r in self.index.registrations)}
        packages = {top: file for top in tops if (file := self.index.modules.get(top)) is not None and file.is_package}
        if len(tops) == 1 and packages:
            return Path(next(iter(packages.values())).path).parent / f"{MODULE_NAME}.py"
        bases = sorted({self.sources.base_of(module) for module in self.index.modules})
        return bases[0] / f"{MODULE_NAME}.py" if bases else Path(f"{MODULE_NAME}.py")

    # What is written

    def _written(self, registry: Registry | None, tasks: Sequence[Registration]) -> tuple[list[Change], _Place]:
        if registry is None:
            return self._new_module(tasks, self._place())
        return self._extended(registry, tasks), self._place_of(registry)

    def _split(self, tasks: Sequence[Registration]) -> tuple[list[Change], list[_Place]]:
        """A registry in each package that has tasks."""
        groups: dict[Path, list[Registration]] = {}
        for task in tasks:
            home = task.target_module if task.target_module in self.index.modules else task.module
            folder = Path(self.index.modules[home or task.module].path).parent
            groups.setdefault(folder / f"{MODULE_NAME}.py", []).append(task)
        changes: list[Change] = []
        there = {Path(self.index.modules[r.module].path): r for r in self.index.registries.values() if self._is_own(r)}
        places = [self._place_of(registry) for path, registry in there.items() if path.stem == MODULE_NAME]
        for path, own in sorted(groups.items()):
            if path in there:
                changes += self._extended(there[path], own)
            else:
                made, place = self._new_module(own, path)
                changes, places = [*changes, *made], [*places, place]
        return changes, sorted(set(places))

    def _is_own(self, registry: Registry) -> bool:
        return registry.module in self.index.modules

    def _place_of(self, registry: Registry) -> _Place:
        enum = self.extension.enum_of(registry)
        return _text_of(registry), _text_of(enum)

    def _new_module(self, tasks: Sequence[Registration], path: Path) -> tuple[list[Change], _Place]:
        if path.exists():
            raise ConfigurationError(f"{path}: is there and holds no registry; give another file with --output")
        module = self.sources.module_of(path)
        attributes = choose_attributes([task.task_name or "" for task in tasks])
        home = ModuleScope(module, SourceText(path, b"").tree)
        types = self.extension.types_in(home, list(attributes.values()))
        entries = self.extension.entries(tasks, types, attributes, {}, ())
        version = oldest_python(path.resolve().parents) or (3, 10)
        text = RegistryModule(
            entries,
            types.added,
            self.index.modules,
            str_enum=version >= (3, 11),
            width=line_length(path.resolve().parents),
        ).render(_TITLE)
        return [Change.of_text(Path(show_path(str(path))), None, text)], (
            f"{module}:TasksRegistry",
            f"{module}:TaskName",
        )

    def _extended(self, registry: Registry, tasks: Sequence[Registration]) -> list[Change]:
        if not tasks:
            return []
        edits = self.extension.extend(registry, tasks)
        changes = [self.sources.read(module).change(found) for module, found in edits.items()]
        return [change for change in changes if change is not None]

    # The application and the settings

    def _guard(self, tasks: Sequence[Registration], places: Sequence[_Place]) -> list[Change]:
        registries = [registry for registry, _ in places]
        names, external = self._complete(tasks, list(dict.fromkeys(enum for _, enum in places)))
        if len(self.applications) != 1:
            found = ", ".join(app.place for app in self.applications) or "none at the top of a module"
            which = f"beside which application? Found {found}"
            if self.wanted.app is not None:
                which = f'the application "{self.wanted.app}" is not in the source'
            words = " ".join(guard_call("app", registries, names, external).split())
            line = words.replace("( ", "(").replace(", )", ")")
            self.left.append(f"guard: {which}. The line is: {line}")
            return []
        app = self.applications[0]
        changes: list[Change] = []
        change = app.source.change(guard_edits(app, registries, names, external))
        if change is not None:
            changes.append(change)
            self.left += [
                f'"{name}" is sent and is no task of this program: it is in external=, as that of another service'
                for name in external
            ]
        if self.settings.origin is None:
            changes += _settings_change(app.place, registries)
        unknown = [
            registry for registry in registries if "guard" in app.source.text and registry not in app.source.text
        ]
        if change is None and self.wanted.split and unknown:
            self.left.append(f"guard: give guard.install in {app.source.path} these too: {', '.join(unknown)}")
        return changes

    def _complete(self, tasks: Sequence[Registration], enums: list[str]) -> tuple[list[str], list[str]]:
        """The enums to call complete, and the names besides that calls write: other services have those tasks.

        No enum is complete where a call names a task of the program that none has, or may do so.
        """
        declared = {task.task_name or "" for task in tasks}
        there = [enum for enum in self.index.enums.values() if _text_of(enum) in enums]
        declared |= {value or "" for enum in there for value in enum.members.values()}
        written = dict.fromkeys(name for name, _ in self.index.calls.addressed)
        others = [name for name in written if judge_name(name, declared, (), self.settings.external, Origin())]
        live = self.wanted.live or {}
        # A file that was left out may register any name.
        if any(not self.index.reads_everything or name in live or self.index.may_register(name) for name in others):
            return [], []
        return enums, others


def _settings_change(app: str, registries: Sequence[str]) -> list[Change]:
    path = Path("pyproject.toml")
    source = path.read_bytes() if path.is_file() else None
    text = "" if source is None else source.decode("utf-8")
    newline = "\r\n" if "\r\n" in text else "\n"
    shown = ", ".join(f'"{registry.replace(":", ".")}"' for registry in registries)
    section = f'[tool.celery-registry]\napp = "{app}"\nregistry = [{shown}]\n'.replace("\n", newline)
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    return [Change(path, source, f"{text}{gap}{section}".encode())]


def _text_of(named: Registry | NameEnum) -> str:
    return f"{named.module}:{named.fullname.removeprefix(f'{named.module}.')}"
