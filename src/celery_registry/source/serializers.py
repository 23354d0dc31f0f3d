"""What a registration says about the wire: its own serializer, and whether its result is ignored.

Law: options and attributes of the program's own classes, as far as their text tells. What the application is
configured with stands in no registration, and what a class of another package does is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from celery_registry.contract.rules import REWRITING_METHODS
from celery_registry.source.resolve import Names, Symbol
from celery_registry.source.values import UNKNOWN, Value

__all__ = ["Serializers", "WireOptions"]

#: ``serializer``: None where nothing is said, ``?`` where the text does not tell which, or a class of the user's own
#: stands between the caller and the wire. ``ignore_result``: None where the text does not tell.
WireOptions = tuple["str | None", "bool | None"]

#: Packages whose classes change no arguments.
_HARMLESS: Final = ("celery.", "typing.", "typing_extensions.", "abc.", "builtins.")


class Serializers:
    """Reads them over one program."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._between: dict[str, bool] = {}
        self._outside: dict[tuple[str, str], bool | None] = {}
        self._attributes: dict[str, dict[tuple[str, str], Value | None]] = {}

    def of(self, options: Mapping[str, Value], base: str | None) -> WireOptions:
        """Of a task that is registered with these options and gets this class: Celery makes attributes of options."""
        if base is not None and base != "?":
            if base not in self._between:
                self._between[base] = self._stands_between(base)
            if self._between[base]:
                return "?", None
        serializer, ignores = self._said("serializer", options, base), self._said("ignore_result", options, base)
        return _serializer(serializer), _flag(ignores)

    def _stands_between(self, base: str) -> bool:
        """Whether a task class may change arguments or results on their way."""
        place = self._place(base)
        if place is None:
            return not f"{base}.".startswith(_HARMLESS)
        if self._names.nearest(*place, _may_change, self._outside):
            return True
        made = Symbol("instance", *place)
        found = [self._names.attribute(made, method) for method in REWRITING_METHODS]
        return any(symbol is not None and symbol.kind != "outside" for symbol in found)

    def _place(self, base: str) -> tuple[str, str] | None:
        """The module and the name of a class, None for one of another package."""
        place = self._names.split(base)
        return place if place is not None and place[1] else None

    def _said(self, name: str, options: Mapping[str, Value], base: str | None) -> Value | None:
        """The value of an option, else of the attribute of the nearest base that has one; None where nobody has."""
        if name in options:
            return options[name]
        if "**" in options or base == "?":
            return UNKNOWN
        return None if base is None else self._attribute(name, base)

    def _attribute(self, name: str, base: str) -> Value | None:
        def own(cls: Symbol) -> Value | None:
            facts = self._names.class_facts(cls.module, cls.name) if cls.kind == "class" else None
            found = [member.value for member in (() if facts is None else facts.members) if member.name == name]
            return None if not found else found[-1] if len(found) == 1 else UNKNOWN

        place = self._place(base)
        if place is None:
            return None
        # mypy infers no type variable from a recursive alias.
        answers: Any = self._attributes.setdefault(name, {})
        found: Value | None = self._names.nearest(*place, cast("Any", own), answers)
        return found


def _may_change(cls: Symbol) -> bool | None:
    """Whether a class is another package's, and may change arguments."""
    return True if cls.kind != "class" and not cls.name.startswith(_HARMLESS) else None


def _serializer(said: Value | None) -> str | None:
    if said is None or said == ("k", None):
        return None
    return said[1] if said[0] == "s" else "?"


def _flag(said: Value | None) -> bool | None:
    if said is None:
        return False
    return bool(said[1]) if said[0] == "k" else None
