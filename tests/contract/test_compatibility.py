"""Every verdict on two signatures is held to all calls that Python's own binding allows."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from celery_registry.contract.change import RULES, Change, Order, combine_orders
from celery_registry.contract.compatibility import compare_signatures
from celery_registry.contract.rules import Verdict
from celery_registry.contract.signature import Kind, Parameter, TaskSignature

Signature = TaskSignature[str]
KINDS = {
    Kind.POSITIONAL_ONLY: inspect.Parameter.POSITIONAL_ONLY,
    Kind.POSITIONAL_OR_KEYWORD: inspect.Parameter.POSITIONAL_OR_KEYWORD,
    Kind.VAR_POSITIONAL: inspect.Parameter.VAR_POSITIONAL,
    Kind.KEYWORD_ONLY: inspect.Parameter.KEYWORD_ONLY,
    Kind.VAR_KEYWORD: inspect.Parameter.VAR_KEYWORD,
}


class Names:
    """Types are numbers as text: a bigger one accepts a smaller one, ``?`` nobody knows."""

    def accepts(self, target: str, value: str) -> Verdict:
        if "?" in (target, value):
            return Verdict.UNKNOWN
        if "!" in (target, value):
            return Verdict.YES if target == value else Verdict.NO
        return Verdict.YES if target >= value else Verdict.NO

    def show(self, type: str, /) -> str:
        return type


def sign(text: str) -> Signature:
    """``sign("a, b=1, *, c")``: the signature of such a def; an annotation is a type."""
    space: dict[str, Any] = {}
    exec(f"from __future__ import annotations\ndef f({text}): ...", space)
    kinds = {value: key for key, value in KINDS.items()}
    empty = inspect.Parameter.empty
    signature = inspect.signature(space["f"])
    return TaskSignature(
        tuple(
            Parameter(
                p.name,
                kinds[p.kind],
                p.default is empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD),
                None if p.annotation is empty else p.annotation.strip("'"),
            )
            for p in signature.parameters.values()
        )
    )


def compare(old: str, new: str) -> tuple[Change, ...]:
    return compare_signatures(sign(old), sign(new), Names())


# -- the oracle: all calls, bound by inspect ---------------------------------------------------------------------


def bound(signature: Signature) -> inspect.Signature:
    return inspect.Signature(
        [
            inspect.Parameter(
                str(p.name),
                KINDS[p.kind],
                default=inspect.Parameter.empty
                if p.required or p.kind in (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)
                else None,
            )
            for p in signature.parameters or ()
        ]
    )


def calls(signature: Signature) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Every call that a caller of this signature may write; each value is the name of its parameter."""
    positional = [str(p.name) for p in signature.positional]
    singles = [p for p in signature.parameters or () if p.kind not in (Kind.VAR_POSITIONAL, Kind.VAR_KEYWORD)]
    extra = ["*"] if signature.var_positional else []
    for count in range(len(positional) + len(extra) + 1):
        given_by_place = (positional + extra)[:count]
        rest = [p for p in singles if p.name not in given_by_place and p.kind is not Kind.POSITIONAL_ONLY]
        optional = [str(p.name) for p in rest if not p.required]
        required = [str(p.name) for p in rest if p.required]
        if any(
            p.required and p.kind is Kind.POSITIONAL_ONLY and p.name not in given_by_place for p in signature.positional
        ):
            continue
        if extra and "*" in given_by_place and count <= len(positional):
            continue
        for size in range(len(optional) + 1):
            for chosen in itertools.combinations(optional, size):
                names = [*required, *chosen]
                for more in [[]] + ([["**"]] if signature.var_keyword else []):
                    yield given_by_place, {name: name for name in [*names, *more]}


def partners(old: Signature, new: Signature) -> dict[str, str]:
    after = {str(p.name) for p in (*new.positional, *new.keyword_only)}
    before = {str(p.name) for p in (*old.positional, *old.keyword_only)}
    found = {name: name for name in before & after}
    for a, b in zip(old.positional, new.positional, strict=False):
        if a.name not in after and b.name not in before:
            found[str(a.name)] = str(b.name)
    return found


def runs(sender: Signature, receiver: Signature, partner: dict[str, str]) -> bool:
    """Whether every call of the sender binds, and every value lands where it is meant to."""
    signature = bound(receiver)
    stars = {
        "*": receiver.var_positional and receiver.var_positional.name,
        "**": receiver.var_keyword and receiver.var_keyword.name,
    }
    by_place = {p.name for p in receiver.positional if p.kind is Kind.POSITIONAL_ONLY}
    for args, kwargs in calls(sender):
        # ``bind`` of Python 3.13 and 3.14 puts some of these in their places; the call itself never does.
        hidden = by_place & kwargs.keys()
        if hidden and (receiver.var_keyword is None or any(kwargs[str(name)] in partner for name in hidden)):
            return False
        kwargs = {name: value for name, value in kwargs.items() if name not in hidden}
        try:
            arguments = signature.bind(*args, **kwargs).arguments
        except TypeError:
            return False
        for name, value in arguments.items():
            swallowed = value if name == stars["*"] else value.values() if name == stars["**"] else ()
            if any(v in partner for v in swallowed):
                return False
            if not swallowed and partner.get(value) != name:
                return False
    return True


POOL = ["a", "b", "c", "d"]


@st.composite
def signatures(draw: st.DrawFn, stars: bool = True) -> Signature:
    names = draw(st.permutations(POOL))[: draw(st.integers(0, 3))]
    kinds = sorted((draw(st.integers(0, 2)) for _ in names), key=int)
    found: list[Parameter[str]] = []
    defaults = False
    for name, kind in zip(names, kinds, strict=True):
        which = (Kind.POSITIONAL_ONLY, Kind.POSITIONAL_OR_KEYWORD, Kind.KEYWORD_ONLY)[kind]
        optional = draw(st.booleans())
        if which is not Kind.KEYWORD_ONLY:
            defaults = optional = defaults or optional
        found.append(Parameter(name, which, not optional))
    if stars and draw(st.booleans()):
        index = sum(p.positional for p in found)
        found.insert(index, Parameter("args", Kind.VAR_POSITIONAL, False))
    if stars and draw(st.booleans()):
        found.append(Parameter("kwargs", Kind.VAR_KEYWORD, False))
    return TaskSignature(tuple(found))


@settings(max_examples=800, deadline=None)
@given(old=signatures(), new=signatures())
def test_the_verdict_says_what_becomes_of_every_possible_message(old: Signature, new: Signature) -> None:
    changes = compare_signatures(old, new, Names())
    partner = partners(old, new)
    back = {b: a for a, b in partner.items()}
    assert any(c.old_fails for c in changes) is not runs(old, new, partner)
    assert any(c.new_fails for c in changes) is not runs(new, old, back)


@settings(max_examples=300, deadline=None)
@given(old=signatures(stars=False), new=signatures(stars=False))
def test_without_variadics_a_single_change_has_the_verdict_of_its_row(old: Signature, new: Signature) -> None:
    changes = compare_signatures(old, new, Names())
    if len(changes) == 1:
        assert changes[0].order is RULES[changes[0].rule].order


@given(old=signatures())
def test_a_signature_is_compatible_with_itself(old: Signature) -> None:
    assert compare_signatures(old, old, Names()) == ()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("a", "a, b", "parameter-added-required"),
        ("a", "a, b=1", "parameter-added-optional"),
        ("a", "a, *, b=1", "parameter-added-optional"),
        ("a, b", "a", "parameter-removed-required"),
        ("a, b=1", "a", "parameter-removed-optional"),
        ("a", "b", "parameter-renamed"),
        ("a=1", "a", "parameter-became-required"),
        ("a", "a=1", "parameter-became-optional"),
        ("a", "*, a", "parameter-kind-narrowed"),
        ("*, a", "a", "parameter-kind-widened"),
        ("a, /", "a", "parameter-kind-widened"),
        ("a, /", "*, a", "parameter-kind-changed"),
        ("a", "a, *args", "variadic-added"),
        ("a, **kwargs", "a", "variadic-removed"),
        ("a: '1'", "a: '2'", "type-widened"),
        ("a: '2'", "a: '1'", "type-narrowed"),
        ("a: '1'", "a: '!'", "type-changed"),
        ("a: '1'", "a: '?'", "type-unknown"),
    ],
)
def test_each_change_of_a_parameter_has_one_row(old: str, new: str, rule: str) -> None:
    changes = compare(old, new)
    assert [change.rule for change in changes] == [rule]
    assert changes[0].order is RULES[rule].order
    assert changes[0].title
    assert changes[0].remedy
    assert len(changes[0].reasons) == changes[0].old_fails + changes[0].new_fails


def test_swapped_parameters_break_positional_messages() -> None:
    assert {change.rule for change in compare("a, b", "b, a")} == {"parameter-moved"}


def test_a_renamed_positional_only_parameter_is_compatible() -> None:
    assert compare("a, /", "b, /") == ()


def test_keyword_variadics_of_the_old_worker_swallow_a_new_optional_parameter() -> None:
    (change,) = compare("a, **kwargs", "a, *, b=1, **kwargs")
    assert change.rule == "parameter-added-optional"
    assert change.order is Order.COMPATIBLE


def test_an_open_signature_says_nothing_about_parameters() -> None:
    assert compare_signatures(TaskSignature(None), sign("a, b"), Names()) == ()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [("1", "2", "result-widened"), ("2", "1", "result-narrowed"), ("1", "!", "result-changed"), ("1", "?", None)],
)
def test_results_travel_the_other_way(old: str, new: str, rule: str | None) -> None:
    before, after = TaskSignature[str]((), old), TaskSignature[str]((), new)
    assert [c.rule for c in compare_signatures(before, after, Names())] == ([] if rule is None else [rule])
    assert compare_signatures(before, after, Names(), results=False) == ()
    if rule is not None:
        assert compare_signatures(before, after, Names())[0].order is RULES[rule].order


def test_contradicting_orders_break() -> None:
    assert combine_orders([]) is Order.COMPATIBLE
    assert combine_orders([Order.COMPATIBLE, Order.WORKERS_FIRST]) is Order.WORKERS_FIRST
    assert combine_orders([Order.WORKERS_FIRST, Order.PRODUCERS_FIRST]) is Order.BREAKING


def test_every_row_has_a_sentence_for_each_side_that_its_verdict_breaks() -> None:
    for rule in RULES.values():
        if rule.order in (Order.WORKERS_FIRST, Order.BREAKING):
            assert rule.new
        if rule.order in (Order.PRODUCERS_FIRST, Order.BREAKING):
            assert rule.old
        assert rule.title
        assert rule.remedy


def test_a_type_that_stays_is_no_change():
    assert list(compare_signatures(sign("a: 1"), sign("a: 1"), Names())) == []
    assert [change.rule for change in compare_signatures(sign("a: 1"), sign("a: 2"), Names())]
