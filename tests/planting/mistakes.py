"""Mistakes to plant in a call of a task: a keyword that nobody knows, an argument that is left out, two that change places.

Law: one call and what is known of it in, the same call with one mistake out; None where nobody could refuse it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from dataclasses import dataclass

from celery_registry.contract.calls import PLAIN_TYPES
from celery_registry.contract.signature import Kind, Parameter, TaskSignature

__all__ = ["KEYWORD", "MISTAKES", "Site"]

#: The name that no task has.
KEYWORD = "planted_keyword"
_CONTAINERS = frozenset({"apply_async", "apply_async_on_commit", "apply", "signature", "subtask", "send_task"})


@dataclass(frozen=True)
class Site:
    """One call: its place, its method (empty for ``task(...)``), and the signature that its arguments are held to."""

    path: str
    line: int
    column: int
    method: str
    by_name: bool
    partial: bool
    signature: TaskSignature[str]


@dataclass
class _Given:
    """The arguments of a call as lists that can be changed; ``changed`` writes them back."""

    positional: list[ast.expr]
    names: list[str]
    values: list[ast.expr]
    changed: Callable[[], ast.Call]

    def parameters(self, signature: TaskSignature[str]) -> list[tuple[Parameter[str] | None, ast.expr]]:
        places = [*signature.positional, *[signature.var_positional] * len(self.positional)]
        by_name = {p.name: p for p in signature.parameters or () if p.kind is not Kind.POSITIONAL_ONLY}
        found: list[tuple[Parameter[str] | None, ast.expr]] = [*zip(places, self.positional, strict=False)]
        return [*found, *((by_name.get(n), v) for n, v in zip(self.names, self.values, strict=True))]


def _read(site: Site, node: ast.Call) -> _Given | None:
    """The arguments, None where some are unpacked or cannot be seen."""
    call = copy.deepcopy(node)
    if any(keyword.arg is None for keyword in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    if site.method not in _CONTAINERS:
        given = _Given(call.args, [k.arg or "" for k in call.keywords], [k.value for k in call.keywords], lambda: call)

        def write_keywords() -> ast.Call:
            call.keywords = [ast.keyword(n, v) for n, v in zip(given.names, given.values, strict=True)]
            return call

        given.changed = write_keywords
        return given
    return _container(site, call)


def _container(site: Site, call: ast.Call) -> _Given | None:
    first = 1 if site.by_name and call.args else 0
    options = {k.arg: k for k in call.keywords}
    args = call.args[first] if len(call.args) > first else options["args"].value if "args" in options else None
    kwargs = call.args[first + 1] if len(call.args) > first + 1 else None
    kwargs = options["kwargs"].value if kwargs is None and "kwargs" in options else kwargs
    if not (args is None or isinstance(args, (ast.Tuple, ast.List))) or not (
        kwargs is None or isinstance(kwargs, ast.Dict)
    ):
        return None
    items = [] if args is None else args.elts
    keys = [] if kwargs is None else kwargs.keys
    if any(isinstance(item, ast.Starred) for item in items):
        return None
    names = [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    if len(names) != len(keys):
        return None
    given = _Given(items, names, [] if kwargs is None else kwargs.values, lambda: call)

    def write() -> ast.Call:
        written = kwargs
        if written is None and given.names:
            written = ast.Dict([], [])
            call.keywords.append(ast.keyword("kwargs", written))
        if written is not None:
            written.keys = [ast.Constant(name) for name in given.names]
            written.values = given.values
        return call

    given.changed = write
    return given


def add_keyword(site: Site, node: ast.Call) -> ast.Call | None:
    """A keyword that no parameter has."""
    given = _read(site, node)
    if given is None or site.signature.var_keyword is not None:
        return None
    given.names.append(KEYWORD)
    given.values.append(ast.Constant(1))
    return given.changed()


def drop_argument(site: Site, node: ast.Call) -> ast.Call | None:
    """One that the task cannot do without is left out."""
    given = _read(site, node)
    if given is None or site.partial:
        return None
    places = site.signature.positional
    if given.positional and len(given.positional) <= len(places) and places[len(given.positional) - 1].required:
        given.positional.pop()
        return given.changed()
    required = {p.name for p in site.signature.parameters or () if p.required}
    for number, name in enumerate(given.names):
        if name in required:
            del given.names[number], given.values[number]
            return given.changed()
    return None


def swap_arguments(site: Site, node: ast.Call) -> ast.Call | None:
    """Two that cannot stand for each other change places: plain values, or what stands for a plain type."""
    given = _read(site, node)
    if given is None or site.partial:
        return None
    filled = given.parameters(site.signature)
    for first, (one, left) in enumerate(filled):
        for second, (other, right) in enumerate(filled[:first]):
            if _refuses(one, right) or _refuses(other, left):
                values = [value for _, value in filled]
                values[first], values[second] = right, left
                count = len(given.positional)
                given.positional[:], given.values[:] = values[:count], values[count:]
                return given.changed()
    return None


def _refuses(parameter: Parameter[str] | None, value: ast.expr) -> bool:
    if parameter is None or parameter.type is None:
        return False
    if isinstance(value, ast.JoinedStr):
        given = "str"
    elif isinstance(value, ast.Constant):
        given = "None" if value.value is None else type(value.value).__name__
    else:
        return False
    accepted = {part.strip() for part in parameter.type.split("|")}
    return given in PLAIN_TYPES and not accepted & PLAIN_TYPES[given]


MISTAKES: dict[str, Callable[[Site, ast.Call], ast.Call | None]] = {
    "keyword": add_keyword,
    "dropped": drop_argument,
    "swapped": swap_arguments,
}
