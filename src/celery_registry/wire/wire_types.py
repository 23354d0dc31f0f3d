"""A type as the wire sees it, from a hint of live code or from its text.

Law: one hint in, one ``WireType`` out. Nothing is imported or evaluated, and nothing is judged.
"""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import enum
import sys
import types
import typing
from contextvars import ContextVar
from typing import Any, Final, Literal, Union, get_args, get_origin

from celery_registry.contract.payload import WireType
from celery_registry.contract.payload_fates import TYPED_DICT
from celery_registry.errors import ConfigurationError

__all__ = ["ANY", "read_hint", "read_text"]

ANY: Final = WireType("typing.Any")
_UNION: Final = "typing.Union"
#: A longer annotation is nobody's; a lock may come from anybody.
_LONGEST: Final = 4000

#: Classes that nobody can write by the name that they have.
_WRITTEN: Final = {"builtins.mappingproxy": "types.MappingProxyType"}

#: Names of ``typing`` that stand for a builtin, as a text without imports may write them.
_PLAIN: Final = {
    "List": "list",
    "Dict": "dict",
    "Tuple": "tuple",
    "Set": "set",
    "FrozenSet": "frozenset",
    "Type": "type",
}


#: What is being read: a type that stands for itself again is ``Any`` there.
_reading: ContextVar[tuple[int, ...]] = ContextVar("reading", default=())


def read_hint(hint: Any) -> WireType:
    """A runtime hint; what cannot be resolved is read from its text, what is no type is ``Any``."""
    if id(hint) in _reading.get():
        return ANY
    token = _reading.set((*_reading.get(), id(hint)))
    try:
        return _read_hint(hint)
    finally:
        _reading.reset(token)


def _read_hint(hint: Any) -> WireType:
    if hint is None or hint is type(None):
        return WireType("None")
    if isinstance(hint, str):
        return _read_loose(hint)
    if isinstance(hint, typing.ForwardRef):
        return _read_loose(hint.__forward_arg__)
    origin = get_origin(hint)
    if origin is not None:
        return _read_generic(origin, get_args(hint))
    if isinstance(hint, typing.NewType):
        base = read_hint(hint.__supertype__)
        return WireType(f"{hint.__module__}.{hint.__name__}", (base.fullname, *base.bases), base.arguments)
    if isinstance(hint, type):
        return _read_class(hint)
    if type(hint).__name__ == "TypeAliasType":
        return read_hint(hint.__value__)
    text = getattr(hint, "text", None)
    return _read_loose(text) if isinstance(text, str) else ANY


def read_text(text: str) -> WireType:
    """The text of an annotation, names cut to their last part; raises ``ConfigurationError`` for no annotation."""
    node = _parse(text)
    if node is None:
        raise ConfigurationError(f'"{text[:60]}" is not the text of a type')
    try:
        return _read_node(node)
    except RecursionError:
        raise ConfigurationError(f'"{text[:60]}" is nested too deep for the text of a type') from None


def _read_loose(text: str) -> WireType:
    try:
        return read_text(text)
    except ConfigurationError:
        return ANY


def _parse(text: str) -> ast.expr | None:
    if len(text) > _LONGEST:
        return None
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _read_generic(origin: Any, args: tuple[Any, ...]) -> WireType:
    if origin is Union or origin is types.UnionType:
        return WireType(_UNION, (), tuple(read_hint(arg) for arg in args))
    if origin is Literal:
        return WireType("typing.Literal", (), tuple(WireType(_literal(arg)) for arg in args))
    if origin is typing.Annotated or getattr(typing, "Required", None) is origin:
        return read_hint(args[0])
    if origin is collections.abc.Callable:
        return WireType("collections.abc.Callable")
    if not isinstance(origin, type):
        return ANY
    found = _read_class(origin)
    return dataclasses.replace(
        found, arguments=tuple(WireType("...") if arg is Ellipsis else read_hint(arg) for arg in args)
    )


def _literal(value: object) -> str:
    """As a program writes it: a member of an enum by its names."""
    return f"{type(value).__name__}.{value.name}" if isinstance(value, enum.Enum) else repr(value)


def _read_class(cls: type) -> WireType:
    fullname = f"{cls.__module__}.{cls.__qualname__}"
    fullname = _WRITTEN.get(fullname, fullname)
    if _is_typed_dict(cls):
        return WireType(fullname, (TYPED_DICT,), _required_fields(cls))
    bases = [f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__[1:-1]]
    if dataclasses.is_dataclass(cls):
        bases.append("dataclasses.dataclass")
    if hasattr(cls, "__attrs_attrs__"):
        bases.append("attr.s")
    return WireType(fullname, tuple(bases), (), custom=_is_registered(cls))


def _is_typed_dict(cls: type) -> bool:
    return issubclass(cls, dict) and hasattr(cls, "__required_keys__") and hasattr(cls, "__total__")


def _required_fields(cls: Any) -> tuple[WireType, ...]:
    try:
        hints = typing.get_type_hints(cls)
    except Exception:  # an annotation may name anything
        return ()
    return tuple(read_hint(hints[key]) for key in sorted(cls.__required_keys__) if key in hints)


def _is_registered(cls: type) -> bool:
    """Whether the user registered this class with kombu's JSON."""
    if hasattr(cls, "__json__"):
        return True
    json = sys.modules.get("kombu.utils.json")
    registered = [t for t in getattr(json, "_encoders", ()) if t.__module__ not in ("datetime", "decimal", "uuid")]
    return any(issubclass(cls, t) for t in registered)


def _read_node(node: ast.expr) -> WireType:
    if isinstance(node, ast.Constant):
        return _read_constant(node.value)
    if isinstance(node, ast.Name):
        return WireType(_PLAIN.get(node.id, node.id))
    if isinstance(node, ast.Attribute):
        return WireType(_PLAIN.get(node.attr, node.attr))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union(_read_node(node.left), _read_node(node.right))
    if isinstance(node, ast.Subscript):
        return _read_subscript(node)
    return ANY


def _read_constant(value: object) -> WireType:
    if value is None:
        return WireType("None")
    if value is Ellipsis:
        return WireType("...")
    return read_text(value) if isinstance(value, str) else ANY


def _read_subscript(node: ast.Subscript) -> WireType:
    head = _read_node(node.value).fullname
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if head == "Literal":
        return WireType("typing.Literal", (), tuple(WireType(ast.unparse(item)) for item in items))
    if head == "Callable":
        return WireType("collections.abc.Callable")
    if head in ("Annotated", "Required", "NotRequired") and items:
        return _read_node(items[0])
    arguments = tuple(_read_node(item) for item in items)
    if head == "Optional":
        return _union(*arguments, WireType("None"))
    return _union(*arguments) if head == "Union" else WireType(head, (), arguments)


def _union(*members: WireType) -> WireType:
    flat: dict[WireType, None] = {}
    for member in members:
        flat.update(dict.fromkeys(member.arguments if member.fullname == _UNION else (member,)))
    return next(iter(flat)) if len(flat) == 1 else WireType(_UNION, (), tuple(flat))
