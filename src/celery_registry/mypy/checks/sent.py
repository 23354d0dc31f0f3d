"""``sent.to(task)`` and ``sent.answer(task, result)`` in a test know the task: its parameter names, its result.

Law: gives two methods of the recorder their types; what is asked of them is mypy's to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.expandtype import expand_type
from mypy.maptype import map_instance_to_supertype
from mypy.types import Instance, Parameters, get_proper_type

from celery_registry.mypy import expressions, typeops
from celery_registry.source.fullnames import TASK_FULLNAME

if TYPE_CHECKING:
    from mypy.plugin import MethodContext, MethodSigContext
    from mypy.types import FunctionLike, Type

    from celery_registry.mypy.facts.signatures import Signatures

__all__ = ["answer_signature", "typed_sends"]


def typed_sends(context: MethodContext, signatures: Signatures) -> Type:
    """``Sends[[to: str, subject: str], bool]`` in place of ``Sends[[str, str], bool]``."""
    default = get_proper_type(context.default_return_type)
    if not isinstance(default, Instance) or not context.args or not context.args[0] or len(default.args) != 2:
        return default
    task = typeops.find_task(context.arg_types[0][0])
    signature = None if task is None else signatures.of_task(context.api, task, context.args[0][0])
    if signature is None or signature.variables:
        return default
    parameters = Parameters(signature.arg_types, signature.arg_kinds, signature.arg_names)
    return default.copy_modified(args=[parameters, default.args[1]])


def answer_signature(context: MethodSigContext) -> FunctionLike:
    """``sent.answer(task, result)`` takes the task's own result, which mypy would join with whatever is given."""
    default = context.default_signature
    first = context.args[0] if context.args else []
    task = typeops.find_task(expressions.type_of(context.api, first[0])) if first else None
    if task is None or len(default.variables) != 1:
        return default
    base = next(base for base in task.type.mro if base.fullname == TASK_FULLNAME)
    arguments = map_instance_to_supertype(task, base).args
    if len(arguments) != 2:
        return default
    expanded = expand_type(default, {default.variables[0].id: arguments[1]})
    return expanded.copy_modified(variables=[])
