"""``link_error=task.s()``, ``.link_error()``, ``.on_error()`` and ``.link()``: what Celery calls when a task has ended.

Law: knows what Celery gives an errback (celery.backends.base.Backend._call_task_errbacks): the id of the task, or the
request, the exception and the traceback where the errback takes more than one argument. The verdict and the words are
mypy's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mypy.nodes import ARG_POS, ARG_STAR, CallExpr, ListExpr, MemberExpr, TupleExpr
from mypy.types import Instance, get_proper_type

from celery_registry.contract.errbacks import FAILURE, errback_rule, given_to_errback
from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.checks.canvas import check_link, fed_by
from celery_registry.mypy.checks.containers import check_complete, fits_partially
from celery_registry.mypy.checks.feeding import check_fed, fits_values, signature_calls_of_errback, written_arguments
from celery_registry.mypy.checks.groups import gives_group
from celery_registry.mypy.checks.known_results import certain_type, known_result, typed
from celery_registry.mypy.checks.options import check_set
from celery_registry.mypy.emit import emit_note
from celery_registry.source.fullnames import CHORD_FULLNAMES, SIGNATURE_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface, FunctionContext, MethodContext
    from mypy.types import CallableType, Type

    from celery_registry.mypy.checks.arguments import Arguments
    from celery_registry.mypy.facts.signatures import Signatures

__all__ = [
    "check_callback",
    "check_errback",
    "check_errbacks",
    "check_given_errbacks",
    "check_option_set",
    "fed_to_link",
]


def check_errbacks(api: CheckerPluginInterface, call: CallExpr, signatures: Signatures) -> None:
    """``apply_async(link_error=task.s())``, one or several."""
    link = expressions.written_argument(call, -1, "link_error")
    for errback in link.items if isinstance(link, (ListExpr, TupleExpr)) else [link]:
        if errback is not None:
            _check(api, errback, signatures)


def check_given_errbacks(context: MethodContext | FunctionContext, signatures: Signatures) -> Type:
    """``chain(..., link_error=task.s())``, and whatever else keeps it as an option of what it makes."""
    if isinstance(context.context, CallExpr):
        check_errbacks(context.api, context.context, signatures)
    return context.default_return_type


def check_errback(context: MethodContext, signatures: Signatures) -> Type:
    """``signature.link_error(task.s())`` and ``signature.on_error(task.s())``."""
    call = context.context
    if isinstance(call, CallExpr) and len(call.args) == 1 and call.arg_kinds[0] == ARG_POS:
        _check(context.api, call.args[0], signatures)
    return context.default_return_type


def check_callback(context: MethodContext, signatures: Signatures) -> Type:
    """``signature.link(task.s())``: the callback is fed the result, as ``link=`` is."""
    call = context.context
    if not isinstance(call, CallExpr) or not isinstance(call.callee, MemberExpr):
        return context.default_return_type
    if len(call.args) == 1 and call.arg_kinds[0] == ARG_POS:
        fed = fed_to_link(context.api, call.callee.expr)
        if fed is not None:
            check_fed(context.api, call.args[0], fed, signatures)
    return context.default_return_type


def fed_to_link(api: CheckerPluginInterface, flow: Expression) -> Type | None:
    """What a callback of this is given: the result of its last task. None where that is a group, or not known.

    Which members of a group call back is the release's business; a chord without a body cannot run.
    """
    type = get_proper_type(certain_type(api, flow))
    if not isinstance(type, Instance) or gives_group(type) is not False:
        return None
    is_made_here = type.type.fullname in CHORD_FULLNAMES and isinstance(flow, CallExpr)
    if is_made_here and expressions.written_argument(cast("CallExpr", flow), 1, "body") is None:
        return None
    return fed_by(type)


def check_option_set(context: MethodContext, signatures: Signatures) -> Type:
    """``signature.set(link_error=task.s())``, whose other options are those of ``apply_async``."""
    call, default = context.context, check_set(context)
    if not isinstance(call, CallExpr):
        return default
    check_errbacks(context.api, call, signatures)
    fed = fed_to_link(context.api, call.callee.expr) if isinstance(call.callee, MemberExpr) else None
    if fed is not None:
        check_link(context.api, call, fed, signatures)
    made = typeops.find_instance(context.type, SIGNATURE_FULLNAME)
    if made is None or made.type.fullname != SIGNATURE_FULLNAME or not isinstance(call.callee, MemberExpr):
        return default
    return typed(context, default, known_result(context.api, call.callee.expr))


def _check(api: CheckerPluginInterface, errback: Expression, signatures: Signatures) -> None:
    for call in signature_calls_of_errback(errback):
        if not isinstance(call.callee, MemberExpr) or call.callee.name != "s":
            continue
        signature = signatures.of_call(api, expressions.type_of(api, call.callee.expr), call)
        if signature is None:
            continue
        own = written_arguments(api, call)
        if not fits_partially(api, signature, own):
            # That is told where it is written, whatever it is given besides.
            continue
        identity: list[Type] = [api.named_generic_type("builtins.str", [])]
        failure: list[Type] = [typeops.any_type()] * 3
        numbers = _numbers(signature, signatures.is_bound(call.callee.expr), own)
        ways = [failure if number == FAILURE else identity for number in numbers]
        if any(fits_values(api, signature, way, own) for way in ways):
            continue
        values: list[Expression] = [expressions.temporary(value, own.context) for value in ways[0]]
        check_complete(api, signature, own.prepended(values))
        emit_note(errback_rule(typeops.positional_count(signature), numbers), api, own.context)


def _numbers(signature: CallableType, bound: bool | None, own: Arguments) -> tuple[int, ...]:
    """How many values Celery may give, the likelier number first."""
    return given_to_errback(
        typeops.positional_count(signature),
        any_number=ARG_STAR in signature.arg_kinds,
        has_own=bool(own.expressions),
        bound=bound,
    )
