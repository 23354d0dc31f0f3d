"""What stands between a call of a task and its function: the classes of the user's.

Law: a registration in, yes or no out; yes only where the text tells of each class that it is harmless.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from celery_registry.source.handing_on import handed_names
from celery_registry.source.model import How

if TYPE_CHECKING:
    from celery_registry.source.model import Registration
    from celery_registry.source.resolve import Names

__all__ = ["OwnClasses"]

# What a class of the user's may define, and then sees the arguments first.
_REWRITING = frozenset({"__call__", "delay", "apply_async", "typing", "s", "si", "signature"})


class OwnClasses:
    """Looks at them over one program; of those in ``injected`` the user says what they do."""

    def __init__(self, names: Names, injected: Container[str]) -> None:
        self._names, self._injected = names, injected

    def passes_on(self, registration: Registration, method: str = "") -> bool:
        """Whether each of them hands on what a call is given as it is."""
        rewriting = _REWRITING | {"retry"} if method == "retry" else _REWRITING
        cls = registration.base if registration.how is not How.TASK_CLASS else registration.target
        if cls is None or cls.startswith("celery."):
            return True
        place = self._names.split(cls)
        if place is None or not place[1]:
            return False
        for base in self._names.order(*place):
            if f"{base.module}.{base.name}" in self._injected:
                continue
            if base.kind != "class":
                if not base.name.startswith(("celery.", "builtins.object", "typing.")):
                    return False
                continue
            facts = self._names.program.facts(base.module)
            members = self._names.class_facts(base.module, base.name)
            if facts is None or members is None:
                return False
            names = {member.name for member in members.members}
            for name in rewriting:
                definitions = facts.functions.get(f"{base.name}.{name}", [])
                if any(handed_names(d.flags) != () for d in definitions):
                    names.add(name)
            if names & rewriting:
                return False
        return True

    def may_return_other(self, registration: Registration) -> bool:
        """Whether a class has a ``__call__``: it may hand on all that it is given, and return what it likes."""
        cls = registration.base if registration.how is not How.TASK_CLASS else registration.target
        place = None if cls is None or cls.startswith("celery.") else self._names.split(cls)
        for base in () if place is None else self._names.order(*place):
            facts = self._names.program.facts(base.module) if base.kind == "class" else None
            if facts is None and not base.name.startswith(("celery.", "builtins.object", "typing.")):
                return True
            members = None if facts is None else self._names.class_facts(base.module, base.name)
            if facts is not None and f"{base.name}.__call__" in facts.functions:
                return True
            if members is not None and any(member.name == "__call__" for member in members.members):
                return True
        return False

    def keeps(self, cls: str | None, method: str) -> bool:
        """Whether a class of tasks has Celery's own method of that name."""
        if cls is None or cls.startswith("celery."):
            return True
        place = self._names.split(cls)
        if place is None or not place[1]:
            return False
        for base in self._names.order(*place):
            members = self._names.class_facts(base.module, base.name) if base.kind == "class" else None
            facts = self._names.program.facts(base.module) if base.kind == "class" else None
            if members is None or facts is None:
                if not base.name.startswith(("celery.", "builtins.object", "typing.", "abc.")):
                    return False
            elif f"{base.name}.{method}" in facts.functions or any(m.name == method for m in members.members):
                return False
        return True
