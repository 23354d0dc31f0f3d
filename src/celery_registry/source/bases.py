"""What is above a class and what is below it.

Law: hierarchies alone, by the bases as they are written; what classes hold is ``resolve``'s business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from celery_registry.source.symbols import Frame, Symbol

if TYPE_CHECKING:
    from celery_registry.source.resolve import Names

__all__ = ["Bases"]

T = TypeVar("T")


class Bases:
    """Knows hierarchies over one program."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._orders: dict[tuple[str, str], tuple[Symbol, ...]] = {}
        self._ordering: set[tuple[str, str]] = set()

    def order(self, module: str, qualname: str) -> tuple[Symbol, ...]:
        """The method resolution order of a class, classes outside the program by name."""
        key = (module, qualname)
        if key in self._orders:
            return self._orders[key]
        if key in self._ordering:
            return ()
        found: dict[tuple[str, str], tuple[Symbol, ...]] = {}
        whole = not self._ordering
        bases: dict[tuple[str, str], list[Symbol]] = {}
        waiting = [key]
        while waiting:
            top = waiting[-1]
            if top not in bases:
                self._ordering.add(top)
                bases[top] = self._bases_of(top)
            known = self._known(bases[top], found)
            missing = [k for k in known if known[k] is None and k not in self._ordering]
            if missing:
                waiting.append(missing[0])
                continue
            # A class that waits for itself has no order.
            whole = whole and all(known.values())
            found[top] = self._merge(top, bases[top], known)
            self._ordering.discard(top)
            waiting.pop()
        if whole:
            # Inside a cycle an answer may be incomplete.
            self._orders.update(found)
        return found[key]

    def nearest(
        self, module: str, qualname: str, own: Callable[[Symbol], T | None], kept: dict[tuple[str, str], T | None]
    ) -> T | None:
        """What ``own`` says first of a class and its bases, in their order; ``kept`` has the answers until now.

        A long line of classes, each below the one before, is walked once, not once for each of them.
        """
        key = (module, qualname)
        walked = []
        while key not in kept:
            walked.append(key)
            me, *others = self.order(*key) or (Symbol("class", *key),)
            answer = own(me)
            above = self._only_base(others)
            if answer is None and above is not None:
                key = above
                continue
            if answer is None:
                answer = next((said for base in others if (said := own(base)) is not None), None)
            kept[key] = answer
        for below in walked:
            kept[below] = kept[key]
        return kept[key]

    def _only_base(self, others: list[Symbol]) -> tuple[str, str] | None:
        """The class whose own order is all that is above another one."""
        if not others or others[0].kind != "class":
            return None
        above = (others[0].module, others[0].name)
        return above if len(self.order(*above)) == len(others) else None

    def _known(
        self, bases: list[Symbol], found: dict[tuple[str, str], tuple[Symbol, ...]]
    ) -> dict[tuple[str, str], tuple[Symbol, ...] | None]:
        """The orders of the bases that are classes of the program, None where one is not known yet."""
        keys = [(base.module, base.name) for base in bases if base.kind == "class"]
        return {key: found.get(key, self._orders.get(key)) for key in keys}

    def _bases_of(self, key: tuple[str, str]) -> list[Symbol]:
        facts = self._names.class_facts(*key)
        if facts is None:
            return []
        frame = Frame(key[0], None, facts.environment)
        found = [self._names.instance(frame, base[1] if base[0] == "i" else base) for base in facts.bases]
        # An unknown base may define anything.
        return [Symbol("outside", "", "?") if symbol is None else symbol for symbol in found]

    def _merge(
        self, key: tuple[str, str], bases: list[Symbol], known: dict[tuple[str, str], tuple[Symbol, ...] | None]
    ) -> tuple[Symbol, ...]:
        me = Symbol("class", *key)
        lists: list[list[Symbol]] = []
        for base in bases:
            if base.kind == "class":
                lists.append(list(known[base.module, base.name] or ()))
            else:
                lists.append([Symbol("outside", "", base.name)])
        if len(lists) == 1:
            return (me, *lists[0])
        lists.append([sequence[0] for sequence in lists if sequence])
        return (me, *_linear(lists))

    def subclasses(self, module: str, qualname: str) -> tuple[Symbol, ...]:
        """The classes of the program below a class, however deep, sorted by name."""
        found: dict[tuple[str, str], None] = {}
        waiting = [(module, qualname)]
        while waiting:
            base_module, base = waiting.pop()
            for module_name in self._names.program.deriving_from(base.rpartition(".")[2]):
                facts = self._names.program.facts(module_name)
                for name in () if facts is None else facts.classes:
                    key = (module_name, name)
                    if key in found or key == (module, qualname):
                        continue
                    if any((c.module, c.name) == (base_module, base) for c in self.order(module_name, name)[1:]):
                        found[key] = None
                        waiting.append(key)
        return tuple(Symbol("class", *key) for key in sorted(found))


def _linear(lists: list[list[Symbol]]) -> list[Symbol]:
    """C3; where a hierarchy has no order, what is left in the order of the text."""
    merged: dict[Symbol, None] = {}
    places = [0] * len(lists)
    # How many lists have a class behind their head: it cannot be next.
    behind = Counter(symbol for sequence in lists for symbol in sequence[1:])
    while True:
        heads = [(i, lists[i][place]) for i, place in enumerate(places) if place < len(lists[i])]
        if not heads:
            return list(merged)
        head = next((symbol for _, symbol in heads if not behind[symbol]), heads[0][1])
        merged[head] = None
        if behind[head]:
            lists = [[t for t in s[p:] if t != head] for s, p in zip(lists, places, strict=True)]
            places = [0] * len(lists)
            behind = Counter(symbol for sequence in lists for symbol in sequence[1:])
            continue
        for i, symbol in heads:
            if symbol == head:
                places[i] += 1
                if places[i] < len(lists[i]):
                    behind[lists[i][places[i]]] -= 1
