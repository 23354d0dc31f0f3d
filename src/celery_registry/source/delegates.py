"""A program's own names for registering: ``late = app.task``, ``def job(name): return app.task(name=name)``.

Law: it follows what such a function is given to the verb that it hands it to; what a verb makes is ``makers``'
business. Where one cannot be followed, it says so: then nobody knows which names there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from celery_registry.source.facts import Binding, FunctionFacts
from celery_registry.source.given_arguments import Given, Keywords, given_arguments
from celery_registry.source.model import How
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.values import UNKNOWN, Value, last_part

__all__ = ["FUNCTION", "Delegates", "Maker"]

#: The function that a decorator stands on.
FUNCTION: Value = ("fn",)

#: So deep may constants unpack constants; one that unpacks itself has no end.
_DEEPEST_OPTIONS = 5
#: What a registration depends on: a change of any other option is not looked at here.
_TELLING = frozenset({"name", "bind", "base", "typing", "pydantic", "serializer", "ignore_result"})


class Maker(NamedTuple):
    """What makes tasks: its options, and the arguments left for what it registers.

    ``base`` is the dotted name of the class that its tasks get, ``?`` where the text does not tell which; ``tells_base``
    is False where it is a guess. ``place`` is
    where ``name`` is read and ``app_place`` where ``receiver`` is, None for where the maker itself stands; ``wraps``
    says how a function of the program's changes what it is given before it registers that. ``through`` is the dotted
    name of such a function, and ``made_by`` what ``Apps.made_by`` says of the application.
    """

    how: How
    name: Value | None
    options: dict[str, Value]
    arguments: tuple[Value, ...]
    receiver: Value | None = None
    base: str | None = None
    place: Frame | None = None
    app_place: Frame | None = None
    wraps: str | None = None
    tells_base: bool = True
    through: str | None = None
    made_by: tuple[str, str] | None = None

    def flag(self, name: str) -> tuple[bool, bool]:
        """Whether an option that is off by default is on, and whether the text leaves that in doubt."""
        if name in self.options:
            value = self.options[name]
            return (bool(value[1]), False) if value[0] == "k" else (False, True)
        return False, "**" in self.options


class _Make(Protocol):
    def __call__(
        self, frame: Frame, callee: Value, positional: list[Given], keywords: Keywords, called: bool
    ) -> Maker | None: ...


class Delegates:
    """Follows them over one program; ``make`` reads what is handed on."""

    def __init__(self, names: Names, make: _Make) -> None:
        self._names, self._make = names, make
        self._read: set[tuple[str, str]] = set()
        self._unread: set[tuple[str, str]] = set()
        self._entered: set[tuple[str, str]] = set()
        self._given: dict[tuple[str, str], dict[str, tuple[Binding, ...]]] = {}

    def explains(self, module: str, function: str | None, variable: str | None) -> bool:
        """Whether what stands in a function, or is kept in a variable, was followed from every place that uses it.

        Of a decorator that takes arguments every use is seen, also where there is none.
        """
        names = [variable] if function is None else list(_around(function))
        keys = [(module, name) for name in names if name is not None]
        if self._unread.intersection(keys):
            return False
        return not self._read.isdisjoint(keys) or (function is not None and self._can_be_read(*keys[-1]))

    def _can_be_read(self, module: str, function: str) -> bool:
        symbol = Symbol("function", module, function, via="instance")
        anything: Keywords = [("**", (Frame(module), UNKNOWN))]
        found = self._of_function(symbol, [], anything, True)
        return found is not None and not found.arguments

    def read(
        self, frame: Frame, symbol: Symbol, positional: list[Given], keywords: Keywords, called: bool
    ) -> Maker | None:
        """What a function or a variable of the program makes of what it is given; None where that cannot be followed."""
        key = (symbol.module, symbol.name)
        if key in self._entered:
            return None
        self._entered.add(key)
        try:
            if symbol.kind == "value":
                found = self._of_value(symbol, positional, keywords, called)
            else:
                found = self._of_function(symbol, positional if called else [(frame, FUNCTION)], keywords, called)
        finally:
            self._entered.discard(key)
        (self._unread if found is None else self._read).add(key)
        return found

    def is_inside(self, symbol: Symbol) -> bool:
        """Whether a function is followed at this moment."""
        return (symbol.module, symbol.name) in self._entered

    def expand(self, keywords: Keywords) -> Keywords:
        """The options of ``**LIMITS`` where that is a constant of a few keys, ``**`` for any other."""
        found: Keywords = []
        for keyword, given in keywords:
            if keyword is not None:
                found.append((keyword, given))
            else:
                found += self._splat(given)
        return found

    # Variables

    def _of_value(self, symbol: Symbol, positional: list[Given], keywords: Keywords, called: bool) -> Maker | None:
        value = symbol.rows[0][1] if len(symbol.rows) == 1 and symbol.rows[0][0] == "V" else None
        if value is None or symbol.frame is None:
            return None
        if value[0] in "n.":
            return self._make(symbol.frame, value, positional, keywords, called)
        if value[0] != "c":
            return None
        own: list[Given] = [(symbol.frame, item) for item in value[2]]
        options: Keywords = [(keyword, (symbol.frame, item)) for keyword, item in value[3]]
        if last_part(value[1]) == "partial" and own:
            made = self._names.instance(symbol.frame, value[1])
            if made is None or made.name != "functools.partial":
                return None
            given = positional if called else [(symbol.frame, FUNCTION)]
            return self._make(symbol.frame, own[0][1], [*own[1:], *given], [*options, *keywords], True)
        made = self._names.instance(symbol.frame, value)
        if made is not None and made.kind == "instance":
            inner = self._names.attribute(made, "__call__")
            return None if inner is None else self.read(symbol.frame, inner, positional, keywords, called)
        maker = self._make(symbol.frame, value[1], own, options, True)
        if maker is None or maker.arguments or keywords or len(positional) > 1:
            return None
        return maker._replace(arguments=tuple(item for _, item in positional))

    # Functions

    def _of_function(self, symbol: Symbol, positional: list[Given], keywords: Keywords, called: bool) -> Maker | None:
        function = self._names.function_facts(symbol)
        if function is None or function.returned is None:
            return None
        kinds = {last_part(decorator.value) for decorator in function.decorators}
        if kinds - {"staticmethod", "classmethod"}:
            return None
        inside = {**function.inside, **self._around(symbol, function)}
        given = given_arguments(symbol, function, inside, positional, keywords, static="staticmethod" in kinds)
        if given is None:
            return None
        key = (symbol.module, symbol.name)
        self._given[key] = given
        try:
            place = Frame(symbol.module, None, {**inside, **given})
            found = self._returned(place, function.returned, function)
        finally:
            del self._given[key]
        if found is None:
            return None
        # A decorator without a call must have registered the function by now, one that is called may not have it.
        return found if called or FUNCTION in found.arguments else None

    def _around(self, symbol: Symbol, function: FunctionFacts) -> dict[str, tuple[Binding, ...]]:
        """What the functions around one were given, as far as it uses that and has no name of its own for it."""
        own = {parameter.name for parameter in function.parameters}
        found: dict[str, tuple[Binding, ...]] = {}
        for name in _around(symbol.name):
            given = self._given.get((symbol.module, name), {})
            found.update({n: rows for n, rows in given.items() if n in function.inside and n not in own})
        return found

    def _returned(self, place: Frame, value: Value, function: FunctionFacts) -> Maker | None:
        if value[0] == "n":
            rows = place.environment.get(value[1], ())
            if len(rows) == 1 and rows[0][0] == "D":
                # The function's own decorator is what is returned: it is given the function.
                inner = Symbol("function", place.module, rows[0][1])
                made = self.read(place, inner, [], [], False)
                return None if made is None or made.arguments != (FUNCTION,) else made._replace(arguments=())
            if len(rows) == 1 and rows[0][0] == "V" and rows[0][1] is not None:
                return self._returned(place, rows[0][1], function)
        if value[0] != "c":
            return self._make(place, value, [], [], True)
        positional = list(self._positional(place, value[2]))
        keywords = list(self._keywords(place, value[3], function))
        if value[1][0] != "c":
            return self._wrapped(place, self._make(place, _overridden(value[1], function), positional, keywords, True))
        made = self._returned(place, value[1], function)
        if made is None or made.arguments or keywords or len(positional) != 1:
            return None
        return self._wrapped(place, made._replace(arguments=(positional[0][1],)))

    def _wrapped(self, place: Frame, maker: Maker | None) -> Maker | None:
        """A maker that registers a local function around the one it is given."""
        if maker is None or len(maker.arguments) != 1 or maker.arguments[0][0] != "n":
            return maker
        rows = place.environment.get(maker.arguments[0][1], ())
        if len(rows) != 1 or rows[0][0] != "D":
            return maker
        function = self._names.function_facts(Symbol("function", place.module, rows[0][1]))
        if function is None:
            return None
        keeps_name = any(last_part(d.value[1]) == "wraps" for d in function.decorators if d.value[0] == "c")
        if maker.name is None and not keeps_name:
            maker = maker._replace(name=UNKNOWN)
        return maker._replace(arguments=(FUNCTION,), wraps="is wrapped where it is registered")

    # What is handed on

    def _positional(self, place: Frame, items: tuple[Value, ...]) -> Iterator[Given]:
        for item in items:
            name = item[1][1] if item[0] == "*" and item[1][0] == "n" else item[1] if item[0] == "n" else None
            rows = place.environment.get(name, ()) if name is not None else ()
            tag = rows[0][0] if rows else ""
            if item[0] == "*" and tag == "AS":
                yield from rows[0][1]
            elif item[0] == "n" and tag == "A":
                yield rows[0][2], rows[0][3]
            else:
                yield place, item

    def _keywords(
        self, place: Frame, items: tuple[tuple[str | None, Value], ...], function: FunctionFacts
    ) -> Iterator[tuple[str | None, Given]]:
        for keyword, item in items:
            name = item[1] if item[0] == "n" else ""
            rows = place.environment.get(name, ())
            tag = rows[0][0] if rows else ""
            if keyword is None and tag == "AK":
                yield from self._altered(place, list(rows[0][1]), [k for n, k in function.altered if n == name])
            elif keyword is None:
                yield from self._splat((place, item))
            else:
                yield keyword, (rows[0][2], rows[0][3]) if tag == "A" else (place, item)

    def _altered(self, place: Frame, keywords: Keywords, keys: list[Value]) -> Keywords:
        """Options after a function has changed some of them."""
        for key in keys:
            if key[0] == "s":
                keywords = [(keyword, given) for keyword, given in keywords if keyword != key[1]]
                if key[1] in _TELLING:
                    keywords.append((key[1], (place, UNKNOWN)))
            elif key[0] != "+" or key[1][0] != "s" or any(name.startswith(key[1][1]) for name in _TELLING):
                keywords = [*keywords, ("**", (place, UNKNOWN))]
        return keywords

    def _splat(self, given: Given, depth: int = 0) -> Keywords:
        frame, value = given
        symbol = self._names.find(frame, value[1]) if value[0] == "n" else None
        if symbol is not None and symbol.kind == "value" and len(symbol.rows) == 1 and symbol.frame is not None:
            frame, value = symbol.frame, symbol.rows[0][1] or UNKNOWN
        if value[0] == "d" and depth < _DEEPEST_OPTIONS:
            found: Keywords = []
            for name, item in value[1]:
                found += self._splat((frame, item), depth + 1) if name == "**" else [(name, (frame, item))]
            return found
        return [("**", (frame, UNKNOWN))]


def _overridden(callee: Value, function: FunctionFacts) -> Value:
    """``self.task`` for ``super().task`` in a method: while that method is followed, it means the one above it."""
    if callee[0] != "." or callee[1][0] != "c" or callee[1][1] != ("n", "super") or function.cls is None:
        return callee
    first = function.parameters[0].name if function.parameters else ""
    return ("n", f"{first}.{callee[2]}")


def _around(function: str) -> Iterator[str]:
    """A function and the functions around it, by their qualified names."""
    yield function
    while ".<locals>." in function:
        function = function.rpartition(".<locals>.")[0]
        yield function
