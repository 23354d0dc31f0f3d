"""Where an expression stands: the statement around it and what that statement does with it.

Law: walks mypy's statements by hand, since an interpreted class cannot extend mypy's compiled visitors. It reads only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mypy import traverser
from mypy.nodes import (
    GDEF,
    LDEF,
    AssignmentStmt,
    AwaitExpr,
    Block,
    CallExpr,
    ClassDef,
    Decorator,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    FuncItem,
    IfStmt,
    ListExpr,
    MemberExpr,
    NameExpr,
    OperatorAssignmentStmt,
    RaiseStmt,
    RefExpr,
    ReturnStmt,
    TryStmt,
    TupleExpr,
    Var,
    WhileStmt,
    WithStmt,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy.checker import TypeChecker
    from mypy.nodes import Context, Expression, Statement

__all__ = [
    "ValueUses",
    "alias_of",
    "all_statements",
    "blocks_of",
    "bound_names",
    "current_function",
    "is_assigned_once",
    "is_raised",
    "is_rebound",
    "statements_around",
]


def current_function(chk: TypeChecker) -> FuncItem | None:
    """The innermost function that is being checked."""
    scope: Any = chk.scope
    # Named so since mypy 1.16.
    find = scope.current_function if hasattr(scope, "current_function") else scope.top_function
    found: FuncItem | None = find()
    return found


def statements_around(chk: TypeChecker) -> Sequence[Statement]:
    """The statements of the function that is being checked, of the module outside of functions."""
    function = current_function(chk)
    return function.body.body if isinstance(function, FuncDef) else chk.tree.defs


class ValueUses:
    """Where a task, or ``x.delay``, is a value of its own in a function: assigned once, or an argument.

    Not where it is called on the spot, assigned to a name that has other values, or used in any other way.
    """

    def __init__(self) -> None:
        self._statements: Sequence[Statement] | None = None
        self._uses: dict[int, tuple[Expression, MemberExpr | CallExpr | AssignmentStmt]] = {}

    def find(self, chk: TypeChecker, task: Context) -> MemberExpr | CallExpr | AssignmentStmt | None:
        """The ``x.delay`` around the expression ``x``, the call that ``x`` is an argument of, or where it is assigned.

        The statements of the last function are remembered.
        """
        statements = statements_around(chk)
        if self._statements is not statements:
            self._statements = statements
            self._uses = {}
            for written, use in _value_uses(statements, current_function(chk)):
                self._uses[id(written)] = (written, use)
                if isinstance(written, MemberExpr):
                    # Of ``f(x.delay)`` it is ``x`` that is asked about.
                    self._uses.setdefault(id(written.expr), (written.expr, written))
        found = self._uses.get(id(task))
        return found[1] if found is not None and found[0] is task else None


def _value_uses(
    statements: Sequence[Statement], function: FuncItem | None
) -> Iterator[tuple[Expression, CallExpr | AssignmentStmt]]:
    for statement in all_statements(statements):
        if isinstance(statement, AssignmentStmt):
            value = statement.rvalue
            if not isinstance(value, MemberExpr):
                yield from _arguments(value)
            elif _assigned_once(statements, statement) or _kept_once(statement, function):
                yield value, statement
        elif isinstance(statement, (ExpressionStmt, ReturnStmt)):
            expression = statement.expr
            if expression is not None:
                yield from _arguments(expression)


def _arguments(expression: Expression) -> Iterator[tuple[Expression, CallExpr]]:
    if isinstance(expression, AwaitExpr):
        expression = expression.expr
    if not isinstance(expression, CallExpr):
        return
    for argument in expression.args:
        if isinstance(argument, MemberExpr):
            yield argument, expression
        elif isinstance(argument, CallExpr):
            yield from _arguments(argument)
    callee = expression.callee
    yield from _arguments(callee.expr if isinstance(callee, MemberExpr) else callee)


def _kept_once(assignment: AssignmentStmt, function: FuncItem | None) -> bool:
    """Whether ``self.x = value`` in ``__init__`` is the only one: ``Final``, or a name that no other class writes.

    A subclass, or whoever holds the object, may put another task's method in the place of any other.
    """
    target = assignment.lvalues[0] if len(assignment.lvalues) == 1 else None
    if not isinstance(function, FuncDef) or function.name != "__init__" or not function.info:
        return False
    if not isinstance(target, MemberExpr) or not isinstance(target.expr, NameExpr):
        return False
    if assignment.unanalyzed_type and (assignment.type or not assignment.is_final_def):
        return False
    if not assignment.is_final_def and not (target.name.startswith("__") and not target.name.endswith("__")):
        return False
    return assigned_in_class(function.info.defn, target.name) is assignment.rvalue


def assigned_in_class(cls: ClassDef, name: str) -> Expression | None:
    """The one value that a class gives to an attribute; None where it gives several, or none."""
    values = [
        statement.rvalue
        for statement in all_statements(cls.defs.body)
        if isinstance(statement, AssignmentStmt)
        for lvalue in statement.lvalues
        if isinstance(lvalue, (MemberExpr, NameExpr)) and lvalue.name == name
    ]
    return values[0] if len(values) == 1 else None


def only_has_attributes(chk: TypeChecker, target: NameExpr) -> bool:
    """Whether a name is used for nothing but ``name.attribute`` where it is assigned."""
    collector: Any = getattr(traverser, "NameAndMemberCollector", None)
    if collector is None:  # Not every release of mypy has it.
        return False
    collect = collector()
    for statement in statements_around(chk):
        statement.accept(collect)
    uses = sum(name.node is target.node and name is not target for name in collect.name_exprs)
    owners = [member.expr for member in collect.member_exprs]
    return uses == sum(isinstance(owner, NameExpr) and owner.node is target.node for owner in owners)


def _assigned_once(statements: Sequence[Statement], assignment: AssignmentStmt) -> bool:
    if len(assignment.lvalues) != 1 or assignment.unanalyzed_type is not None:
        return False
    target = assignment.lvalues[0]
    return isinstance(target, NameExpr) and is_assigned_once(statements, target.name)


def is_assigned_once(statements: Sequence[Statement], name: str) -> bool:
    """Whether exactly one plain assignment in these statements gives a name its value."""
    return sum(_assigns(statement, name) for statement in all_statements(statements)) == 1


def alias_of(chk: TypeChecker, name: NameExpr) -> RefExpr | None:
    """What a variable of the function around, or of this module, stands for, where it stands for one name for good."""
    if not isinstance(name.node, Var) or name.kind not in (LDEF, GDEF):
        return None
    function = current_function(chk)
    if name.kind == LDEF:
        if function is None or name.name in function.arg_names:
            return None
        statements = statements_around(chk)
    elif name.fullname == f"{chk.tree.fullname}.{name.name}":
        statements = chk.tree.defs
    else:
        return None
    binding = [s for s in all_statements(statements) if any(n.node in (None, name.node) for n in bound_names(s))]
    only = binding[0] if len(binding) == 1 else None
    if not isinstance(only, AssignmentStmt) or len(only.lvalues) != 1 or only.unanalyzed_type is not None:
        return None
    return only.rvalue if isinstance(only.rvalue, RefExpr) and isinstance(only.lvalues[0], NameExpr) else None


def is_rebound(chk: TypeChecker, name: str) -> bool:
    """Whether anything in the outermost function that is being checked assigns to a name."""
    scope: Any = chk.scope
    outermost = next((item for item in scope.stack if isinstance(item, FuncDef)), None)
    statements = chk.tree.defs if outermost is None else outermost.body.body
    return any(_binds(statement, name) for statement in all_statements(statements))


def _binds(statement: Statement, name: str) -> bool:
    if isinstance(statement, AssignmentStmt):
        targets = statement.lvalues
    elif isinstance(statement, ForStmt):
        targets = [statement.index]
    elif isinstance(statement, WithStmt):
        targets = [target for target in statement.target if target is not None]
    else:
        return False
    return any(_holds(target, name) for target in targets)


def _holds(target: Expression, name: str) -> bool:
    if isinstance(target, (TupleExpr, ListExpr)):
        return any(_holds(item, name) for item in target.items)
    return isinstance(target, NameExpr) and target.name == name


def _assigns(statement: Statement, name: str) -> bool:
    return isinstance(statement, AssignmentStmt) and any(
        isinstance(lvalue, NameExpr) and lvalue.name == name for lvalue in statement.lvalues
    )


def bound_names(statement: Statement) -> Iterator[NameExpr]:
    """The names that a statement binds itself: targets of an assignment, a loop, ``with``."""
    if isinstance(statement, AssignmentStmt):
        targets = statement.lvalues
    elif isinstance(statement, OperatorAssignmentStmt):
        targets = [statement.lvalue]
    elif isinstance(statement, ForStmt):
        targets = [statement.index]
    elif isinstance(statement, WithStmt):
        targets = [target for target in statement.target if target is not None]
    else:
        return
    for target in targets:
        yield from _names_in(target)


def _names_in(target: Expression) -> Iterator[NameExpr]:
    if isinstance(target, NameExpr):
        yield target
    elif isinstance(target, (TupleExpr, ListExpr)):
        for item in target.items:
            yield from _names_in(item)


def all_statements(statements: Sequence[Statement]) -> Iterator[Statement]:
    """These statements and all that stand inside them, functions and classes too."""
    for statement in statements:
        yield statement
        for block in blocks_of(statement):
            yield from all_statements(block.body)


def is_raised(statements: Sequence[Statement], call: CallExpr) -> bool:
    """Whether a statement among these raises what a call gives."""
    return any(isinstance(statement, RaiseStmt) and statement.expr is call for statement in all_statements(statements))


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
