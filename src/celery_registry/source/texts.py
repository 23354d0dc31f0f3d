"""The string that an expression means, and the constant or enum member that gives it.

Law: a value and the place where it stands in, a ``Text`` out, None where the source does not tell for certain.
"""

from __future__ import annotations

from typing import NamedTuple

from celery_registry.contract.task import Origin
from celery_registry.source.automatic_values import automatic_value
from celery_registry.source.model import NameEnum
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.values import Attribute, Call, FString, Item, Name, String, Sum, Value, callee_of, last_part

__all__ = ["Text", "Texts"]

#: A chain of constants that is longer is not followed, and a text that is longer is no task's name.
_DEEPEST = 60
_LONGEST = 10_000

_STR_ENUMS = frozenset({"StrEnum", "LowercaseStrEnum", "UppercaseStrEnum", "TextChoices"})
_ENUMS = _STR_ENUMS | {"Enum", "IntEnum", "Flag", "IntFlag", "Choices", "IntegerChoices", "ReprEnum"}


class Text(NamedTuple):
    """A string; ``fullname`` names the constant or member that gives it, ``owner`` that member's class.

    ``plain``: whether ``str()`` and f-strings give this text too, which those of a ``(str, Enum)`` member do not.
    """

    text: str
    fullname: str | None = None
    owner: str | None = None
    plain: bool = True


class Texts:
    """Reads strings over one program."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._known: dict[tuple[str, str], Text | None] = {}
        self._active: set[tuple[str, str]] = set()
        self._cuts = 0
        self._kinds: dict[tuple[str, str], str | None] = {}

    def text(self, frame: Frame, value: Value) -> Text | None:
        """The string that a value means."""
        reader = getattr(self, _READERS.get(value[0], "_unknown"))
        found: Text | None = reader(frame, value)
        return found

    def _unknown(self, frame: Frame, value: Value) -> Text | None:
        return None

    def _string(self, frame: Frame, value: String) -> Text | None:
        return Text(value[1])

    def _name(self, frame: Frame, value: Name) -> Text | None:
        dotted: str = value[1]
        if dotted == "__name__":
            return Text(frame.module)
        symbol = self.names.find(frame, dotted)
        if symbol is not None and symbol.kind == "value" and not self._is_value_of_member(frame, dotted):
            return self.of(symbol)
        base, _, attribute = dotted.rpartition(".")
        return self._attribute_of(frame, ("n", base), attribute) if base else None

    def _is_value_of_member(self, frame: Frame, dotted: str) -> bool:
        base, _, attribute = dotted.rpartition(".")
        if attribute not in ("value", "_value_", "name"):
            return False
        symbol = self.names.find(frame, base) if base else None
        return symbol is not None and symbol.kind == "value"

    def _attribute(self, frame: Frame, value: Attribute) -> Text | None:
        return self._attribute_of(frame, value[1], value[2])

    def _attribute_of(self, frame: Frame, base: Value, attribute: str) -> Text | None:
        if attribute not in ("value", "_value_", "name"):
            return None
        member = self.text(frame, base)
        if member is None or member.owner is None or member.fullname is None:
            return None
        if attribute == "name":
            return Text(member.fullname.rpartition(".")[2])
        return member._replace(plain=True)

    def _sum(self, frame: Frame, value: Sum) -> Text | None:
        left, right = self.text(frame, value[1]), self.text(frame, value[2])
        return None if left is None or right is None else _bounded(left.text + right.text)

    def _f_string(self, frame: Frame, value: FString) -> Text | None:
        parts = [self.text(frame, part) for part in value[1]]
        texts = [part.text for part in parts if part is not None and part.plain]
        return _bounded("".join(texts)) if len(texts) == len(parts) else None

    def _call(self, frame: Frame, value: Call) -> Text | None:
        _, callee, arguments, keywords = value
        if keywords:
            return None
        if last_part(callee) == "cast" and len(arguments) == 2:
            return self.text(frame, arguments[1])
        if len(arguments) != 1:
            return None
        symbol = self.names.instance(frame, callee)
        if symbol is None:
            return None
        if symbol.fullname in ("builtins.str", "sys.intern"):
            found = self.text(frame, arguments[0])
            return Text(found.text) if found is not None and found.plain else None
        if symbol.kind == "class" and self.enum_kind(symbol) is not None:
            found = self.text(frame, arguments[0])
            enum = None if found is None else self.enum(symbol)
            if enum is not None and found is not None:
                for name, text in enum.members.items():
                    if text == found.text:
                        return self._member(symbol, name)
        return None

    def _item(self, frame: Frame, value: Item) -> Text | None:
        symbol = self.names.instance(frame, value[1])
        if symbol is None or symbol.kind != "class" or self.enum_kind(symbol) is None or value[2][0] != "s":
            return None
        return self._member(symbol, value[2][1])

    def _member(self, cls: Symbol, name: str) -> Text | None:
        symbol = self.names.attribute(cls, name)
        return None if symbol is None or symbol.kind != "value" else self.of(symbol)

    # Constants and members

    def of(self, symbol: Symbol) -> Text | None:
        """The string of a constant, a class constant or an enum member."""
        if symbol.frame is None:
            return None
        local = symbol.name in symbol.frame.environment and symbol.frame.cls is None
        key = (symbol.module, symbol.name)
        if not local and key in self._known:
            return self._known[key]
        guard = (symbol.module, f"{symbol.name}@{id(symbol.frame.environment)}" if local else symbol.name)
        if guard in self._active or len(self._active) > _DEEPEST:
            self._cuts += 1
            return None
        cuts = self._cuts + self.names.cuts
        self._active.add(guard)
        try:
            found = self._of(symbol, symbol.frame, local)
        finally:
            self._active.discard(guard)
        # Inside a cycle an answer may be incomplete.
        if not local and (not self._active or cuts == self._cuts + self.names.cuts):
            self._known[key] = found
        return found

    def _of(self, symbol: Symbol, frame: Frame, local: bool) -> Text | None:
        rows = [row for row in symbol.rows if row[0] != "V" or row[1] is not None]
        if not rows or any(row[0] != "V" for row in rows):
            return None
        cls = None if frame.cls is None else Symbol("class", symbol.module, frame.cls)
        kind = None if cls is None else self.enum_kind(cls)
        name = symbol.name.rpartition(".")[2]
        found: list[Text | None] = []
        for row in rows:
            if kind is None or cls is None:
                outer = frame._replace(cls=None) if cls is not None and _is_own_name(row[1], name) else frame
                found.append(self.text(outer, row[1]))
            else:
                found.append(self._value(cls, name, row[1]))
        first = found[0]
        if first is None or any(other is None or other.text != first.text for other in found):
            return None
        if cls is not None and (kind is not None or rows[0][1][0] != "n" or first.owner is None):
            return Text(first.text, symbol.fullname, cls.fullname, kind is None or kind == "StrEnum")
        if rows[0][1][0] == "n" and first.fullname is not None:
            # An alias stands for what it names.
            return first
        return first if local else Text(first.text, symbol.fullname, None, first.plain)

    def _value(self, cls: Symbol, name: str, value: Value) -> Text | None:
        """The value of one enum member."""
        frame = Frame(cls.module, None if _is_own_name(value, name) else cls.name, self._environment(cls))
        if value[0] == "c" and last_part(value[1]) == "auto" and not value[2]:
            made = self._automatic(cls, name)
            return None if made is None else Text(made)
        if value[0] == "c" and last_part(value[1]) == "member" and len(value[2]) == 1:
            value = value[2][0]
        if value[0] == "t" and value[1] and self._is_choices(cls):
            value = value[1][0]
        found = self.text(frame, value)
        return None if found is None else found._replace(plain=True)

    def _environment(self, cls: Symbol) -> dict[str, tuple[tuple[object, ...], ...]]:
        facts = self.names.class_facts(cls.module, cls.name)
        return {} if facts is None else facts.environment

    def _automatic(self, cls: Symbol, name: str) -> str | None:
        """What ``auto()`` gives. Source: documentation of ``enum.auto`` and ``_generate_next_value_``."""
        for base in self.names.order(cls.module, cls.name):
            if base.kind == "class":
                facts = self.names.program.facts(base.module)
                rows = [] if facts is None else facts.functions.get(f"{base.name}._generate_next_value_", [])
                for row in rows[-1:]:
                    returned = next((flag[5:] for flag in row.flags if flag.startswith("next:")), "")
                    return automatic_value(returned, name)
            elif base.name in ("enum.StrEnum", "backports.strenum.StrEnum", "strenum.LowercaseStrEnum"):
                return name.lower()
            elif base.name == "strenum.StrEnum":
                return name
            elif base.name == "strenum.UppercaseStrEnum":
                return name.upper()
        return None

    def _is_choices(self, cls: Symbol) -> bool:
        return any(
            base.kind == "outside" and base.name.endswith("Choices") for base in self.names.order(cls.module, cls.name)
        )

    # Enums

    def enum_kind(self, cls: Symbol) -> str | None:
        """``StrEnum`` (its members are their values everywhere), ``str``, ``Enum``; None for another class."""
        key = (cls.module, cls.name)
        if key not in self._kinds:
            outside = [base.name for base in self.names.order(*key) if base.kind == "outside"]
            last = {name.rpartition(".")[2] for name in outside}
            kind: str | None = None
            if last & _STR_ENUMS:
                kind = "StrEnum"
            elif last & _ENUMS:
                kind = "str" if "builtins.str" in outside else "Enum"
            self._kinds[key] = kind
        return self._kinds[key]

    def enum(self, cls: Symbol) -> NameEnum | None:
        """An enum's members, or the strings of a class of constants; None where it has none."""
        facts = self.names.class_facts(cls.module, cls.name)
        if facts is None:
            return None
        kind = self.enum_kind(cls)
        path = self.names.program.files[cls.module].path
        members: dict[str, str | None] = {}
        origins: dict[str, Origin] = {}
        for member in facts.members:
            if member.name.startswith("__") or (member.name.startswith("_") and member.name.endswith("_")):
                continue
            if last_part(callee_of(member.value)) in ("nonmember", "property") and member.value[0] == "c":
                continue
            if kind is None and member.name.startswith("_"):
                # A class's own business, as the guard takes it.
                continue
            found = self._member(cls, member.name)
            if found is None and (kind is None or member.value[0] == "l"):
                continue
            members[member.name] = None if found is None else found.text
            origins[member.name] = Origin(path, member.line, member.column, f"{cls.name}.{member.name}")
        if not members:
            return None
        aliases = frozenset(m.name for m in facts.members if m.value[0] == "n" and m.value[1] in members)
        return NameEnum(cls.fullname, cls.module, members, origins, kind is not None, aliases)


def _bounded(text: str) -> Text | None:
    return Text(text) if len(text) <= _LONGEST else None


def _is_own_name(value: Value, name: str) -> bool:
    """Whether a class says ``X = X``, where the second ``X`` is the module's."""
    return bool(value[0] == "n" and value[1].partition(".")[0] == name)


_READERS = {
    "s": "_string",
    "n": "_name",
    ".": "_attribute",
    "+": "_sum",
    "f": "_f_string",
    "c": "_call",
    "i": "_item",
}
