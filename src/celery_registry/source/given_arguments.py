"""What a call of a function of the program's gives each of its parameters.

Law: the facts of a function and what a call writes in, bindings out, None where the call does not fit; no name is followed.
"""

from __future__ import annotations

from celery_registry.contract.signature import Kind
from celery_registry.source.facts import Binding, FunctionFacts, ParameterFacts
from celery_registry.source.symbols import Frame, Symbol
from celery_registry.source.values import UNKNOWN, Value

__all__ = ["Given", "Keywords", "given_arguments"]

#: A value and where it is read.
Given = tuple[Frame, Value]
Keywords = list[tuple["str | None", Given]]


def given_arguments(
    symbol: Symbol,
    function: FunctionFacts,
    inside: dict[str, tuple[Binding, ...]],
    positional: list[Given],
    keywords: Keywords,
    *,
    static: bool,
) -> dict[str, tuple[Binding, ...]] | None:
    """Parameter -> what a call gives it; None where the call does not fit."""
    parameters = list(function.parameters)
    if symbol.via is not None and function.cls is not None and not static and parameters:
        del parameters[0]
    by_place = [p for p in parameters if p.kind in (Kind.POSITIONAL_ONLY.value, Kind.POSITIONAL_OR_KEYWORD.value)]
    by_name = {p.name: p for p in parameters if p.kind in (Kind.POSITIONAL_OR_KEYWORD.value, Kind.KEYWORD_ONLY.value)}
    given = {parameter.name: item for parameter, item in zip(by_place, positional, strict=False)}
    more, options = positional[len(by_place) :], []
    for keyword, item in keywords:
        if keyword is not None and keyword in by_name and keyword not in given:
            given[keyword] = item
        else:
            options.append((keyword, item))
    has = {p.kind: p.name for p in parameters if p.kind in (Kind.VAR_POSITIONAL.value, Kind.VAR_KEYWORD.value)}
    open_ended = any(keyword in (None, "**") for keyword, _ in options)
    values, names = has.get(Kind.VAR_POSITIONAL.value), has.get(Kind.VAR_KEYWORD.value)
    if (more and values is None) or (options and names is None and not open_ended):
        return None
    rows = {name: _argument(symbol, name, item) for name, item in given.items()}
    for parameter in (*by_place, *by_name.values()):
        if parameter.name not in given and not _left_out(symbol, parameter, inside, open_ended, rows):
            return None
    if values is not None:
        rows[values] = (("AS", more),)
    if names is not None:
        rows[names] = (("AK", options),)
    return rows


def _left_out(
    symbol: Symbol,
    parameter: ParameterFacts,
    inside: dict[str, tuple[Binding, ...]],
    open_ended: bool,
    rows: dict[str, tuple[Binding, ...]],
) -> bool:
    """Whether a parameter may be left out; its default counts where that is a constant."""
    if open_ended:
        rows[parameter.name] = _argument(symbol, parameter.name, (Frame(symbol.module), UNKNOWN))
        return True
    known = inside.get(parameter.name, ())
    if len(known) == 1 and known[0][0] == "P" and len(known[0]) > 2:
        rows[parameter.name] = _argument(symbol, parameter.name, (Frame(symbol.module), known[0][2]))
    return not parameter.required


def _argument(symbol: Symbol, parameter: str, given: Given) -> tuple[Binding, ...]:
    frame, value = given
    # A name that no program has: what is known of it is of this call alone.
    name = f"<{parameter} of {symbol.fullname}>"
    place = frame._replace(cls=None, environment={**frame.environment, name: ()})
    return (("A", name, place, value),)
