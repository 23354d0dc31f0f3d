"""What is done with a result: ``.get()`` on an ignored one, the wrong ``TimeoutError``, a call that blocks a request.

Law: looks at the place where a result is used; knows nothing of parameters.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    ExpressionStmt,
    FuncDef,
    MemberExpr,
    NameExpr,
    RefExpr,
    ReturnStmt,
    TryStmt,
    TupleExpr,
)
from mypy.traverser import TraverserVisitor

from celery_registry.contract.finding import Finding
from celery_registry.mypy import typeops
from celery_registry.mypy.fullnames import ASYNC_RESULT_FULLNAME

if TYPE_CHECKING:
    from mypy.nodes import Expression, Node, Statement
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
    function = chk.scope.current_function()
    finder = _TryFinder(call)
    for node in [function] if isinstance(function, FuncDef) else chk.tree.defs:
        node.accept(finder)
    statement = finder.found
    if statement is None or not _only_uses(statement.body.body, call):
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
    return None if None in statement.types else wrong


def _only_uses(body: list[Statement], call: CallExpr) -> bool:
    """Whether every call in a block belongs to the statement that the ``get`` stands in."""
    for statement in body:
        if isinstance(statement, (ExpressionStmt, AssignmentStmt, ReturnStmt)) and _contains(statement, call):
            continue
        calls = _CallFinder()
        statement.accept(calls)
        if calls.found:
            return False
    return True


def _contains(node: Node, call: CallExpr) -> bool:
    finder = _CallFinder()
    node.accept(finder)
    return any(found is call for found in finder.found)


class _CallFinder(TraverserVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[CallExpr] = []

    def visit_call_expr(self, o: CallExpr, /) -> None:
        self.found.append(o)
        super().visit_call_expr(o)


class _TryFinder(TraverserVisitor):
    """The innermost ``try`` whose body holds a call."""

    def __init__(self, call: CallExpr) -> None:
        super().__init__()
        self._call = call
        self.found: TryStmt | None = None

    def visit_try_stmt(self, o: TryStmt, /) -> None:
        if any(_contains(statement, self._call) for statement in o.body.body):
            self.found = o
        super().visit_try_stmt(o)
