"""A type as the wire sees it, from mypy's.

Law: one type in, one ``WireType`` out, named as the guard names the same annotation at runtime. It judges nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mypy.nodes import Var
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    TupleType,
    TypeAliasType,
    TypedDictType,
    TypeOfAny,
    TypeType,
    UnionType,
    UnpackType,
    get_proper_type,
)

from celery_registry.contract.payload import WireType
from celery_registry.contract.payload_fates import TYPED_DICT

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from mypy.nodes import TypeInfo
    from mypy.types import ProperType, Type

__all__ = ["ANY", "GENERATOR", "WireTypes"]

ANY: Final = WireType("typing.Any")
GENERATOR: Final = WireType("collections.abc.Generator")
_UNION: Final = "typing.Union"
#: No annotation that is sent is nested deeper.
_DEEPEST: Final = 20


class WireTypes:
    """Reads types; ``registered`` are the last names of classes that the program registers with kombu, ``*`` for any."""

    def __init__(self, registered: Set[str]) -> None:
        self._registered = registered
        self._open: list[str] = []

    def read(self, type: Type | None) -> WireType:
        """The type; what has no class, and what stands for itself again, is ``Any``."""
        if isinstance(type, TypeAliasType):
            # A recursive alias: what it holds is judged where it is not itself.
            name = f"= {type.alias.fullname}" if type.alias is not None else ""
            return self._inside(name, lambda: self._read(get_proper_type(type)))
        return self._read(get_proper_type(type)) if type is not None else ANY

    def _inside(self, name: str, read: Callable[[], WireType]) -> WireType:
        if name in self._open or len(self._open) > _DEEPEST:
            return ANY
        self._open.append(name)
        try:
            return read()
        finally:
            self._open.pop()

    def _read(self, type: ProperType) -> WireType:
        if isinstance(type, NoneType):
            return WireType("None")
        if isinstance(type, Instance):
            return self._instance(type)
        if isinstance(type, UnionType):
            return WireType(_UNION, (), tuple(self.read(item) for item in type.items))
        if isinstance(type, TupleType):
            return self._tuple(type)
        if isinstance(type, TypedDictType):
            return self._typed_dict(type)
        if isinstance(type, LiteralType):
            return WireType("typing.Literal", (), (WireType(type.value_repr()),))
        if isinstance(type, (CallableType, Overloaded)):
            return WireType("builtins.type" if type.is_type_obj() else "collections.abc.Callable")
        if isinstance(type, TypeType):
            return WireType("builtins.type", (), (self.read(type.item),))
        return ANY

    def _instance(self, type: Instance) -> WireType:
        info = type.type
        if info.is_newtype and info.bases:
            base = self.read(info.tuple_type or info.bases[0])
            return WireType(info.fullname, (base.fullname, *base.bases), base.arguments)
        arguments = tuple(self.read(argument) for argument in type.args if not _is_omitted(argument))
        if info.fullname == "builtins.tuple" and arguments:
            arguments = (*arguments, WireType("..."))
        return WireType(info.fullname, self._bases(info), arguments, self._is_registered(info))

    def _tuple(self, type: TupleType) -> WireType:
        info = type.partial_fallback.type
        if info.fullname != "builtins.tuple":
            return WireType(info.fullname, self._bases(info), (), self._is_registered(info))
        if any(isinstance(item, UnpackType) for item in type.items):
            return WireType(info.fullname)
        return WireType(info.fullname, (), tuple(self.read(item) for item in type.items))

    def _typed_dict(self, type: TypedDictType) -> WireType:
        name = type.fallback.type.fullname
        required = [type.items[key] for key in sorted(type.required_keys)]

        def read() -> WireType:
            return WireType(name, (TYPED_DICT,), tuple(self.read(item) for item in required))

        return self._inside(name, read)

    def _bases(self, info: TypeInfo) -> tuple[str, ...]:
        bases = [base.fullname for base in info.mro[1:-1]]
        if _is_dataclass(info):
            bases.append("dataclasses.dataclass")
        if info.get("__attrs_attrs__") is not None:
            bases.append("attr.s")
        return tuple(bases)

    def _is_registered(self, info: TypeInfo) -> bool:
        """Whether kombu's JSON may know the class: by a method of its own, or since the program says so."""
        if info.get("__json__") is not None or info.fallback_to_any:
            return True
        if not self._registered:
            return False
        return "*" in self._registered or any(base.name in self._registered for base in info.mro)


def _is_omitted(argument: Type) -> bool:
    """Whether nothing was written: ``list`` is ``list[Any]``."""
    proper = get_proper_type(argument)
    return isinstance(proper, AnyType) and proper.type_of_any == TypeOfAny.from_omitted_generics


def _is_dataclass(info: TypeInfo) -> bool:
    """Whether ``dataclasses.dataclass`` made it: other makers of the kind have fields of other types."""
    symbol = info.get("__dataclass_fields__")
    type = get_proper_type(symbol.node.type) if symbol is not None and isinstance(symbol.node, Var) else None
    if not isinstance(type, Instance) or len(type.args) != 2:
        return False
    field = get_proper_type(type.args[1])
    return isinstance(field, Instance) and field.type.fullname == "dataclasses.Field"
