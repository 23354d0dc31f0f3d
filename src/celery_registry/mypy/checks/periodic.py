"""``add_periodic_task(schedule, task.s(...))`` and the ``crontab`` that it is given.

Law: widens both to what Celery takes, and checks that nothing is missing: nothing feeds what beat sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.nodes import CallExpr
from mypy.types import Type, UnionType

from celery_registry.mypy import expressions, typeops
from celery_registry.mypy.checks.arguments import read_arguments
from celery_registry.mypy.checks.containers import check_complete
from celery_registry.mypy.checks.feeding import check_given
from celery_registry.mypy.checks.options import check_unknown_options
from celery_registry.source.fullnames import TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.plugin import FunctionSigContext, MethodContext, MethodSigContext
    from mypy.types import FunctionLike

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["check_periodic_task", "crontab_signature", "periodic_signature"]

_PERIODIC: Final = {"sig": TASK_FULLNAME, "schedule": "datetime.timedelta"}
_FIELDS: Final = frozenset({"minute", "hour", "day_of_week", "day_of_month", "month_of_year"})


def periodic_signature(context: MethodSigContext) -> FunctionLike:
    """``add_periodic_task(schedule, task)`` takes a task as well as a signature (celery.app.base.Celery)."""
    default = context.default_signature
    # A time between two runs is a schedule too (celery.schedules.maybe_schedule).
    others = {name: typeops.lookup_instance(context.api, fullname) for name, fullname in _PERIODIC.items()}
    types: list[Type] = []
    for name, type in zip(default.arg_names, default.arg_types, strict=True):
        if name in others:
            types.append(UnionType([type, others[name] or typeops.any_type()]))
        elif name == "args":
            # Signature.clone makes a tuple of any sequence.
            types.append(UnionType([type, context.api.named_generic_type("typing.Sequence", [typeops.any_type()])]))
        else:
            types.append(type)
    return default.copy_modified(arg_types=types)


def crontab_signature(context: FunctionSigContext) -> FunctionLike:
    """``crontab(day_of_week={1, 2})``: any numbers, as ``crontab._expand_cronspec`` takes them."""
    default = context.default_signature
    number = context.api.named_generic_type("builtins.int", [])
    numbers = context.api.named_generic_type("typing.Iterable", [number])
    types = [
        UnionType.make_union([type, numbers]) if name in _FIELDS else type
        for name, type in zip(default.arg_names, default.arg_types, strict=True)
    ]
    return default.copy_modified(arg_types=types)


def check_periodic_task(context: MethodContext, signatures: Signatures) -> Type:
    """``add_periodic_task(schedule, task.s(...), args, kwargs)``: nothing else feeds it, so it must be complete."""
    call = context.context
    written = expressions.written_argument(call, 1, "sig") if isinstance(call, CallExpr) else None
    if not isinstance(call, CallExpr) or written is None:
        return context.default_return_type
    # Celery drops a misspelt option in silence.
    check_unknown_options(context, call, None, "add_periodic_task of Celery")
    if any(kind.is_star() for kind in call.arg_kinds):
        return context.default_return_type
    positional = expressions.written_argument(call, 2, "args")
    keywords = expressions.written_argument(call, 3, "kwargs")
    task = typeops.find_task(expressions.type_of(context.api, written))
    signature = None if task is None else signatures.of_task(context.api, task, written)
    for given in read_arguments(context.api, positional, keywords, call):
        if task is None:
            check_given(context.api, written, given, signatures)
        elif signature is not None:
            check_complete(context.api, typeops.named_after(signature, written), given)
    return context.default_return_type
