"""What is above a class and what is below it.

Law: hierarchies alone, by the bases as they are written; what classes hold is ``resolve``'s business.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, MutableMapping
from typing import TYPE_CHECKING, Final, TypeVar

from celery_registry.source.symbols import Frame, Symbol

if TYPE_CHECKING:
    from celery_registry.source.resolve import Names

__all__ = ["Bases"]

T = TypeVar("T")
H = TypeVar("H", bound=Hashable)

#: Up to so many classes beside a long line of them are looked for in it, one by one.
_FEW: Final = 32


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
        self,
        module: str,
        qualname: str,
        own: Callable[[Symbol], T | None],
        kept: MutableMapping[tuple[str, str], T | None],
    ) -> T | None:
        """What ``own`` says first of a class and its bases, in their order; ``kept`` has the answers until now.

        In a long line of classes, each below the one before, each is asked once, not once for each that is below it.
        """
        key = (module, qualname)
        waiting = [] if key in kept else [(key, 0)]
        while waiting:
            me, place = waiting.pop()
            order = self.order(*me) or (Symbol("class", *me),)
            said = None
            while said is None and place < len(order):
                symbol = order[place]
                above = (symbol.module, symbol.name)
                inner = self.order(*above) if place and symbol.kind == "class" else ()
                if inner and order[place : place + len(inner)] == inner:
                    # What is asked here is what was asked for that class.
                    if above not in kept:
                        waiting += [(me, place), (above, 0)]
                        break
                    said, place = kept[above], place + len(inner)
                else:
                    said, place = own(symbol), place + 1
            else:
                kept[me] = said
        return kept[key]

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
        return (me, *_merged(lists))

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


def _merged(lists: list[list[Symbol]]) -> list[Symbol]:
    """C3, where what stands only in the longest list, side by side, is as one: nothing can come between."""
    longest = max(lists, key=len)
    others = {symbol for sequence in lists if sequence is not longest for symbol in sequence}
    if len(others) > _FEW:
        return _linear(lists)
    shared = sorted(longest.index(symbol) for symbol in others if symbol in longest)
    parts: list[Symbol | range] = []
    start = 0
    for place in (*shared, len(longest)):
        parts += [range(start, place)] if place > start else []
        parts += longest[place : place + 1]
        start = place + 1
    shorter: list[list[Symbol | range]] = [parts if sequence is longest else list(sequence) for sequence in lists]
    merged = _linear(shorter)
    return [s for part in merged for s in ([longest[i] for i in part] if isinstance(part, range) else [part])]


def _linear(lists: list[list[H]]) -> list[H]:
    """C3; where a hierarchy has no order, what is left in the order of the text."""
    merged: dict[H, None] = {}
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
