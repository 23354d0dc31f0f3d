"""Where an expression stands: the statement around it and what that statement does with it.

Law: walks mypy's statements by hand, since an interpreted class cannot extend mypy's compiled visitors. It reads only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import (
    AssignmentStmt,
    AwaitExpr,
    Block,
    CallExpr,
    ClassDef,
    Decorator,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    IfStmt,
    MemberExpr,
    NameExpr,
    ReturnStmt,
    TryStmt,
    WhileStmt,
    WithStmt,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import Context, Expression, Statement

__all__ = ["blocks_of", "is_assigned_once", "statements_around", "use_of"]


def statements_around(chk: TypeChecker) -> Sequence[Statement]:
    """The statements of the function that is being checked, of the module outside of functions."""
    function = chk.scope.current_function()
    return function.body.body if isinstance(function, FuncDef) else chk.tree.defs


def use_of(statements: Sequence[Statement], task: Context) -> MemberExpr | None:
    """``x.delay`` around the expression ``x`` where it is a value of its own: assigned once, or an argument.

    None where it is called on the spot, assigned to a name that has other values, or used in any other way.
    """
    statement = _innermost(statements, task)
    if isinstance(statement, AssignmentStmt):
        value = statement.rvalue
        if isinstance(value, MemberExpr) and value.expr is task:
            return value if _assigned_once(statements, statement) else None
        return _argument(value, task)
    if isinstance(statement, ExpressionStmt):
        return _argument(statement.expr, task)
    if isinstance(statement, ReturnStmt) and statement.expr is not None:
        return _argument(statement.expr, task)
    return None


def _innermost(statements: Sequence[Statement], node: Context) -> Statement | None:
    for statement in statements:
        if statement.line <= node.line <= (statement.end_line or statement.line):
            for block in blocks_of(statement):
                found = _innermost(block.body, node)
                if found is not None:
                    return found
            return statement
    return None


def _argument(expression: Expression, task: Context) -> MemberExpr | None:
    if isinstance(expression, AwaitExpr):
        return _argument(expression.expr, task)
    if not isinstance(expression, CallExpr):
        return None
    for argument in expression.args:
        if isinstance(argument, MemberExpr) and argument.expr is task:
            return argument
        found = _argument(argument, task)
        if found is not None:
            return found
    if isinstance(expression.callee, MemberExpr):
        return _argument(expression.callee.expr, task)
    return _argument(expression.callee, task)


def _assigned_once(statements: Sequence[Statement], assignment: AssignmentStmt) -> bool:
    if len(assignment.lvalues) != 1 or assignment.unanalyzed_type is not None:
        return False
    target = assignment.lvalues[0]
    if not isinstance(target, NameExpr):
        return False
    return is_assigned_once(statements, target.name)


def is_assigned_once(statements: Sequence[Statement], name: str) -> bool:
    """Whether exactly one plain assignment in these statements gives a name its value."""
    return sum(_assigns(statement, name) for statement in _all(statements)) == 1


def _assigns(statement: Statement, name: str) -> bool:
    return isinstance(statement, AssignmentStmt) and any(
        isinstance(lvalue, NameExpr) and lvalue.name == name for lvalue in statement.lvalues
    )


def _all(statements: Sequence[Statement]) -> Iterator[Statement]:
    for statement in statements:
        yield statement
        for block in blocks_of(statement):
            yield from _all(block.body)


def blocks_of(statement: Statement) -> Iterator[Block]:
    """The blocks inside a compound statement."""
    if isinstance(statement, IfStmt):
        yield from statement.body
        if statement.else_body is not None:
            yield statement.else_body
    elif isinstance(statement, (ForStmt, WhileStmt)):
        yield statement.body
        if statement.else_body is not None:
            yield statement.else_body
    elif isinstance(statement, TryStmt):
        yield from (statement.body, *statement.handlers)
        yield from filter(None, (statement.else_body, statement.finally_body))
    elif isinstance(statement, (WithStmt, FuncDef)):
        yield statement.body
    elif isinstance(statement, Decorator):
        yield statement.func.body
    elif isinstance(statement, ClassDef):
        yield statement.defs
