"""What is done with a result: ``.get()`` on an ignored one, the wrong ``TimeoutError``, a call that blocks a request.

Law: looks at the place where a result is used; knows nothing of parameters.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from mypy.nodes import (
    ARG_NAMED_OPT,
    ARG_STAR2,
    AssignmentStmt,
    Block,
    CallExpr,
    ExpressionStmt,
    IndexExpr,
    MemberExpr,
    NameExpr,
    RefExpr,
    ReturnStmt,
    TryStmt,
    TupleExpr,
)
from mypy.types import AnyType, Instance, NoneType, UnionType, get_proper_type

from celery_registry.contract.finding import Finding
from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.checks.known_results import known_result
from celery_registry.mypy.facts.only_values import only_value
from celery_registry.mypy.facts.signatures import called_on
from celery_registry.mypy.facts.statements import blocks_of, is_assigned_once, statements_around
from celery_registry.mypy.task_methods import overrides
from celery_registry.source.fullnames import (
    ABORTABLE_RESULT_FULLNAME,
    ABORTABLE_TASK_FULLNAME,
    ASYNC_RESULT_FULLNAME,
    TASK_FULLNAME,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.nodes import Expression, Statement
    from mypy.plugin import CheckerPluginInterface, MethodContext, MethodSigContext
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.emit import Emitter
    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["Results", "abortable_result", "abortable_signature", "mark_ignored"]

#: What ``mark`` is given for a result that Celery will not keep.
_IGNORED = "ignored result of "
_SENDS = frozenset({"delay", "apply_async"})


class Results:
    """The handlers for results."""

    def __init__(self, emitter: Emitter, signatures: Signatures) -> None:
        self._emitter, self._signatures = emitter, signatures

    def check_get(self, context: MethodContext) -> Type:
        """``result.get(...)``."""
        call = context.context
        if isinstance(call, CallExpr) and typeops.find_instance(context.type, ASYNC_RESULT_FULLNAME) is not None:
            word = attachments.marked_word(context.type, _IGNORED) or self._ignoring_task(context.api, call)
            if word is not None and _is_certain(context, call):
                self._emitter.emit(Finding("ignored-result", word), context.api, call)
            timeout = expressions.written_argument(call, 0, "timeout")
            if word is None and timeout is None and ARG_STAR2 not in call.arg_kinds:
                self._refuse_waiting(context, call)
            if timeout is not None:
                handler = _builtin_timeout_handler(context, call)
                if handler is not None:
                    self._emitter.emit(Finding("builtin-timeout", "get"), context.api, handler)
            default, receiver = (
                context.default_return_type,
                call.callee.expr if isinstance(call.callee, MemberExpr) else None,
            )
            if receiver is not None and isinstance(get_proper_type(default), AnyType):
                return known_result(context.api, receiver) or default
        return context.default_return_type

    def _ignoring_task(self, api: CheckerPluginInterface, call: CallExpr) -> str | None:
        """The task whose own ``ignore_result=True`` holds for the result that is asked for."""
        receiver = call.callee.expr if isinstance(call.callee, MemberExpr) else None
        sent = only_value(expressions.checker(api), receiver.node) if isinstance(receiver, NameExpr) else receiver
        if not isinstance(sent, CallExpr) or not isinstance(sent.callee, MemberExpr) or sent.callee.name not in _SENDS:
            return None
        # Whatever a call says itself, an option or an unpacked mapping, holds before what its task says.
        if sent.callee.name != "delay" and ("ignore_result" in sent.arg_names or ARG_STAR2 in sent.arg_kinds):
            return None
        written = sent.callee.expr
        task = typeops.find_task(expressions.type_of(api, written))
        if task is None or not self._signatures.ignores_result(api, task, written):
            return None
        return expressions.shown_name(written) or "task"

    def check_sync_call(self, context: MethodContext) -> Type:
        """``registry.x()``, ``.run()`` and ``.apply()`` in a module that the user lists as one that handles requests."""
        call = context.context
        if isinstance(call, CallExpr) and typeops.find_task(context.type) is not None and self._is_request(context):
            written, _ = called_on(expressions.checker(context.api), call.callee)
            self._emitter.emit(Finding("sync-call", expressions.shown_name(written) or "task"), context.api, call)
        return context.default_return_type

    def _refuse_waiting(self, context: MethodContext, call: CallExpr) -> None:
        """``task.delay().get()`` there; with a timeout somebody has thought of how long."""
        proper = get_proper_type(context.type)
        if not self._is_request(context) or not isinstance(proper, Instance):
            return
        if proper.type.fullname != ASYNC_RESULT_FULLNAME:
            return
        written: Expression | None = call.callee.expr if isinstance(call.callee, MemberExpr) else None
        if isinstance(written, NameExpr):
            written = only_value(expressions.checker(context.api), written.node) or written
        while isinstance(written, CallExpr) and isinstance(written.callee, MemberExpr):
            written = written.callee.expr
        name = None if written is None else expressions.shown_name(written)
        self._emitter.emit(Finding("sync-call", name or "task"), context.api, call)

    def _is_request(self, context: MethodContext) -> bool:
        module = expressions.checker(context.api).tree.fullname
        return any(fnmatchcase(module, pattern) for pattern in self._emitter.settings.request_handlers)


def mark_ignored(call: CallExpr, result: Type, name: str | None = None) -> Type:
    """The type of ``apply_async(..., ignore_result=True)``, which remembers that nothing will come."""
    given = expressions.written_argument(call, -1, "ignore_result")
    instance = typeops.find_instance(result, ASYNC_RESULT_FULLNAME)
    if instance is None or not isinstance(given, NameExpr) or given.fullname != "builtins.True":
        return result
    written: Expression = call
    while isinstance(written, CallExpr) and isinstance(written.callee, MemberExpr):
        written = written.callee.expr
    return attachments.mark(instance, _IGNORED + (name or expressions.shown_name(written) or "task"))


def _is_certain(context: MethodContext, call: CallExpr) -> bool:
    """Whether the result can be no other call's: it is asked on the spot, or its variable is given no other."""
    receiver = call.callee.expr if isinstance(call.callee, MemberExpr) else None
    if isinstance(receiver, CallExpr):
        return True
    statements = statements_around(expressions.checker(context.api))
    return isinstance(receiver, NameExpr) and is_assigned_once(statements, receiver.name)


def abortable_result(api: CheckerPluginInterface, task: Instance, result: Type) -> Type:
    """What ``delay`` of an ``AbortableTask`` gives can be aborted; celery-types says ``AsyncResult`` (celery.app.task).

    The class stays, since what mypy alone accepts, another task's result in the same variable, must stay accepted.
    """
    proper = get_proper_type(result)
    if task.type.fullname == TASK_FULLNAME or not task.type.has_base(ABORTABLE_TASK_FULLNAME):
        return result
    if not isinstance(proper, Instance) or proper.type.fullname != ASYNC_RESULT_FULLNAME:
        return result
    abortable = typeops.lookup_instance(api, ABORTABLE_RESULT_FULLNAME)
    return result if abortable is None else attachments.with_methods_of(proper, abortable, ("abort", "is_aborted"))


def abortable_signature(context: MethodSigContext) -> FunctionLike:
    """``AbortableTask.is_aborted(**kwargs)``: the ``task_id`` is that of the request where none is given."""
    default, task = context.default_signature, typeops.find_instance(context.type, ABORTABLE_TASK_FULLNAME)
    if task is None or overrides(task.type, "is_aborted") is not None or "task_id" not in default.arg_names:
        return default
    index = default.arg_names.index("task_id")
    types, kinds = list(default.arg_types), list(default.arg_kinds)
    # Outside of a run the request has no id, and Celery asks the backend for None.
    types[index], kinds[index] = UnionType.make_union([types[index], NoneType()]), ARG_NAMED_OPT
    return default.copy_modified(arg_types=types, arg_kinds=kinds)


def _builtin_timeout_handler(context: MethodContext, call: CallExpr) -> Expression | None:
    """The ``except TimeoutError`` that can only be meant for this call, None where it may be meant for another."""
    chk = expressions.checker(context.api)
    statement = _innermost_try(statements_around(chk), call)
    # Whatever else is done in the block may be what the builtin exception is meant for.
    if statement is None or len(statement.body.body) != 1 or None in statement.types:
        return None
    if not _is_value_of(statement.body.body[0], call):
        return None
    wrong: Expression | None = None
    for written in statement.types:
        for name in written.items if isinstance(written, TupleExpr) else [written]:
            if not isinstance(name, RefExpr):
                return None
            if name.fullname == "builtins.TimeoutError":
                wrong = written
            elif name.fullname in ("builtins.Exception", "builtins.BaseException") or "celery" in name.fullname:
                return None
    return wrong


def _is_value_of(statement: Statement, call: CallExpr) -> bool:
    """Whether a statement does nothing but take what a call gives, or a part of it."""
    value: Expression | None = None
    if isinstance(statement, (ExpressionStmt, ReturnStmt)):
        value = statement.expr
    elif isinstance(statement, AssignmentStmt):
        value = statement.rvalue
    while isinstance(value, (IndexExpr, MemberExpr)):
        value = value.base if isinstance(value, IndexExpr) else value.expr
    return value is call


def _innermost_try(statements: Sequence[Statement], call: CallExpr) -> TryStmt | None:
    """The innermost ``try`` whose block holds a call; mypy's visitors cannot be extended from here."""
    for statement in statements:
        if not statement.line <= call.line <= (statement.end_line or statement.line):
            continue
        for block in blocks_of(statement):
            found = _innermost_try(block.body, call)
            if found is not None:
                return found
        if isinstance(statement, TryStmt) and _covers(statement.body, call):
            # A call inside one of a simple statement: a compound one has its own blocks.
            return statement
    return None


def _covers(block: Block, call: CallExpr) -> bool:
    return any(s.line <= call.line <= (s.end_line or s.line) for s in block.body)
