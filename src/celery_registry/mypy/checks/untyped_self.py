"""``self.retry(args=(a,))`` in a task whose ``self`` is ``Any``: mypy asks nobody about a method of it.

Law: looks at the body of a bound task when its decorator is checked: how many values there are, which names, and the
types of constants. ``self`` is this very task, whatever its annotation says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mypy import traverser
from mypy.nodes import (
    ARG_NAMED,
    ARG_STAR,
    ARG_STAR2,
    GDEF,
    AssignmentStmt,
    CallExpr,
    DictExpr,
    ExpressionStmt,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    RaiseStmt,
    ReturnStmt,
    StarExpr,
    StrExpr,
    TupleExpr,
)
from mypy.types import AnyType, get_proper_type

from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.checks.arguments import Arguments
from celery_registry.mypy.checks.containers import check_complete
from celery_registry.mypy.checks.single_values import is_single
from celery_registry.mypy.facts.statements import all_statements, bound_names
from celery_registry.source.fullnames import DIRECT_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy.checker import TypeChecker
    from mypy.nodes import Expression, FuncDef, Statement
    from mypy.plugin import CheckerPluginInterface, FunctionContext, MethodContext
    from mypy.types import CallableType, Type

    from celery_registry.mypy.facts.decorated import DecoratedFunctions
    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["UntypedSelf"]

_METHODS: Final = frozenset({"retry", "apply_async", "apply", "replace", "delay", "si"})


class UntypedSelf:
    """The handler for decorators that bind a task."""

    def __init__(self, signatures: Signatures, decorated: DecoratedFunctions) -> None:
        self._signatures, self._decorated = signatures, decorated

    def check(self, context: MethodContext | FunctionContext) -> Type:
        """``@app.task(bind=True)`` and ``@shared_task(bind=True)``."""
        call, chk = context.context, expressions.checker(context.api)
        if isinstance(call, CallExpr) and "bind" in call.arg_names and not chk.current_node_deferred:
            function = self._decorated.below(chk, call)
            if function is not None and _is_untyped(function) and _is_checked(chk, function):
                signature = self._signatures.of_bound(context.api, function)
                if signature is not None:
                    with expressions.outside_overloads(context.api):
                        self._check_body(context.api, function, signature.copy_modified(name=function.name))
        return context.default_return_type

    def _check_body(self, api: CheckerPluginInterface, function: FuncDef, signature: CallableType) -> None:
        me = function.arguments[0].variable
        statements = tuple(all_statements(function.body.body))
        if any(bound.node is me for statement in statements for bound in bound_names(statement)):
            return
        for statement in statements:
            for call in _calls(statement):
                callee = call.callee
                if not isinstance(callee, MemberExpr) or callee.name not in _METHODS:
                    continue
                if not isinstance(callee.expr, NameExpr) or callee.expr.node is not me:
                    continue
                if callee.name == "replace":
                    self._check_replacement(api, call)
                elif callee.name in DIRECT_METHODS:
                    _check_direct(api, call, signature)
                else:
                    if callee.name == "retry" and _gives_the_rest(function, call):
                        # What has a parameter of its own is in neither of them.
                        call_of_nothing = Arguments(call)
                        check_complete(api, signature, call_of_nothing)
                        continue
                    _check_call(api, call, callee.name, signature)

    def _check_replacement(self, api: CheckerPluginInterface, call: CallExpr) -> None:
        """``self.replace(task.s(1))``: nothing feeds it, so it must be complete."""
        written = expressions.written_argument(call, 0, "sig")
        if not isinstance(written, CallExpr) or not isinstance(written.callee, MemberExpr):
            return
        receiver = written.callee.expr
        # What a name at the top of a module is, mypy knows there too.
        if written.callee.name != "s" or not isinstance(receiver, NameExpr) or receiver.kind != GDEF:
            return
        task = typeops.find_task(expressions.type_of(api, receiver))
        if task is None or self._signatures.is_own(task, written.callee.name):
            return
        signature = self._signatures.of_task(api, task, receiver)
        if signature is None or any(kind.is_star() for kind in written.arg_kinds):
            return
        arguments = Arguments(written)
        for argument, name in zip(written.args, written.arg_names, strict=True):
            value = expressions.temporary(typeops.any_type(), argument)
            if name is None:
                arguments.add(value)
            else:
                arguments.add(value, ARG_NAMED, name)
        check_complete(api, typeops.named_after(signature, receiver), arguments)


def _gives_the_rest(function: FuncDef, call: CallExpr) -> bool:
    """``self.retry(args=args, kwargs=kwargs)`` of the function's own ``*args`` and ``**kwargs``, used for nothing else."""
    given = [expressions.written_argument(call, 0, "args"), expressions.written_argument(call, 1, "kwargs")]
    stars = [[a.variable for a in function.arguments if a.kind is kind] for kind in (ARG_STAR, ARG_STAR2)]
    pairs = [
        (written, mine[0])
        for written, mine in zip(given, stars, strict=True)
        if isinstance(written, NameExpr) and len(mine) == 1 and written.node is mine[0]
    ]
    collector: Any = getattr(traverser, "NameAndMemberCollector", None)
    if len(pairs) != 2 or collector is None:  # Not every release of mypy has it.
        return False
    collect = collector()
    function.body.accept(collect)
    return all(sum(name.node is mine for name in collect.name_exprs) == 1 for _, mine in pairs)


def _is_untyped(function: FuncDef) -> bool:
    if not function.arguments or function.info:
        return False
    type = function.arguments[0].variable.type
    return type is None or isinstance(get_proper_type(type), AnyType)


def _is_checked(chk: TypeChecker, function: FuncDef) -> bool:
    """Whether mypy looks inside a function."""
    return not function.is_dynamic() or chk.options.check_untyped_defs


def _calls(statement: Statement) -> Iterator[CallExpr]:
    written: Expression | None = None
    if isinstance(statement, (RaiseStmt, ReturnStmt, ExpressionStmt)):
        written = statement.expr
    elif isinstance(statement, AssignmentStmt):
        written = statement.rvalue
    if isinstance(written, CallExpr):
        yield written


def _check_direct(api: CheckerPluginInterface, call: CallExpr, signature: CallableType) -> None:
    """``self.delay(1)``."""
    if any(kind.is_star() for kind in call.arg_kinds):
        return
    arguments = Arguments(call)
    for argument, kind, name in zip(call.args, call.arg_kinds, call.arg_names, strict=True):
        arguments.add(_value(api, argument), kind, name)
    check_complete(api, signature, arguments)


def _check_call(api: CheckerPluginInterface, call: CallExpr, method: str, signature: CallableType) -> None:
    positional = expressions.written_argument(call, 0, "args")
    keywords = expressions.written_argument(call, 1, "kwargs")
    if any(kind.is_star() for kind in call.arg_kinds) or (method == "retry" and positional is keywords is None):
        return
    if is_single(api, positional, signature, typed=False):
        return
    arguments = Arguments(call)
    if isinstance(positional, (ListExpr, TupleExpr)):
        for item in positional.items:
            if isinstance(item, StarExpr):
                return
            arguments.add(_value(api, item))
    elif positional is not None:
        return
    if isinstance(keywords, DictExpr):
        for key, item in keywords.items:
            if not isinstance(key, StrExpr):
                return
            arguments.add(_value(api, item), ARG_NAMED, key.value)
    elif keywords is not None:
        return
    if method == "retry":
        # What is not given comes from the request.
        if positional is None:
            arguments.open_positionals(call)
        elif keywords is None:
            signature = typeops.optional_keywords(signature)
    check_complete(api, signature, arguments)


def _value(api: CheckerPluginInterface, item: Expression) -> Expression:
    """A plain constant has a type; what mypy knew of anything else is gone with the body."""
    if isinstance(item, IntExpr):
        return expressions.temporary(api.named_generic_type("builtins.int", []), item)
    if isinstance(item, StrExpr):
        return expressions.temporary(api.named_generic_type("builtins.str", []), item)
    return expressions.temporary(typeops.any_type(), item)
