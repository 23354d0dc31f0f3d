"""``task.apply_async(user.id)`` and ``self.retry(exc)`` where mypy sees ``Any``: one value in place of a list of arguments.

Law: asks the text what the value is, where the type does not tell; what the text leaves open is not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import ARG_OPT, ARG_POS, DictExpr, ListExpr, TupleExpr
from mypy.types import AnyType, get_proper_type

from celery_registry.contract.calls import judge_single
from celery_registry.contract.task import Origin
from celery_registry.mypy import expressions
from celery_registry.mypy.emit import emit_finding
from celery_registry.source.single_values import single_values

if TYPE_CHECKING:
    from mypy.nodes import Expression
    from mypy.plugin import CheckerPluginInterface
    from mypy.types import CallableType

__all__ = ["is_single"]


def is_single(
    api: CheckerPluginInterface, positional: Expression | None, signature: CallableType | None, typed: bool = True
) -> bool:
    """Report what stands for ``args=`` where it certainly is one value; ``typed``: mypy has seen it, so ``Any`` alone is asked."""
    if positional is None or isinstance(positional, (TupleExpr, ListExpr, DictExpr)):
        return False
    if typed and not isinstance(get_proper_type(expressions.type_of(api, positional)), AnyType):
        return False
    path = expressions.checker(api).path
    values = single_values(path)
    value = None if values is None else values.at(positional.line, positional.column, _names(signature))
    if value is None:
        return False
    task = "" if signature is None else signature.name or ""
    emit_finding(judge_single(task, value, Origin(path, positional.line)), api, positional)
    return True


def _names(signature: CallableType | None) -> list[str] | None:
    """The positional parameters; None where nobody knows, or there is any number of them."""
    if signature is None or signature.is_var_arg:
        return None
    pairs = zip(signature.arg_names, signature.arg_kinds, strict=True)
    return [name or "" for name, kind in pairs if kind in (ARG_POS, ARG_OPT)]
