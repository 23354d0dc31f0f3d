"""What is attached to a type: a task's parameters, a canvas's result, a word.

Law: the only file that writes ``extra_attrs``. It keeps what it is given on a copy and gives it back; it never learns
what is right or wrong, and reports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.nodes import FuncDef
from mypy.typeops import bind_self
from mypy.types import AnyType, CallableType, ExtraAttrs, Instance, TypeOfAny, UnionType, get_proper_type

from celery_registry.mypy.typeops import has_unknown_names, with_unknown_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy.types import Type

__all__ = [
    "attach_property",
    "attach_result",
    "attach_signature",
    "attached_property",
    "attached_signature",
    "attached_target",
    "fresh",
    "is_attached",
    "is_decorated",
    "is_unmarked",
    "mark",
    "mark_decorated",
    "marked_word",
    "result_of",
    "with_attributes",
    "with_methods_of",
    "without_attachment",
    "without_result",
]

#: No attribute can have this name, so no expression of the user's reaches what is kept under it.
SIGNATURE_ATTRIBUTE = "<task signature>"
RESULT_ATTRIBUTE = "<canvas result>"
_DECORATED = "parameters of its function"
#: mypy's cache keeps no ``special_sig`` of a callable, which carries this mark in memory.
_NAMELESS = "no names of parameters"


def attach_signature(task: Instance, signature: CallableType, target: str = "", types: str = "") -> Instance:
    """A copy of the task type that remembers the callable its call sites are checked against.

    ``target`` is the dotted name of the implementation, which knows the types that the declaration leaves open;
    ``types`` is their text, so that a change of it changes this type and its users are checked again.

    The type arguments stay positional, so that what mypy alone accepts (two same-typed tasks in a
    list, an assignment in a branch, an override) stays accepted.
    """
    words = {f"target {target}", f"types {types}"} if target else set()
    if has_unknown_names(signature):
        words.add(_NAMELESS)
    copy = task.copy_modified()
    copy.extra_attrs = ExtraAttrs({SIGNATURE_ATTRIBUTE: signature}, words, None)
    return copy


def attached_signature(task: Instance) -> CallableType | None:
    """What ``attach_signature`` kept."""
    if task.extra_attrs is None:
        return None
    kept = get_proper_type(task.extra_attrs.attrs.get(SIGNATURE_ATTRIBUTE))
    if not isinstance(kept, CallableType):
        return None
    return with_unknown_names(kept) if _NAMELESS in task.extra_attrs.immutable else kept


def attached_target(task: Instance) -> str | None:
    """The dotted name of the implementation that ``attach_signature`` kept."""
    return marked_word(task, "target ") if is_attached(task) else None


def attach_property(task: Instance, fullname: str, said: Sequence[str]) -> Instance:
    """A copy of the task type that remembers the registry property it was declared for.

    ``said`` is what the property itself says of its task: a change of it changes this type.
    """
    copy = task.copy_modified()
    unknown = AnyType(TypeOfAny.special_form)
    copy.extra_attrs = ExtraAttrs({SIGNATURE_ATTRIBUTE: unknown}, {f"property {fullname}", *said}, None)
    return copy


def attached_property(type: Type) -> str | None:
    """The dotted name that ``attach_property`` kept."""
    return marked_word(type, "property ")


def is_attached(task: Instance) -> bool:
    """Whether ``attach_signature`` or ``attach_property`` made this type."""
    return task.extra_attrs is not None and SIGNATURE_ATTRIBUTE in task.extra_attrs.attrs


def attach_result(signature: Instance, result: Type, words: Sequence[str] = ()) -> Instance:
    """A copy of the type of a signature or a result that remembers what running it gives, and some words about that."""
    copy = signature.copy_modified()
    attrs, kept = ({}, set()) if copy.extra_attrs is None else (copy.extra_attrs.attrs, copy.extra_attrs.immutable)
    copy.extra_attrs = ExtraAttrs({**attrs, RESULT_ATTRIBUTE: result}, {*kept, *words}, None)
    return copy


def without_result(type: Type) -> Type:
    """The type without what ``attach_result`` gave it to remember."""
    proper = get_proper_type(type)
    if (
        not isinstance(proper, Instance)
        or proper.extra_attrs is None
        or RESULT_ATTRIBUTE not in proper.extra_attrs.attrs
    ):
        return type
    return without_attachment(proper)


def result_of(signature: Type) -> Type | None:
    """What running a signature gives: of a task's, its result; of a chain or group, what was attached."""
    proper = get_proper_type(signature)
    if not isinstance(proper, Instance):
        return None
    if proper.extra_attrs is not None and RESULT_ATTRIBUTE in proper.extra_attrs.attrs:
        return proper.extra_attrs.attrs[RESULT_ATTRIBUTE]
    return proper.args[0] if len(proper.args) == 1 else None


def with_methods_of(instance: Instance, source: Instance, names: Sequence[str]) -> Instance:
    """A copy of an instance that has some methods of another class besides its own; its class stays."""
    methods: dict[str, Type] = {}
    for name in names:
        symbol = source.type.get(name)
        if symbol is not None and isinstance(symbol.node, FuncDef) and isinstance(symbol.node.type, CallableType):
            methods[name] = bind_self(symbol.node.type, source)
    return with_attributes(instance, methods)


def with_attributes(instance: Instance, attributes: Mapping[str, Type]) -> Instance:
    """A copy of an instance that has some attributes besides those of its class."""
    copy = instance.copy_modified()
    kept = instance.extra_attrs
    copy.extra_attrs = ExtraAttrs(
        dict(attributes) if kept is None else {**kept.attrs, **attributes},
        set() if kept is None else kept.immutable,
        None,
    )
    return copy


def mark(instance: Instance, word: str) -> Instance:
    """A copy of an instance that remembers one word more."""
    copy = instance.copy_modified()
    kept = instance.extra_attrs
    copy.extra_attrs = ExtraAttrs(
        {} if kept is None else kept.attrs, {word, *(() if kept is None else kept.immutable)}, None
    )
    return copy


def is_unmarked(type: Type) -> bool:
    """Whether ``mark`` never made this type."""
    proper = get_proper_type(type)
    return not isinstance(proper, Instance) or proper.extra_attrs is None


def marked_word(type: Type, prefix: str) -> str | None:
    """The rest of the word with this prefix that ``mark`` was given."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and proper.extra_attrs is not None:
        for word in proper.extra_attrs.immutable:
            if word.startswith(prefix):
                return word[len(prefix) :]
    return None


def mark_decorated(task: Instance) -> Instance:
    """A copy of a ``Task[Any, Any]`` that remembers to be its function's: the name it is called by leads to it."""
    return mark(task, _DECORATED)


def is_decorated(task: Instance) -> bool:
    """Whether ``mark_decorated`` made this type."""
    return marked_word(task, _DECORATED) is not None


def without_attachment(task: Instance) -> Instance:
    """A copy of the task type that remembers nothing."""
    copy = task.copy_modified()
    copy.extra_attrs = None
    return copy


def fresh(type: Type) -> Type:
    """A copy of an instance, or of a union's instances, that shares nothing mypy may change."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance):
        return proper.copy_modified()
    if isinstance(proper, UnionType):
        return UnionType([fresh(item) for item in proper.items], proper.line, proper.column)
    return type
