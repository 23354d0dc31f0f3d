"""Two versions of one task: which messages of the one run on the other.

Law: signatures alone; the words are in ``change``. A message carries what its sender's signature lets a caller
give, by position or by keyword; it never learns where the two versions come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from celery_registry.contract.change import Change
from celery_registry.contract.rules import TypeRules, Verdict
from celery_registry.contract.signature import Kind, Parameter, TaskSignature

__all__ = ["compare_signatures"]

T = TypeVar("T")


def compare_signatures(
    old: TaskSignature[T], new: TaskSignature[T], rules: TypeRules[T], *, results: bool = True
) -> tuple[Change, ...]:
    """What changed for messages; ``results`` tells that somebody may read what the task returns.

    Where one side leaves its parameters open (``Task[..., R]``) only the result is compared.
    """
    changes: list[Change] = []
    if old.parameters is not None and new.parameters is not None:
        pairs = tuple(_pairs(old, new))
        forward = _failures(old, new, {p.old: p.new for p in pairs if p.old is not None})
        backward = _failures(new, old, {p.new: p.old for p in pairs if p.new is not None})
        for pair in pairs:
            changes += pair.changes(old, new, forward, backward)
            changes += _type_changes(pair, rules)
        changes += _variadic_changes(old, new, forward, backward)
    if results:
        changes += _result_changes(old, new, rules)
    return tuple(changes)


# -- which parameter is which ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pair(Generic[T]):
    """A parameter of the old version and the one of the new version that takes its place."""

    old: Parameter[T] | None
    new: Parameter[T] | None

    def changes(
        self, old: TaskSignature[T], new: TaskSignature[T], forward: _Failures[T], backward: _Failures[T]
    ) -> Iterator[Change]:
        """The changes of shape, with what they break."""
        if self.old is None or self.new is None:
            lone = self.new or self.old
            assert lone is not None
            how = "required" if lone.required else "optional"
            sent, asked = (backward, forward) if self.old is None else (forward, backward)
            given, absent = bool(sent.get(lone, set())), "missing" in asked.get(lone, set())
            rule = f"parameter-{'added' if self.old is None else 'removed'}-{how}"
            fails = (absent, given) if self.old is None else (given, absent)
            yield Change(rule, {"parameter": _shown(lone)}, *fails)
            return
        facts = {"parameter": _shown(self.new), "old": _shown(self.old), "kind": self.new.kind.value}
        old_ways, new_ways = forward.get(self.old, set()), backward.get(self.new, set())
        before, after = old_ways - {"omitted"}, new_ways - {"omitted"}
        same_kind = self.old.kind is self.new.kind
        if before | after:
            if self.old.name != self.new.name and (same_kind or (before and after)):
                yield Change("parameter-renamed", facts, bool(before), bool(after))
            elif same_kind:
                yield Change("parameter-moved", facts, bool(before), bool(after))
            else:
                yield self._kind_change(before, after, facts)
        if self.old.required != self.new.required:
            rule = "parameter-became-required" if self.new.required else "parameter-became-optional"
            yield Change(rule, facts, "omitted" in old_ways, "omitted" in new_ways)

    def _kind_change(self, before: set[str], after: set[str], facts: Mapping[str, str]) -> Change:
        if before and after:
            return Change("parameter-kind-changed", facts, True, True)
        rule = "parameter-kind-narrowed" if before else "parameter-kind-widened"
        way = "by position" if "position" in before | after else "by keyword"
        return Change(rule, {**facts, "way": way}, bool(before), bool(after))


def _shown(parameter: Parameter[Any]) -> str:
    return parameter.name or "(unnamed)"


def _pairs(old: TaskSignature[T], new: TaskSignature[T]) -> Iterator[_Pair[T]]:
    """Parameters of one name belong together; then those of two names at one position."""
    single = (Kind.POSITIONAL_ONLY, Kind.POSITIONAL_OR_KEYWORD, Kind.KEYWORD_ONLY)
    after = {p.name: p for p in new.parameters or () if p.kind in single and p.name is not None}
    before = {p.name for p in old.parameters or () if p.kind in single and p.name is not None}
    taken = set()
    for parameter in old.parameters or ():
        if parameter.kind not in single:
            continue
        partner = after.get(parameter.name) if parameter.name is not None else None
        if partner is None and parameter.positional:
            index = _place(old, parameter)
            candidate = new.positional[index] if index < len(new.positional) else None
            if candidate is not None and candidate.name not in before:
                partner = candidate
        if partner is not None:
            taken.add(id(partner))
        yield _Pair(parameter, partner)
    for parameter in new.parameters or ():
        if parameter.kind in single and id(parameter) not in taken:
            yield _Pair(None, parameter)


def _place(signature: TaskSignature[T], parameter: Parameter[T]) -> int:
    return next(index for index, p in enumerate(signature.positional) if p is parameter)


# -- which messages fail -----------------------------------------------------------------------------------------


class _Failures(Generic[T]):
    """How messages of a sender fail on a receiver: parameter -> position, keyword, omitted, missing."""

    def __init__(self) -> None:
        self._ways: dict[int, set[str]] = {}
        self.extra_positional = False
        self.extra_keyword = False

    def add(self, parameter: Parameter[T], way: str) -> None:
        self._ways.setdefault(id(parameter), set()).add(way)

    def get(self, parameter: Parameter[T], default: set[str]) -> set[str]:
        return self._ways.get(id(parameter), default)


def _failures(
    sender: TaskSignature[T], receiver: TaskSignature[T], partners: Mapping[Any, Parameter[T] | None]
) -> _Failures[T]:
    found: _Failures[T] = _Failures()
    by_place, by_name = receiver.positional, set(receiver.names)
    covered = set()
    for parameter in sender.parameters or ():
        if parameter not in partners:
            continue
        partner = partners[parameter]
        if partner is not None:
            covered.add(partner)
            if partner.required and not parameter.required:
                found.add(parameter, "omitted")
        if parameter.positional:
            index = _place(sender, parameter)
            lands = by_place[index] if index < len(by_place) else receiver.var_positional
            # *args swallow what has no place any more, but not what another parameter waits for.
            if lands is None or (lands != partner and not (partner is None and lands is receiver.var_positional)):
                found.add(parameter, "position")
        if parameter.kind is not Kind.POSITIONAL_ONLY:
            named = parameter.name in by_name and partner is not None and partner.name == parameter.name
            swallowed = parameter.name not in by_name and receiver.var_keyword is not None and partner is None
            if not named and not swallowed:
                found.add(parameter, "keyword")
    for parameter in receiver.parameters or ():
        single = parameter.positional or parameter.kind is Kind.KEYWORD_ONLY
        if single and parameter.required and parameter not in covered:
            found.add(parameter, "missing")
    found.extra_positional = sender.var_positional is not None and (
        receiver.var_positional is None or len(by_place) > len(sender.positional)
    )
    found.extra_keyword = sender.var_keyword is not None and receiver.var_keyword is None
    return found


def _variadic_changes(
    old: TaskSignature[T], new: TaskSignature[T], forward: _Failures[T], backward: _Failures[T]
) -> Iterator[Change]:
    sides = (
        (old.var_positional, new.var_positional, "*", forward.extra_positional, backward.extra_positional),
        (old.var_keyword, new.var_keyword, "**", forward.extra_keyword, backward.extra_keyword),
    )
    for before, after, stars, old_fails, new_fails in sides:
        shown = after or before
        if shown is None:
            continue
        facts = {"parameter": f"{stars}{_shown(shown)}"}
        if before is None or after is None:
            rule = "variadic-added" if before is None else "variadic-removed"
            yield Change(rule, facts, old_fails, new_fails)
        elif old_fails or new_fails:
            yield Change("parameter-moved", facts, old_fails, new_fails)


# -- types -------------------------------------------------------------------------------------------------------


def _type_changes(pair: _Pair[T], rules: TypeRules[T]) -> Iterator[Change]:
    if pair.old is None or pair.new is None or pair.old.type is None or pair.new.type is None:
        return
    old_runs, new_runs = rules.accepts(pair.new.type, pair.old.type), rules.accepts(pair.old.type, pair.new.type)
    rule = _type_rule("type", old_runs, new_runs)
    if rule is not None:
        facts = {"old": rules.show(pair.old.type), "new": rules.show(pair.new.type)}
        yield Change(rule, {"parameter": _shown(pair.new), **facts}, old_runs is Verdict.NO, new_runs is Verdict.NO)


def _result_changes(old: TaskSignature[T], new: TaskSignature[T], rules: TypeRules[T]) -> Iterator[Change]:
    if old.result is None or new.result is None:
        return
    # Results travel the other way: an old caller reads what a new worker returns.
    old_reads, new_reads = rules.accepts(old.result, new.result), rules.accepts(new.result, old.result)
    if Verdict.NO not in (old_reads, new_reads):
        return
    rule = {(True, True): "result-changed", (True, False): "result-widened"}.get(
        (old_reads is Verdict.NO, new_reads is Verdict.NO), "result-narrowed"
    )
    facts = {"old": rules.show(old.result), "new": rules.show(new.result)}
    yield Change(rule, facts, old_reads is Verdict.NO, new_reads is Verdict.NO)


def _type_rule(prefix: str, old_runs: Verdict, new_runs: Verdict) -> str | None:
    if old_runs is Verdict.NO:
        return f"{prefix}-changed" if new_runs is Verdict.NO else f"{prefix}-narrowed"
    if new_runs is Verdict.NO:
        return f"{prefix}-widened"
    return f"{prefix}-unknown" if Verdict.UNKNOWN in (old_runs, new_runs) else None
