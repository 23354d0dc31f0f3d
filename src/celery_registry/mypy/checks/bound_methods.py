"""``d = registry.x.delay`` and ``partial(registry.x.delay, to=...)``: a task's method that is not called on the spot.

Law: gives the names of the parameters where the value can be no other task's; everywhere else the type stays as the
user declared it, so that what mypy alone accepts stays accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mypy.errorcodes import CALL_ARG
from mypy.nodes import AssignmentStmt, CallExpr, MemberExpr, NameExpr, RefExpr
from mypy.types import CallableType, Instance, Parameters, ParamSpecType, get_proper_type

from celery_registry.contract.options import misspelt_options
from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.checks.arguments import Arguments, read_arguments
from celery_registry.mypy.checks.callee import callee_name, show_callee
from celery_registry.mypy.checks.containers import check_complete
from celery_registry.mypy.facts.statements import ValueUses, only_has_attributes
from celery_registry.source.fullnames import DIRECT_METHODS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import Context
    from mypy.plugin import AttributeContext, CheckerPluginInterface, FunctionContext
    from mypy.types import Type

    from celery_registry.mypy.facts.registry_class import TaskAnnotation
    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["check_called_partial", "check_partial_function", "named_property"]

#: The module of the class that mypy asks for hooks.
_OURS: Final = "celery_registry.mypy.hooks"
_CHECKED = DIRECT_METHODS | {"apply_async", "apply_async_on_commit", "apply"}


def named_property(
    context: AttributeContext, annotation: TaskAnnotation, signatures: Signatures, uses: ValueUses
) -> Type:
    """The type of ``registry.x``, with the names as parameters in ``registry.x.delay`` where that is a value of its own."""
    chk = expressions.checker(context.api)
    # mypy takes the attachment off a type that it joins with another: it must be no other expression's type.
    default = annotation.of_use(context.default_attr_type, chk, _fullname(context))
    use = uses.find(chk, context.context)
    if use is None or not _is_value(chk, use, context.context):
        return default
    task = typeops.find_task(default)
    if task is None or attachments.attached_signature(task) is None or len(task.args) != 2:
        return default
    signature = signatures.of_task(context.api, task, None)
    if signature is None:
        return default
    parameters = Parameters(signature.arg_types, signature.arg_kinds, signature.arg_names)
    return attachments.without_attachment(task.copy_modified(args=[parameters, task.args[1]]))


def _fullname(context: AttributeContext) -> str | None:
    """The dotted name of the property that is used, in the class that defines it."""
    owner = get_proper_type(context.type)
    if not isinstance(owner, Instance) or not isinstance(context.context, MemberExpr):
        return None
    home = owner.type.get_containing_type_info(context.context.name)
    return None if home is None else f"{home.fullname}.{context.context.name}"


def _is_value(chk: TypeChecker, use: MemberExpr | CallExpr | AssignmentStmt, task: Context) -> bool:
    """Whether a task is used where its names can do no harm: no list or branch joins it with another."""
    if isinstance(use, MemberExpr):
        return use.name in DIRECT_METHODS
    if isinstance(use, CallExpr):
        # ``enqueue(registry.x, to="a")``: what a ParamSpec takes apart is put together in the same call.
        callee = get_proper_type(chk.lookup_type(use.callee)) if chk.has_type(use.callee) else None
        return isinstance(callee, CallableType) and any(isinstance(v, ParamSpecType) for v in callee.variables)
    target = use.lvalues[0]
    return use.rvalue is task and isinstance(target, NameExpr) and only_has_attributes(chk, target)


def type_without_us(context: FunctionContext) -> Type:
    """What ``partial(...)`` is to the other plugins; mypy asks one plugin alone, its own after all others."""
    others: Any = getattr(expressions.checker(context.api).plugin, "_plugins", ())
    for plugin in others:
        hook = None if type(plugin).__module__ == _OURS else plugin.get_function_hook("functools.partial")
        if hook is not None:
            type_: Type = hook(context)
            return type_
    return context.default_return_type


def check_partial_function(context: FunctionContext, signatures: Signatures) -> Type:
    """``functools.partial(task.apply_async, args, kwargs)``: the containers hold the task's own parameters."""
    call = context.context
    function = call.args[0] if isinstance(call, CallExpr) and call.args else None
    if not isinstance(call, CallExpr) or not isinstance(function, MemberExpr) or function.name not in _CHECKED:
        return type_without_us(context)
    receiver = typeops.find_task(expressions.type_of(context.api, function.expr))
    if receiver is None or any(kind.is_star() for kind in call.arg_kinds):
        return type_without_us(context) if receiver is None else context.default_return_type
    if function.name in DIRECT_METHODS:
        # Where celery-types knows the parameters mypy's own plugin checks them.
        if attachments.is_decorated(receiver):
            _check(context, signatures, receiver, function, [_after_function(call)])
        return type_without_us(_named(context, receiver, function))
    if function.name != "apply":
        _check_options(context, call, receiver, function)
    positional = expressions.written_argument(call, 1, "args")
    keywords = expressions.written_argument(call, 2, "kwargs")
    if positional is not None or keywords is not None:
        given = read_arguments(context.api, positional, keywords, call)
        _check(context, signatures, receiver, function, given)
    return context.default_return_type


def check_called_partial(api: CheckerPluginInterface, call: CallExpr, signatures: Signatures) -> None:
    """``on_commit(partial(task.delay, 1))``: what calls it gives nothing more, so it must be complete."""
    function = call.args[0] if call.args else None
    if not isinstance(call.callee, RefExpr) or call.callee.fullname != "functools.partial":
        return
    if (
        not isinstance(function, MemberExpr)
        or function.name not in _CHECKED
        or any(k.is_star() for k in call.arg_kinds)
    ):
        return
    task = typeops.find_task(expressions.type_of(api, function.expr))
    if task is None or signatures.is_own(task, function.name):
        return
    signature = signatures.of_task(api, task, function.expr)
    if signature is None:
        return
    if function.name in DIRECT_METHODS:
        given = [_after_function(call)]
    else:
        positional, keywords = (expressions.written_argument(call, at, n) for at, n in ((1, "args"), (2, "kwargs")))
        given = read_arguments(api, positional, keywords, call)
    signature = typeops.named_after(signature, function.expr)
    for arguments in given:
        rows = arguments.expressions, arguments.kinds, arguments.names, arguments.context
        # What fits nowhere is told where the partial is made.
        if expressions.fits_silently(api, typeops.optional_positionals(signature), *rows):
            check_complete(api, signature, arguments)


def _check_options(context: FunctionContext, call: CallExpr, receiver: Instance, function: MemberExpr) -> None:
    """Report an option that is spelled almost like one of Celery's: ``partial`` takes any."""
    method = get_proper_type(context.arg_types[0][0])
    if not isinstance(method, CallableType):
        return
    given = {name: argument for argument, name in zip(call.args, call.arg_names, strict=True) if name is not None}
    for name, nearest in misspelt_options(given, filter(None, method.arg_names)).items():
        shown = show_callee(callee_name(f"{function.name} of Task", receiver, function.expr))
        message = f'Unexpected keyword argument "{name}" for {shown}; did you mean "{nearest}"?'
        context.api.fail(message, given[name], code=CALL_ARG)


def _named(context: FunctionContext, receiver: Instance, function: MemberExpr) -> FunctionContext:
    """The same with the task's name for the messages of mypy's own plugin."""
    method = get_proper_type(context.arg_types[0][0])
    if not isinstance(method, CallableType) or method.name is None:
        return context
    named = method.copy_modified(name=callee_name(method.name, receiver, function.expr))
    return context._replace(arg_types=[[named], *context.arg_types[1:]])


def _check(
    context: FunctionContext,
    signatures: Signatures,
    receiver: Instance,
    function: MemberExpr,
    given: Sequence[Arguments],
) -> None:
    """What is given now cannot be moved; what is missing may come later."""
    signature = signatures.of_task(context.api, receiver, function.expr)
    if signature is not None:
        named = typeops.optional_positionals(typeops.named_after(signature, function.expr))
        for arguments in given:
            check_complete(context.api, named, arguments)


def _after_function(call: CallExpr) -> Arguments:
    arguments = Arguments(call)
    for row in zip(call.args[1:], call.arg_kinds[1:], call.arg_names[1:], strict=True):
        arguments.add(*row)
    return arguments
