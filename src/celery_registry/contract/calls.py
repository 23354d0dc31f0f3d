"""A call of a task in source text -> findings.

Law: it judges counts, names and plain values against one signature, in mypy's words and under mypy's codes. How a call was
found, and which task it means, it never learns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from celery_registry.contract.binding import Misfit, MisfitKind, misfits
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.contract.task import Origin

__all__ = ["PLAIN_TYPES", "Argument", "TaskCall", "judge_call"]

#: The types of plain values, and what else mypy lets such a value pass as (the numeric tower of PEP 484).
PLAIN_TYPES: Mapping[str, frozenset[str]] = {
    "str": frozenset({"str"}),
    "bytes": frozenset({"bytes"}),
    "bool": frozenset({"bool", "int", "float", "complex"}),
    "int": frozenset({"int", "float", "complex"}),
    "float": frozenset({"float", "complex"}),
    "None": frozenset({"None"}),
}


@dataclass(frozen=True)
class Argument:
    """One value that a call gives: its plain type, None where the text does not show one, and its place."""

    type: str | None
    origin: Origin


@dataclass(frozen=True)
class TaskCall:
    """One call.

    ``callee`` is what mypy would call it (``"delay" of "send_email"``). ``signature`` is what its caller passes; a type
    in it is a union of plain types as text, None where it is anything else. ``more_positional`` and ``more_keywords``:
    others may be given besides (``*values``, ``**options``). ``partial``: it may be completed by values before these.
    ``options`` are misspelt options of the method ``taker`` and what each is almost spelled like; ``bare`` is the one value
    that stands where a list or tuple of arguments must.
    """

    task: str
    callee: str
    signature: TaskSignature[str]
    origin: Origin
    positional: tuple[Argument, ...] = ()
    keywords: Mapping[str, Argument] = field(default_factory=dict)
    more_positional: bool = False
    more_keywords: bool = False
    partial: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    taker: str = ""
    bare: Argument | None = None


def judge_call(call: TaskCall) -> Iterator[Finding]:
    """What mypy with the plugin would say about the call, as far as text tells."""
    for name, nearest in call.options.items():
        facts = {"callee": call.taker, "name": name, "nearest": f'; did you mean "{nearest}"?'}
        yield Finding("call-unexpected", call.task, facts, call.origin)
    if call.bare is not None:
        yield Finding("call-bare-value", call.task, {"given": call.bare.type or "object"}, call.bare.origin)
        return
    found = list(
        misfits(
            call.signature,
            len(call.positional),
            call.keywords,
            more_positional=call.more_positional,
            more_keywords=call.more_keywords,
            partial=call.partial,
        )
    )
    yield from _shape(call, found)
    # mypy says nothing of types where the arguments do not bind.
    if not found:
        yield from _types(call)


def _shape(call: TaskCall, found: list[Misfit]) -> Iterator[Finding]:
    for misfit in found:
        if misfit.kind is not MisfitKind.MISSING:
            problem = _PROBLEMS[misfit.kind]
            nearest = show_nearest(misfit.name, call.signature.names) if misfit.name is not None else ""
            facts = {"callee": call.callee, "name": misfit.name or "", "nearest": nearest}
            yield Finding(problem, call.task, facts, call.origin)
    if any(misfit.kind is MisfitKind.UNEXPECTED for misfit in found):
        # mypy takes it for the missing one, misspelt.
        return
    for problem, named in (("call-missing", False), ("call-missing-named", True)):
        missing = [m.name or "" for m in found if m.kind is MisfitKind.MISSING and m.keyword_only is named]
        if missing:
            noun = "argument" if len(missing) == 1 else "arguments"
            names = ", ".join(f'"{name}"' for name in missing)
            yield Finding(problem, call.task, {"callee": call.callee, "names": f"{noun} {names}"}, call.origin)


_PROBLEMS = {
    MisfitKind.TOO_MANY: "call-too-many",
    MisfitKind.MULTIPLE: "call-multiple",
    MisfitKind.UNEXPECTED: "call-unexpected",
}


def _types(call: TaskCall) -> Iterator[Finding]:
    by_keyword = set(call.signature.names)
    parameters = {p.name: p for p in call.signature.parameters or () if p.name in by_keyword}
    given: list[tuple[str, Parameter[str] | None, Argument]] = []
    if not call.partial:
        # A chain puts values before these, so nobody can tell yet which parameter each one fills.
        filled = [*call.signature.positional]
        for number, argument in enumerate(call.positional):
            given.append(
                (str(number + 1), filled[number] if number < len(filled) else call.signature.var_positional, argument)
            )
    given += [
        (f'"{name}"', parameters.get(name, call.signature.var_keyword), argument)
        for name, argument in call.keywords.items()
    ]
    for shown, parameter, argument in given:
        if parameter is None or parameter.type is None or argument.type is None:
            continue
        accepted = {part.strip() for part in parameter.type.split("|")}
        if not accepted & PLAIN_TYPES[argument.type]:
            facts = {"callee": call.callee, "name": shown, "given": argument.type, "expected": parameter.type}
            yield Finding("call-type", call.task, facts, argument.origin)
