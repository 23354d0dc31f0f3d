"""From the expression that is registered to the function that runs.

Law: a value and its place in, an ``Implementation`` out: where it stands, what a caller passes, or why nobody can tell.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import LAMBDA, PARTIAL, Origin
from celery_registry.source.decorators import Decorators, Renamed
from celery_registry.source.facts import DecoratorFacts, FunctionFacts
from celery_registry.source.handing_on import onward_of
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.values import Value, callee_of, last_part

__all__ = ["Implementation", "Implementations"]

_OPEN: TaskSignature[str] = TaskSignature(None, None)


class Implementation(NamedTuple):
    """What runs: the facts of ``model.Registration`` that the target alone decides."""

    target: str | None
    module: str | None
    origin: Origin
    signature: TaskSignature[str]
    hidden: str | None = None
    bound_method: bool = False
    docstring: str | None = None
    decorators: tuple[str, ...] = ()
    renamed: Renamed | None = None
    hidden_by: tuple[str, ...] = ()
    below: TaskSignature[str] | None = None
    onward: tuple[str, TaskSignature[str]] | None = None


class Implementations:
    """Finds what runs, over one program."""

    def __init__(self, names: Names, decorators: Decorators) -> None:
        self._names, self._decorators = names, decorators

    def of_value(self, frame: Frame, value: Value, bind: bool) -> Implementation:
        """What runs when this expression is registered."""
        if value[0] == "l":
            return _unknown(LAMBDA)
        if value[0] == "c":
            name = last_part(value[1])
            if name == "partial":
                return _unknown(PARTIAL)
            if name in ("staticmethod", "partialmethod"):
                return _unknown(f"is a {name}")
            return _unknown(f"is made by {name}()" if name else "is made by a call")
        if value[0] not in ("n", "."):
            return _unknown("is an expression that cannot be followed")
        if value[0] == "n":
            symbol = self._names.find(frame, value[1])
        else:
            base = self._names.instance(frame, value[1])
            symbol = None if base is None else self._names.attribute(base, value[2])
        return self.of_symbol(symbol, value, bind)

    def of_symbol(self, symbol: Symbol | None, value: Value, bind: bool) -> Implementation:
        """What runs when the symbol that an expression means is registered."""
        if symbol is not None and symbol.kind == "value":
            if self._is_lambda(symbol):
                return _unknown(LAMBDA)
            in_class = symbol.frame is not None and symbol.frame.cls is not None
            symbol = self._names.follow(symbol)
            if in_class and symbol is not None and symbol.kind == "function":
                # Python binds it like a method or not, by what the assignment made of it.
                return _unknown("is an attribute of a class, not a method")
        shown = value[1] if value[0] == "n" else last_part(value)
        if symbol is None:
            return _unknown(f"cannot be followed from {shown}")
        if symbol.kind == "outside":
            return _unknown("is not among the program's files", symbol.name)
        function = self._names.function_facts(symbol) if symbol.kind == "function" else None
        if function is None:
            return _unknown(f"cannot be followed from {shown}")
        return self.of_function(symbol, function, function.decorators, bind)

    def of_function(
        self, symbol: Symbol, function: FunctionFacts, decorators: tuple[DecoratorFacts, ...], bind: bool
    ) -> Implementation:
        """What runs when a function is registered with these decorators still between."""
        made = self.of_definition(symbol, function, decorators, bind)
        if made.hidden is None and len(self._definitions(symbol)) > 1:
            return made._replace(hidden="is defined more than once", signature=_OPEN)
        if self._is_overloaded(symbol):
            # The types that go together are those of an overload, not of the definition below them.
            return made._replace(signature=_untyped(made.signature))
        return made

    def of_definition(
        self, symbol: Symbol, function: FunctionFacts, decorators: tuple[DecoratorFacts, ...], bind: bool
    ) -> Implementation:
        """What runs when this very definition is registered, whatever else has its name."""
        frame = Frame(symbol.module, function.cls, function.environment)
        kinds = {last_part(callee_of(decorator.value)) for decorator in function.decorators}
        hidden = None
        if kinds & {"property", "cached_property"}:
            hidden = "is what a property returns"
        edit = self._decorators.read(frame, decorators)
        if hidden is None:
            hidden = edit.hidden
        bound = symbol.via is not None and function.cls is not None and "staticmethod" not in kinds
        bound = bound and (symbol.via == "instance" or "classmethod" in kinds)
        path = self._names.program.files[symbol.module].path
        origin = Origin(path, function.line, function.column, symbol.name)
        signature = _signature(function).without_first(bound + bind + edit.dropped)
        if "async" in function.flags or edit.result_changed:
            # Which object a caller gets is the worker pool's or the decorator's business.
            signature = TaskSignature(signature.parameters, None)
        below = None
        if hidden is not None:
            below = signature if hidden == edit.hidden and edit.hidden_by else None
            signature = _OPEN
        named = tuple(
            name for decorator in decorators if (name := self._decorators.name_of(frame, decorator)) is not None
        )
        renamed = self._decorators.renamed(frame, decorators)
        return Implementation(
            symbol.fullname, symbol.module, origin, signature, hidden, bool(bound), function.docstring, named, renamed
        )._replace(below=below, hidden_by=() if below is None else edit.hidden_by)

    def above(self, frame: Frame, decorators: tuple[DecoratorFacts, ...]) -> tuple[tuple[str, int], ...]:
        """Of the decorators above a task's own: see ``Decorators.above``."""
        return self._decorators.above(frame, decorators)

    def _is_lambda(self, symbol: Symbol) -> bool:
        """Whether a name means a lambda, and nobody gives that another ``__name__``."""
        if len(symbol.rows) != 1 or symbol.rows[0][0] != "V":
            return False
        value = symbol.rows[0][1]
        if value is None or value[0] != "l" or symbol.frame is None:
            return False
        try:
            text = Path(self._names.program.files[symbol.frame.module].path).read_bytes()
        except (OSError, KeyError):
            return False
        return b"__name__" not in text and b"__qualname__" not in text

    def _definitions(self, symbol: Symbol) -> list[FunctionFacts]:
        facts = self._names.program.facts(symbol.module)
        rows = [] if facts is None else facts.functions.get(symbol.name, [])
        return [row for row in rows if not {"overload", "setter", "deleter"} & set(row.flags)]

    def _is_overloaded(self, symbol: Symbol) -> bool:
        facts = self._names.program.facts(symbol.module)
        return facts is not None and any("overload" in row.flags for row in facts.functions.get(symbol.name, []))

    def of_class(self, cls: Symbol) -> Implementation:
        """What runs when an instance of a task class is registered: its ``run``."""
        facts = self._names.class_facts(cls.module, cls.name)
        if facts is None:
            return _unknown("is not among the program's files", cls.fullname)
        path = self._names.program.files[cls.module].path
        origin = Origin(path, facts.line, facts.column, cls.name)
        run = self._names.attribute(cls._replace(kind="instance"), "run")
        value: Value = ("n", "run")
        found = _unknown("has no run method that can be read") if run is None else self.of_symbol(run, value, False)
        return found._replace(
            target=cls.fullname,
            module=cls.module,
            origin=origin,
            bound_method=False,
            docstring=found.docstring or facts.docstring,
            onward=None if run is None or found.hidden is not None else self._onward(cls, run),
        )

    def _onward(self, cls: Symbol, run: Symbol) -> tuple[str, TaskSignature[str]] | None:
        """The method that a ``run`` of ``(*args, **kwargs)`` gives them to, and what that leaves to a caller."""
        function = self._names.function_facts(run) if run.kind == "function" else None
        onward = None if function is None else onward_of(function.flags)
        if onward is None:
            return None
        method = self._names.attribute(cls._replace(kind="instance"), onward.method)
        if method is None or method.kind != "function":
            return None
        found = self.of_symbol(method, ("n", onward.method), False)
        parameters = found.signature.without_first(onward.before).parameters
        if found.hidden is not None or parameters is None:
            return None
        kept = tuple(p for p in parameters if p.name not in onward.names)
        return onward.method, TaskSignature(kept, None)


def _unknown(reason: str, target: str | None = None) -> Implementation:
    return Implementation(target, None, Origin(), _OPEN, reason)


def _untyped(signature: TaskSignature[str]) -> TaskSignature[str]:
    parameters = signature.parameters
    return TaskSignature(None if parameters is None else tuple(replace(p, type=None) for p in parameters), None)


def _signature(function: FunctionFacts) -> TaskSignature[str]:
    return TaskSignature(
        tuple(Parameter(p.name, Kind(p.kind), p.required, p.type) for p in function.parameters), function.returns
    )
