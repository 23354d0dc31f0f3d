"""TypeRules over runtime hints, for the guard.

Law: YES and NO only where mypy would surely say the same; UNKNOWN for the rest. A boot message must never
be wrong, and mypy judges everything again.

Source of the rules: the typing specification, *Type concepts*, *Special types* and *Generics*; the promotion of
``int`` to ``float`` to ``complex`` is its *Special cases for float and complex*.
"""

from __future__ import annotations

import collections
import collections.abc
import enum
import importlib.util
import sys
import types
import typing
from typing import Any, ForwardRef, Literal, TypeVar, Union, get_args, get_origin

from celery_registry.contract.rules import Verdict
from celery_registry.guard.hints import Unresolved

__all__ = ["HintRules"]

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN

_UNIONS = (Union, types.UnionType)
_PROMOTIONS = {float: (int,), complex: (int, float)}
#: Classes whose only subtypes are their subclasses; a value of one fits no structural type by accident.
_SCALARS = (int, float, complex, bool, str, bytes, type(None))
_INVARIANT = (list, set, dict, collections.deque)
_COLLECTIONS = (list, set, frozenset, collections.deque)
_COVARIANT = (
    collections.abc.Sequence,
    collections.abc.Iterable,
    collections.abc.Collection,
    collections.abc.Set,
    collections.abc.Container,
    collections.abc.Reversible,
)


class HintRules:
    """What ``compare`` asks, answered for hints as ``hints`` resolves them."""

    def __init__(self) -> None:
        self._typed: dict[str, bool] = {}

    def accepts(self, target: Any, value: Any) -> Verdict:
        """Whether mypy would surely let ``value`` stand where ``target`` is asked for, or surely not."""
        try:
            return self._accepts(_strip(target), _strip(value))
        except Exception:
            # A hint may be any object, with any __eq__ or __subclasscheck__.
            return UNKNOWN

    def show(self, type: Any, /) -> str:
        """A hint as a person writes it, without module names."""
        hint = _strip(type)
        if isinstance(hint, Unresolved):
            return hint.text
        if isinstance(hint, ForwardRef):
            return hint.__forward_arg__
        if isinstance(hint, str):
            return hint
        if hint is _NONE:
            return "None"
        if hint is Ellipsis:
            return "..."
        if isinstance(hint, (list, tuple)):
            return "[" + ", ".join(map(self.show, hint)) + "]"
        origin, args = get_origin(hint), get_args(hint)
        if origin in _UNIONS:
            return " | ".join(map(self.show, args))
        if origin is Literal:
            return f"Literal[{', '.join(map(repr, args))}]"
        if origin is not None and args:
            return f"{self.show(origin)}[{', '.join(map(self.show, args))}]"
        return str(getattr(hint, "__name__", None) or getattr(hint, "_name", None) or hint)

    def quote(self, annotation: Any) -> str:
        """A whole annotation between quotes, as its text says or as its object shows."""
        return f'"{self.show(annotation)}"'

    def _accepts(self, target: Any, value: Any) -> Verdict:
        if isinstance(target, Unresolved) or isinstance(value, Unresolved):
            return YES if _fullname(target) is not None and _fullname(target) == _fullname(value) else UNKNOWN
        if target is Any or value is Any or target is object or target is value:
            return YES
        for split, judge in ((value, self._any_of_value), (target, self._any_of_target)):
            if get_origin(split) in _UNIONS:
                return judge(target, value)
        if _vague(target) or _vague(value):
            return UNKNOWN
        if target == value:
            return YES
        if isinstance(value, typing.NewType):
            return UNKNOWN if isinstance(target, typing.NewType) else self._accepts(target, _strip(value.__supertype__))
        if isinstance(target, typing.NewType):
            return NO if value in _SCALARS else UNKNOWN
        if get_origin(value) is Literal:
            return self._literal(target, value)
        if get_origin(target) is Literal:
            return NO if value in (int, str, bytes, float, _NONE) else UNKNOWN
        if typing.is_typeddict(target) or typing.is_typeddict(value):
            return _typed_dicts(target, value)
        return self._classes(target, value)

    def _any_of_value(self, target: Any, value: Any) -> Verdict:
        """A union fits where every member does."""
        verdicts = {self._accepts(target, _strip(member)) for member in get_args(value)}
        return NO if NO in verdicts else UNKNOWN if UNKNOWN in verdicts else YES

    def _any_of_target(self, target: Any, value: Any) -> Verdict:
        """A union takes what one of its members takes."""
        verdicts = {self._accepts(_strip(member), value) for member in get_args(target)}
        return YES if YES in verdicts else UNKNOWN if UNKNOWN in verdicts else NO

    def _literal(self, target: Any, value: Any) -> Verdict:
        if get_origin(target) is Literal:
            allowed = {(type(arg), arg) for arg in get_args(target)}
            return YES if all((type(arg), arg) in allowed for arg in get_args(value)) else NO
        verdicts = {self._accepts(target, type(arg)) for arg in get_args(value)}
        return verdicts.pop() if len(verdicts) == 1 else UNKNOWN

    def _classes(self, target: Any, value: Any) -> Verdict:
        target_class, value_class = get_origin(target) or target, get_origin(value) or value
        if not (isinstance(target_class, type) and isinstance(value_class, type)):
            return UNKNOWN
        if issubclass(value_class, _PROMOTIONS.get(target_class, ())):
            return YES
        if target_class is bytes and value_class in (bytearray, memoryview):
            return UNKNOWN  # mypy's strict_bytes decides
        target_args, value_args = get_args(target), get_args(value)
        if value_class in value_class.__mro__ and target_class in value_class.__mro__:
            return self._arguments(target_class, target_args, value_class, value_args)
        if target_class in _COVARIANT and value_class in _COLLECTIONS and issubclass(value_class, target_class):
            return self._arguments(target_class, target_args, value_class, value_args)
        if self._nominal(target_class) and self._nominal(value_class):
            return NO
        # No scalar but str and bytes is iterable, sized or callable: it fits none of the abstract collections.
        if target_class.__module__ == "collections.abc" and value_class in (int, float, complex, bool, _NONE):
            return UNKNOWN if target_class is collections.abc.Hashable else NO
        return UNKNOWN

    def _arguments(self, target: type, target_args: Any, value: type, value_args: Any) -> Verdict:
        """The arguments of two generic classes, the second derived from the first."""
        if not target_args or not value_args:
            # Bare ``list`` is ``list[Any]``; a subclass may fix the arguments in a way that is not seen here.
            return YES if not target_args or target is value else UNKNOWN
        if target is tuple and value is tuple:
            return self._tuples(target_args, value_args)
        pairs = [(_strip(t), _strip(v)) for t, v in zip(target_args, value_args, strict=False)]
        if target is value and target in _INVARIANT:
            verdicts = {self._accepts(t, v) for t, v in pairs} | {self._accepts(v, t) for t, v in pairs}
        elif target in (*_COVARIANT, frozenset) and value in _COLLECTIONS and len(pairs) == 1:
            verdicts = {self._accepts(t, v) for t, v in pairs}
        else:
            return UNKNOWN
        return NO if NO in verdicts else UNKNOWN if UNKNOWN in verdicts else YES

    def _tuples(self, target_args: Any, value_args: Any) -> Verdict:
        if target_args[-1] is Ellipsis or value_args[-1] is Ellipsis:
            if not (target_args[-1] is Ellipsis and value_args[-1] is Ellipsis):
                return UNKNOWN
            target_args, value_args = target_args[:1], value_args[:1]
        if len(target_args) != len(value_args):
            return NO
        verdicts = {self._accepts(_strip(t), _strip(v)) for t, v in zip(target_args, value_args, strict=False)}
        return NO if NO in verdicts else UNKNOWN if UNKNOWN in verdicts else YES

    def _nominal(self, cls: type) -> bool:
        """Whether mypy surely knows all bases of a class and it has no structural subtypes."""
        if type(cls) not in (type, enum.EnumMeta) or getattr(cls, "_is_protocol", False):
            return False
        return all(self._is_typed(base) for base in cls.__mro__)

    def _is_typed(self, cls: type) -> bool:
        """Whether mypy reads the module of a class: the standard library, typed packages and the user's own files."""
        package = cls.__module__.partition(".")[0]
        if package not in self._typed:
            self._typed[package] = _package_is_typed(package)
        return self._typed[package]


_NONE = type(None)


def _strip(hint: Any) -> Any:
    """A hint without ``Annotated``; None as its type."""
    if hint is None:
        return _NONE
    while get_origin(hint) is typing.Annotated:
        hint = get_args(hint)[0]
    return hint


def _vague(hint: Any) -> bool:
    """Hints whose meaning runtime objects do not tell: type variables, protocols, ``type[X]``, callables, aliases."""
    origin = get_origin(hint)
    if isinstance(hint, (TypeVar, ForwardRef, str)) or origin in (type, collections.abc.Callable):
        return True
    if isinstance(hint, (type, typing.NewType)) or origin is Literal:
        return hint in (type, types.FunctionType)
    return not isinstance(origin, type)


def _typed_dicts(target: Any, value: Any) -> Verdict:
    """A TypedDict fits another only if it has all its keys; nothing but a TypedDict is one, and it is no scalar."""
    if typing.is_typeddict(target) and typing.is_typeddict(value):
        # A generic or inherited TypedDict may still name its keys' types by text: keys alone are sure.
        return UNKNOWN if set(_keys(target)) <= set(_keys(value)) else NO
    return NO if target in _SCALARS or value in _SCALARS else UNKNOWN


def _keys(typed_dict: Any) -> frozenset[str]:
    return frozenset(typed_dict.__required_keys__ | typed_dict.__optional_keys__)


def _fullname(hint: Any) -> str | None:
    if isinstance(hint, Unresolved):
        return hint.fullname
    return f"{hint.__module__}.{hint.__qualname__}" if isinstance(hint, type) else None


def _package_is_typed(package: str) -> bool:
    if package in sys.stdlib_module_names or package == "__main__":
        return True
    module = sys.modules.get(package)
    origin = getattr(module, "__file__", None) or ""
    if "site-packages" not in origin and "dist-packages" not in origin and module is not None:
        return True
    spec = importlib.util.find_spec(package) if module is None else module.__spec__
    locations = (spec.submodule_search_locations or ()) if spec is not None else ()
    import os

    return any(os.path.exists(os.path.join(location, "py.typed")) for location in locations)
