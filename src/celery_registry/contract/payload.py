"""What a serializer does to a value of some type.

Law: types are dotted names with their bases and arguments, given by the caller. It never learns who found them, and it
encodes nothing: the rows are ``payload_fates``'.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from celery_registry.contract.payload_fates import (
    HANDLE_FULLNAME,
    KEY_FATES,
    MODEL_FULLNAME,
    PAYLOAD_FATES,
    SERIALIZERS,
    TYPED_DICT,
)

__all__ = ["Fate", "PayloadVerdict", "WireType", "is_dumped", "payload_verdict"]


class Fate(enum.Enum):
    """What happens to a value between the caller and the worker.

    KEPT: what arrives is equal to what was sent (a ``StrEnum`` member arrives as its equal ``str``).
    CHANGED: something else arrives. REJECTED: it cannot be sent, or the worker cannot read it.
    UNKNOWN is never a finding.
    """

    KEPT = "kept"
    CHANGED = "changed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class WireType:
    """A type as the table sees it.

    ``fullname``: where the class is defined (``datetime.timedelta``, ``builtins.int``); builtins may be bare.
    ``bases``: the rest of its method resolution order, nearest first; ``dataclasses.dataclass`` and
    ``attr.s`` among them mark what a decorator made. ``arguments``: type arguments; for a union its members, for a ``TypedDict`` (a base of its own here) its required fields. ``custom``: the serializer knows this
    type (``__json__``, ``kombu.utils.json.register_type``), so nothing is said about it.
    """

    fullname: str
    bases: tuple[str, ...] = ()
    arguments: tuple[WireType, ...] = ()
    custom: bool = False

    def __str__(self) -> str:
        # The values of Literal and the dots of tuple[int, ...] are no dotted names.
        last = self.fullname.rpartition(".")[2]
        name = last if last.isidentifier() else self.fullname
        if self.fullname in UNIONS:
            return " | ".join(str(member) for member in self.arguments) or "Never"
        if not self.arguments or TYPED_DICT in self.bases:
            return name
        return f"{name}[{', '.join(str(argument) for argument in self.arguments)}]"


@dataclass(frozen=True)
class PayloadVerdict:
    """The fate of a type; ``type`` is the part of it that is to blame, ``becomes`` what arrives where CHANGED."""

    fate: Fate
    type: str = ""
    becomes: str = ""


UNIONS: Final = frozenset({"typing.Union", "types.UnionType", "typing.Optional"})

#: PyYAML's safe dumper and pickle look at the class itself: a subclass is another type to them.
_EXACT: Final = frozenset({"yaml", "pickle"})

_MAPPINGS: Final = frozenset(
    {
        "dict",
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.abc.Mapping",
        "collections.abc.MutableMapping",
    }
)

#: Containers whose arguments are their elements (abstract ones have no row: only their elements speak).
_ELEMENTS: Final = frozenset(
    {
        "list",
        "tuple",
        "frozenset",
        TYPED_DICT,
        "collections.deque",
        "collections.abc.Sequence",
        "collections.abc.MutableSequence",
        "collections.abc.Collection",
        "collections.abc.Iterable",
    }
)

#: Other names of the same types: ``typing``'s, mypy's and those of C modules.
_SAME: Final[Mapping[str, str]] = {
    "NoneType": "None",
    "types.NoneType": "None",
    "_io.TextIOWrapper": "io.TextIOWrapper",
    "_io.BufferedReader": "io.BufferedReader",
    "_collections_abc.dict_keys": "builtins.dict_keys",
    "_collections_abc.dict_values": "builtins.dict_values",
    "_collections_abc.dict_items": "builtins.dict_items",
    "dict_keys": "builtins.dict_keys",
    "dict_values": "builtins.dict_values",
    "dict_items": "builtins.dict_items",
    "generator": "collections.abc.Generator",
    "coroutine": "collections.abc.Coroutine",
    "function": "builtins.function",
    "types.FunctionType": "builtins.function",
    "module": "builtins.module",
    "types.ModuleType": "builtins.module",
    "types.GeneratorType": "collections.abc.Generator",
    "typing._TypedDict": TYPED_DICT,
    "typing_extensions.TypedDict": TYPED_DICT,
    "pathlib._local.PurePath": "pathlib.PurePath",
    "typing.List": "list",
    "typing.Dict": "dict",
    "typing.Tuple": "tuple",
    "typing.Set": "set",
    "typing.FrozenSet": "frozenset",
    "typing.Type": "type",
    "typing.OrderedDict": "collections.OrderedDict",
    "typing.DefaultDict": "collections.defaultdict",
    "typing.Deque": "collections.deque",
    "typing.Counter": "collections.Counter",
    **{
        f"typing.{name}": f"collections.abc.{name}"
        for name in (
            *("Generator", "AsyncGenerator", "Coroutine", "Iterator", "Iterable", "Collection", "Sequence"),
            *("MutableSequence", "Mapping", "MutableMapping", "KeysView", "ValuesView", "ItemsView", "Callable"),
        )
    },
}

_ORDER: Final = (Fate.REJECTED, Fate.CHANGED, Fate.UNKNOWN, Fate.KEPT)


def payload_verdict(type: WireType | str, serializer: str = "json") -> PayloadVerdict:
    """The fate of values of ``type`` under a serializer by its kombu name or content type.

    A serializer that is not in the table, and a type that nothing is known of, are UNKNOWN. A union is
    to blame only where every member but ``None`` is: the caller may never send the others.
    """
    asked = WireType(type) if isinstance(type, str) else type
    column = _column(serializer)
    if column is None:
        return PayloadVerdict(Fate.UNKNOWN)
    return _verdict(asked, column)


def canonical_name(fullname: str) -> str:
    """The name a type has in the table: ``typing.List`` and ``builtins.list`` are both ``list``."""
    name = _SAME.get(fullname, fullname)
    bare = name.removeprefix("builtins.")
    name = bare if bare in PAYLOAD_FATES else name
    return _SAME.get(bare, name)


def is_dumped(type: WireType, *, pydantic: bool, returned: bool) -> bool:
    """Whether Celery itself dumps a value of this type before the serializer sees it.

    It does so for a model, alone or with None, where a task says ``pydantic=True`` (``celery.app.base.pydantic_wrapper``),
    and for a result that a task returns (``celery.backends.base.Backend.prepare_value``); what a container holds it
    leaves alone.
    """
    parts = type.arguments if type.fullname in UNIONS else (type,)
    dumped = {MODEL_FULLNAME} if pydantic else set()
    dumped |= {HANDLE_FULLNAME} if returned else set()
    kinds = [part for part in parts if canonical_name(part.fullname) != "None"]
    return len(kinds) == 1 and not dumped.isdisjoint((kinds[0].fullname, *kinds[0].bases))


def _column(serializer: str) -> int | None:
    plain = {
        "application/json": "json",
        "application/x-msgpack": "msgpack",
        "application/x-yaml": "yaml",
        "application/x-python-serialize": "pickle",
    }.get(serializer, serializer)
    return SERIALIZERS.index(plain) if plain in SERIALIZERS else None


def _verdict(type: WireType, column: int) -> PayloadVerdict:
    if type.fullname in UNIONS:
        return _union(type, column)
    if type.custom:
        return PayloadVerdict(Fate.UNKNOWN, str(type))
    own = _own(type, column, PAYLOAD_FATES)
    if own.fate is Fate.REJECTED:
        return own
    name = canonical_name(type.fullname)
    parts = [own]
    if name in _MAPPINGS and len(type.arguments) == 2:
        parts += [_key(type.arguments[0], column, str(type)), _verdict(type.arguments[1], column)]
    elif name == "set":
        # Only YAML and pickle carry a set; YAML writes it as the keys of a mapping.
        parts += [_key(argument, column, str(type)) for argument in type.arguments]
    elif name in _ELEMENTS or TYPED_DICT in type.bases:
        parts += [_verdict(argument, column) for argument in type.arguments if argument.fullname != "..."]
    return min(parts, key=lambda part: _ORDER.index(part.fate))


def _own(type: WireType, column: int, table: Mapping[str, tuple[str, str, str, str]]) -> PayloadVerdict:
    """The row of the class itself or of its nearest base that has one."""
    for distance, fullname in enumerate((type.fullname, *type.bases)):
        row = table.get(canonical_name(fullname))
        if row is None:
            continue
        mark = row[column]
        if distance and SERIALIZERS[column] in _EXACT and mark not in ("r", "?"):
            exact_enum = SERIALIZERS[column] == "pickle" and canonical_name(fullname) == "enum.Enum"
            mark = "k" if exact_enum else ("r" if SERIALIZERS[column] == "yaml" else "?")
        if mark == "k":
            return PayloadVerdict(Fate.KEPT, str(type))
        if mark == "r":
            return PayloadVerdict(Fate.REJECTED, str(type))
        if mark == "?":
            return PayloadVerdict(Fate.UNKNOWN, str(type))
        return PayloadVerdict(Fate.CHANGED, str(type), mark)
    return PayloadVerdict(Fate.UNKNOWN, str(type))


def _key(type: WireType, column: int, mapping: str) -> PayloadVerdict:
    if type.fullname in UNIONS or type.custom:
        return PayloadVerdict(Fate.UNKNOWN, mapping)
    found = _own(type, column, KEY_FATES)
    if found.fate is Fate.UNKNOWN and _own(type, column, PAYLOAD_FATES).fate is not Fate.UNKNOWN:
        # Pickle keeps every key that it keeps as a value; the others have no row because they refuse it.
        found = PayloadVerdict(Fate.KEPT if SERIALIZERS[column] == "pickle" else Fate.REJECTED)
    becomes = f"dict with {found.becomes} keys" if found.fate is Fate.CHANGED else ""
    return PayloadVerdict(found.fate, mapping, becomes)


def _union(type: WireType, column: int) -> PayloadVerdict:
    members = [_verdict(m, column) for m in type.arguments if canonical_name(m.fullname) != "None"]
    fates = {member.fate for member in members}
    if not members or fates == {Fate.KEPT}:
        return PayloadVerdict(Fate.KEPT, str(type))
    return members[0] if len(fates) == 1 else PayloadVerdict(Fate.UNKNOWN, str(type))
