"""Whether values of one type may arrive where another is asked for, by the texts of both.

Law: the texts of a lock are all it has, so a class of the user's is only equal to itself; any other pair with
such a class is UNKNOWN, which is never a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from celery_registry.contract.payload import UNIONS, WireType
from celery_registry.contract.rules import Verdict

__all__ = ["TextRules"]

_OPEN: Final = frozenset({"Any", "object", "Incomplete"})
#: Builtins and standard classes that are nobody else's.
_KNOWN: Final = frozenset(
    {
        *("None", "bool", "int", "float", "complex", "str", "bytes", "list", "tuple", "dict", "set", "frozenset"),
        *("datetime", "date", "time", "timedelta", "Decimal", "UUID", "Literal"),
    }
)
#: PEP 484's numeric tower, and classes that are subclasses of each other.
_NARROWER: Final = {
    "float": {"int", "bool"},
    "int": {"bool"},
    "complex": {"float", "int", "bool"},
    "date": {"datetime"},
}
_LISTS: Final = frozenset({"list", "tuple", "Sequence", "MutableSequence", "Collection", "Iterable"})
_DICTS: Final = frozenset({"dict", "Mapping", "MutableMapping"})
_SETS: Final = frozenset({"set", "frozenset", "Collection", "Iterable"})


class TextRules:
    """``contract.rules.TypeRules`` over the texts of two locks."""

    def accepts(self, target: WireType, value: WireType) -> Verdict:
        """Whether every value of type ``value`` may be used where ``target`` is asked for."""
        if target == value or _name(target) in _OPEN or _name(value) in _OPEN:
            return Verdict.YES
        if value.fullname in UNIONS:
            return _all([self.accepts(target, member) for member in value.arguments])
        if target.fullname in UNIONS:
            return _any([self.accepts(member, value) for member in target.arguments])
        return self._accepts_one(target, value)

    def show(self, type: WireType, /) -> str:
        """The text of the type."""
        return str(type)

    def _accepts_one(self, target: WireType, value: WireType) -> Verdict:
        wanted, given = _name(target), _name(value)
        if given == "Literal":
            if wanted == "Literal":
                return Verdict.YES if set(value.arguments) <= set(target.arguments) else Verdict.NO
            return _all([self.accepts(target, _literal_type(literal)) for literal in value.arguments])
        if wanted == "Literal":
            return Verdict.NO if given in _KNOWN else Verdict.UNKNOWN
        if given in _NARROWER.get(wanted, ()):
            return Verdict.YES
        for family in (_LISTS, _DICTS, _SETS):
            # A message carries a tuple as a list, so the two are one family.
            if wanted in family and given in family and (wanted == given or given in _KNOWN):
                return self._accepts_arguments(target, value)
        if wanted == given:
            return self._accepts_arguments(target, value)
        return Verdict.NO if wanted in _KNOWN and given in _KNOWN else Verdict.UNKNOWN

    def _accepts_arguments(self, target: WireType, value: WireType) -> Verdict:
        wanted, given = (_arguments(type) for type in (target, value))
        if not wanted or not given:
            return Verdict.YES
        if len(wanted) != len(given):
            return Verdict.UNKNOWN
        return _all([self.accepts(a, b) for a, b in zip(wanted, given, strict=True)])


def _name(type: WireType) -> str:
    return type.fullname.rpartition(".")[2] if type.fullname != "..." else "..."


def _arguments(type: WireType) -> list[WireType]:
    return [argument for argument in type.arguments if argument.fullname != "..."]


def _literal_type(literal: WireType) -> WireType:
    text = literal.fullname
    if text in ("True", "False"):
        return WireType("bool")
    if text == "None":
        return WireType("None")
    if text.lstrip("-").isdigit():
        return WireType("int")
    return WireType("str" if text[:1] in "'\"" else "bytes" if text[:2] in ("b'", 'b"') else text)


def _all(verdicts: Sequence[Verdict]) -> Verdict:
    if Verdict.NO in verdicts:
        return Verdict.NO
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.YES


def _any(verdicts: Sequence[Verdict]) -> Verdict:
    if Verdict.YES in verdicts:
        return Verdict.YES
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.NO
