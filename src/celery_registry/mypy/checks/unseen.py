"""An application, a decorator or a task that mypy alone sees as ``Any``, where the source shows what it is.

Law: speaks only where mypy has ``Any``, and gives a type that fits wherever ``Any`` did. Whether a call can be judged
is decided where the task is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import AssignmentStmt, CallExpr, Decorator, NameExpr
from mypy.types import AnyType, CallableType, Instance, get_proper_type

from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.checks.registration import is_unseen_class
from celery_registry.mypy.facts.unseen import unseen_applications, unseen_places
from celery_registry.source.fullnames import (
    UNSEEN_APPLICATION_FULLNAME,
    UNSEEN_DECORATOR_FULLNAME,
    UNSEEN_TASK_FULLNAME,
)

if TYPE_CHECKING:
    from mypy.checker import TypeChecker
    from mypy.plugin import FunctionContext, MethodContext
    from mypy.types import Type

    from celery_registry.mypy.facts.program import Program
    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["Unseen"]


class Unseen:
    """The handlers for functions of the program's own that make applications or tasks."""

    def __init__(self, program: Program, signatures: Signatures) -> None:
        self._program, self._signatures = program, signatures

    def made(self, context: FunctionContext | MethodContext) -> Type:
        """``make_celery()``, ``@job`` and ``@job("name")``, where the function says not what it returns."""
        default, node = context.default_return_type, context.context
        if not isinstance(get_proper_type(default), AnyType):
            return default
        chk = expressions.checker(context.api)
        if isinstance(node, Decorator):
            return self._task(context, node)
        if not isinstance(node, CallExpr):
            return default
        if self._is_kept_application(chk, node):
            return typeops.lookup_instance(context.api, UNSEEN_APPLICATION_FULLNAME) or default
        if self._decorates(chk, node):
            return typeops.lookup_instance(context.api, UNSEEN_DECORATOR_FULLNAME) or default
        return default

    def registered(self, context: MethodContext) -> Type:
        """``@celery.task`` and ``@celery.task(...)`` of such an application, and what a decorator makes of a function."""
        node, chk = context.context, expressions.checker(context.api)
        if isinstance(node, Decorator):
            return self._task(context, node)
        if isinstance(node, CallExpr) and self._decorates(chk, node):
            found = typeops.lookup_instance(context.api, UNSEEN_DECORATOR_FULLNAME)
            return found or context.default_return_type
        return context.default_return_type

    def _task(self, context: FunctionContext | MethodContext, decorator: Decorator) -> Type:
        """The task, where the outermost decorator of a function registers it and Celery alone sees what it is given."""
        default, chk = context.default_return_type, expressions.checker(context.api)
        registration = self._program.registration_of(decorator.func.fullname)
        if registration is None or registration.module != chk.tree.fullname or not registration.tells_base:
            return default
        if registration.through is None and registration.made_by is None and not registration.above:
            # Below a decorator that mypy sees stands another that registers, too.
            return default
        lines = [line for _, line in registration.above]
        if [written.line for written in decorator.decorators[: len(lines) + 1]] != [*lines, registration.origin.line]:
            return default
        if registration.hidden is not None or self._signatures.rewrites(registration, unseen=True):
            return default
        return typeops.lookup_instance(context.api, UNSEEN_TASK_FULLNAME) or default

    def instance(self, context: MethodContext) -> Type:
        """``app.register_task(Job())`` where mypy sees a base of ``Job``, ``app.Task``, as ``Any``."""
        default, given = context.default_return_type, context.arg_types[:1]
        argument = get_proper_type(given[0][0]) if given and given[0] else None
        if isinstance(argument, CallableType) and argument.is_type_obj():
            argument = get_proper_type(argument.ret_type)
        if not isinstance(argument, Instance) or not is_unseen_class(argument.type):
            return default
        # Which task it is, is known by the variable that keeps it.
        return typeops.lookup_instance(context.api, UNSEEN_TASK_FULLNAME) or default

    def _is_kept_application(self, chk: TypeChecker, call: CallExpr) -> bool:
        """Whether a call makes what a variable at the top of the module keeps, of which that is known."""
        variables = unseen_applications(self._program).get(chk.tree.fullname, ())
        return bool(variables) and any(
            isinstance(statement, AssignmentStmt)
            and statement.rvalue is call
            and statement.unanalyzed_type is None
            and all(isinstance(name, NameExpr) and name.name in variables for name in statement.lvalues)
            for statement in chk.tree.defs
        )

    def _decorates(self, chk: TypeChecker, call: CallExpr) -> bool:
        """Whether a call is a decorator, or may be one: the place of a registration."""
        return (chk.tree.fullname, call.line) in unseen_places(self._program)
