"""What a name means: through imports, packages, stars, classes and their bases.

Law: a dotted name and the place where it stands in, a ``Symbol`` out, None where the text does not tell.
Cycles end in None. Strings are ``texts``' business.
"""

from __future__ import annotations

import builtins
from collections import ChainMap
from collections.abc import Callable, MutableMapping
from typing import TypeVar

from celery_registry.source.annotation import parse_annotation
from celery_registry.source.bases import Bases
from celery_registry.source.bindings import annotation_value
from celery_registry.source.facts import Binding, ClassFacts, FunctionFacts
from celery_registry.source.program import Program
from celery_registry.source.symbols import Frame, Symbol
from celery_registry.source.values import Call, Value, callee_of, last_part
from celery_registry.source.verbs import registering_words

__all__ = ["Frame", "Names", "Symbol"]

T = TypeVar("T")

# These packages are known by name, even where their files are among the program's.
_ALWAYS_OUTSIDE = frozenset({"celery", "celery_registry", "enum", "typing", "typing_extensions"})


#: What leads further, from name to name, is not followed: no program that a person wrote does.
_DEEPEST = 60

#: Functions that give back what they are given (celery.app.base).
_GIVING_BACK = frozenset({"celery.Celery.register_task", "celery.app.base.Celery.register_task"})


class Names:
    """Resolves names over one program; ``cuts`` counts how often a cycle or too long a way ended without an answer."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._known: dict[tuple[str, str], Symbol | None] = {}
        self._active: set[tuple[str, str]] = set()
        self.cuts = 0
        self._attributes: dict[tuple[str, str], dict[tuple[str, str], Symbol | None]] = {}
        self._members: dict[tuple[str, str], dict[str, tuple[Binding, ...]]] = {}
        self._open: dict[str, bool] = {}
        self._bases = Bases(self)
        self._packages = {
            module[:end] for module in program.files for end in range(len(module)) if module[end] == "."
        } | set(program.files)

    # Names

    def find(self, frame: Frame, dotted: str) -> Symbol | None:
        """What a dotted name means at a place."""
        root, *rest = dotted.split(".")
        symbol = self._root(frame, root)
        for part in rest:
            if symbol is None:
                return None
            symbol = self.attribute(symbol, part)
        return symbol

    def _root(self, frame: Frame, name: str) -> Symbol | None:
        rows = frame.environment.get(name)
        if rows is not None:
            return self._bound(frame, name, rows)
        if frame.cls is not None:
            own = self._own(frame.module, frame.cls, name, "class")
            if own is not None:
                return own
        return self.in_module(frame.module, name)

    def in_module(self, module: str, name: str) -> Symbol | None:
        """What a name means at the top of a module, or what ``from module import name`` gives."""
        key = (module, name)
        if key in self._known:
            return self._known[key]
        if module.partition(".")[0] in _ALWAYS_OUTSIDE or module not in self._packages:
            return Symbol("outside", "", f"{module}.{name}" if module else name)
        if key in self._active or len(self._active) > _DEEPEST:
            self.cuts += 1
            return self._submodule(module, name)
        self._active.add(key)
        try:
            found = self._in_module(module, name)
        finally:
            self._active.discard(key)
        if not self._active:
            # Inside a cycle an answer may be incomplete.
            self._known[key] = found
        return found

    def _in_module(self, module: str, name: str) -> Symbol | None:
        facts = self.program.facts(module)
        if (facts is None and module in self.program.files) or (facts is not None and self._is_open(module)):
            # A file that cannot be read is as another package's: it gives any name, whatever else is called so.
            return Symbol("outside", "", f"{module}.{name}")
        if facts is not None:
            rows = facts.bindings.get(name)
            if rows is not None:
                return self._bound(Frame(module), name, rows) or self._submodule(module, name)
            for star in reversed(facts.stars):
                found = self._through_star(star, name)
                if found is not None:
                    return found
        found = self._submodule(module, name)
        if found is None and hasattr(builtins, name):
            return Symbol("outside", "", f"builtins.{name}")
        return found

    def _is_open(self, module: str) -> bool:
        """Whether the star of a file that cannot be read may give a module any of its names."""
        if module not in self._open:
            waiting, met = [module], {module}
            while waiting:
                facts = self.program.facts(waiting.pop())
                stars = set() if facts is None else set(facts.stars) - met
                waiting += stars
                met |= stars
            self._open[module] = any(map(self.program.is_unread, met))
        return self._open[module]

    def _through_star(self, module: str, name: str) -> Symbol | None:
        facts = self.program.facts(module)
        if facts is None or module.partition(".")[0] in _ALWAYS_OUTSIDE:
            # A star of a package that we cannot see may give any name but a builtin one.
            return None if hasattr(builtins, name) else self.in_module(module, name)
        public = name in facts.exported if facts.exported is not None else not name.startswith("_")
        if not public:
            return None
        found = self.in_module(module, name)
        return None if found is not None and found.name.startswith("builtins.") else found

    def _submodule(self, module: str, name: str) -> Symbol | None:
        inner = f"{module}.{name}"
        return Symbol("module", inner, "") if inner in self._packages else None

    def _bound(self, frame: Frame, name: str, rows: tuple[Binding, ...]) -> Symbol | None:
        if rows and rows[0][0] == "A":
            # What a call gives for a parameter is read where the call stands.
            return Symbol("value", frame.module, rows[0][1], rows[0][2], (("V", rows[0][3], None),))
        values = tuple(row for row in rows if row[0] in "VP")
        if len(values) == len(rows):
            return Symbol("value", frame.module, name, frame, values)
        if any(row[0] == "?" for row in rows):
            return None
        # Of ``try: import`` with a substitute below ``except``, the import counts.
        found = _single([self._binding(frame, row) for row in rows if row[0] in "IF"])
        defined = [row for row in rows if row[0] not in "IFVP"]
        if found is not None and (found.kind == "outside" or not defined):
            return found
        if found is not None or any(_rebinds(row) for row in values):
            return None
        return _single([self._binding(frame, row) for row in defined])

    def _binding(self, frame: Frame, row: Binding) -> Symbol | None:
        tag = row[0]
        if tag == "I":
            known = row[1] in self._packages and row[1].partition(".")[0] not in _ALWAYS_OUTSIDE
            return Symbol("module", row[1], "") if known else Symbol("outside", "", row[1])
        if tag == "F":
            return self.in_module(row[1], row[2])
        if tag == "C":
            return Symbol("class", frame.module, row[1])
        if tag == "D":
            return Symbol("function", frame.module, row[1])
        if tag == "S":
            return Symbol("instance", frame.module if len(row) == 2 else row[2], row[1])
        return None

    # Attributes

    def attribute(self, symbol: Symbol, name: str) -> Symbol | None:
        """What ``symbol.name`` means."""
        if symbol.kind == "module":
            return self.in_module(symbol.module, name)
        if symbol.kind in ("outside", "made"):
            return Symbol("outside", "", f"{symbol.name}.{name}")
        if symbol.kind in ("class", "instance"):
            return self._class_attribute(symbol, name)
        if symbol.kind == "value":
            followed = self.follow(symbol)
            return None if followed is None else self.attribute(followed, name)
        return None

    def _class_attribute(self, symbol: Symbol, name: str) -> Symbol | None:
        if name == "__class__" and symbol.kind == "instance":
            return symbol._replace(kind="class")

        def own(cls: Symbol) -> Symbol | None:
            if cls.kind != "outside":
                return self._own(cls.module, cls.name, name, symbol.kind)
            return None if cls.name == "builtins.object" else Symbol("outside", "", f"{cls.name}.{name}")

        kept = self._attributes.setdefault((name, symbol.kind), {})
        cuts, found = self.cuts, ChainMap({}, kept)
        answer = self.nearest(symbol.module, symbol.name, own, found)
        if cuts == self.cuts:
            kept.update(found.maps[0])
        return answer

    def _own(self, module: str, cls: str, name: str, via: str) -> Symbol | None:
        facts = self.class_facts(module, cls)
        file = self.program.facts(module)
        if facts is None or file is None:
            return None
        frame = Frame(module, cls, facts.environment)
        qualname = f"{cls}.{name}"
        rows = self._members_of(module, facts).get(name)
        if rows:
            return Symbol("value", module, qualname, frame, rows)
        if qualname in file.functions:
            return Symbol("function", module, qualname, via=via)
        if qualname in file.classes:
            return Symbol("class", module, qualname)
        declared = facts.types.get(name)
        if declared is not None:
            if declared[0] == "new":
                return self.instance(Frame(module), ("c", declared[1], (), ()))
            return self.instance_of_type(Frame(module, None, facts.environment), declared)
        return None

    def _members_of(self, module: str, facts: ClassFacts) -> dict[str, tuple[Binding, ...]]:
        key = (module, facts.qualname)
        if key not in self._members:
            members: dict[str, tuple[Binding, ...]] = {}
            for member in facts.members:
                row = ("V", member.value, None, member.line, member.column)
                members[member.name] = (*members.get(member.name, ()), row)
            self._members[key] = members
        return self._members[key]

    # Values

    def follow(self, symbol: Symbol) -> Symbol | None:
        """What a value is: another symbol that it names, or an instance of a class."""
        key = (symbol.module, f"={symbol.name}")
        if symbol.kind != "value" or symbol.frame is None:
            return symbol
        if key in self._active or len(self._active) > _DEEPEST:
            self.cuts += 1
            return None
        self._active.add(key)
        try:
            symbols = [self._follow_row(symbol.frame, row) for row in symbol.rows]
            found = _single(symbols)
            if found is not None and found.kind in ("function", "class"):
                # A function that something else may have taken the place of is not known.
                unknown = any(_rebinds(row) for row, one in zip(symbol.rows, symbols, strict=True) if one is None)
                return None if unknown else found
            return found
        finally:
            self._active.discard(key)

    def _follow_row(self, frame: Frame, row: Binding) -> Symbol | None:
        declared = row[1] if row[0] == "P" else row[2]
        if declared is not None:
            found = self.instance_of_type(frame, declared)
            if found is not None:
                return found
        return self.instance(frame, row[1]) if row[0] == "V" and row[1] is not None else None

    def instance(self, frame: Frame, value: Value) -> Symbol | None:
        """What an expression gives: the symbol that a name means, or the instance that a call makes."""
        if value[0] == "n":
            symbol = self.find(frame, value[1])
            return symbol if symbol is None or symbol.kind != "value" else self.follow(symbol)
        if value[0] == ".":
            base = self.instance(frame, value[1])
            found = None if base is None else self.attribute(base, value[2])
            return found if found is None or found.kind != "value" else self.follow(found)
        if value[0] == "c":
            return self._called(frame, value)
        return None

    def _called(self, frame: Frame, value: Call) -> Symbol | None:
        if last_part(value[1]) == "cast" and len(value[2]) == 2:
            return self.instance_of_type(frame, value[2][0])
        # ``Controller[int](1)`` is made by the class, whatever stands for its type variables.
        made = value[1][1] if value[1][0] == "i" else value[1]
        callee = self.instance(frame, made)
        if callee is None or (made is not value[1] and callee.kind != "class"):
            return None
        if callee.kind == "class":
            return Symbol("instance", callee.module, callee.name)
        if callee.kind == "outside":
            if callee.name in _GIVING_BACK and len(value[2]) == 1:
                given = self.instance(frame, value[2][0])
                if given is not None and given.kind == "instance":
                    return given
            return Symbol("made", "", callee.name)
        if callee.kind == "function":
            function = self.function_facts(callee)
            node = None if function is None or function.returns is None else parse_annotation(function.returns)
            if node is not None:
                return self.instance_of_type(Frame(callee.module), annotation_value(node))
            return None if function is None else self._returned(callee, function)
        return None

    def _returned(self, callee: Symbol, function: FunctionFacts) -> Symbol | None:
        """What a function without an annotation returns, where its one ``return`` says so."""
        key = (callee.module, f"{callee.name}()")
        if function.returned is None:
            return None
        if key in self._active or len(self._active) > _DEEPEST:
            self.cuts += 1
            return None
        self._active.add(key)
        try:
            return self.instance(Frame(callee.module, None, function.inside), function.returned)
        finally:
            self._active.discard(key)

    def instance_of_type(self, frame: Frame, declared: Value) -> Symbol | None:
        """An instance of an annotated type; None for what is no class."""
        if declared[0] == "i":
            head, inside = last_part(declared[1]), declared[2]
            if head in ("Optional", "Final", "ClassVar"):
                return self.instance_of_type(frame, inside)
            if head == "Annotated" and inside[0] == "t" and inside[1]:
                return self.instance_of_type(frame, inside[1][0])
            return self.instance_of_type(frame, declared[1])
        if declared[0] == "s":
            node = parse_annotation(declared[1])
            value = None if node is None else annotation_value(node)
            return None if value is None or value[0] == "s" else self.instance_of_type(frame, value)
        if declared[0] != "n":
            return None
        symbol = self.find(frame, declared[1])
        if symbol is not None and symbol.kind == "value":
            symbol = self.follow(symbol)
        if symbol is None or symbol.kind not in ("class", "outside"):
            return None
        if symbol.kind == "class":
            return Symbol("instance", symbol.module, symbol.name)
        return None if last_part(declared) in ("Any", "Final", "object") else Symbol("made", "", symbol.name)

    # Classes and functions

    def class_facts(self, module: str, qualname: str) -> ClassFacts | None:
        """The facts of a class of the program."""
        facts = self.program.facts(module)
        return None if facts is None else facts.classes.get(qualname)

    def function_facts(self, symbol: Symbol) -> FunctionFacts | None:
        """The definition that a function's name has in the end; overloads and setters do not count."""
        facts = self.program.facts(symbol.module)
        rows = [] if facts is None else facts.functions.get(symbol.name, [])
        real = [row for row in rows if not {"overload", "setter", "deleter"} & set(row.flags)]
        return real[-1] if real else None

    def is_defined_twice(self, symbol: Symbol) -> bool:
        """Whether a function's name has another definition besides, below an ``if`` or after it; overloads do not count."""
        facts = self.program.facts(symbol.module)
        rows = [] if facts is None else facts.functions.get(symbol.name, [])
        return len([row for row in rows if not {"overload", "setter", "deleter"} & set(row.flags)]) > 1

    def order(self, module: str, qualname: str) -> tuple[Symbol, ...]:
        """The method resolution order of a class, classes outside the program by name."""
        return self._bases.order(module, qualname)

    def nearest(
        self,
        module: str,
        qualname: str,
        own: Callable[[Symbol], T | None],
        kept: MutableMapping[tuple[str, str], T | None],
    ) -> T | None:
        """What ``own`` says first of a class and its bases, in their order; ``kept`` has the answers until now."""
        return self._bases.nearest(module, qualname, own, kept)

    def subclasses(self, module: str, qualname: str) -> tuple[Symbol, ...]:
        """The classes of the program below a class, however deep, sorted by name."""
        return self._bases.subclasses(module, qualname)

    def split(self, fullname: str) -> tuple[str, str] | None:
        """A dotted name as the longest module of the program and the rest."""
        parts = fullname.split(".")
        for end in range(len(parts), 0, -1):
            module = ".".join(parts[:end])
            if module in self.program.files:
                return module, ".".join(parts[end:])
        return None


def _rebinds(row: Binding) -> bool:
    """Whether an assignment gives a name another meaning: None does not, nor does a task made of the function."""
    if row[0] != "V" or row[1] is None or row[1] == ("k", None):
        return bool(row[0] == "P")
    return last_part(callee_of(row[1])) not in registering_words()


def _single(symbols: list[Symbol | None]) -> Symbol | None:
    """The one symbol that all known ones are; None where they differ."""
    known = {(symbol.kind, symbol.module, symbol.name): symbol for symbol in symbols if symbol is not None}
    return next(iter(known.values())) if len(known) == 1 else None
