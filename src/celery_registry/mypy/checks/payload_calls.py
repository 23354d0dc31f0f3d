"""``task-payload`` at a call: a value for a parameter that has no type.

Law: only where a message is sent on the spot, and only values whose parameter says nothing: a type that is declared
is judged where it is declared. A signature (``task.s()``) may still be given another serializer, or never be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.argmap import map_actuals_to_formals
from mypy.nodes import ARG_STAR2, CallExpr, MemberExpr, RefExpr, StrExpr
from mypy.types import AnyType, get_proper_type

from celery_registry.mypy import attachments, expressions, typeops
from celery_registry.mypy.checks.arguments import Arguments, read_arguments
from celery_registry.mypy.facts.callables import NotReady, named_callable
from celery_registry.mypy.facts.task_names import read_task_name
from celery_registry.mypy.facts.users import remember_user

if TYPE_CHECKING:
    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface, MethodContext
    from mypy.types import CallableType, Instance, Type

    from celery_registry.mypy.checks.payload import Judge
    from celery_registry.mypy.facts.program import Program
    from celery_registry.mypy.facts.signatures import Signatures
    from celery_registry.source.model import Registration

__all__ = ["PayloadCalls"]


class PayloadCalls:
    """The handlers for calls."""

    def __init__(self, program: Program, judge: Judge, signatures: Signatures) -> None:
        self._program, self._judge, self._signatures = program, judge, signatures

    def check_delay(self, context: MethodContext) -> Type:
        """``task.delay(...)``: the values themselves."""
        call = context.context
        found = self._task(context)
        if found is not None and isinstance(call, CallExpr):
            registration, signature = found
            serializer = self._judge.wire(registration).arguments
            if serializer is not None:
                arguments = Arguments(call, list(call.args), list(call.arg_kinds), list(call.arg_names))
                self._check(context.api, registration, signature, arguments, serializer)
        return context.default_return_type

    def check_apply_async(self, context: MethodContext) -> Type:
        """``task.apply_async(args, kwargs)``: the values in the containers; ``serializer=`` of the call counts."""
        call = context.context
        found = self._task(context)
        if found is not None and isinstance(call, CallExpr):
            registration, signature = found
            serializer = _serializer_of(call, self._judge.wire(registration).arguments)
            if serializer is not None:
                self._check_containers(context.api, call, 0, registration, signature, serializer)
        return context.default_return_type

    def check_send_task(self, context: MethodContext) -> Type:
        """``app.send_task(name, args, kwargs)``, which does not look at the task's own serializer."""
        call = context.context
        if not isinstance(call, CallExpr):
            return context.default_return_type
        written = expressions.written_argument(call, 0, "name")
        name = None if written is None else read_task_name(context.api, self._program, written)
        found = (
            ()
            if name is None
            else self._program.index.implementations(name, expressions.checker(context.api).tree.fullname)
        )
        if len(found) == 1 and found[0].serializer is None and self._is_judged(found[0]):
            serializer = _serializer_of(call, self._judge.wire(found[0]).arguments)
            try:
                modules = expressions.checker(context.api).modules
                signature = named_callable(modules, found[0], typeops.function_type(context.api))
            except NotReady:
                signature = None
            if serializer is not None and signature is not None:
                self._check_containers(context.api, call, 1, found[0], signature, serializer)
        return context.default_return_type

    def _task(self, context: MethodContext) -> tuple[Registration, CallableType] | None:
        """The task that is called and its parameters, where one of them has no type."""
        task, call = typeops.find_task(context.type), context.context
        callee = call.callee if isinstance(call, CallExpr) else None
        if task is None or not isinstance(callee, MemberExpr):
            return None
        registration = self._registration(task, callee.expr)
        if registration is None or not self._is_judged(registration):
            return None
        signature = self._signatures.of_task(context.api, task, callee.expr)
        if signature is None or not any(_is_open(type) for type in signature.arg_types):
            return None
        remember_user(self._program, expressions.checker(context.api), registration.task_name)
        return registration, signature

    def _registration(self, task: Instance, written: Expression) -> Registration | None:
        target = attachments.attached_target(task)
        if target is None and isinstance(written, RefExpr):
            target = written.fullname
        return self._program.registration_of(target) if target else None

    def _is_judged(self, registration: Registration) -> bool:
        """Whether what is given is what is sent: Celery dumps models of its own accord, other options supply values."""
        return (
            registration.task_name is not None
            and registration.hidden is None
            and registration.typing
            and not registration.pydantic
        )

    def _check_containers(
        self,
        api: CheckerPluginInterface,
        call: CallExpr,
        position: int,
        registration: Registration,
        signature: CallableType,
        serializer: str,
    ) -> None:
        if not any(_is_open(type) for type in signature.arg_types):
            return
        positional = expressions.written_argument(call, position, "args")
        keywords = expressions.written_argument(call, position + 1, "kwargs")
        for arguments in read_arguments(api, positional, keywords, call):
            self._check(api, registration, signature, arguments, serializer)

    def _check(
        self,
        api: CheckerPluginInterface,
        registration: Registration,
        signature: CallableType,
        arguments: Arguments,
        serializer: str,
    ) -> None:
        unknown = typeops.any_type()
        mapping = map_actuals_to_formals(
            arguments.kinds, arguments.names, signature.arg_kinds, signature.arg_names, lambda index: unknown
        )
        for formal, actuals in enumerate(mapping):
            if not _is_open(signature.arg_types[formal]):
                continue
            for actual in actuals:
                if arguments.kinds[actual].is_star():
                    continue
                expression = arguments.expressions[actual]
                name = arguments.names[actual] or signature.arg_names[formal] or f"argument {actual + 1}"
                given = expressions.own_type_of(api, expression)
                place = (api, expression)
                self._judge.type(registration.task_name or "", f"is given {name} as", given, serializer, place)


def _is_open(type: Type) -> bool:
    return isinstance(get_proper_type(type), AnyType)


def _serializer_of(call: CallExpr, task: str | None) -> str | None:
    """What a call is sent in: its own ``serializer=``, else that of the task; None where the text does not tell."""
    if task is None:
        return None
    for expression, kind, name in zip(call.args, call.arg_kinds, call.arg_names, strict=True):
        if kind == ARG_STAR2:
            return None
        if name == "serializer":
            return expression.value if isinstance(expression, StrExpr) else None
    return task
