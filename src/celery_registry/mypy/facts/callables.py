"""The actual side: the function, method or class behind a dotted name, as its caller sees it.

Law: turns a registration of the index into types that mypy already has. It reads only and never judges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ARG_OPT,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    Decorator,
    FuncDef,
    OverloadedFuncDef,
    TypeInfo,
    Var,
)
from mypy.types import AnyType, CallableType, Instance, NoneType, TypeOfAny, UnionType, get_proper_type
from mypy.typevars import fill_typevars_with_any

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import TaskImplementation
from celery_registry.mypy import attachments, task_methods, typeops
from celery_registry.mypy.facts.annotations import read_annotation
from celery_registry.source.fullnames import OPEN_TASK_FULLNAME, TASK_FULLNAME
from celery_registry.source.model import How

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from mypy.nodes import ArgKind, MypyFile, SymbolNode
    from mypy.types import ProperType, Type

    from celery_registry.source.model import Registration

__all__ = ["NotReady", "find_callable", "hands_on", "kind_of", "named_callable", "read_implementation"]


class NotReady(Exception):
    """The type of a decorated implementation in the same import cycle is not inferred yet: ask again later."""


def read_implementation(
    modules: Mapping[str, MypyFile], registration: Registration, node: SymbolNode | None = None
) -> TaskImplementation[Type]:
    """The names, kinds and defaults of the index with mypy's types, each None where mypy knows none.

    ``node`` is the function where the caller has it: one inside a function is in no symbol table. Raises ``NotReady``
    where mypy will know later.
    """
    if node is None:
        callable_type = find_callable(modules, registration.target_module, registration.target)
    else:
        callable_type = callable_of(node, registration.method)
    written = registration.signature
    parameters: tuple[Parameter[Type], ...] | None = None
    if written.parameters is not None:
        types = _types_of(callable_type, written, _tree_of(modules, registration))
        parameters = tuple(Parameter(p.name, p.kind, p.required, types[i]) for i, p in enumerate(written.parameters))
    result = None
    if callable_type is not None and (written.result is not None or written.parameters is None):
        # A decorator, or the pool that awaits it, may give another than the function's.
        result = callable_type.ret_type
    elif written.result is not None:
        result = read_annotation(_tree_of(modules, registration), written.result)
    return TaskImplementation(
        registration.task_name or "",
        TaskSignature(parameters, _known(result)),
        registration.target_origin,
        registration.hidden,
        registration.bound_method,
    )


def _tree_of(modules: Mapping[str, MypyFile], registration: Registration) -> MypyFile | None:
    """The module whose names an implementation's types are written in; a contract's may be any but the builtins."""
    return modules.get("builtins" if registration.how is How.CONTRACT else registration.target_module or "")


def _types_of(
    callable_type: CallableType | None, written: TaskSignature[str], tree: MypyFile | None
) -> list[Type | None]:
    """mypy's types of the parameters: by name, by position where they have none, else read from the source text."""
    parameters = written.parameters or ()
    if callable_type is None:
        # A function inside a function is in no symbol table, and its body in no cache.
        return [None if p.type is None else _known(read_annotation(tree, p.type)) for p in parameters]
    by_name = dict(zip(callable_type.arg_names, callable_type.arg_types, strict=True))
    positional = [
        type
        for type, kind in zip(callable_type.arg_types, callable_type.arg_kinds, strict=True)
        if kind in (ARG_POS, ARG_OPT)
    ]
    own = [p for p in parameters if p.positional]
    # The callable still has self, or the task of bind=True, in front.
    surplus = len(positional) - len(own)
    found: list[Type | None] = []
    for parameter in parameters:
        type = by_name.get(parameter.name)
        if type is None and parameter.positional and surplus >= 0:
            type = positional[surplus + own.index(parameter)]
        if type is not None and parameter.type is not None and parameter.type.endswith(" | None"):
            # The index adds None where that is the default, whatever mypy's implicit_optional says.
            type = UnionType.make_union([type, NoneType()])
        found.append(_known(type))
    return found


def named_callable(
    modules: Mapping[str, MypyFile],
    registration: Registration,
    fallback: Instance,
    node: SymbolNode | None = None,
    known_bases: Container[str] = (),
) -> CallableType | None:
    """The callable that a caller by name must fit; parameters whose types mypy does not know are ``Any``.

    ``node`` and ``NotReady`` are those of ``read_implementation``; ``known_bases`` are the task classes of which the
    user says what they supply.
    """
    registration = registration.as_called()
    node = node or _find_node(modules, registration.target_module, registration.target)
    if not hands_on(registration, known_bases) and _is_open_task(node, known_bases):
        return None
    implementation = read_implementation(modules, registration, node)
    parameters = implementation.signature.parameters
    if parameters is None:
        return None
    unknown = AnyType(TypeOfAny.special_form)
    written = None if node is None else callable_of(node)
    opened = typeops.open_models if registration.pydantic else _same
    made = CallableType(
        [unknown if p.type is None else opened(p.type) for p in parameters],
        [kind_of(p) for p in parameters],
        [None if p.kind is Kind.POSITIONAL_ONLY else p.name for p in parameters],
        implementation.signature.result or unknown,
        fallback,
        name=(registration.target or registration.task_name or "").rpartition(".")[2],
        unpack_kwargs=written is not None and written.unpack_kwargs,
        variables=() if written is None else written.variables,
    )
    return typeops.settled(made)


def _same(type: Type) -> Type:
    return type


def is_plainly_shared(registration: Registration) -> bool:
    """Whether a task is shared with nothing that could hide its parameters.

    celery-types loses them where the ``self`` of ``bind=True`` is a ``Task[..., Any]``.
    """
    return registration.how is How.SHARED_TASK and registration.base is None and "**" not in registration.options


def kind_of(parameter: Parameter[Any]) -> ArgKind:
    """mypy's kind of a parameter."""
    if parameter.kind is Kind.VAR_POSITIONAL:
        return ARG_STAR
    if parameter.kind is Kind.VAR_KEYWORD:
        return ARG_STAR2
    if parameter.kind is Kind.KEYWORD_ONLY:
        return ARG_NAMED if parameter.required else ARG_NAMED_OPT
    return ARG_POS if parameter.required else ARG_OPT


def hands_on(registration: Registration, known_bases: Container[str]) -> bool:
    """Whether the function is surely given what a call of its task says; ``known_bases`` are classes of which that is known."""
    if is_plainly_shared(registration) or registration.base in known_bases:
        return True
    return registration.tells_base and all(cls in known_bases for cls in registration.changed_by)


def _is_open_task(node: SymbolNode | None, known_bases: Container[str]) -> bool:
    """Whether a decorated function is a ``Task[Any, Any]``: its application or its options hide its parameters."""
    type = get_proper_type(node.var.type) if isinstance(node, Decorator) else None
    if not isinstance(type, Instance) or attachments.is_attached(type) or attachments.is_decorated(type):
        return False
    if type.type.fullname not in (TASK_FULLNAME, OPEN_TASK_FULLNAME):
        return task_methods.rewrites_arguments(type.type, known_bases)
    return typeops.listed_parameters(type) is None


def _known(type: Type | None) -> Type | None:
    return None if type is None or isinstance(get_proper_type(type), AnyType) else type


def find_callable(modules: Mapping[str, MypyFile], module: str | None, fullname: str | None) -> CallableType | None:
    """The callable type behind a dotted name (a class-based task's ``run``), None where mypy has none."""
    return callable_of(_find_node(modules, module, fullname))


def callable_of(node: SymbolNode | None, method: str = "run") -> CallableType | None:
    """The callable type of a function, or of a class-based task's ``run``; raises ``NotReady``."""
    if isinstance(node, TypeInfo):
        run, home, owner = node.get(method), node.get_containing_type_info(method), fill_typevars_with_any(node)
        found = None if run is None else callable_of(run.node)
        if found is None or home is None or not isinstance(owner, Instance):
            return found
        return task_methods.inherited(found, owner, home)
    if isinstance(node, Decorator):
        # Celery's own decorators turn the function into a task: what runs is the function below them.
        if node.var.type is None:
            raise NotReady(node.name)
        type: ProperType | None = get_proper_type(node.var.type)
        if not isinstance(type, CallableType):
            type = get_proper_type(node.func.type)
    elif isinstance(node, (FuncDef, Var, OverloadedFuncDef)):
        type = get_proper_type(node.type)
    else:
        return None
    return type if isinstance(type, CallableType) else None


def _find_node(modules: Mapping[str, MypyFile], module: str | None, fullname: str | None) -> SymbolNode | None:
    tree = modules.get(module or "")
    if tree is None or module is None or fullname is None or not fullname.startswith(module + "."):
        return None
    node: SymbolNode | None = tree
    for part in fullname[len(module) + 1 :].split("."):
        names = node.names if isinstance(node, TypeInfo) or node is tree else None
        symbol = names.get(part) if names is not None else None
        if symbol is None and isinstance(node, TypeInfo):
            symbol = node.get(part)
        node = symbol.node if symbol is not None else None
    return node
