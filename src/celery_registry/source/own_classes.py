"""What stands between a call of a task and its function: the classes of the user's.

Law: a registration in, yes or no out; yes only where the text tells of each class that it is harmless.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from celery_registry.source.handing_on import handed_names
from celery_registry.source.model import How

if TYPE_CHECKING:
    from celery_registry.source.facts import ClassFacts, FileFacts, FunctionFacts
    from celery_registry.source.model import Registration
    from celery_registry.source.resolve import Names

__all__ = ["OwnClasses"]

#: What a class of the user's may define, and then sees the arguments first.
_REWRITING = frozenset({"__call__", "delay", "apply_async", "typing", "s", "si", "signature"})
#: Celery holds what these are given to the function itself, before any class is called (celery.app.task.Task.apply_async).
_HELD = frozenset({"delay", "apply_async"})
#: How the names of classes begin that do nothing of their own between a call and its task.
_HARMLESS = ("celery.", "builtins.object", "typing.", "abc.")


class OwnClasses:
    """Looks at them over one program; of those in ``injected`` the user says what they do."""

    def __init__(self, names: Names, injected: Container[str], *, strict: bool = False) -> None:
        self._names, self._injected, self._strict = names, injected, strict

    def passes_on(self, registration: Registration, method: str = "") -> bool:
        """Whether each of them hands on what a call is given as it is.

        Of ``delay`` and ``apply_async`` it is enough that Celery sees it as it is: with ``strict`` nothing in the program
        keeps Celery from looking at the number and the names, and what ``__call__`` does comes too late.
        """
        rewriting = _REWRITING | {"retry"} if method == "retry" else _REWRITING
        line = list(self._line(_class_of(registration)))
        of_function = registration.how in (How.APP_TASK, How.SHARED_TASK) and registration.tells_base
        # Who says what a class supplies may know more than the text.
        is_said = any(cls is not None and cls.name in self._injected for cls in line)
        if self._strict and method in _HELD and of_function and not is_said:
            rewriting = _REWRITING - {"__call__"}
        return not any(cls is None or (cls.name not in self._injected and cls.rewrites(rewriting)) for cls in line)

    def may_return_other(self, registration: Registration) -> bool:
        """Whether a class has a ``__call__``: it may hand on all that it is given, and return what it likes."""
        return any(cls is None or cls.defines("__call__") for cls in self._line(_class_of(registration)))

    def keeps(self, cls: str | None, method: str) -> bool:
        """Whether a class of tasks has Celery's own method of that name."""
        return not any(each is None or each.defines(method) for each in self._line(cls))

    def _line(self, cls: str | None) -> Iterator[_OwnClass | None]:
        """The user's own classes from this one up, None for each of which the text does not tell what it defines."""
        if cls is None or cls.startswith("celery."):
            return
        place = self._names.split(cls)
        if place is None or not place[1]:
            yield None
            return
        for base in self._names.order(*place):
            if base.kind != "class" and base.name.startswith(_HARMLESS):
                continue
            facts = self._names.program.facts(base.module) if base.kind == "class" else None
            members = None if facts is None else self._names.class_facts(base.module, base.name)
            yield None if facts is None or members is None else _OwnClass(base.fullname, base.name, facts, members)


class _OwnClass(NamedTuple):
    name: str
    qualname: str
    facts: FileFacts
    members: ClassFacts

    def defines(self, name: str) -> bool:
        return bool(self._methods(name)) or any(member.name == name for member in self.members.members)

    def rewrites(self, names: Collection[str]) -> bool:
        """Whether one of these may change what it is given: it is a value, or a method that does not hand all of it on."""
        given = any(member.name in names for member in self.members.members)
        return given or any(handed_names(method.flags) != () for name in names for method in self._methods(name))

    def _methods(self, name: str) -> Sequence[FunctionFacts]:
        return self.facts.functions.get(f"{self.qualname}.{name}", [])


def _class_of(registration: Registration) -> str | None:
    return registration.target if registration.how is How.TASK_CLASS else registration.base
