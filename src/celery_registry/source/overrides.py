"""A method that registers tasks, seen from each subclass that runs it.

Law: it says which classes run a piece of code, and which of their registrations are real; it reads none itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from celery_registry.contract.signature import TaskSignature
from celery_registry.source.model import Registration
from celery_registry.source.resolve import Frame, Names, Symbol

__all__ = ["Overrides", "hide"]


class Overrides:
    """Knows subclasses, over one program."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def frames(self, frame: Frame, function: str | None, used: set[str]) -> list[Frame]:
        """The places in which an expression of a method stands: one for its class, one for each subclass.

        ``used`` are the names in the expression; one that does not use ``self`` is the same everywhere.
        """
        for name in sorted(used):
            rows = frame.environment.get(name, ())
            if len(rows) == 1 and rows[0][0] == "S":
                cls = Symbol("class", frame.module, rows[0][1])
                subclasses = self._running(cls, function)
                return [frame, *(_seen_from(frame, name, subclass) for subclass in subclasses)]
        return [frame]

    def _running(self, cls: Symbol, function: str | None) -> Iterator[Symbol]:
        """The subclasses that run the method too: those that override it without ``super()`` do not."""
        method = (function or "").rpartition(".")[2]
        for subclass in self._names.subclasses(cls.module, cls.name):
            own = self._names.attribute(subclass._replace(kind="instance"), method)
            facts = None if own is None or own.kind != "function" else self._names.function_facts(own)
            if (
                own is None
                or facts is None
                or (own.module, own.name) == (cls.module, function)
                or "super" in facts.flags
            ):
                yield subclass

    def settle(self, found: Iterable[Registration]) -> Iterator[Registration]:
        """Of what one expression registers: drop what only an abstract class would, hide what has several answers."""
        # Nothing abstract is ever registered; in an abstract class the name may not even be there.
        kept = [r for r in found if not self._is_abstract(r)] or [
            hide(r, "is abstract") for r in found if r.task_name is not None
        ]
        named = [r for r in kept if r.task_name is not None]
        by_name: dict[str | None, list[Registration]] = {}
        for registration in named or kept[:1]:
            by_name.setdefault(registration.task_name, []).append(registration)
        for same in by_name.values():
            if len(same) == 1:
                yield same[0]
            else:
                classes = sorted(r.target.rpartition(".")[0].rpartition(".")[2] for r in same if r.target)
                yield hide(same[0], f"has several overrides ({', '.join(classes)})")

    def _is_abstract(self, registration: Registration) -> bool:
        if registration.target is None or registration.target_module is None:
            return False
        facts = self._names.program.facts(registration.target_module)
        name = registration.target[len(registration.target_module) + 1 :]
        rows = [] if facts is None else facts.functions.get(name, [])
        return any("abstract" in row.flags for row in rows)


def hide(registration: Registration, reason: str) -> Registration:
    """The same registration with a signature that nobody can read."""
    return replace(registration, hidden=reason, signature=TaskSignature(None, None))


def _seen_from(frame: Frame, me: str, subclass: Symbol) -> Frame:
    return frame._replace(environment={**frame.environment, me: (("S", subclass.name, subclass.module),)})
