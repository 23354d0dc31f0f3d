"""An expression: how it is written, and what mypy's type checker says of it or of a call of several.

Law: the only file that drives the type checker (its expression checker, its scratch types, its watchers). The
verdict and the words are mypy's; it never learns what is right or wrong.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from mypy.nodes import ARG_STAR, ARG_STAR2, LDEF, CallExpr, Decorator, MemberExpr, NameExpr, RefExpr, TempNode, TypeInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from mypy.checker import TypeChecker
    from mypy.nodes import ArgKind, Context, Expression
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import CallableType, Type

__all__ = [
    "check_arguments",
    "checker",
    "fits_silently",
    "outside_overloads",
    "own_type_of",
    "shown_name",
    "task_name",
    "temporary",
    "type_of",
    "written_argument",
]


def checker(api: CheckerPluginInterface) -> TypeChecker:
    """The type checker behind a hook's ``api``."""
    return cast("TypeChecker", api)


def type_of(api: CheckerPluginInterface, expression: Expression) -> Type:
    """The type of an expression that mypy has checked already, or checks now in silence."""
    chk = checker(api)
    if chk.has_type(expression):
        return chk.lookup_type(expression)
    with chk.msg.filter_errors():
        return chk.expr_checker.accept(expression)


def own_type_of(api: CheckerPluginInterface, expression: Expression) -> Type:
    """The type of an expression by itself: where ``Any`` is expected, ``[1]`` is a ``list[Any]``."""
    chk = checker(api)
    with chk.msg.filter_errors(), _scratch_types(chk):
        return chk.expr_checker.accept(expression)


def temporary(type: Type, context: Context) -> TempNode:
    """An expression of this type, for arguments that the user wrote as a variable."""
    node = TempNode(type, context=context)
    node.set_line(context)
    return node


def check_arguments(
    api: CheckerPluginInterface,
    callee: CallableType,
    expressions: Sequence[Expression],
    kinds: Sequence[ArgKind],
    names: Sequence[str | None],
    context: Context,
) -> Type:
    """Let mypy judge a call of ``callee`` with these arguments; the errors are mypy's own, on the items."""
    # With the user's own CallExpr as the context mypy would name the arguments after it.
    call = CallExpr(TempNode(callee), list(expressions), list(kinds), list(names))
    call.set_line(context)
    result, _ = checker(api).expr_checker.check_call(callee, list(expressions), list(kinds), call, list(names))
    return result


def fits_silently(
    api: CheckerPluginInterface,
    callee: CallableType,
    expressions: Sequence[Expression],
    kinds: Sequence[ArgKind],
    names: Sequence[str | None],
    context: Context,
) -> bool:
    """Whether mypy would accept this call; nothing is reported."""
    chk = checker(api)
    with chk.msg.filter_errors() as watcher, _scratch_types(chk):
        check_arguments(api, callee, expressions, kinds, names, context)
    return not watcher.has_new_errors()


@contextmanager
def outside_overloads(api: CheckerPluginInterface) -> Iterator[None]:
    """Report as if no overload was being tried: there an error says that the variant does not fit."""
    watchers = checker(api).errors._watchers
    kept = watchers[:]
    watchers.clear()
    try:
        yield
    finally:
        watchers.extend(kept)


def _scratch_types(chk: TypeChecker) -> AbstractContextManager[Any]:
    # A context manager since mypy 1.16, a method that returns one before.
    scratch: Any = chk.local_type_map
    return cast("AbstractContextManager[Any]", scratch() if callable(scratch) else scratch)


def written_argument(call: CallExpr, position: int, name: str) -> Expression | None:
    """What stands for a parameter in a call; None where it is omitted, ``None``, or comes out of a splat."""
    if position < 0 and name not in call.arg_names:
        return None
    for index, (expression, kind, given) in enumerate(zip(call.args, call.arg_kinds, call.arg_names, strict=True)):
        if kind is ARG_STAR:
            return None
        if given == name or (given is None and index == position and kind is not ARG_STAR2):
            is_none = isinstance(expression, NameExpr) and expression.fullname == "builtins.None"
            return None if is_none else expression
    return None


def shown_name(expression: Expression) -> str | None:
    """The last name of ``a.b.c`` or ``a.b.c()``: what messages call the task."""
    if isinstance(expression, CallExpr):
        expression = expression.callee
    return expression.name if isinstance(expression, (NameExpr, MemberExpr)) else None


def task_name(written: Expression) -> str | None:
    """What messages call the task that is written; None for a variable and a call, which may give any task."""
    if isinstance(written, CallExpr):
        made = written.callee.node if isinstance(written.callee, RefExpr) else None
        return made.name if isinstance(made, TypeInfo) else None
    if isinstance(written, NameExpr) and (written.kind == LDEF or not written.fullname):
        return written.name if isinstance(written.node, Decorator) else None
    if isinstance(written, RefExpr) and written.fullname:
        # Under another name it is imported as, the task is the same.
        return written.fullname.rpartition(".")[2]
    return written.name if isinstance(written, MemberExpr) else None
