"""The shape of a task's call: parameters and a result, and pure edits on them.

Law: a signature knows names, kinds, whether a value must be given, and types of some sort ``T``
(mypy's types, runtime hints or source text). It never learns what a ``T`` means.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

__all__ = ["Kind", "Parameter", "TaskSignature"]

T = TypeVar("T")
S = TypeVar("S")


class Kind(enum.Enum):
    """How a parameter takes its value: the five kinds of PEP 362, under its names."""

    POSITIONAL_ONLY = "positional-only"
    POSITIONAL_OR_KEYWORD = "positional or keyword"
    VAR_POSITIONAL = "variadic positional"
    KEYWORD_ONLY = "keyword-only"
    VAR_KEYWORD = "variadic keyword"


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """One parameter.

    ``name`` is None where a declaration gives a type alone (``Task[[str], R]``);
    ``type`` is None where nothing is annotated or nothing could be resolved.
    """

    name: str | None
    kind: Kind = Kind.POSITIONAL_OR_KEYWORD
    required: bool = True
    type: T | None = None

    @property
    def positional(self) -> bool:
        """Whether one positional value can fill this parameter."""
        return self.kind in (Kind.POSITIONAL_ONLY, Kind.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class TaskSignature(Generic[T]):
    """What a caller passes and what comes back.

    ``parameters`` is None where the declaration leaves them open (``Task[..., R]``).
    """

    parameters: tuple[Parameter[T], ...] | None
    result: T | None = None

    @property
    def positional(self) -> tuple[Parameter[T], ...]:
        """The parameters that one positional value each can fill, in order."""
        return tuple(p for p in self.parameters or () if p.positional)

    @property
    def keyword_only(self) -> tuple[Parameter[T], ...]:
        """The parameters that only a keyword can fill."""
        return tuple(p for p in self.parameters or () if p.kind is Kind.KEYWORD_ONLY)

    @property
    def var_positional(self) -> Parameter[T] | None:
        """The ``*args`` parameter, if there is one."""
        return self._first(Kind.VAR_POSITIONAL)

    @property
    def var_keyword(self) -> Parameter[T] | None:
        """The ``**kwargs`` parameter, if there is one."""
        return self._first(Kind.VAR_KEYWORD)

    @property
    def names(self) -> tuple[str, ...]:
        """The names a caller may use as keywords, in order."""
        return tuple(
            p.name
            for p in self.parameters or ()
            if p.name is not None and p.kind in (Kind.POSITIONAL_OR_KEYWORD, Kind.KEYWORD_ONLY)
        )

    def _first(self, kind: Kind) -> Parameter[T] | None:
        return next((p for p in self.parameters or () if p.kind is kind), None)

    def without_first(self, count: int = 1) -> TaskSignature[T]:
        """Drop leading positional parameters: ``self`` of a method, the task of ``bind=True``.

        A leading ``*args`` swallows what is dropped, as it does in a real call.
        """
        if self.parameters is None:
            return self
        kept = list(self.parameters)
        for _ in range(count):
            if kept and kept[0].positional:
                del kept[0]
        return replace(self, parameters=tuple(kept))

    def with_names(self, names: Sequence[str]) -> TaskSignature[T]:
        """Give names to unnamed positional parameters, in order; a surplus on either side stays."""
        if self.parameters is None:
            return self
        named = list(self.parameters)
        for index, name in enumerate(names):
            if index < len(named) and named[index].name is None and named[index].positional:
                named[index] = replace(named[index], name=name)
        return replace(self, parameters=tuple(named))

    def map(self, convert: Callable[[T], S]) -> TaskSignature[S]:
        """The same shape over another sort of types."""
        result = None if self.result is None else convert(self.result)
        if self.parameters is None:
            return TaskSignature(None, result)
        return TaskSignature(
            tuple(
                Parameter(p.name, p.kind, p.required, None if p.type is None else convert(p.type))
                for p in self.parameters
            ),
            result,
        )
