"""``task(...)``, ``run``, ``delay``, ``delay_on_commit`` and ``si``: the task's own parameters.

Law: gives mypy the one precise callable; the judgement and the words are mypy's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.types import AnyType, NoneType, get_proper_type

from celery_registry.mypy import typeops
from celery_registry.mypy.checks.canvas import typed
from celery_registry.mypy.checks.options import KNOWN_OPTIONS
from celery_registry.mypy.emit import emit_note

if TYPE_CHECKING:
    from mypy.plugin import MethodContext, MethodSigContext
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["check_direct_options", "direct_signature"]


def direct_signature(context: MethodSigContext, signatures: Signatures) -> FunctionLike:
    """The parameters of the task in place of the stub's ``*args: P.args, **kwargs: P.kwargs``."""
    default = context.default_signature
    task = typeops.find_task(context.type)
    if task is None:
        return default
    # DjangoTask.delay_on_commit sends nothing yet, so it has no result (Celery documentation, *First steps with Django*).
    if default.name is not None and default.name.startswith("delay_on_commit"):
        default = default.copy_modified(ret_type=NoneType())
    if not signatures.needs_hook(task):
        return default
    signature = signatures.of_call(context.api, task, context.context)
    if signature is None:
        return default
    # Only __call__ and run give the result itself; the rest wrap it.
    result = get_proper_type(default.ret_type)
    if isinstance(result, AnyType):
        result = get_proper_type(signature.ret_type)
    return default.copy_modified(
        ret_type=typed(result, signature.ret_type),
        arg_types=signature.arg_types,
        arg_kinds=signature.arg_kinds,
        arg_names=signature.arg_names,
        variables=[*default.variables, *signature.variables],
    )


def check_direct_options(context: MethodContext, signatures: Signatures) -> Type:
    """Name an option of ``apply_async`` that was given to ``delay``, which has none."""
    call_names = [name for names in context.arg_names for name in names if name]
    written = getattr(context.context, "arg_names", call_names)
    if any(name in KNOWN_OPTIONS for name in written):
        signature = signatures.of_call(context.api, context.type, context.context)
        if signature is not None and not typeops.has_star(signature, typeops.ARG_STAR2):
            for name in written:
                if name in KNOWN_OPTIONS and name not in signature.arg_names:
                    emit_note(f'"{name}" is an option of apply_async(), not of delay()', context.api, context.context)
    return context.default_return_type
