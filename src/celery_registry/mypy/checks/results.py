"""What is done with a result: ``.get()`` on an ignored one, the wrong ``TimeoutError``, a call that blocks a request.

Law: looks at the place where a result is used; knows nothing of parameters.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from mypy.nodes import (
    Block,
    CallExpr,
    MemberExpr,
    NameExpr,
    RefExpr,
    TryStmt,
    TupleExpr,
)

from celery_registry.contract.finding import Finding
from celery_registry.mypy import typeops
from celery_registry.mypy.facts.statements import blocks_of, statements_around
from celery_registry.mypy.fullnames import ASYNC_RESULT_FULLNAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy.nodes import Expression, Statement
    from mypy.plugin import MethodContext
    from mypy.types import Type

    from celery_registry.mypy.emit import Emitter

__all__ = ["Results"]

#: What ``mark`` is given for a result that Celery will not keep.
_IGNORED = "ignored result of "


class Results:
    """The handlers for results."""

    def __init__(self, emitter: Emitter) -> None:
        self._emitter = emitter

    def mark_ignored(self, call: CallExpr, result: Type) -> Type:
        """The type of ``apply_async(..., ignore_result=True)``, which remembers that nothing will come."""
        given = typeops.written_argument(call, -1, "ignore_result")
        instance = typeops.find_instance(result, ASYNC_RESULT_FULLNAME)
        if instance is None or not isinstance(given, NameExpr) or given.fullname != "builtins.True":
            return result
        callee = call.callee
        name = typeops.shown_name(callee.expr) if isinstance(callee, MemberExpr) else None
        return typeops.mark(instance, _IGNORED + (name or "task"))

    def check_get(self, context: MethodContext) -> Type:
        """``result.get(...)``."""
        call = context.context
        if isinstance(call, CallExpr) and typeops.find_instance(context.type, ASYNC_RESULT_FULLNAME) is not None:
            word = typeops.marked_word(context.type, _IGNORED)
            if word is not None:
                self._emitter.emit(Finding("ignored-result", word), context.api, call)
            if typeops.written_argument(call, 0, "timeout") is not None:
                handler = _builtin_timeout_handler(context, call)
                if handler is not None:
                    self._emitter.emit(Finding("builtin-timeout", "get"), context.api, handler)
        return context.default_return_type

    def check_sync_call(self, context: MethodContext) -> Type:
        """``registry.x()`` in a module that the user lists as one that handles requests."""
        handlers = self._emitter.settings.request_handlers
        call = context.context
        if handlers and isinstance(call, CallExpr) and typeops.find_task(context.type) is not None:
            module = typeops.checker(context.api).tree.fullname
            if any(fnmatchcase(module, pattern) for pattern in handlers):
                name = typeops.shown_name(call.callee) or "task"
                self._emitter.emit(Finding("sync-call", name), context.api, call)
        return context.default_return_type


def _builtin_timeout_handler(context: MethodContext, call: CallExpr) -> Expression | None:
    """The ``except TimeoutError`` that can only be meant for this call, None where it may be meant for another."""
    chk = typeops.checker(context.api)
    statement = _innermost_try(statements_around(chk), call)
    # With a second statement in the block the builtin exception may be that one's.
    if statement is None or len(statement.body.body) != 1 or None in statement.types:
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
