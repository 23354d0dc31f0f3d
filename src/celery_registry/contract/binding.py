"""Do these arguments fit this shape?

Law: counts and names alone, for callers that have no function to ask (a schedule in source text, a
message in a queue against a lock). With a function at hand, ask ``inspect.Signature.bind`` instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from celery_registry.contract.signature import Kind, TaskSignature

__all__ = ["bind_arguments"]

T = TypeVar("T")


def bind_arguments(signature: TaskSignature[T], positional: int, keywords: Iterable[str]) -> str | None:
    """Bind ``positional`` values and some keywords, by the rules of a Python call.

    Returns None where they fit, else the first reason in CPython's words: ``missing a required
    argument: 'to'``, ``too many positional arguments``, ``got an unexpected keyword argument 'x'``.
    """
    if signature.parameters is None:
        return None
    given = list(keywords)
    accepted = signature.positional
    if positional > len(accepted) and signature.var_positional is None:
        return "too many positional arguments"
    filled = {p.name for p in accepted[:positional]}
    by_keyword = set(signature.names)
    for name in given:
        # A positional-only parameter leaves its name free for **kwargs (PEP 570).
        if name in filled and name in by_keyword:
            return f"multiple values for argument {name!r}"
        if name not in by_keyword and signature.var_keyword is None:
            return f"got an unexpected keyword argument {name!r}"
    for parameter in (*accepted[positional:], *signature.keyword_only):
        if not parameter.required:
            continue
        if parameter.kind is Kind.POSITIONAL_ONLY or parameter.name not in given:
            return f"missing a required argument: {parameter.name!r}"
    return None
