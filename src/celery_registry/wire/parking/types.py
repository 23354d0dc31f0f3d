"""Is each argument of a message of its annotated type?

Law: pydantic judges, in its lax mode: a message holds what JSON has, so a list may stand for a tuple or a set, a text for
a date or the member of an enum, an integer for a float. What pydantic or Python cannot read is not judged.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import typing
import warnings
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from celery_registry.wire.parking.target import bare_parameters

__all__ = ["Types", "has_checker", "read_types"]


def has_checker() -> bool:
    """Whether the library that judges is installed."""
    return importlib.util.find_spec("pydantic") is not None


class Types:
    """The annotated parameters of one task."""

    def __init__(self, signature: inspect.Signature, adapters: Mapping[str, Any]) -> None:
        self._signature = signature
        self._adapters = adapters

    def wrong(self, args: Any, kwargs: Any) -> str | None:
        """The first argument that is not of its type, without its value; the arguments fit the signature."""
        from pydantic import ValidationError

        try:
            bound = self._signature.bind(*args, **kwargs).arguments
        except TypeError:
            # Before Python 3.13 ``bind`` confuses a positional-only name with the same key of ``**kwargs``.
            return None
        for name, adapter in self._adapters.items():
            if name not in bound:
                continue
            kind = self._signature.parameters[name].kind
            values = [bound[name]]
            if kind is inspect.Parameter.VAR_POSITIONAL:
                values = list(bound[name])
            elif kind is inspect.Parameter.VAR_KEYWORD:
                values = list(bound[name].values())
            for value in values:
                try:
                    adapter.validate_python(value)
                except ValidationError as error:
                    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
                    inner = "".join(f"[{part!r}]" for part in first["loc"])
                    return f"{name}{inner}: {first['msg']}, not {type(value).__name__}"
                except Exception:  # a validator of the user's own
                    continue
        return None


def read_types(function: FunctionType, dropped: int) -> Types | None:
    """What ``function`` says of its parameters; None where it says nothing that can be checked."""
    parameters = bare_parameters(function, dropped)
    if parameters is None:
        return None
    adapters = {}
    for parameter in parameters:
        adapter = _adapter(_hint(function, parameter.name), parameter.default is None)
        if adapter is not None:
            adapters[parameter.name] = adapter
    return Types(inspect.Signature(parameters), adapters) if adapters else None


def _hint(function: FunctionType, name: str) -> Any:
    """The annotation of one parameter, or Any; names under TYPE_CHECKING are not there."""
    if sys.version_info >= (3, 14):
        import annotationlib

        annotations = annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF)
    else:
        annotations = function.__annotations__
    hint = annotations.get(name, Any)
    try:
        holder = type("Holder", (), {"__annotations__": {name: hint}, "__module__": function.__module__})
        return typing.get_type_hints(holder, function.__globals__, {}, include_extras=True)[name]
    except Exception:  # an annotation may be anything
        return Any


def _adapter(hint: Any, optional: bool) -> Any:
    if hint is Any or hint is object:
        return None
    from pydantic import ConfigDict, TypeAdapter

    try:
        if optional:
            hint = typing.Optional[hint]  # noqa: UP045 - the hint is a value here
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
            except Exception:  # models, dataclasses and TypedDicts bring a configuration of their own
                return TypeAdapter(hint)
    except Exception:  # a type that pydantic cannot check
        return None
