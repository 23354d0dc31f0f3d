"""``self.replace(signature)``: the task ends here, and the signature goes on in its place; ``self.add_to_chord(signature)``.

Law: looks at what replaces a task or runs beside it; it knows that nothing comes back (celery.app.task.Task.replace raises).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import CallExpr
from mypy.types import AnyType, get_proper_type

from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.checks.feeding import check_unfed
from celery_registry.mypy.checks.known_results import known_result
from celery_registry.mypy.facts.statements import is_raised, statements_around

if TYPE_CHECKING:
    from mypy.plugin import MethodContext
    from mypy.types import Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["check_added", "check_replace"]


def check_added(context: MethodContext, signatures: Signatures) -> Type:
    """``self.add_to_chord(task.s())`` sends it at once; with ``lazy=True`` somebody else does."""
    call = context.context
    if typeops.find_task(context.type) is not None and isinstance(call, CallExpr) and len(call.args) == 1:
        written = expressions.written_argument(call, 0, "sig")
        if written is not None:
            check_unfed(context.api, written, signatures)
    return context.default_return_type


def check_replace(context: MethodContext, signatures: Signatures) -> Type:
    """``self.replace(task.s())``: nothing feeds it, so it must be complete.

    ``raise`` stands before it in much code: what it gives is never raised, and is no exception.
    """
    call = context.context
    if typeops.find_task(context.type) is None or not isinstance(call, CallExpr):
        return context.default_return_type
    written = expressions.written_argument(call, 0, "sig")
    if written is not None:
        check_unfed(context.api, written, signatures)
    if is_raised(statements_around(expressions.checker(context.api)), call):
        return typeops.any_type()
    default = context.default_return_type
    if written is None or not isinstance(get_proper_type(default), AnyType):
        return default
    return known_result(context.api, written) or default
