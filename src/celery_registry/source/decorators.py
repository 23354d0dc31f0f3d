"""What decorators do to a function's call.

Law: decorators in, an ``Edit`` out; what is not known to keep the parameters hides them.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from celery_registry.source.annotation import parse_annotation
from celery_registry.source.facts import DecoratorFacts, FunctionFacts
from celery_registry.source.fullnames import TRANSPARENT_DECORATORS
from celery_registry.source.passing_on import GIVES_BACK, GIVES_RESULT, MAKES_GIVING, MAKES_PASSING, PASSES_ON
from celery_registry.source.resolve import Frame, Names, Symbol
from celery_registry.source.values import callee_of, last_part

__all__ = ["Decorators", "Edit", "Renamed"]


class Edit(NamedTuple):
    """``hidden`` says why the call cannot be known; ``dropped`` counts leading parameters that decorators supply.

    ``hidden_by`` are the dotted names of the decorators that hide it, empty where one has none.
    """

    hidden: str | None = None
    dropped: int = 0
    result_changed: bool = False
    hidden_by: tuple[str, ...] = ()


class Renamed(NamedTuple):
    """A wrapper without ``functools.wraps`` in the function's place: its own name and module, and what it hides."""

    module: str
    name: str
    hidden: str | None


class Decorators:
    """Reads decorators over one program."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def read(self, frame: Frame, decorators: tuple[DecoratorFacts, ...]) -> Edit:
        """The effect of all of them together."""
        dropped, changed = 0, False
        hiding: list[DecoratorFacts] = []
        for decorator in decorators:
            edit = self._one(frame, decorator)
            if edit is None:
                hiding.append(decorator)
                continue
            dropped += edit.dropped
            changed = changed or edit.result_changed
        if not hiding:
            return Edit(None, dropped, changed)
        names = [self.name_of(frame, decorator) for decorator in hiding]
        known = tuple(name for name in names if name is not None)
        why = f"is wrapped by the decorator {_shown(hiding[0])}, which may change its parameters"
        return Edit(why, dropped, True, known if len(known) == len(names) else ())

    def renamed(self, frame: Frame, decorators: tuple[DecoratorFacts, ...]) -> Renamed | None:
        """The wrapper that Celery sees instead of the function, where it surely keeps its own name; None for any other.

        Of several decorators the outermost gives the name.
        """
        if not decorators:
            return None
        value = decorators[0].value
        symbol = self._names.instance(frame, callee_of(value))
        function = self._names.function_facts(symbol) if symbol is not None and symbol.kind == "function" else None
        if symbol is None or function is None:
            return None
        path = symbol.name
        for _ in range(2 if value[0] == "c" else 1):
            # What a factory returns is the decorator, and what that returns the wrapper.
            inner = next((flag[5:] for flag in function.flags if flag.startswith("bare:")), None)
            path = f"{path}.<locals>.{inner}"
            found = None if inner is None else self._names.function_facts(Symbol("function", symbol.module, path))
            if inner is None or found is None:
                return None
            function = found
        open_to_all = {p.kind for p in function.parameters} == {"variadic positional", "variadic keyword"}
        shown = callee_of(value)
        maker = last_part(shown)
        hidden = f'is called through the decorator "{maker}", which takes (*args, **kwargs)' if open_to_all else None
        return Renamed(symbol.module, function.qualname.rpartition(".")[2], hidden)

    def above(self, frame: Frame, decorators: tuple[DecoratorFacts, ...]) -> tuple[tuple[str, int], ...]:
        """The dotted names and the lines of decorators that give back the task they stand on; none where one may not."""
        found: list[tuple[str, int]] = []
        for decorator in decorators:
            symbol = self._names.instance(frame, callee_of(decorator.value))
            function = self._names.function_facts(symbol) if symbol is not None and symbol.kind == "function" else None
            if symbol is None or function is None or any(d for d in function.decorators if not _is_plain(d)):
                return ()
            if self._names.is_defined_twice(symbol):
                return ()
            if (MAKES_GIVING if decorator.value[0] == "c" else GIVES_BACK) not in function.flags:
                return ()
            found.append((symbol.fullname, decorator.line))
        return tuple(found)

    def name_of(self, frame: Frame, decorator: DecoratorFacts) -> str | None:
        """The dotted name of a decorator, None where it cannot be told."""
        symbol = self._names.instance(frame, callee_of(decorator.value))
        if symbol is None:
            return None
        return symbol.name if symbol.kind == "outside" else symbol.fullname

    def _one(self, frame: Frame, decorator: DecoratorFacts) -> Edit | None:
        callee = callee_of(decorator.value)
        symbol = self._names.instance(frame, callee)
        if symbol is None:
            return None
        if symbol.kind == "outside":
            return Edit() if symbol.name in TRANSPARENT_DECORATORS else None
        called = decorator.value[0] == "c"
        if called and symbol.kind == "class":
            order = self._names.order(symbol.module, symbol.name)
            return Edit() if any(base.name == "contextlib.ContextDecorator" for base in order) else None
        function = self._names.function_facts(symbol) if symbol.kind == "function" else None
        if function is None:
            return None
        if called and self._is_context_manager(symbol.module, function):
            return Edit()
        edit = _typed(function, called)
        if edit is not None and self._is_type_variable(symbol, function, called):
            return edit
        if (MAKES_PASSING if called else PASSES_ON) in function.flags:
            return Edit(result_changed=GIVES_RESULT not in function.flags)
        return None

    def _is_type_variable(self, symbol: Symbol, function: FunctionFacts, called: bool) -> bool:
        """Whether the one name that goes in and comes out, if it is one, can be a type variable.

        ``(func: Callable) -> Callable`` promises nothing, and so does an alias of it.
        """
        text = function.returns if called else next((p.type for p in function.parameters), None)
        node = None if text is None else parse_annotation(text)
        if called:
            inner = _callable(node)
            node = None if inner is None else inner[1]
        if not isinstance(node, ast.Name):
            return True
        named = self._names.find(Frame(symbol.module, function.cls, function.environment), node.id)
        if named is None:
            # A type parameter stands in the head of the function alone.
            return True
        calls = [row[1] for row in named.rows if row[0] == "V"] if named.kind == "value" else []
        return bool(calls) and all(value is not None and last_part(callee_of(value)) == "TypeVar" for value in calls)

    def _is_context_manager(self, module: str, function: FunctionFacts) -> bool:
        """What ``contextmanager`` makes is a ``ContextDecorator``, which keeps the parameters."""
        for decorator in function.decorators:
            found = self._names.instance(Frame(module, function.cls, function.environment), decorator.value)
            if found is not None and found.name == "contextlib.contextmanager":
                return True
        return False


def _is_plain(decorator: DecoratorFacts) -> bool:
    return last_part(decorator.value) in ("staticmethod", "classmethod")


def _typed(function: FunctionFacts, called: bool) -> Edit | None:
    """What the annotations of a decorator promise; None where they promise nothing."""
    returns = None if function.returns is None else parse_annotation(function.returns)
    if called:
        # A factory: what it returns is the decorator.
        inner = _callable(returns)
        if inner is None or len(inner[0]) != 1:
            return None
        return _same(inner[0][0], inner[1])
    parameters = [p for p in function.parameters if p.kind != "variadic keyword"]
    if not parameters or parameters[0].type is None or returns is None:
        return None
    taken = parse_annotation(parameters[0].type)
    return None if taken is None else _same(taken, returns)


def _same(taken: ast.expr, given: ast.expr) -> Edit | None:
    if isinstance(taken, ast.Name) and isinstance(given, ast.Name) and taken.id == given.id:
        # A type variable: what goes in comes out. Any other name would be a class, which hides the parameters.
        return Edit() if len(taken.id) <= 2 or taken.id.endswith(("T", "F", "Func", "Fn", "Callable")) else None
    before, after = _open_callable(taken), _open_callable(given)
    if before is None or after is None or before[1] != after[1] or after[0]:
        return None
    return Edit(None, before[0], before[2] != after[2])


def _open_callable(node: ast.expr) -> tuple[int, str, str] | None:
    """``Callable[P, R]`` or ``Callable[Concatenate[X, P], R]``: leading parameters, P, R."""
    if not isinstance(node, ast.Subscript) or not ast.unparse(node.value).endswith("Callable"):
        return None
    if not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) != 2:
        return None
    parameters, result = node.slice.elts
    if isinstance(parameters, ast.Name):
        return 0, parameters.id, ast.unparse(result)
    if isinstance(parameters, ast.Subscript) and ast.unparse(parameters.value).endswith("Concatenate"):
        items = parameters.slice.elts if isinstance(parameters.slice, ast.Tuple) else []
        if items and isinstance(items[-1], ast.Name):
            return len(items) - 1, items[-1].id, ast.unparse(result)
    return None


def _callable(node: ast.expr | None) -> tuple[list[ast.expr], ast.expr] | None:
    if not isinstance(node, ast.Subscript) or not ast.unparse(node.value).endswith("Callable"):
        return None
    if not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) != 2:
        return None
    parameters, result = node.slice.elts
    return (parameters.elts, result) if isinstance(parameters, ast.List) else None


def _shown(decorator: DecoratorFacts) -> str:
    callee = callee_of(decorator.value)
    return callee[1] if callee[0] == "n" else "of an expression"
