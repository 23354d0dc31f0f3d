"""What is above a class and what is below it.

Law: hierarchies alone, by the bases as they are written; what classes hold is ``resolve``'s business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery_registry.source.things import Frame, Thing

if TYPE_CHECKING:
    from celery_registry.source.resolve import Names

__all__ = ["Bases"]


class Bases:
    """Knows hierarchies over one program."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._orders: dict[tuple[str, str], tuple[Thing, ...]] = {}
        self._ordering: set[tuple[str, str]] = set()

    def order(self, module: str, qualname: str) -> tuple[Thing, ...]:
        """The method resolution order of a class, classes outside the program by name."""
        key = (module, qualname)
        if key in self._orders:
            return self._orders[key]
        if key in self._ordering:
            return ()
        self._ordering.add(key)
        try:
            order = self._merge(key)
        finally:
            self._ordering.discard(key)
        if not self._ordering:
            self._orders[key] = order
        return order

    def _merge(self, key: tuple[str, str]) -> tuple[Thing, ...]:
        facts = self._names.class_facts(*key)
        me = Thing("class", *key)
        if facts is None:
            return (me,)
        frame = Frame(key[0], None, facts.environment)
        lists: list[list[Thing]] = []
        for base in facts.bases:
            named = base[1] if base[0] == "i" else base
            thing = self._names.instance(frame, named)
            if thing is None:
                # An unknown base may define anything.
                thing = Thing("outside", "", "?")
            if thing.kind == "class":
                lists.append(list(self.order(thing.module, thing.name)))
            else:
                lists.append([Thing("outside", "", thing.name)])
        lists.append([sequence[0] for sequence in lists if sequence])
        return (me, *_linear(lists))

    def subclasses(self, module: str, qualname: str) -> tuple[Thing, ...]:
        """The classes of the program below a class, however deep, sorted by name."""
        found: dict[tuple[str, str], None] = {}
        waiting = [(module, qualname)]
        while waiting:
            base_module, base = waiting.pop()
            for heir in self._names.program.heirs_of(base.rpartition(".")[2]):
                facts = self._names.program.facts(heir)
                for name in () if facts is None else facts.classes:
                    key = (heir, name)
                    if key in found or key == (module, qualname):
                        continue
                    if any((c.module, c.name) == (base_module, base) for c in self.order(heir, name)[1:]):
                        found[key] = None
                        waiting.append(key)
        return tuple(Thing("class", *key) for key in sorted(found))


def _linear(lists: list[list[Thing]]) -> list[Thing]:
    """C3; where a hierarchy has no order, what is left in the order of the text."""
    merged: list[Thing] = []
    while any(lists):
        lists = [sequence for sequence in lists if sequence]
        head = next((s[0] for s in lists if not any(s[0] in other[1:] for other in lists)), lists[0][0])
        if head not in merged:
            merged.append(head)
        lists = [[thing for thing in sequence if thing != head] for sequence in lists]
    return merged
