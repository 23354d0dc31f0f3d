"""Tasks called by their name: ``send_task(name, ...)``, ``app.signature(name, ...)``, ``app.tasks[name]``.

Law: resolves the name to its implementation and checks the call as if the task itself were called. A name that the
user has not called complete is no finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import CallExpr, MemberExpr
from mypy.types import CallableType

from celery_registry.contract.coverage import judge_name
from celery_registry.contract.task import Origin
from celery_registry.contract.usage import MemberAsName, judge_member
from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.checks.arguments import read_arguments
from celery_registry.mypy.checks.canvas import check_link
from celery_registry.mypy.checks.containers import check_complete, check_partial
from celery_registry.mypy.checks.errbacks import check_errbacks
from celery_registry.mypy.checks.known_results import typed
from celery_registry.mypy.checks.options import check_unknown_options, name_options, relax_options
from celery_registry.mypy.checks.results import mark_ignored
from celery_registry.mypy.checks.single_values import is_single
from celery_registry.mypy.facts.callables import NotReady, named_callable
from celery_registry.mypy.facts.task_names import complete_names, member_of, read_task_name
from celery_registry.mypy.facts.users import remember_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy.checker import TypeChecker
    from mypy.nodes import Context, Expression
    from mypy.plugin import CheckerPluginInterface, FunctionContext, FunctionSigContext, MethodContext, MethodSigContext
    from mypy.types import FunctionLike, Instance, Type

    from celery_registry.mypy.checks.arguments import Arguments
    from celery_registry.mypy.checks.options import RelaxedFormals
    from celery_registry.mypy.emit import Emitter
    from celery_registry.mypy.facts.program import Program
    from celery_registry.mypy.facts.signatures import Signatures
    from celery_registry.mypy.sites import CallSites

__all__ = ["ByName", "named_call_signature"]


def named_call_signature(
    context: MethodSigContext | FunctionSigContext, cache: dict[str, RelaxedFormals]
) -> FunctionLike:
    """``send_task`` and ``Signature`` as Celery takes them: their options are those of ``apply_async``."""
    return relax_options(context, cache)


class ByName:
    """The handlers for calls that name a task."""

    def __init__(self, program: Program, emitter: Emitter, signatures: Signatures, sites: CallSites) -> None:
        self._program = program
        self._emitter = emitter
        self._signatures = signatures
        self._sites = sites

    def check_send_task(self, context: MethodContext) -> Type:
        """``app.send_task(name, args, kwargs)``: complete arguments, a typed result."""
        call = context.context
        if not isinstance(call, CallExpr):
            return context.default_return_type
        signature = self._find(context, call, "name")
        check_unknown_options(context, call, signature, "send_task of Celery")
        check_errbacks(context.api, call, self._signatures)
        default = mark_ignored(call, context.default_return_type, "task" if signature is None else signature.name)
        if signature is None:
            return default
        self._check_arguments(context, call, signature, check_complete)
        check_link(context.api, call, signature.ret_type, self._signatures)
        return typed(context, default, signature.ret_type)

    def check_signature(self, context: MethodContext | FunctionContext) -> Type:
        """``app.signature(name, args, kwargs)`` and ``Signature(name, ...)``: partial arguments."""
        call = context.context
        formal = "task" if "task" in context.callee_arg_names else "varies"
        signature = self._find(context, call, formal) if isinstance(call, CallExpr) else None
        if isinstance(call, CallExpr):
            self._check_member(context, call, formal)
            check_unknown_options(context, call, signature, _method(call))
        if signature is None or not isinstance(call, CallExpr):
            return context.default_return_type
        self._check_arguments(context, call, signature, check_partial)
        return typed(context, context.default_return_type, signature.ret_type)

    def _check_member(self, context: MethodContext | FunctionContext, call: CallExpr, formal: str) -> None:
        written = expressions.written_argument(call, 0, formal)
        enum = None if written is None else member_of(context.api, written)
        value = None if written is None or enum is None else read_task_name(context.api, self._program, written)
        if enum is None or value is None or self._program.index.implementations(enum[1], ""):
            return
        finding = judge_member(MemberAsName(f"{enum[0]}.{enum[1]}", enum[1], value, Origin()))
        if finding is not None:
            self._emitter.emit(finding, context.api, call)

    def task_of_item(self, context: MethodContext) -> Type:
        """``app.tasks[name]`` is the task of this name."""
        task = typeops.find_task(context.default_return_type)
        if task is None or not context.args or not context.args[0]:
            return context.default_return_type
        written = context.args[0][0]
        behind = _task_behind(context.api, written)
        named = None if behind is written else typeops.find_task(expressions.type_of(context.api, behind))
        if named is not None:
            signature = self._signatures.of_task(context.api, named, behind)
        else:
            name = read_task_name(context.api, self._program, written)
            remember_user(self._program, expressions.checker(context.api), name)
            signature = self._callable(context.api, name, typeops.base_function(task))
        return context.default_return_type if signature is None else attachments.attach_signature(task, signature)

    def _find(self, context: MethodContext | FunctionContext, call: CallExpr, formal: str) -> CallableType | None:
        """The parameters of the task that a call names; an unknown name is reported where the enum is complete."""
        expression = expressions.written_argument(call, 0, formal)
        if expression is None:
            return None
        chk = expressions.checker(context.api)
        expression = _task_behind(context.api, expression)
        task = typeops.find_task(expressions.type_of(context.api, expression))
        if task is not None:
            found = self._signatures.of_task(context.api, task, expression)
            return None if found is None else typeops.named_after(found, expression)
        name = read_task_name(context.api, self._program, expression)
        if name is None:
            self._sites.record(chk, call, _method(call), "the name is known at run time only")
            return None
        remember_user(self._program, chk, name)
        self._check_known(name, context.api, expression)
        signature = self._callable(context.api, name, typeops.function_type(context.api))
        self._sites.record(chk, call, _method(call), None if signature is not None else self._why_unknown(name, chk))
        return signature

    def _check_arguments(
        self,
        context: MethodContext | FunctionContext,
        call: CallExpr,
        signature: CallableType,
        check: Callable[[CheckerPluginInterface, CallableType, Arguments], None],
    ) -> None:
        splat = any(kind.is_star() for kind in call.arg_kinds)
        positional = expressions.written_argument(call, 1, "args")
        keywords = expressions.written_argument(call, 2, "kwargs")
        if is_single(context.api, positional, signature):
            return
        for arguments in read_arguments(context.api, positional, keywords, call):
            if splat:
                arguments.open_positional = arguments.open_positional or positional is None
                arguments.open_keyword = arguments.open_keyword or keywords is None
            check(context.api, signature, arguments)
            name_options(context.api, arguments.names, signature, _method(call), arguments.context)

    def _callable(self, api: CheckerPluginInterface, name: str | None, fallback: Instance) -> CallableType | None:
        if name is None:
            return None
        found = self._program.index.implementations(name, expressions.checker(api).tree.fullname)
        if len(found) != 1 or found[0].hidden is not None or not found[0].typing:
            return None
        try:
            bases = self._program.injected_parameters
            signature = named_callable(expressions.checker(api).modules, found[0], fallback, known_bases=bases)
        except NotReady:
            return None
        return None if signature is None else self._signatures.without_supplied(signature, found[0])

    def _why_unknown(self, name: str, chk: TypeChecker) -> str:
        """For the report: why a task that is called by its name has no parameters."""
        found = self._program.index.implementations(name, chk.tree.fullname)
        if len(found) != 1:
            return (
                "several functions have this name"
                if self._program.index.implementations(name)
                else "no function of the program has this name"
            )
        if not found[0].typing:
            return "typing=False"
        return f"its implementation {found[0].hidden or 'has parameters that mypy cannot see'}"

    def _check_known(self, name: str, api: CheckerPluginInterface, context: Context) -> None:
        """An unknown name is a mistake only where the user says that the enum has them all."""
        settings = self._emitter.settings
        values = complete_names(self._program, settings.names)
        finding = judge_name(
            name, values, settings.names, settings.external, Origin(), self._program.index.may_register
        )
        if finding is not None:
            self._emitter.emit(finding, api, context)


def _task_behind(api: CheckerPluginInterface, expression: Expression) -> Expression:
    """The task where an expression is ``task.name``, else the expression."""
    if isinstance(expression, MemberExpr) and expression.name == "name":
        owner = expression.expr
        if typeops.find_task(expressions.type_of(api, owner)) is not None:
            return owner
    return expression


def _method(call: CallExpr) -> str:
    return expressions.shown_name(call.callee) or "signature"
