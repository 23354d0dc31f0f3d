"""What the classes of a task do to the arguments of its calls.

Law: a class in, those of its line out that may change what a call is given, and those that hand it on; whether any number
of arguments fits. It never learns what a call is given.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from celery_registry.contract.rules import REWRITING_METHODS
from celery_registry.source.handing_on import handed_names
from celery_registry.source.own_options import ANY_OPTION, known_options
from celery_registry.source.resolve import Names, Symbol

__all__ = ["Between", "TaskClasses"]

#: Packages whose classes change no arguments.
_HARMLESS: Final = ("celery.", "typing.", "typing_extensions.", "abc.", "builtins.")
#: What a class defines that sees the arguments first, where it may be none that a type checker knows.
_SIGNATURES: Final = ("s", "si", "signature", "subtask", "apply")
#: With ``typing`` Celery's check is off, and whoever says it may complete what it is given.
_SAID: Final = frozenset({*REWRITING_METHODS, *_SIGNATURES, "typing"})

#: Handing on, by the dotted name of the class: the names of the parameters that it adds.
HandedOn = tuple[tuple[str, tuple[str, ...]], ...]


class Between(NamedTuple):
    """The dotted names of the classes that may change what a call is given, and of those that hand it on.

    ``options`` are those that they know besides Celery's, ``ANY_OPTION`` where one may know any.
    """

    changed_by: tuple[str, ...] = ()
    handed_on_by: HandedOn = ()
    options: tuple[str, ...] = ()


class TaskClasses:
    """Reads them over one program."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[str, Between] = {}
        self._telling: dict[tuple[str, str], bool | None] = {}
        self._loose: dict[tuple[str, str], bool | None] = {}
        self._lines: dict[tuple[str, str], tuple[str, ...]] = {}

    def read(self, fullname: str | None) -> Between:
        """Of a class by its dotted name: None for Celery's own, ``?`` for one that the text does not tell."""
        if fullname is None:
            return Between()
        if fullname not in self._known:
            self._known[fullname] = self._read(fullname)
        return self._known[fullname]

    def _read(self, fullname: str) -> Between:
        place = self._names.split(fullname)
        if place is None or not place[1]:
            return Between() if fullname.startswith(_HARMLESS) else Between((fullname,), options=(ANY_OPTION,))
        # Most classes say nothing, however long the line is that they stand in.
        if self._names.nearest(*place, self._tells, self._telling) is None:
            return Between()
        changed: list[str] = []
        handed: list[tuple[str, tuple[str, ...]]] = []
        options: set[str] = set()
        for cls in self._names.order(*place) or (Symbol("outside", "", fullname),):
            if cls.kind != "class":
                changed += [] if cls.name.startswith(_HARMLESS) else [cls.name]
                continue
            added = self._added(cls)
            if added is None:
                changed.append(cls.fullname)
            elif self._own_methods(cls):
                handed.append((cls.fullname, added))
                options.update(self._options(cls))
        return Between(tuple(changed), tuple(handed), (ANY_OPTION,) if changed else tuple(sorted(options)))

    def _tells(self, cls: Symbol) -> bool | None:
        if cls.kind != "class":
            return None if cls.name.startswith(_HARMLESS) else True
        return True if self._added(cls) is None or self._own_methods(cls) else None

    def _own_methods(self, cls: Symbol) -> list[str]:
        facts = self._names.program.facts(cls.module)
        names = (f"{cls.name}.{name}" for name in sorted(_SAID))
        return [] if facts is None else [name for name in names if name in facts.functions]

    def _added(self, cls: Symbol) -> tuple[str, ...] | None:
        """The parameters that a class adds where its methods hand everything on; None where they may not."""
        members = self._names.class_facts(cls.module, cls.name)
        if members is None or any(member.name in _SAID for member in members.members):
            return None
        facts = self._names.program.facts(cls.module)
        found: set[str] = set()
        for method in self._own_methods(cls):
            definitions = [] if facts is None else facts.functions[method]
            added = handed_names(definitions[-1].flags) if len(definitions) == 1 else None
            if added is None:
                return None
            found.update(added)
        return tuple(sorted(found))

    def _options(self, cls: Symbol) -> tuple[str, ...]:
        facts = self._names.program.facts(cls.module)
        own = [] if facts is None else facts.functions.get(f"{cls.name}.apply_async", [])
        return tuple(option for definition in own for option in known_options(definition.flags))

    def line(self, fullname: str | None) -> tuple[str, ...]:
        """The dotted names of a class and its bases."""
        if fullname is None or fullname == "?":
            return ()
        place = self._names.split(fullname)
        if place is None or not place[1]:
            return (fullname,)
        if place not in self._lines:
            order, line = self._names.order(*place), list[str]()
            while len(line) < len(order):
                base = order[len(line)]
                above = self._lines.get((base.module, base.name), ())
                if above and order[len(line) : len(line) + len(above)] == self._names.order(base.module, base.name):
                    # A long line of classes is written down once.
                    line += above
                else:
                    line.append(base.fullname if base.kind == "class" else base.name)
            self._lines[place] = tuple(line) or (fullname,)
        return self._lines[place]

    def takes_any_number(self, fullname: str | None) -> bool:
        """Whether a task class says ``typing = False``, or has a ``Strategy`` of its own as those of celery-batches."""
        if fullname is None or fullname == "?":
            return False
        place = self._names.split(fullname)
        if place is None or not place[1]:
            return fullname.startswith("celery_batches.")
        return self._names.nearest(*place, self._is_loose, self._loose) is not None

    def _is_loose(self, cls: Symbol) -> bool | None:
        """Whether a class itself says so; None where it does not."""
        if cls.kind != "class":
            return cls.name.startswith("celery_batches.") or None
        file = self._names.program.facts(cls.module)
        strategy = f"{cls.name}.Strategy"
        if file is not None and (strategy in file.functions or strategy in file.classes):
            # celery-batches has a method.
            return True
        facts = self._names.class_facts(cls.module, cls.name)
        for member in () if facts is None else facts.members:
            if member.name == "Strategy" or (member.name == "typing" and member.value == ("k", False)):
                return True
        return None
