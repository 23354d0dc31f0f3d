"""What a registry property declares against what is registered under its name.

Law: runs where mypy checks the body of the property, asks ``contract`` for the verdicts and mypy for the types.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from mypy.nodes import FuncDef
from mypy.subtypes import is_subtype
from mypy.typeops import get_type_vars
from mypy.types import AnyType, CallableType, get_proper_type

from celery_registry.contract.compare import compare_contract, compare_task
from celery_registry.contract.coverage import NameTable, compare_implementations
from celery_registry.contract.finding import Finding
from celery_registry.contract.judge import Judge
from celery_registry.contract.rules import TextRules, Verdict
from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import PARTIAL, TaskContract, TaskImplementation
from celery_registry.contract.view import Declared, Implemented, RegistryView
from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.facts.callables import NotReady, read_implementation
from celery_registry.mypy.facts.statements import current_function
from celery_registry.source.branches import competing
from celery_registry.source.fullnames import DJANGO_TASK_FULLNAME
from celery_registry.source.view import SourceProperty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import Context
    from mypy.plugin import CheckerPluginInterface, MethodContext
    from mypy.types import Instance, Type

    from celery_registry.mypy.emit import Emitter
    from celery_registry.mypy.facts.program import Program
    from celery_registry.source.model import Registry, RegistryProperty

__all__ = ["Agreement", "annotation_of", "declared_here"]


#: Where a registry without properties asks for its tasks.
_INIT: Final = "__init__"


class MypyRules:
    """``TypeRules`` over mypy's types: mypy decides."""

    def __init__(self, api: CheckerPluginInterface) -> None:
        self._api = api

    def accepts(self, target: Type, value: Type) -> Verdict:
        """Whether mypy takes a ``value`` where a ``target`` is asked for."""
        if isinstance(get_proper_type(target), AnyType) or isinstance(get_proper_type(value), AnyType):
            return Verdict.UNKNOWN
        if get_type_vars(target) or get_type_vars(value):
            # What a generic function makes of its caller's types is decided at each call.
            return Verdict.UNKNOWN
        return Verdict.YES if is_subtype(value, target) else Verdict.NO

    def show(self, type: Type, /) -> str:
        """As mypy's messages write it."""
        return typeops.show(type, self._api)


@dataclass
class _Places:
    """Findings by where they are reported: at a property, or at the class when its first property is checked."""

    first: str
    of_property: dict[str, list[Finding]] = field(default_factory=dict)
    of_class: list[Finding] = field(default_factory=list)


class Agreement:
    """The handler for ``self._get_task_by_name(...)`` inside a registry property."""

    def __init__(self, program: Program, emitter: Emitter) -> None:
        self._program = program
        self._emitter = emitter

    def __call__(self, context: MethodContext) -> Type:
        """Compare, report at the property's annotation, and return what mypy would."""
        chk = expressions.checker(context.api)
        found = declared_here(chk, self._program)
        if found is not None:
            self._check(chk, context, *found)
            # Under Django every task is one, and celery-types says that of no application.
            task = typeops.find_task(chk.return_types[-1])
            if task is not None and task.type.fullname == DJANGO_TASK_FULLNAME:
                return task
        else:
            self._check_initial(chk)
        return context.default_return_type

    def check_item(self, context: MethodContext) -> Type:
        """The handler for ``app.tasks[...]``, by which a property or ``__init__`` of a registry may ask for its tasks."""
        chk = expressions.checker(context.api)
        found = declared_here(chk, self._program)
        if found is not None:
            self._check(chk, context, *found)
        else:
            self._check_initial(chk)
        return context.default_return_type

    def _check_initial(self, chk: TypeChecker) -> None:
        """In ``__init__`` of a registry without properties: what is wrong with its names."""
        function = current_function(chk)
        if not isinstance(function, FuncDef) or not function.info or function.name != _INIT:
            return
        name = self._program.index_name(function.info.fullname)
        registry = self._program.index.registries.get(name)
        if registry is None and name in [each.replace(":", ".") for each in self._emitter.settings.registry]:
            registry = self._program.index.named_registry(name)
        if registry is None:
            return
        places = self._program.once(("names", registry.fullname), lambda: self._judge_names(registry))
        for finding in places.of_class if places.first == _INIT else ():
            self._emitter.emit(finding, chk, function.info.defn)

    def _check(self, chk: TypeChecker, context: MethodContext, function: FuncDef, declared: RegistryProperty) -> None:
        index = self._program.index
        registry = index.registries.get(declared.registry)
        annotation = annotation_of(function)
        if registry is not None:
            self._check_registry(chk, registry, function, declared)
        if declared.task_name is None:
            return
        task = typeops.find_task(chk.return_types[-1])
        if task is None or len(task.args) != 2:
            return
        # A file that mypy is not given may belong to another program.
        given = [r for r in index.implementations_of(declared) if r.target is not None and r.module in chk.modules]
        rivals = competing(given)
        named = [
            TaskImplementation(declared.task_name, TaskSignature[str](None), r.target_origin, r.hidden) for r in rivals
        ]
        for finding in compare_implementations(named):
            self._emitter.emit(finding, context.api, annotation)
        contract = _contract(task, declared)
        for registration in index.implementations_of(declared):
            registration = registration.without_injected(self._emitter.settings.injected_parameters)
            try:
                implementation = read_implementation(chk.modules, registration)
            except NotReady:
                if chk.pass_num < chk.last_pass:
                    chk.handle_cannot_determine_type(function.name, context.context)
                continue
            if implementation.hidden == PARTIAL:
                # What it leaves is computed when the program runs, and the worker knows it.
                continue
            if registration.pydantic:
                # Callers pass the dumped form of a model; only its shape can be compared.
                implementation = _without_types(implementation)
            if not registration.typing:
                # Celery holds its callers to no number of arguments.
                implementation = replace(implementation, signature=TaskSignature(None, implementation.signature.result))
            rules = MypyRules(context.api)
            findings = compare_task(contract, implementation, rules)
            if not findings and registration.unwrapped is not None:
                findings = compare_task(contract, replace(implementation, hidden=registration.unwrapped), rules)
            for finding in findings:
                self._emitter.emit(finding, context.api, annotation)
            promised = index.contract(declared.task_name)
            if promised is not None and promised is not registration:
                for finding in compare_contract(implementation, read_implementation(chk.modules, promised), rules):
                    self._emitter.emit(finding, context.api, annotation)

    def _check_registry(
        self, chk: TypeChecker, registry: Registry, function: FuncDef, declared: RegistryProperty
    ) -> None:
        """Report what is wrong with the names, each at the property or at the class that must change."""
        places = self._program.once(("names", registry.fullname), lambda: self._judge_names(registry))
        for finding in places.of_property.get(declared.attribute, ()):
            self._emitter.emit(finding, chk, annotation_of(function))
        if declared.attribute == places.first:
            for finding in places.of_class:
                self._emitter.emit(finding, chk, function.info.defn)

    def _judge_names(self, registry: Registry) -> _Places:
        """The findings on the names of one registry."""
        own = [p for p in registry.properties.values() if p.registry == registry.fullname]
        judge = Judge(_NamesView(self._program, registry, self._emitter.settings.external))
        findings = [*judge.registries(), *judge.names()]
        # mypy need not check the body of a function without annotations.
        annotated = [p for p in own if p.annotation] or own
        places = _Places(min(((p.origin.line, p.attribute) for p in annotated), default=(0, _INIT))[1])
        bare = {p.origin for p in own if not p.annotation}
        for finding in findings:
            is_bare = finding.problem == "unreadable-annotation" and finding.origin in bare
            if is_bare or finding.problem in ("name-without-property", "asked-outside", "two-members"):
                places.of_class.append(finding)
            elif finding.problem == "name-not-registered":
                # Nothing has a class that is a registry by its name alone checked again after an edit elsewhere.
                if not own and registry.fullname in self._program.index.registries:
                    places.of_class.append(finding)
                # A name with neither a property nor an implementation is one error, that of the property.
                for p in own:
                    if p.task_name == finding.task:
                        places.of_property.setdefault(p.attribute, []).append(finding)
            else:
                for p in own:
                    if p.origin == finding.origin:
                        places.of_property.setdefault(p.attribute, []).append(finding)
        return places


class _NamesView:
    """One registry and its enum, as the judge sees a program; see ``contract.view.View``.

    Types are asked where mypy checks each property, so no implementation is shown here.
    """

    strict = False
    rules = TextRules()

    def __init__(self, program: Program, registry: Registry, external: Sequence[str]) -> None:
        self._program, self._registry, self.external = program, registry, external
        names = _name_table(program, registry)
        self.tables = [] if names is None else [names]
        declared = [SourceProperty(p, p.task_name) for p in registry.properties.values() if p.task_name is not None]
        self.registries = [
            RegistryView[str](registry.fullname.rpartition(".")[2], declared, self.tables, registry.asked)
        ]
        self.everything_is_known = names is not None and program.everything_is_seen(registry.module)
        self.registered: Collection[str] = (
            program.registered_names(registry.module) if self.everything_is_known else frozenset()
        )

    def implementations(self, name: str) -> Sequence[Implemented[str]]:
        """None: only names are judged."""
        return ()

    def meant_by(self, declared: Declared[str]) -> Sequence[Implemented[str]]:
        """None: only names are judged."""
        return ()

    def rivals(self, names: Collection[str]) -> Iterable[Sequence[TaskImplementation[Any]]]:
        """None: they are told at the property."""
        return ()

    def declared_elsewhere(self) -> Collection[str]:
        """The names with a property in a registry of the same enum, of which the first answers for all others."""
        mine = set(self._registry.enums)
        sharing = [r for r in self._program.index.registries.values() if mine.intersection(r.enums)]
        if min((r.fullname for r in sharing), default=self._registry.fullname) != self._registry.fullname:
            return set(self.tables[0].members.values()) if self.tables else ()
        return {p.task_name for r in sharing for p in r.properties.values() if p.task_name is not None}

    def is_imported(self, module: str) -> bool | None:
        """Whether it is a module of the program, as source text tells it."""
        return True if module in self._program.index.modules else None

    def is_old_name(self, name: str) -> bool:
        """An alias is no registration in source text."""
        return False


def declared_here(chk: TypeChecker, program: Program) -> tuple[FuncDef, RegistryProperty] | None:
    """The registry property whose body is being checked, in the registry that writes it."""
    function = current_function(chk)
    if not isinstance(function, FuncDef) or not function.info:
        return None
    registry = function.info.fullname
    declared = program.property_of(registry, function.name)
    if declared is None or declared.registry not in (registry, program.index_name(registry)):
        return None
    return function, declared


def annotation_of(function: FuncDef) -> Context:
    """Where the annotation of the result stands."""
    written = function.unanalyzed_type
    if isinstance(written, CallableType) and written.ret_type.line > 0:
        return written.ret_type
    return function


def _contract(task: Instance, declared: RegistryProperty) -> TaskContract[Type]:
    parameters = typeops.listed_parameters(task)
    listed = None
    if parameters is not None:
        listed = tuple(
            Parameter(None, Kind.POSITIONAL_ONLY, True, type)
            for type, kind in zip(parameters.arg_types, parameters.arg_kinds, strict=True)
            if kind.is_positional() and not kind.is_star()
        )
    return TaskContract(
        declared.task_name or "",
        f"{declared.registry.rpartition('.')[2]}.{declared.attribute}",
        TaskSignature(listed, task.args[1]),
        declared.origin,
        None if declared.documented is None else tuple(declared.documented),
    )


def _without_types(implementation: TaskImplementation[Type]) -> TaskImplementation[Type]:
    signature = implementation.signature
    parameters = signature.parameters
    if parameters is not None:
        parameters = tuple(replace(p, type=None) for p in parameters)
    return replace(implementation, signature=TaskSignature(parameters, None))


def _name_table(program: Program, registry: Registry) -> NameTable | None:
    """The one enum that a registry's properties take their names from."""
    if len(registry.enums) != 1:
        return None
    enum = program.index.enums.get(registry.enums[0])
    if enum is None or any(value is None for value in enum.members.values()):
        return None
    members = {member: value for member, value in enum.members.items() if value is not None}
    return NameTable(enum.fullname.rpartition(".")[2], members, enum.origins, enum.aliases)
