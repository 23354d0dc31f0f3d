"""``task(...)``, ``run``, ``delay``, ``delay_on_commit`` and ``si``: the task's own parameters.

Law: gives mypy the one precise callable; the verdict and the words are mypy's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import ARG_STAR2, CallExpr, MemberExpr
from mypy.types import AnyType, Instance, NoneType, get_proper_type

from celery_registry.mypy import attachments, expressions, task_methods, typeops, unreliable_types
from celery_registry.mypy.checks.callee import callee_name, renamed
from celery_registry.mypy.checks.known_results import typed
from celery_registry.mypy.checks.options import refuse_options
from celery_registry.mypy.checks.results import abortable_result
from celery_registry.mypy.facts.signatures import called_on
from celery_registry.source.fullnames import UNSEEN_TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.plugin import MethodSigContext
    from mypy.types import CallableType, FunctionLike

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["direct_signature"]


def direct_signature(context: MethodSigContext, signatures: Signatures) -> FunctionLike:
    """The parameters of the task in place of the stub's ``*args: P.args, **kwargs: P.kwargs``."""
    default = context.default_signature
    task = typeops.find_task(context.type)
    if task is None:
        return default
    # DjangoTask.delay_on_commit sends nothing yet, so it has no result (Celery documentation, *First steps with Django*).
    on_commit = default.name is not None and default.name.startswith("delay_on_commit")
    if on_commit and task_methods.overrides(task.type, "delay_on_commit") is None:
        default = default.copy_modified(ret_type=NoneType())
    if not signatures.needs_hook(task):
        signatures.record_checked(context.api, context.context, default)
        default = _named(context, default, task)
        return _without_options(context, default, default)
    signature = signatures.of_call(context.api, task, context.context)
    if signature is None:
        return _named(context, default, task)
    default = _named(context, default, task, signature)
    signature = _without_options(context, _with_given_names(context, signature), default)
    if isinstance(context.context, CallExpr) and _is_open(default):
        # mypy alone looks at no value here, so what it infers wrongly must not become an error.
        signature = unreliable_types.ignore_unreliable(context.api, signature, context.context)
    # Only __call__ and run give the result itself; the rest wrap it.
    result = get_proper_type(default.ret_type)
    if _is_own(context, task) or task.type.fullname == UNSEEN_TASK_FULLNAME:
        # What a method of its own gives is its own business; what mypy alone sees as Any stays Any.
        signature = signature.copy_modified(ret_type=default.ret_type)
    elif isinstance(result, AnyType):
        result = get_proper_type(signature.ret_type)
    return default.copy_modified(
        ret_type=abortable_result(context.api, task, typed(context, result, signature.ret_type)),
        arg_types=signature.arg_types,
        arg_kinds=signature.arg_kinds,
        arg_names=signature.arg_names,
        variables=[*default.variables, *signature.variables],
    )


def _is_own(context: MethodSigContext, task: Instance) -> bool:
    call = context.context
    if not isinstance(call, CallExpr):
        return False
    _, method = called_on(expressions.checker(context.api), call.callee)
    return method != "run" and task_methods.overrides(task.type, method) is not None


def _with_given_names(context: MethodSigContext, signature: CallableType) -> CallableType:
    """The declaration of a task whose function is not seen: each strange name fills one parameter, of any type.

    ``Task[[int, str], None]`` says how many parameters there are, and the function, which knows their names, is elsewhere.
    """
    call, task = context.context, typeops.find_task(context.type)
    if not isinstance(call, CallExpr) or not typeops.has_unknown_names(signature):
        return signature
    # A variable of this type may hold any task, and mypy refuses names there, as for a Callable.
    if task is None or (attachments.attached_signature(task) is None and not _is_of_protocol(context, call)):
        return signature
    strange = sum(name is not None and name not in signature.arg_names for name in call.arg_names)
    if ARG_STAR2 in call.arg_kinds:
        strange = len(signature.arg_names)
    return typeops.with_any_names(signature, strange) if strange else signature


def _is_of_protocol(context: MethodSigContext, call: CallExpr) -> bool:
    """Whether the task is a member of a Protocol: a registry may stand behind it, whose functions have names."""
    chk = expressions.checker(context.api)
    written, _ = called_on(chk, call.callee)
    if not isinstance(written, MemberExpr) or not chk.has_type(written.expr):
        return False
    owner = get_proper_type(chk.lookup_type(written.expr))
    member = owner.type.get_containing_type_info(written.name) if isinstance(owner, Instance) else None
    return member is not None and member.is_protocol


def _is_open(default: CallableType) -> bool:
    """Whether the stub's ``*args: P.args, **kwargs: P.kwargs`` takes anything."""
    return all(isinstance(get_proper_type(type), AnyType) for type in default.arg_types)


def _named(
    context: MethodSigContext, default: CallableType, task: Instance, known: CallableType | None = None
) -> CallableType:
    call = context.context
    if not isinstance(call, CallExpr) or default.name is None:
        return default
    written, _ = called_on(expressions.checker(context.api), call.callee)
    return renamed(default, task, callee_name(default.name, task, written, known))


def _without_options(context: MethodSigContext, signature: CallableType, default: CallableType) -> CallableType:
    """The ``signature`` with what is no parameter reported, under the name of ``default``."""
    call = context.context
    if not isinstance(call, CallExpr) or not any(call.arg_names):
        return signature
    _, method = called_on(expressions.checker(context.api), call.callee)
    return refuse_options(context.api, call, signature, default.name or f"{method} of Task", method)
