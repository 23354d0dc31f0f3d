"""What a signature, a chain, a group or a chord gives that is run: ``delay``, ``apply_async``, ``apply`` and a call.

Law: it must be complete now, and gives what was attached to it where the canvas was built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.errorcodes import CALL_ARG
from mypy.nodes import CallExpr, ConditionalExpr, ListExpr, MemberExpr, OpExpr, TupleExpr
from mypy.types import AnyType, Instance, get_proper_type

from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.checks.canvas import check_link
from celery_registry.mypy.checks.errbacks import check_errbacks, fed_to_link
from celery_registry.mypy.checks.feeding import check_given, check_given_partly, given_by_call
from celery_registry.mypy.checks.groups import gives_group, group_result, of_chain, of_chord
from celery_registry.mypy.checks.known_results import is_certain, typed
from celery_registry.mypy.checks.results import mark_ignored
from celery_registry.mypy.emit import emit_note
from celery_registry.source.fullnames import (
    ASYNC_RESULT_FULLNAME,
    CHORD_FULLNAMES,
    GROUP_FULLNAME,
    SIGNATURE_FULLNAME,
)

if TYPE_CHECKING:
    from mypy.nodes import Context
    from mypy.plugin import CheckerPluginInterface, MethodContext
    from mypy.types import Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["check_clone", "check_run"]

#: What ``apply_async`` of a group refuses (celery.canvas.group), and what Celery says to do.
_OF_A_GROUP: Final = {
    "link": "a chord runs a task after all of it",
    "link_error": "say it of each member, or call link_error() of the group",
}


def check_run(context: MethodContext, method: str, signatures: Signatures) -> Type:
    """``delay``, ``apply_async``, ``apply`` or a call of a signature, chain, group or chord: it must be complete now.

    It gives what was attached to it.
    """
    maker = get_proper_type(context.type)
    is_chord = isinstance(maker, Instance) and maker.type.fullname in CHORD_FULLNAMES and method != "apply"
    if method == "apply_async" and isinstance(context.context, CallExpr) and isinstance(maker, Instance):
        _check_callbacks(context.api, context.context, maker, signatures)
    given = _given_by_run(context, method, signatures)
    return of_chord(given) if is_chord else given


def check_clone(context: MethodContext, signatures: Signatures) -> Type:
    """``signature.clone(args, kwargs)``: a copy that is given more, before its own and in place of it."""
    call = context.context
    if isinstance(call, CallExpr) and isinstance(call.callee, MemberExpr):
        check_errbacks(context.api, call, signatures)
        if isinstance(call.callee.expr, (CallExpr, OpExpr)) and call.args:
            for given in given_by_call(context.api, call, "clone"):
                check_given_partly(context.api, call.callee.expr, given, signatures)
    return context.default_return_type


def _check_callbacks(api: CheckerPluginInterface, call: CallExpr, maker: Instance, signatures: Signatures) -> None:
    """``link=`` and ``link_error=``, which go to the last task and to all of them; a group takes neither."""
    if maker.type.fullname == GROUP_FULLNAME:
        for name, mended in _OF_A_GROUP.items():
            given = expressions.written_argument(call, -1, name)
            if given is not None and isinstance(given, (CallExpr, ListExpr, TupleExpr)):
                message = f'Unexpected keyword argument "{name}" for "apply_async" of "group"'
                api.fail(message, given, code=CALL_ARG)
                emit_note(f"a group that is sent raises TypeError: {mended}", api, given)
        return
    check_errbacks(api, call, signatures)
    run = call.callee.expr if isinstance(call.callee, MemberExpr) else call
    fed = fed_to_link(api, run)
    if fed is not None:
        check_link(api, call, fed, signatures)


def _given_by_run(context: MethodContext, method: str, signatures: Signatures) -> Type:
    call, maker = context.context, get_proper_type(context.type)
    if isinstance(call, CallExpr) and isinstance(maker, Instance):
        run = call.callee.expr if method != "__call__" and isinstance(call.callee, MemberExpr) else call.callee
        # The keywords of a group's call are options.
        if isinstance(run, (CallExpr, ConditionalExpr, OpExpr)) and not (
            any(call.arg_names) and maker.type.name in ("group", "chord")
        ):
            for given in given_by_call(context.api, call, method):
                check_given(context.api, run, given, signatures)
        if not is_certain(context.api, run):
            maker = get_proper_type(attachments.without_result(maker))
    default = get_proper_type(context.default_return_type)
    if isinstance(call, CallExpr) and method == "apply_async":
        default = get_proper_type(mark_ignored(call, default))
    if not isinstance(maker, Instance):
        return default
    result = attachments.result_of(maker)
    is_group = gives_group(maker)
    if is_group and attachments.is_unmarked(default):
        return group_result(context.api, default if result is None else typed(context, default, result), result)
    if maker.type.fullname == SIGNATURE_FULLNAME and method == "__call__":
        # ``a.s() | b.s()`` is one to celery-types, and a chain at run time: what that gives is no value.
        return result if result is not None and _is_of_task(context, call) else default
    if maker.extra_attrs is None or (is_group is None and method == "__call__"):
        return default
    if isinstance(default, AnyType) and result is not None:
        # celery-types leaves ``group(...)()`` open; Celery gives what apply_async gives.
        asynchronous = typeops.lookup_instance(context.api, ASYNC_RESULT_FULLNAME)
        return context.default_return_type if asynchronous is None else of_chain(typed(context, asynchronous, result))
    return typed(context, default, result)


def _is_of_task(context: MethodContext, call: Context) -> bool:
    """Whether a call is ``task.s()()``."""
    made = call.callee if isinstance(call, CallExpr) else None
    of = made.callee.expr if isinstance(made, CallExpr) and isinstance(made.callee, MemberExpr) else None
    return of is not None and typeops.find_task(expressions.type_of(context.api, of)) is not None
