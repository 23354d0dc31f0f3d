"""``on_commit(task.delay)``, ``enqueue(task, 1)``, ``send = task.delay``: an ``@app.task`` function as a value.

Law: celery-types loses the parameters of such a task, and where it is a value no name leads to its function any more. So
the place that takes the value is looked at: a function of callables or tasks, or a name that has one value. The verdict
and the words are mypy's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mypy.expandtype import expand_type
from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    CallExpr,
    Decorator,
    FuncDef,
    MemberExpr,
    NameExpr,
    RefExpr,
    Var,
)
from mypy.plugin import MethodSigContext
from mypy.subtypes import is_subtype
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    Parameters,
    ParamSpecType,
    TypeVarType,
    get_proper_type,
)

from celery_registry.mypy import attachments, expressions, typeops, unreliable_types
from celery_registry.mypy.checks.arguments import read_arguments
from celery_registry.mypy.checks.bound_methods import check_called_partial
from celery_registry.mypy.checks.callee import callee_name
from celery_registry.mypy.checks.containers import check_complete
from celery_registry.mypy.checks.known_results import typed, with_result
from celery_registry.mypy.facts.only_values import only_value
from celery_registry.mypy.facts.statements import assigned_in_class
from celery_registry.source.fullnames import DIRECT_METHODS, TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import Expression, SymbolNode
    from mypy.plugin import CheckerPluginInterface, FunctionSigContext
    from mypy.types import FunctionLike, Type, TypeVarId

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["Callbacks", "is_method_of_task", "takes_callables"]

#: The module of the class that mypy asks for hooks.
_OURS: Final = "celery_registry.mypy.hooks"
_METHODS: Final = ("delay", "apply_async")


def takes_callables(node: SymbolNode | None) -> bool:
    """Whether a function may be given a task, or a task's method, of which it says what it must take."""
    if not isinstance(node, (Decorator, FuncDef)):
        return False
    type = get_proper_type(node.type)
    return isinstance(type, CallableType) and any(
        _is_callable(item) for argument in type.arg_types for item in typeops.union_items(argument)
    )


def is_method_of_task(node: SymbolNode | None) -> bool:
    """Whether a name of a module is a method of a task."""
    type = get_proper_type(node.type) if isinstance(node, Var) else None
    return isinstance(type, CallableType) and _method_of_task(type) is not None


def _is_callable(type: Type) -> bool:
    proper = get_proper_type(type)
    return isinstance(proper, CallableType) or (isinstance(proper, Instance) and proper.type.has_base(TASK_FULLNAME))


def _method_of_task(callee: CallableType) -> str | None:
    """``delay`` or ``apply_async`` of Celery's own class of tasks."""
    method = callee.definition
    if not isinstance(method, FuncDef) or not method.info or method.info.fullname != TASK_FULLNAME:
        return None
    return method.name if method.name in _METHODS else None


class Callbacks:
    """The handler for calls that take a value, and of names that are one."""

    def __init__(self, signatures: Signatures) -> None:
        self._signatures = signatures

    def signature(self, context: MethodSigContext | FunctionSigContext) -> FunctionLike:
        """The callee's signature, with the parameters of the tasks that it is given."""
        call = context.context
        default = _without_us(context)
        if not isinstance(call, CallExpr) or not isinstance(default, CallableType):
            return default
        if isinstance(call.callee, NameExpr) and isinstance(call.callee.node, Var):
            return self._of_name(context, call, call.callee.node, default)
        if isinstance(call.callee, MemberExpr) and _method_of_task(default) == "delay":
            return self._of_attribute(context, call.callee, default)
        return self._of_callee(context.api, call, context.args, default)

    def _of_callee(
        self, api: CheckerPluginInterface, call: CallExpr, args: list[list[Expression]], default: CallableType
    ) -> CallableType:
        known: dict[TypeVarId, Type] = {}
        for formal, actuals in zip(default.arg_types, args, strict=False):
            for actual in actuals:
                if isinstance(actual, CallExpr) and _wants_no_arguments(formal):
                    check_called_partial(api, actual, self._signatures)
                value = self._value(api, actual)
                if value is None:
                    continue
                if isinstance(value, Instance) and _wants_callable(formal):
                    value = _called(value)
                bound = _bound(formal, value)
                known.update(bound)
                if not bound and isinstance(value, CallableType):
                    _check_value(api, call, actual, value, formal, default)
        # What is made of the parameters goes on to where two tasks may meet, and mypy joins them to nothing.
        if not known or _gives_parameters(default):
            return default
        expanded = get_proper_type(expand_type(default, known))
        if not isinstance(expanded, CallableType):
            return default
        expanded = expanded.copy_modified(variables=[v for v in expanded.variables if v.id not in known])
        return unreliable_types.ignore_unreliable(api, expanded, call)

    def _of_name(
        self, context: MethodSigContext | FunctionSigContext, call: CallExpr, name: Var, default: CallableType
    ) -> CallableType:
        """``send(...)`` where ``send = task.delay`` is the only value of ``send``."""
        method = _method_of_task(default)
        value = None if method is None else only_value(expressions.checker(context.api), name)
        if not isinstance(value, MemberExpr) or value.name != method:
            return default
        if method == "delay":
            precise = self._value(context.api, value)
            if not isinstance(precise, CallableType):
                return default
            return unreliable_types.ignore_unreliable(context.api, precise, call)
        task = typeops.find_task(expressions.type_of(context.api, value.expr))
        signature = None if task is None else self._signatures.of_task(context.api, task, value.expr)
        if signature is not None and not any(kind.is_star() for kind in call.arg_kinds):
            named = typeops.named_after(signature, value.expr)
            positional = expressions.written_argument(call, 0, "args")
            keywords = expressions.written_argument(call, 1, "kwargs")
            for arguments in read_arguments(context.api, positional, keywords, call):
                check_complete(context.api, named, arguments)
            return default.copy_modified(ret_type=typed(context, default.ret_type, signature.ret_type))
        return default

    def _of_attribute(
        self, context: MethodSigContext | FunctionSigContext, member: MemberExpr, default: CallableType
    ) -> CallableType:
        """``self.send(days=1)`` where ``self.send = registry.x.delay``: what stock refuses for want of names.

        Whoever holds the object may put another task there, so nothing that mypy alone accepts is refused.
        """
        owner = get_proper_type(context.type) if isinstance(context, MethodSigContext) else None
        chk = expressions.checker(context.api)
        if not isinstance(owner, Instance) or default.is_ellipsis_args or any(default.arg_names):
            return default
        info = next((base for base in owner.type.mro if member.name in base.names), None)
        if info is None or info.module_name != chk.tree.fullname:
            return default
        value = assigned_in_class(info.defn, member.name)
        if not isinstance(value, MemberExpr) or value.name != "delay" or not isinstance(value.expr, MemberExpr):
            return default
        # Asked anew, so that the daemon knows that this place, too, depends on the implementation.
        task = typeops.find_task(expressions.own_type_of(context.api, value.expr))
        if task is None or not attachments.is_attached(task):
            return default
        signature = self._signatures.of_task(context.api, task, value.expr)
        if signature is None or len(signature.arg_types) != len(default.arg_types):
            return default
        if not all(kind.is_positional() for kind in signature.arg_kinds):
            return default
        return default.copy_modified(arg_kinds=signature.arg_kinds, arg_names=signature.arg_names)

    def _value(self, api: CheckerPluginInterface, expression: Expression) -> CallableType | Instance | None:
        """A task of ``@app.task`` with its parameters, or its ``delay``; None for every other value."""
        if not isinstance(expression, (NameExpr, MemberExpr)):
            return None
        owner = expression.expr if isinstance(expression, MemberExpr) and expression.name in DIRECT_METHODS else None
        task = typeops.find_task(expressions.type_of(api, owner if owner is not None else expression))
        if task is None or not attachments.is_decorated(task):
            return None
        signature = self._signatures.of_task(api, task, owner if owner is not None else expression)
        if signature is None or signature.variables:
            return None
        if owner is None:
            parameters = Parameters(signature.arg_types, signature.arg_kinds, signature.arg_names)
            return task.copy_modified(args=[parameters, signature.ret_type])
        stock = get_proper_type(expressions.type_of(api, expression))
        if not isinstance(stock, CallableType):
            return None
        result = get_proper_type(stock.ret_type)
        return stock.copy_modified(
            arg_types=signature.arg_types,
            arg_kinds=signature.arg_kinds,
            arg_names=signature.arg_names,
            ret_type=signature.ret_type if isinstance(result, AnyType) else with_result(result, signature.ret_type),
            name=callee_name(stock.name or expression.name, task, owner, signature),
        )


def _bound(formal: Type, value: CallableType | Instance) -> dict[TypeVarId, Type]:
    """What the type variables of ``Task[P, R]`` or ``Callable[P, R]`` are for a value."""
    wanted = get_proper_type(formal)
    if isinstance(wanted, Instance) and isinstance(value, Instance) and len(wanted.args) == len(value.args) == 2:
        parameters, result = get_proper_type(wanted.args[0]), get_proper_type(wanted.args[1])
        given: tuple[Type, Type] = value.args[0], value.args[1]
    elif isinstance(wanted, CallableType) and isinstance(value, CallableType) and len(wanted.arg_types) == 2:
        found = wanted.param_spec()
        if found is None:
            return {}
        parameters, result = found, get_proper_type(wanted.ret_type)
        given = Parameters(value.arg_types, value.arg_kinds, value.arg_names), value.ret_type
    else:
        return {}
    if not isinstance(parameters, ParamSpecType) or parameters.prefix.arg_types:
        return {}
    known: dict[TypeVarId, Type] = {parameters.id: given[0]}
    if isinstance(result, TypeVarType):
        known[result.id] = given[1]
    return known


def _gives_parameters(callee: CallableType) -> bool:
    """Whether a function gives back something with the parameters that it was given."""
    result = get_proper_type(callee.ret_type)
    if isinstance(result, Instance):
        return any(isinstance(get_proper_type(argument), (ParamSpecType, Parameters)) for argument in result.args)
    return isinstance(result, CallableType)


def _wants_callable(formal: Type) -> bool:
    return any(isinstance(item, CallableType) for item in typeops.union_items(formal))


def _wants_no_arguments(formal: Type) -> bool:
    """Whether what is given is called without an argument."""
    items = [get_proper_type(item) for item in typeops.union_items(formal)]
    wanted = [item for item in items if isinstance(item, CallableType)]
    return bool(wanted) and not any(item.arg_types or item.is_ellipsis_args for item in wanted)


def _called(task: Instance) -> CallableType:
    """A task that is called as its function is."""
    parameters = get_proper_type(task.args[0])
    assert isinstance(parameters, Parameters)
    return typeops.callable_from(parameters, task.args[1], typeops.base_function(task))


def _check_value(
    api: CheckerPluginInterface,
    call: CallExpr,
    actual: Expression,
    value: CallableType,
    formal: Type,
    callee: CallableType,
) -> None:
    """Let mypy judge one argument; the others are its own business."""
    if any(isinstance(get_proper_type(item), (TypeVarType, ParamSpecType)) for item in typeops.union_items(formal)):
        return
    wanted = [get_proper_type(item) for item in typeops.union_items(formal)]
    if any(isinstance(item, CallableType) and _is_generic(item, callee) for item in wanted) or is_subtype(
        value, formal
    ):
        return
    index = next((i for i, argument in enumerate(call.args) if argument is actual), None)
    if index is None or call.arg_kinds[index].is_star():
        return
    unknown = typeops.any_type()
    name = call.arg_names[index]
    before = 0 if name is not None else index
    kind = ARG_POS if name is None else ARG_NAMED
    taking = callee.copy_modified(
        arg_types=[*[unknown] * before, formal],
        arg_kinds=[*[ARG_POS] * before, kind],
        arg_names=[*[None] * before, name],
        ret_type=unknown,
        variables=[],
    )
    nodes = [*(expressions.temporary(unknown, actual) for _ in range(before)), expressions.temporary(value, actual)]
    names = [*[None] * before, name]
    expressions.check_arguments(api, taking, nodes, [*[ARG_POS] * before, kind], names, actual)


def _is_generic(type: CallableType, callee: CallableType) -> bool:
    """Whether mypy has to find out what a parameter's type is: that depends on the other arguments."""
    own = {variable.id for variable in callee.variables}
    parts = [*type.arg_types, type.ret_type]
    return bool(own) and (
        type.param_spec() is not None
        or any(isinstance(get_proper_type(part), (TypeVarType, ParamSpecType)) for part in parts)
        or not all(isinstance(get_proper_type(part), (AnyType, Instance)) for part in parts)
    )


def _without_us(context: MethodSigContext | FunctionSigContext) -> FunctionLike:
    """The signature as the other plugins have it; mypy asks one plugin alone."""
    is_method = isinstance(context, MethodSigContext)
    hook_of = "get_method_signature_hook" if is_method else "get_function_signature_hook"
    call = context.context
    callee = call.callee if isinstance(call, CallExpr) else None
    name = callee.fullname if isinstance(callee, RefExpr) else ""
    owner = get_proper_type(context.type) if isinstance(context, MethodSigContext) else None
    if isinstance(owner, Instance) and isinstance(callee, MemberExpr):
        name = f"{owner.type.fullname}.{callee.name}"
    others: Any = getattr(expressions.checker(context.api).plugin, "_plugins", ())
    for plugin in others:
        if type(plugin).__module__ == _OURS or not name:
            continue
        hook = getattr(plugin, hook_of)(name)
        if hook is not None:
            found: FunctionLike = hook(context)
            return found
    return context.default_signature
