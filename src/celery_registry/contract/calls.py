"""A call of a task in source text -> findings.

Law: it judges counts, names and plain values against one signature, in mypy's words and under mypy's codes. How a call was
found, and which task it means, it never learns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from celery_registry.contract.binding import Misfit, MisfitKind, misfits
from celery_registry.contract.errbacks import errback_rule
from celery_registry.contract.finding import Finding
from celery_registry.contract.names import show_nearest
from celery_registry.contract.options import expected_option
from celery_registry.contract.signature import Parameter, TaskSignature
from celery_registry.contract.task import Origin

__all__ = [
    "PLAIN_TYPES",
    "Argument",
    "OneValue",
    "TaskCall",
    "judge_call",
    "judge_single",
    "misfit_types",
    "show_argument",
]

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
class OneValue:
    """A value where a list or tuple of arguments must stand: what it is, and what to write in its place."""

    given: str
    mended: str


@dataclass(frozen=True)
class TaskCall:
    """One call.

    ``callee`` is what mypy would call it (``"delay" of "send_email"``). ``signature`` is what its caller passes; a type
    in it is a union of plain types as text, None where it is anything else. ``more_positional`` and ``more_keywords``:
    others may be given besides (``*values``, ``**options``). ``partial``: it may be completed by values before these;
    ``fed``: by so many, for certain.
    ``options`` are misspelt options of the method ``taker`` and what each is almost spelled like; ``bare`` is the one value
    that stands where a list or tuple of arguments must, ``single`` the same where its type is not known, ``unmapped`` what
    stands where a mapping of keyword arguments must. ``mistyped`` are options whose value Celery refuses when it sends.
    ``given`` are the numbers of values one of which Celery gives an errback before these.
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
    fed: int = 0
    options: Mapping[str, str] = field(default_factory=dict)
    taker: str = ""
    bare: Argument | None = None
    single: tuple[OneValue, Origin] | None = None
    given: tuple[int, ...] = ()
    unmapped: Argument | None = None
    mistyped: Mapping[str, Argument] = field(default_factory=dict)


def judge_call(call: TaskCall) -> Iterator[Finding]:
    """What mypy with the plugin would say about the call, as far as text tells."""
    for name, nearest in call.options.items():
        facts = {"callee": call.taker, "name": name, "nearest": f'; did you mean "{nearest}"?'}
        yield Finding("call-unknown-option", call.task, facts, call.origin)
    for name, option in call.mistyped.items():
        expected = expected_option(name, option.type or "")
        if expected is not None:
            facts = {"callee": call.taker, "name": f'"{name}"', "given": option.type or "", "expected": expected}
            yield Finding("call-option-type", call.task, facts, option.origin)
    if call.unmapped is not None:
        facts = {"given": call.unmapped.type or "object"}
        yield Finding("call-no-mapping", call.task, facts, call.unmapped.origin)
        return
    if call.bare is not None:
        yield Finding("call-bare-value", call.task, {"given": call.bare.type or "object"}, call.bare.origin)
        return
    if call.single is not None:
        yield judge_single(call.task, *call.single)
        return
    found = list(
        misfits(
            call.signature,
            call.fed + len(call.positional),
            call.keywords,
            more_positional=call.more_positional,
            more_keywords=call.more_keywords,
            partial=call.partial,
        )
    )
    yield from _shape(call, found)
    if not found and call.given:
        yield from _errback(call, _least_wrong(call))
    # mypy says nothing of types where the arguments do not bind.
    if not found:
        yield from _types(call)


def _least_wrong(call: TaskCall) -> list[Misfit]:
    """What does not fit of the likeliest values that Celery gives an errback; nothing where others of them do."""
    each = [
        list(
            misfits(
                call.signature,
                count + len(call.positional),
                call.keywords,
                more_positional=call.more_positional,
                more_keywords=call.more_keywords,
            )
        )
        for count in call.given
    ]
    return [] if [] in each else each[0]


def judge_single(task: str, value: OneValue, origin: Origin) -> Finding:
    """One value in place of all: Celery refuses it, or takes it apart."""
    return Finding("call-single-value", task, {"given": value.given, "mended": value.mended}, origin)


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


def _errback(call: TaskCall, found: list[Misfit]) -> Iterator[Finding]:
    """The same, with what Celery gives as the advice: nothing is wrong with what is written there."""
    rule = errback_rule(len(call.signature.positional), call.given)
    for finding in _shape(call, found):
        problem = _OF_ERRBACK.get(finding.problem, finding.problem)
        yield replace(finding, problem=problem, facts={**finding.facts, "rule": rule})


_OF_ERRBACK = {"call-too-many": "errback-too-many", "call-missing": "errback-missing"}

_PROBLEMS = {
    MisfitKind.TOO_MANY: "call-too-many",
    MisfitKind.MULTIPLE: "call-multiple",
    MisfitKind.UNEXPECTED: "call-unexpected",
}


def _types(call: TaskCall) -> Iterator[Finding]:
    # A chain puts values before these, so nobody can tell yet which parameter each one fills.
    given: dict[int | str, Argument] = {} if call.partial else dict(enumerate(call.positional, call.fed))
    given.update(call.keywords)
    types = {key: argument.type for key, argument in given.items() if argument.type is not None}
    for key, expected in misfit_types(call.signature, types):
        facts = {"callee": call.callee, "name": show_argument(key), "given": types[key], "expected": expected}
        yield Finding("call-type", call.task, facts, given[key].origin)


def misfit_types(signature: TaskSignature[str], given: Mapping[int | str, str]) -> Iterator[tuple[int | str, str]]:
    """The arguments of a plain type that their parameter does not take, each with the type that it takes.

    ``given`` maps a position or a keyword to the type of the value there. A type in the signature is a union of plain
    types as text, None where it is anything else.
    """
    by_keyword = set(signature.names)
    parameters = {p.name: p for p in signature.parameters or () if p.name in by_keyword}
    positional = signature.positional
    for key, type in given.items():
        parameter: Parameter[str] | None
        if isinstance(key, str):
            parameter = parameters.get(key, signature.var_keyword)
        else:
            parameter = positional[key] if key < len(positional) else signature.var_positional
        if parameter is None or parameter.type is None:
            continue
        accepted = {part.strip() for part in parameter.type.split("|")}
        if not accepted & PLAIN_TYPES[type]:
            yield key, parameter.type


def show_argument(key: int | str) -> str:
    """A position or a keyword, as mypy writes it."""
    return f'"{key}"' if isinstance(key, str) else str(key + 1)
