"""One task more: its name, its property, and its code with a body that is left to write.

Law: a request and the index in, changes out, and in a line each what is left to a person. It writes nothing.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from celery_registry.changes import Change
from celery_registry.contract.names import show_nearest
from celery_registry.contract.task import Origin
from celery_registry.errors import ConfigurationError
from celery_registry.report.document import show_path
from celery_registry.source.annotation import parse_annotation
from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How, Registration, Registry
from celery_registry.writing.extension import Extension
from celery_registry.writing.import_lines import add_imports, has_lazy_annotations, import_groups
from celery_registry.writing.neighbours import Decorated, Registered, find_neighbour, modules_with_tasks
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.project_style import line_length
from celery_registry.writing.registry_choice import choose_registry
from celery_registry.writing.registry_module import quote_name
from celery_registry.writing.requested_task import RequestedTask, is_identifier
from celery_registry.writing.result_class import render_result_class
from celery_registry.writing.skeleton import Skeleton
from celery_registry.writing.source_text import Edit, SourceText
from celery_registry.writing.target_module import TargetModule
from celery_registry.writing.type_lookup import TypeLookup, UnknownType
from celery_registry.writing.wiring import list_module, make_controller

if TYPE_CHECKING:
    from celery_registry.settings import Settings

__all__ = ["Addition", "plan_addition"]


@dataclass(frozen=True)
class Addition:
    """What would change, what the task is called, and in a line each what a person has to do."""

    changes: tuple[Change, ...]
    name: str
    left: tuple[str, ...]


def plan_addition(
    index: SourceIndex, settings: Settings, request: RequestedTask, module: str | None, registry: str | None
) -> Addition:
    """A member, a property and a skeleton for a new task, in ``module`` or where the program's only tasks are.

    Raises ``ConfigurationError`` where the name is taken, where it is unclear what is meant, and where a file cannot
    be edited.
    """
    chosen = choose_registry(index, settings, registry)
    if chosen is None:
        raise ConfigurationError("there is no registry in the source; write one first: celery-registry scaffold")
    return _Planner(index, request, chosen, module).plan()


class _Planner:
    def __init__(self, index: SourceIndex, request: RequestedTask, registry: Registry, module: str | None) -> None:
        self.index, self.request, self.registry = index, request, registry
        self.sources = ProgramSources(index.modules)
        self.module, self.path = self._place(module)
        self.neighbour = find_neighbour(index, self.sources, self.module)
        source = None if self.path is not None else self.sources.read(self.module)
        file = index.modules.get(self.module)
        self.target = TargetModule(self.module, source, is_package=file is not None and file.is_package)
        self.registering = self._registering()
        self.edits: dict[str, list[Edit]] = {}
        self.left: list[str] = []

    def plan(self) -> Addition:
        names = Extension(self.index, self.sources)
        name, given, attribute, member = self._names(names)
        task = replace(self.request, name=name)
        self._refuse_taken(name)
        function = name.rpartition(".")[2]
        function = function if is_identifier(function) else attribute
        if not isinstance(self.neighbour, Registered) or self.registering is not self.target:
            self.target.take(function)
        task, before = self._placed(task)
        text = self._skeleton(task, function, self._shown_name(given, name, member), before)
        source = self._new_text(text)
        self._registry_edits(task, source)
        self._wire()
        changes = [self.sources.read(module).change(found) for module, found in sorted(self.edits.items())]
        if self.path is not None:
            changes.append(Change.of_text(Path(show_path(str(self.path))), None, source.text))
        return Addition(tuple(change for change in changes if change is not None), name, tuple(self.left))

    # Where

    def _place(self, wanted: str | None) -> tuple[str, Path | None]:
        """The module of the task, and its file where that is to be written."""
        homes = modules_with_tasks(self.index)
        if wanted is None:
            if len(homes) != 1:
                shown = ", ".join(homes)
                raise ConfigurationError(f"which module? Give --in MODULE, a new one or one of {shown}")
            return homes[0], None
        if wanted.endswith(".py"):
            wanted = self.sources.module_of(Path(wanted))
        if wanted in self.index.modules:
            return wanted, None
        package, _, name = wanted.rpartition(".")
        beside = [m for m in self.index.modules if package and m.rpartition(".")[0] == package]
        folder = None
        if package in self.index.modules and self.index.modules[package].is_package:
            folder = Path(self.index.modules[package].path).parent
        elif beside:
            file = self.index.modules[beside[0]]
            folder = Path(file.path).parent.parent if file.is_package else Path(file.path).parent
        if folder is None or not is_identifier(name):
            near = show_nearest(wanted, self.index.modules)
            raise ConfigurationError(f'module "{wanted}": is not in the source, and no package is there for it{near}')
        path = folder / f"{name}.py"
        if path.exists():
            raise ConfigurationError(f"{show_path(str(path))}: is there, but not among the files that are read")
        return wanted, path

    def _registering(self) -> TargetModule:
        """The module whose text registers the task."""
        neighbour = self.neighbour
        if not isinstance(neighbour, Registered) or neighbour.is_controller:
            return self.target
        module = neighbour.registration.module
        return self.target if module == self.module else TargetModule(module, neighbour.source)

    # What it is called

    def _names(self, extension: Extension) -> tuple[str, ast.expr | None, str, str]:
        """The task's name, the neighbour's expression for its own, the property and the member."""
        wanted, neighbour = self.request.name, self.neighbour
        given = None if neighbour is None else neighbour.name
        automatic = isinstance(neighbour, Decorated) and given is None
        if automatic and "." not in wanted and is_identifier(wanted):
            wanted = f"{self.module}.{wanted}"
        return wanted, given, *extension.names_for(self.registry, wanted)

    def _shown_name(self, given: ast.expr | None, name: str, member: str) -> str | None:
        """The name as the skeleton gives it: a member where the neighbour's is one, else a string; None for none."""
        neighbour = self.neighbour
        if given is None and isinstance(neighbour, Decorated):
            return None if name == f"{self.module}.{name.rpartition('.')[2]}" else quote_name(name)
        if given is None or neighbour is None:
            return quote_name(name)
        node, tail = given, ""
        if isinstance(node, ast.Attribute) and node.attr == "value":
            node, tail = node.value, ".value"
        text = self.index.resolve(neighbour.registration.module, node)
        enum = Extension(self.index, self.sources).enum_of(self.registry)
        if not isinstance(node, ast.Attribute) or text is None or text.owner != enum.fullname:
            return quote_name(name)
        try:
            home = self.registering if self.registering is not self.target else self.target
            return f"{home.borrow(ast.unparse(node.value), neighbour.scope)}.{member}{tail}"
        except LookupError:
            return quote_name(name)

    def _refuse_taken(self, name: str) -> None:
        for registration in self.index.registrations:
            if registration.task_name == name:
                origin = registration.target_origin if registration.target_origin.path else registration.origin
                raise ConfigurationError(f'"{name}" is there: {show_path(origin.path)}:{origin.line}')
        for declared in self.registry.properties.values():
            if declared.task_name == name:
                place = f"{show_path(declared.origin.path)}:{declared.origin.line}"
                raise ConfigurationError(f'"{name}" has a property: {place}')

    # What is written

    def _placed(self, task: RequestedTask) -> tuple[RequestedTask, str]:
        """The request with types as the module writes them, and the classes that are new."""
        first = [self.registry.module]
        if self.neighbour is not None:
            first.insert(0, self.neighbour.registration.module)
        lookup = TypeLookup(self.sources, self.target, first)
        try:
            arguments = lookup.place_arguments(task.arguments)
        except UnknownType as error:
            raise lookup.refuse(error.name, "of a parameter") from None
        classes: list[str] = []
        while True:
            node = parse_annotation(task.returns)
            assert node is not None
            try:
                returns = ast.unparse(lookup.place(node))
            except UnknownType as error:
                name = error.name
                if not (is_identifier(name) and name[:1].isupper()):
                    raise lookup.refuse(name, "of the result") from None
                classes.append(render_result_class(self.target.take(name), self.target, self.neighbour, self.sources))
                self.target.scope.defined.add(name)
                self.left.append(f'{self.module}: "{name}" is nowhere in the source, so it is a new class: fill it')
            else:
                return replace(task, arguments=arguments, returns=returns), "\n\n".join(classes)

    def _skeleton(self, task: RequestedTask, function: str, name: str | None, before: str) -> str:
        folder = (self.path or Path(self.index.modules[self.module].path)).resolve().parents
        skeleton = Skeleton(
            self.target, self.neighbour, function, task.texts, task.returns, name, before, line_length(folder)
        )
        try:
            text = skeleton.write(self.registering)
        except LookupError as error:
            raise ConfigurationError(
                f"{self.module}: what the tasks beside it use cannot be imported there: {error.args[0]}; give another --in"
            ) from None
        self.edits, self.controller = skeleton.edits, skeleton.controller
        for target in {id(t): t for t in (self.target, self.registering)}.values():
            if target.source is not None and target.imports:
                self.edits.setdefault(target.module, []).extend(add_imports(target.source, target.imports, []))
        return text

    def _new_text(self, text: str) -> SourceText:
        """The module of the task as it is going to be."""
        if self.path is None:
            source = self.sources.read(self.module)
            change = source.change(self.edits.get(self.module, []))
            return source if change is None else SourceText(source.path, change.new)
        lazy = self.neighbour is not None and has_lazy_annotations(self.neighbour.source.tree)
        head = "from __future__ import annotations\n\n" if lazy else ""
        imports = import_groups(self.target.imports, self.index.modules)
        whole = f"{head}{imports}\n\n{text}" if imports else f"{head}{text}"
        newline = "\n" if self.neighbour is None else self.neighbour.source.newline
        return SourceText(self.path, whole.replace("\n", newline).encode())

    def _registry_edits(self, task: RequestedTask, source: SourceText) -> None:
        documented = "".join(f"    {name}: {text}\n" for name, text in task.documented.items())
        registration = Registration(
            task_name=task.name,
            how=How.SHARED_TASK,
            module=self.module,
            origin=Origin(str(source.path)),
            target=None,
            target_module=self.module,
            target_origin=Origin(str(source.path)),
            signature=task.signature,
            docstring=f"Args:\n{documented}" if documented else None,
        )
        extension = Extension(self.index, self.sources, self.sources.planned(self.module, source))
        for module, found in extension.extend(self.registry, [registration]).items():
            self.edits.setdefault(module, []).extend(found)
        self.left += extension.left

    def _wire(self) -> None:
        neighbour = self.neighbour
        edits: dict[str, list[Edit]] = {}
        line: str | None = None
        if self.controller is not None and isinstance(neighbour, Registered):
            assert neighbour.cls is not None
            assert neighbour.method is not None
            like = (neighbour.registration.module, neighbour.cls.name)
            edits, line = make_controller(self.sources, (self.module, self.controller), like, neighbour.method.name)
        elif self.path is not None and self.registering is self.target and neighbour is not None:
            edits, line = list_module(self.sources, self.module, neighbour.registration.module)
        for module, found in edits.items():
            self.edits.setdefault(module, []).extend(found)
        self.left += [line] if line else []
