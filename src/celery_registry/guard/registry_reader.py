"""A registry class as task contracts.

Law: what the class declares. The application is not touched and no registry is made: each property is asked
through a probe whose ``_get_task_by_name`` gives the name back. No code of the user's runs but the getters.
"""

from __future__ import annotations

import contextlib
import dis
import enum
import functools
import inspect
from collections.abc import Iterator, Mapping
from types import FunctionType, SimpleNamespace
from typing import Any, Final, NamedTuple

from celery.app.task import Task

from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.hints import Scope, Unresolved, read_annotations, read_task_annotation
from celery_registry.guard.name_reader import plain_name
from celery_registry.guard.places import function_place, label_of
from celery_registry.registry import BaseTasksRegistry
from celery_registry.source.docstring import read_documented

__all__ = ["Declaration", "imported_registries", "read_asked", "read_registry"]

_ACCESS = "_get_task_by_name"
_OWN_DESCRIPTORS = (FunctionType, property, functools.cached_property, classmethod, staticmethod)
_OPEN: TaskSignature[Any] = TaskSignature(None)


class Declaration(NamedTuple):
    """One property of a registry, before its place is looked up.

    ``readable`` is False where the annotation says nothing of the task: Celery's own ``Task`` alone, or something else. ``owner``
    is the enum whose member was asked for, None for a plain text.
    """

    name: str
    registry: str
    member: str
    getter: Any
    signature: TaskSignature[Any]
    documented: tuple[str, ...] | None
    readable: bool
    annotation: Any
    owner: type[Any] | None

    @property
    def unreadable(self) -> str | None:
        """The annotation, where it says nothing of the task."""
        if self.annotation is _OPEN:
            return "missing"
        return None if self.readable else HintRules().quote(self.annotation)

    @property
    def attribute(self) -> str:
        """The property as the user writes it."""
        return f"{self.registry}.{self.member}"

    def place(self) -> Origin:
        """The line of the property's ``def``."""
        return function_place(self.getter, self.attribute)


def read_registry(registry: type[Any]) -> tuple[Declaration, ...]:
    """The declarations of a class and its bases, in the order in which they are written, bases first.

    A property is one of the registry's when its body mentions ``_get_task_by_name``, or looks in ``app.tasks`` and calls
    nothing; others are never called.
    One that fails without a real registry behind it is left out, for nothing is known about it.
    """
    return tuple(_read(registry))


def imported_registries() -> tuple[type[Any], ...]:
    """Every class of the process that extends ``BaseTasksRegistry``."""
    found: list[type[Any]] = []
    pending: list[type[Any]] = [BaseTasksRegistry]
    while pending:
        subclasses = pending.pop().__subclasses__()
        found += subclasses
        pending += subclasses
    return tuple(dict.fromkeys(found))


def _read(registry: type[Any]) -> Iterator[Declaration]:
    asked: list[Any] = []
    probe = _probe(registry, asked)
    label = label_of(registry)
    scopes: dict[tuple[int, type[Any]], Scope] = {}
    documented: dict[str, tuple[str, ...] | None] = {}
    for attribute, owner, getter in _getters(registry):
        del asked[:]
        application = _looked_up_in(getter)
        if application is not None and not hasattr(registry, application):
            with contextlib.suppress(AttributeError, TypeError):
                object.__setattr__(probe, application, probe._app)
        try:
            getter(probe)
        except (Exception, SystemExit):
            continue
        if not asked:
            continue
        key = (id(getter.__globals__), owner)
        scope = scopes.get(key)
        if scope is None:
            scope = scopes[key] = Scope(getter.__globals__, vars(owner))
        annotation = read_annotations(getter).get("return", _OPEN)
        signature = _OPEN if annotation is _OPEN else read_task_annotation(annotation, scope)
        is_bare = signature is not None and _is_bare(annotation, signature, scope)
        # An alias that stands below ``if TYPE_CHECKING:`` may be of the right type.
        is_elsewhere = signature is None and _is_name(annotation) and isinstance(scope.resolve(annotation), Unresolved)
        text = getter.__doc__
        if text is not None and text not in documented:
            names = read_documented(inspect.cleandoc(text)) if ":" in text else None
            documented[text] = None if names is None else tuple(names)
        yield Declaration(
            plain_name(asked[-1]),
            label,
            attribute,
            getter,
            signature or _OPEN,
            None if text is None else documented[text],
            is_elsewhere or (signature is not None and not is_bare),
            annotation,
            type(asked[-1]) if isinstance(asked[-1], enum.Enum) else None,
        )


def _is_name(annotation: Any) -> bool:
    return isinstance(annotation, str) and annotation.replace(".", "").isidentifier()


def _is_bare(annotation: Any, signature: TaskSignature[Any], scope: Scope) -> bool:
    """Whether it is Celery's own ``Task`` without its arguments; what a subclass promises is not known."""
    if signature.parameters is not None or signature.result is not None:
        return False
    hint = scope.resolve(annotation) if isinstance(annotation, str) else annotation
    return isinstance(hint, type) and hint.__module__.startswith("celery.") and issubclass(hint, Task)


#: What ``__init__`` asks for tasks: ``self._get_task_by_name(...)``, ``app.tasks[...]``.
_ASKING: Final = frozenset({_ACCESS, "tasks"})


def read_asked(registry: type[Any], members: Mapping[str, str]) -> frozenset[str] | None:
    """The names that a registry asks for elsewhere than in a property: in its ``__init__``, or by a descriptor.

    ``members`` are the members of its enums with the names they stand for. None where it asks and nobody can tell for
    which: no code of the user's runs here.
    """
    asked: set[str] = set()
    for owner in registry.__mro__:
        if owner.__module__.partition(".")[0] in ("celery_registry", "builtins"):
            continue
        code = getattr(vars(owner).get("__init__"), "__code__", None)
        if code is not None and not _ASKING.isdisjoint(code.co_names):
            attributes = {member.rpartition(".")[2]: name for member, name in members.items()}
            named = {name for member, name in attributes.items() if member in code.co_names}
            named.update(name for name in attributes.values() if name in code.co_consts)
            if not named and _ACCESS in code.co_names:
                return None
            asked |= named
        for value in vars(owner).values():
            if hasattr(type(value), "__get__") and not isinstance(value, _OWN_DESCRIPTORS):
                held = getattr(value, "__dict__", {}).values()
                asked.update(plain_name(each) for each in held if isinstance(each, (str, enum.Enum)))
    return frozenset(asked.intersection(members.values()))


def _getters(registry: type[Any]) -> Iterator[tuple[str, type[Any], Any]]:
    """The functions behind the properties that ask for a task, with the class whose body they stand in."""
    found: dict[str, tuple[type[Any], Any]] = {}
    for owner in reversed(registry.__mro__):
        for attribute, member in vars(owner).items():
            getter = _getter_of(member)
            if getter is not None:
                found[attribute] = (owner, getter)
            elif attribute in found:
                del found[attribute]
    seen: set[int] = set()
    for attribute, (owner, getter) in found.items():
        asking = _asking(getter)
        own = getattr(getter, "__name__", attribute)
        # ``old = new`` is one property under two names, also where a subclass has another one under its own.
        if asking is not None and id(asking) not in seen and (own == attribute or own not in found):
            seen.add(id(asking))
            yield attribute, owner, asking


def _getter_of(member: Any) -> Any:
    """The function behind a property, also behind one of another library: Django's ``cached_property``."""
    if isinstance(member, property):
        return member.fget
    if isinstance(member, _OWN_DESCRIPTORS) and not isinstance(member, functools.cached_property):
        return None
    if not hasattr(type(member), "__get__"):
        # A proxy of another library, ``app = current_app``, would look for what it stands for.
        return None
    getter = getattr(member, "__dict__", {}).get("func")
    return getter if isinstance(getter, FunctionType) else None


def _asking(getter: Any, depth: int = 4) -> Any:
    """The function that asks for a task: the getter itself, or one that a decorator of the user's holds behind it."""
    if not isinstance(getter, FunctionType) or depth == 0:
        return None
    if _ACCESS in getter.__code__.co_names or _looked_up_in(getter) is not None:
        return getter
    held = [vars(getter).get("__wrapped__")]
    for cell in getter.__closure__ or ():
        with contextlib.suppress(ValueError):
            held.append(cell.cell_contents)
    return next((found for each in held if (found := _asking(each, depth - 1)) is not None), None)


def _looked_up_in(getter: FunctionType) -> str | None:
    """The attribute ``app`` of ``return self.app.tasks[X]``, which calls nothing; None for any other getter."""
    names = getter.__code__.co_names
    place = names.index("tasks") if "tasks" in names else 0
    if not place or any(each.opname.startswith("CALL") for each in dis.get_instructions(getter)):
        return None
    return names[place - 1]


def _probe(registry: type[Any], asked: list[Any]) -> Any:
    """An instance that was never initialised and answers every question with the question."""

    def answer(name: Any) -> Any:
        asked.append(name)
        return name

    class Asked(dict[Any, Any]):
        """``app.tasks``, for a getter that goes past the instance: ``super()._get_task_by_name(...)``."""

        def __missing__(self, name: Any) -> Any:
            return answer(name)

    try:
        # Not a subclass, which would run the user's __init_subclass__ and metaclass.
        probe: Any = object.__new__(registry)
        object.__setattr__(probe, _ACCESS, answer)
        object.__setattr__(probe, "_app", SimpleNamespace(tasks=Asked()))
    except (TypeError, AttributeError):
        # It has __slots__, abstract methods, or a base written in C.
        return type("Probe", (), {_ACCESS: staticmethod(answer), "_app": SimpleNamespace(tasks=Asked())})()
    return probe
