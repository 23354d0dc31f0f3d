"""``apply_async``, ``apply``, ``signature``, ``subtask``, ``retry`` and the methods like them on a task.

Law: finds ``args=`` and ``kwargs=`` among what was written and says which method must be complete.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import ARG_STAR, ARG_STAR2, CallExpr, MemberExpr, NameExpr
from mypy.types import NoneType, UnionType, get_proper_type

from celery_registry.mypy import attachments, expressions, task_methods, typeops
from celery_registry.mypy.checks.arguments import read_arguments
from celery_registry.mypy.checks.callee import callee_name, renamed
from celery_registry.mypy.checks.canvas import check_link
from celery_registry.mypy.checks.containers import check_complete, check_partial
from celery_registry.mypy.checks.errbacks import check_errbacks
from celery_registry.mypy.checks.known_results import typed
from celery_registry.mypy.checks.options import RelaxedFormals, check_unknown_options, name_options, relax_options
from celery_registry.mypy.checks.results import abortable_result, mark_ignored
from celery_registry.mypy.checks.single_values import is_single
from celery_registry.source.fullnames import UNSEEN_TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import Context, Expression
    from mypy.plugin import MethodContext, MethodSigContext
    from mypy.types import FunctionLike, Instance, Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["check_containers", "container_signature"]

#: Methods that return a signature, which a chain or a later call may complete.
_PARTIAL = frozenset({"signature", "subtask"})


def container_signature(context: MethodSigContext, cache: dict[str, RelaxedFormals]) -> FunctionLike:
    """The stub's signature, relaxed to what Celery takes."""
    task, default, call = typeops.find_task(context.type), context.default_signature, context.context
    if task is None or _is_own(task, call):
        return default
    if task.type.fullname == UNSEEN_TASK_FULLNAME:
        return renamed(default, task, default.name or "")
    relaxed = relax_options(context, cache)
    if default.name is not None and isinstance(call, CallExpr) and isinstance(call.callee, MemberExpr):
        relaxed = relaxed.copy_modified(name=callee_name(default.name, task, call.callee.expr))
    if default.name is not None and default.name.startswith("apply_async_on_commit"):
        return relaxed.copy_modified(ret_type=NoneType())
    return relaxed


def check_containers(context: MethodContext, method: str, signatures: Signatures) -> Type:
    """Check what ``args=`` and ``kwargs=`` hold against the parameters of the task."""
    task = typeops.find_task(context.type)
    call = context.context
    if task is None or not isinstance(call, CallExpr):
        return context.default_return_type
    own = _is_own(task, call)
    if own and signatures.is_own(task, method):
        return context.default_return_type
    default = context.default_return_type
    signature = signatures.of_call(context.api, task, call)
    if isinstance(call.callee, MemberExpr):
        name = callee_name(f"{method} of Task", task, call.callee.expr, signature)
        # A method of its own may take a parameter's name for an option.
        known = signatures.own_options(task, method) if own else frozenset[str]()
        check_unknown_options(context, call, None if own else signature, name, known)
    if signature is not None and not own:
        default = typed(context, default, signature.ret_type)
    if method == "apply_async" and not own:
        default = abortable_result(context.api, task, mark_ignored(call, default))
    result = attachments.result_of(default)
    if result is not None:
        check_link(context.api, call, result, signatures)
    check_errbacks(context.api, call, signatures)
    positional = expressions.written_argument(call, 0, "args")
    keywords = expressions.written_argument(call, 1, "kwargs")
    if is_single(context.api, positional, signature):
        return default
    if signature is None:
        # A text is no list of arguments, whatever the task takes.
        read_arguments(context.api, positional, None, call)
    if signature is None or _is_one_of_several(context, call):
        return default
    if method == "retry" and positional is None and keywords is None:
        return default
    splat = ARG_STAR in call.arg_kinds or ARG_STAR2 in call.arg_kinds
    replaces = method == "retry" and positional is not None and keywords is None
    if replaces:
        # The names that the request was given stay, and what is keyword-only can have come by no other way.
        signature = typeops.optional_keywords(signature)
    for arguments in read_arguments(context.api, positional, keywords, call):
        if splat or method == "retry":
            # args or kwargs may come out of ``**options``; retry() takes what is missing from the request.
            arguments.open_positional = arguments.open_positional or positional is None
            arguments.open_keyword = arguments.open_keyword or (keywords is None and (splat or not replaces))
        if method in _PARTIAL and not _is_true(expressions.written_argument(call, -1, "immutable")):
            check_partial(context.api, signature, arguments)
        else:
            check_complete(context.api, signature, arguments)
        name_options(context.api, arguments.names, signature, method, arguments.context)
    return default


def _is_own(task: Instance, call: Context) -> bool:
    """Whether the task's class has a method of its own in place of Celery's."""
    callee = call.callee if isinstance(call, CallExpr) else None
    return isinstance(callee, MemberExpr) and task_methods.overrides(task.type, callee.name) is not None


def _is_one_of_several(context: MethodContext, call: CallExpr) -> bool:
    """Whether mypy looks at one of several tasks, whose arguments may depend on the same condition."""
    receiver = call.callee.expr if isinstance(call.callee, MemberExpr) else None
    type = None if receiver is None else get_proper_type(expressions.type_of(context.api, receiver))
    return isinstance(type, UnionType) and len(typeops.union_items(type)) > 1


def _is_true(expression: Expression | None) -> bool:
    return isinstance(expression, NameExpr) and expression.fullname == "builtins.True"
