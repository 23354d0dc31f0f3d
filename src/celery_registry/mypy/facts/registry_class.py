"""The declared side: the annotation of a registry property, with the names its call sites may use.

Law: turns an annotation and the index into a type. It never judges whether the two agree.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mypy.nodes import ARG_OPT, ARG_POS, ARG_STAR, ARG_STAR2
from mypy.types import (
    AnyType,
    CallableType,
    EllipsisType,
    Instance,
    Parameters,
    TypeOfAny,
    UnboundType,
    UnionType,
    get_proper_type,
)

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.mypy import attachments, typeops
from celery_registry.mypy.facts.callables import kind_of
from celery_registry.mypy.facts.users import remember_user
from celery_registry.source.fullnames import GET_TASK_BY_NAME, TASK_FULLNAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import ArgKind
    from mypy.plugin import AnalyzeTypeContext
    from mypy.semanal import SemanticAnalyzer
    from mypy.types import ProperType, Type

    from celery_registry.mypy.facts.program import Program
    from celery_registry.source.model import Registration, RegistryProperty

__all__ = ["TaskAnnotation", "implementation_of", "read_signature"]


class TaskAnnotation:
    """The handler for ``Task[...]`` wherever it is written; only a registry property's is changed."""

    def __init__(self, program: Program, injected: Mapping[str, Sequence[str]]) -> None:
        self._program = program
        self._injected = injected
        self._inside = False
        self._uses: dict[str, tuple[Sequence[Type], Instance]] = {}
        self._of_types: dict[int, tuple[Type, Instance]] = {}

    @property
    def busy(self) -> bool:
        """Whether mypy's own analysis of a ``Task`` annotation is under way: then it must not come back here."""
        return self._inside

    def analyze(self, context: AnalyzeTypeContext) -> Type:
        """The annotation as mypy alone would analyse it."""
        semantic = _semantic(context)
        unbound = context.type
        function = semantic.scope.current_function_name()
        if function == GET_TASK_BY_NAME and not unbound.args:
            # The seed's base class writes a bare Task here; strict would ask for parameters that it cannot know.
            unbound = UnboundType(
                unbound.name,
                [EllipsisType(unbound.line, unbound.column), AnyType(TypeOfAny.explicit)],
                line=unbound.line,
                column=unbound.column,
            )
        self._inside = True
        try:
            return context.api.analyze_type(unbound)
        finally:
            self._inside = False

    def attach(self, analyzed: Type, context: AnalyzeTypeContext) -> Type:
        """The analysed annotation with the signature of the property's task; everywhere else as it is."""
        semantic = _semantic(context)
        function = semantic.scope.current_function_name()
        task = typeops.find_task(analyzed)
        # Inside the body of a method the innermost function is on this stack; a signature is analysed outside of it.
        if task is None or function is None or semantic.type is None or semantic.function_stack:
            return analyzed
        declared = self._find_declared(semantic.type.fullname, function)
        if declared is None:
            return analyzed
        fullname = f"{semantic.type.fullname}.{function}"
        if fullname not in self._program.property_names:
            return self._named(task, declared)
        if self._program.is_daemon:
            implementation = implementation_of(self._program, declared, self._injected)
            if implementation is not None and implementation.target is not None:
                # The daemon re-checks this property when the implementation changes.
                semantic.add_plugin_dependency(f"<{implementation.target}>")
        # Where the type of a property changes, all that import its module are checked again, and in the daemon the whole
        # module is analysed again (mypy.server.deps.visit_decorator): what the implementation says comes with the use.
        said = f"task {declared.task_name}", f"documented {declared.documented}"
        return attachments.attach_property(task, fullname, said)

    def of_use(self, type: Type, chk: TypeChecker, written: str | None = None) -> Type:
        """The type of a property where it is used, which shares nothing: here the names of its task are looked up.

        ``written`` is the property's dotted name: the annotation may be an alias, which is analysed where no property is.
        """
        # mypy hands out the one type of a property at all its uses, but for a generic registry's.
        seen = self._of_types.get(id(type))
        if seen is not None and seen[0] is type:
            return seen[1].copy_modified()
        proper = get_proper_type(type)
        if isinstance(proper, UnionType):
            return UnionType([self.of_use(item, chk, written) for item in proper.items], proper.line, proper.column)
        fullname = attachments.attached_property(proper)
        if fullname is None and written in self._program.property_names and _is_plain(proper):
            fullname = written
        if fullname is None or not isinstance(proper, Instance):
            return attachments.fresh(type)
        if self._program.is_daemon:
            return self._looked_up(proper, fullname, chk)
        # The files of this run do not change: one look at a property serves all its uses.
        known = self._uses.get(fullname)
        if known is None:
            known = self._uses[fullname] = (proper.args, self._looked_up(proper, fullname, chk))
            self._of_types[id(type)] = (type, known[1])
        elif known[0] != proper.args:
            known = self._uses[fullname] = (proper.args, self._looked_up(proper, fullname, chk))
        return known[1].copy_modified()

    def _looked_up(self, task: Instance, fullname: str, chk: TypeChecker) -> Instance:
        registry, _, attribute = fullname.rpartition(".")
        declared = self._find_declared(registry, attribute)
        bare = attachments.without_attachment(task)
        if declared is None:
            return bare
        if self._program.is_daemon:
            remember_user(self._program, chk, declared.task_name)
        return self._named(bare, declared)

    def _named(self, task: Instance, declared: RegistryProperty) -> Instance:
        """The task type with the signature that its call sites are checked against, where one can be known."""
        implementation = implementation_of(self._program, declared, self._injected)
        signature = read_signature(task, declared, implementation)
        if signature is None:
            return task
        is_open = any(isinstance(get_proper_type(type), AnyType) for type in signature.arg_types)
        if is_open and implementation is not None and implementation.target is not None:
            return attachments.attach_signature(task, signature, implementation.target, _type_text(implementation))
        return attachments.attach_signature(task, signature)

    def _find_declared(self, registry: str, attribute: str) -> RegistryProperty | None:
        declared = self._program.property_of(registry, attribute)
        if declared is None or declared.task_name is None or not self._program.is_daemon:
            return declared
        # A deleted module is never parsed again, so nobody else tells the daemon that its registrations are gone.
        for registration in self._program.index.implementations_of(declared):
            self._program.refresh(registration.origin.path)
            self._program.refresh(registration.target_origin.path)
        return self._program.property_of(registry, attribute)


def _is_plain(type: ProperType) -> bool:
    """Whether a type is Celery's own ``Task[...]`` with nothing attached."""
    return isinstance(type, Instance) and type.type.fullname == TASK_FULLNAME and type.extra_attrs is None


def _type_text(implementation: Registration) -> str:
    return ", ".join(f"{p.name}: {p.type}" for p in implementation.signature.parameters or ())


def implementation_of(
    program: Program, declared: RegistryProperty, injected: Mapping[str, Sequence[str]]
) -> Registration | None:
    """The one implementation of a property's task as its callers see it; None where there is none, or two that differ.

    ``injected`` maps a base class or a decorator to the parameters that it supplies itself.
    """
    if declared.task_name is None:
        return None
    found = program.index.implementations_of(declared)
    if not found or any(other.signature != found[0].signature for other in found[1:]):
        return None
    if not found[0].typing:
        # Celery holds its callers to no number of arguments.
        return replace(found[0], signature=TaskSignature(None, found[0].signature.result))
    return found[0].without_injected(injected)


def read_signature(
    task: Instance, declared: RegistryProperty, implementation: Registration | None
) -> CallableType | None:
    """The declared types under the implementation's names and defaults, else under the docstring's names."""
    if len(task.args) != 2:
        return None
    parameters = get_proper_type(task.args[0])
    if not isinstance(parameters, Parameters):
        return None
    actual = implementation.signature.parameters if implementation is not None else None
    unknown = typeops.any_type()
    if typeops.is_ellipsis(parameters):
        if actual is None:
            return None
        types: list[Type] = [unknown for _ in actual]
        kinds = [kind_of(parameter) for parameter in actual]
        names = [_call_name(parameter) for parameter in actual]
    else:
        types, kinds, names = list(parameters.arg_types), list(parameters.arg_kinds), list(parameters.arg_names)
        if any(kind is not ARG_POS for kind in kinds) or any(names):
            return None
        if actual is None:
            for index, name in enumerate(list(declared.documented or ())[: len(names)]):
                names[index] = name
        else:
            positional = [p for p in actual if p.positional]
            listed = positional[: len(types)]
            fits = len(listed) == len(types)
            for index, parameter in enumerate(listed):
                names[index] = _call_name(parameter)
                if fits and not parameter.required:
                    kinds[index] = ARG_OPT
            # What the list does not declare may be given all the same: the call is right when it runs. Where it is
            # required the list is wrong, and so is a call without it.
            for parameter in actual if fits else ():
                if parameter not in listed:
                    types.append(unknown)
                    kinds.append(_kind_behind(parameter, kinds))
                    names.append(_call_name(parameter))
    made = CallableType(types, kinds, names, task.args[1], typeops.base_function(task), name=declared.attribute)
    if implementation is not None and not implementation.typing:
        # Something supplies or changes the arguments: no call can be refused.
        return made.copy_modified(arg_types=[unknown] * 2, arg_kinds=[ARG_STAR, ARG_STAR2], arg_names=[None, None])
    return typeops.with_unknown_names(made) if actual is None and None in names else made


def _kind_behind(parameter: Parameter[str], kinds: Sequence[ArgKind]) -> ArgKind:
    """The kind of a parameter behind others; what is required stands behind no default."""
    if parameter.positional and any(kind is not ARG_POS for kind in kinds):
        return kind_of(replace(parameter, required=False))
    return kind_of(parameter)


def _call_name(parameter: Parameter[str]) -> str | None:
    return None if parameter.kind is Kind.POSITIONAL_ONLY else parameter.name


def _semantic(context: AnalyzeTypeContext) -> SemanticAnalyzer:
    # The interface that a plugin is given leaves this attribute out.
    api: Any = context.api
    found: SemanticAnalyzer = api.api
    return found
