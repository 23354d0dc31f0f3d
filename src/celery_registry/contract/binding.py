"""Do these arguments fit this shape?

Law: counts and names alone, for callers that have no function to ask (a call or a schedule in source text, a
message in a queue against a lock). With a function at hand, ask ``inspect.Signature.bind`` instead.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, TypeVar

from celery_registry.contract.signature import Kind, TaskSignature

__all__ = ["Misfit", "MisfitKind", "bind_arguments", "misfits"]

T = TypeVar("T")


class MisfitKind(enum.Enum):
    """How an argument can fail to fit, in CPython's words."""

    TOO_MANY = "too many positional arguments"
    MULTIPLE = "multiple values for argument {name!r}"
    UNEXPECTED = "got an unexpected keyword argument {name!r}"
    MISSING = "missing a required argument: {name!r}"


class Misfit(NamedTuple):
    """One argument that does not fit; ``name`` is its parameter or keyword, None for a surplus positional one."""

    kind: MisfitKind
    name: str | None = None
    keyword_only: bool = False


def bind_arguments(signature: TaskSignature[T], positional: int, keywords: Iterable[str]) -> str | None:
    """Bind ``positional`` values and some keywords, by the rules of a Python call.

    Returns None where they fit, else the first reason in CPython's words: ``missing a required
    argument: 'to'``, ``too many positional arguments``, ``got an unexpected keyword argument 'x'``.
    """
    first = next(misfits(signature, positional, tuple(keywords)), None)
    return None if first is None else first.kind.value.format(name=first.name)


def misfits(
    signature: TaskSignature[T],
    positional: int,
    keywords: Collection[str],
    *,
    more_positional: bool = False,
    more_keywords: bool = False,
    partial: bool = False,
) -> Iterator[Misfit]:
    """Everything that does not fit, whatever values or keywords are given besides (``*values``, ``**options``).

    ``partial``: the call may be completed later by values before these, as a chain completes ``s()``.
    """
    if signature.parameters is None:
        return
    accepted = signature.positional
    if positional > len(accepted) and signature.var_positional is None:
        yield Misfit(MisfitKind.TOO_MANY)
    filled = {p.name for p in accepted[:positional]}
    by_keyword = set(signature.names)
    for name in keywords:
        # A positional-only parameter leaves its name free for **kwargs (PEP 570).
        if name in filled and name in by_keyword:
            yield Misfit(MisfitKind.MULTIPLE, name)
        elif name not in by_keyword and signature.var_keyword is None:
            yield Misfit(MisfitKind.UNEXPECTED, name)
    if partial or more_keywords:
        return
    for parameter in (*accepted[positional:], *signature.keyword_only):
        if not parameter.required or (more_positional and parameter.positional):
            continue
        if parameter.kind is Kind.POSITIONAL_ONLY or parameter.name not in keywords:
            yield Misfit(MisfitKind.MISSING, parameter.name, parameter.kind is Kind.KEYWORD_ONLY)
