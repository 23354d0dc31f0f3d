"""Methods of a task class that hand on what they are given: all of it, and perhaps something of their own besides.

Law: one method in, flags out, none where another line may touch the arguments. What a class inherits is looked up elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final, NamedTuple

from celery_registry.contract.rules import REWRITING_METHODS
from celery_registry.source.own_options import options_flag
from celery_registry.source.syntax import last_name

__all__ = ["Onward", "handed_names", "handing_flags", "onward_of"]

_PREFIX: Final = "hands on:"
#: Of a ``run`` that another method does the work for.
_ONWARD_PREFIX: Final = "runs:"
#: What a method may call instead of the one that it stands for (celery.app.task.Task).
_ONWARD: Final = {"__call__": "run", "delay": "apply_async"}
#: What only looks at what it is given, by the last name.
_LOOKING: Final = frozenset(
    {
        *("debug", "info", "warning", "error", "exception", "critical", "log", "print"),
        *("str", "repr", "len", "bool", "dict", "list", "tuple", "sorted", "dumps", "isinstance"),
    }
)
#: The methods of a dictionary or a tuple that leave it as it is.
_READING: Final = frozenset({"get", "items", "keys", "values", "copy", "count", "index"})


class _Given(NamedTuple):
    """What the parameters are called that hold the arguments; ``star`` where they are ``*args`` and ``**kwargs``."""

    args: str
    kwargs: str
    star: bool


class Onward(NamedTuple):
    """The method that ``run`` gives all its arguments to, how many values before them, and the names of those beside them."""

    method: str
    before: int
    names: tuple[str, ...]


def handing_flags(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """One flag where a method hands everything on, with the names of what it adds; none for any other function."""
    if node.name == "run" and isinstance(node, ast.FunctionDef) and not node.decorator_list:
        return _onward_flags(node)
    if node.name not in REWRITING_METHODS or isinstance(node, ast.AsyncFunctionDef) or node.decorator_list:
        return []
    given = _given(node)
    me = [*node.args.posonlyargs, *node.args.args]
    if given is None or not me:
        return []
    calls = [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and last_name(n.func) in (node.name, _ONWARD.get(node.name))
    ]
    added = {_handed(call, node.name, given, me[0].arg) for call in calls}
    names = next(iter(added)) if len(added) == 1 else None
    if names is None or _touches(node, given, calls):
        return []
    flags = [_PREFIX + ",".join(names)]
    if node.name == "apply_async":
        flags.append(options_flag(node))
    return flags


def handed_names(flags: Sequence[str]) -> tuple[str, ...] | None:
    """The names of what a method with these flags adds; None where it may do anything."""
    found = next((flag for flag in flags if flag.startswith(_PREFIX)), None)
    return None if found is None else tuple(filter(None, found[len(_PREFIX) :].split(",")))


def onward_of(flags: Sequence[str]) -> Onward | None:
    """What a ``run`` with these flags calls; None where it does the work itself, or the text does not tell."""
    found = next((flag for flag in flags if flag.startswith(_ONWARD_PREFIX)), None)
    if found is None:
        return None
    method, before, names = found[len(_ONWARD_PREFIX) :].split(":")
    return Onward(method, int(before), tuple(filter(None, names.split(","))))


def _onward_flags(node: ast.FunctionDef) -> list[str]:
    given, me = _given(node), [*node.args.posonlyargs, *node.args.args]
    if given is None or not me:
        return []
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call) and _takes_star(n, given.args)]
    found = {_onward(call, given, me[0].arg) for call in calls}
    onward = next(iter(found)) if len(found) == 1 else None
    if onward is None or _touches(node, given, calls, until=_end_of(node, calls)) or _asks(node, given):
        return []
    return [f"{_ONWARD_PREFIX}{onward.method}:{onward.before}:{','.join(onward.names)}"]


def _end_of(node: ast.FunctionDef, calls: Sequence[ast.Call]) -> int:
    """The last line that may change what these calls are given: behind the last of them only a loop comes back."""
    last = max(call.end_lineno or call.lineno for call in calls)
    loops = [n for n in ast.walk(node) if isinstance(n, (ast.For, ast.While))]
    return max([last, *(n.end_lineno or 0 for n in loops if n.lineno <= last)])


def _asks(node: ast.FunctionDef, given: _Given) -> bool:
    """Whether what a caller gives may decide that the other method is not called at all."""
    tests = [n.test for n in ast.walk(node) if isinstance(n, (ast.If, ast.IfExp, ast.While, ast.Assert))]
    tests += [n.subject for n in ast.walk(node) if isinstance(n, ast.Match)]
    asked = {n.id for test in tests for n in ast.walk(test) if isinstance(n, ast.Name)}
    return not asked.isdisjoint((given.args, given.kwargs))


def _takes_star(call: ast.Call, name: str) -> bool:
    return any(isinstance(argument, ast.Starred) and _is_name(argument.value, name) for argument in call.args)


def _onward(call: ast.Call, given: _Given, me: str) -> Onward | None:
    """``self.run_impl(session, *args, **kwargs)``, also as ``async_to_sync(self.run_impl)(...)``; None for any other call."""
    function = call.func
    if isinstance(function, ast.Call) and last_name(function.func) == "async_to_sync" and len(function.args) == 1:
        function = function.args[0]
    if not isinstance(function, ast.Attribute) or not _is_name(function.value, me) or function.attr == "run":
        return None
    *before, last = call.args
    if not isinstance(last, ast.Starred) or any(isinstance(argument, ast.Starred) for argument in before):
        return None
    stars = [keyword.value for keyword in call.keywords if keyword.arg is None]
    if len(stars) != 1 or not _is_name(stars[0], given.kwargs):
        return None
    return Onward(function.attr, len(before), tuple(sorted(k.arg for k in call.keywords if k.arg is not None)))


def _given(node: ast.FunctionDef) -> _Given | None:
    arguments = node.args
    own = [*arguments.posonlyargs, *arguments.args][1:]
    if not own and not arguments.kwonlyargs and arguments.vararg is not None and arguments.kwarg is not None:
        return _Given(arguments.vararg.arg, arguments.kwarg.arg, star=True)
    defaults = {d.value for d in arguments.defaults[:2] if isinstance(d, ast.Constant)}
    named = node.name == "apply_async" and [a.arg for a in own[:2]] == ["args", "kwargs"] and not arguments.posonlyargs
    if named and len(arguments.defaults) == len(own) and defaults == {None}:
        return _Given("args", "kwargs", star=False)
    return None


def _handed(call: ast.Call, method: str, given: _Given, me: str) -> tuple[str, ...] | None:
    """The parameters that a call adds to those it hands on; None for any other call."""
    function = call.func
    if not isinstance(function, ast.Attribute):
        return None
    positional = list(call.args)
    owner = function.value
    if isinstance(owner, ast.Name) and owner.id == me:
        # Its own method of this name would be this one again.
        if function.attr == method:
            return None
    elif not (isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "super"):
        # ``Task.__call__(self, *args, **kwargs)``
        if function.attr != method or not positional or not _is_name(positional[0], me):
            return None
        del positional[0]
    if function.attr == "apply_async" and not (given.star and method == "apply_async"):
        return () if _are_handed(positional, call.keywords, given) else None
    if len(positional) != 1 or not isinstance(positional[0], ast.Starred):
        return None
    stars = [keyword for keyword in call.keywords if keyword.arg is None]
    whole = _is_name(positional[0].value, given.args) and len(stars) == 1 and _is_name(stars[0].value, given.kwargs)
    names = tuple(sorted(keyword.arg for keyword in call.keywords if keyword.arg is not None))
    if not whole or (function.attr == "apply_async" and {"args", "kwargs"} & set(names)):
        return None
    # What is added to the options of ``apply_async`` is no parameter.
    return () if function.attr == "apply_async" else names


def _are_handed(positional: list[ast.expr], keywords: list[ast.keyword], given: _Given) -> bool:
    """Whether ``apply_async(args, kwargs, ...)`` is given both."""
    by_name = {keyword.arg: keyword.value for keyword in keywords}
    found = [*positional[:2], *(by_name[name] for name in ("args", "kwargs")[len(positional) :] if name in by_name)]
    if any(isinstance(item, ast.Starred) for item in positional) or len(found) != 2:
        return False
    return all(
        _is_name(_without_default(item), name) for item, name in zip(found, (given.args, given.kwargs), strict=True)
    )


def _without_default(node: ast.expr) -> ast.expr:
    """``args`` of ``args or ()``."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
        return node.values[0] if _is_empty(node.values[1]) else node
    return node


def _is_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.Dict):
        return not node.keys
    if isinstance(node, (ast.Tuple, ast.List)):
        return not node.elts
    return isinstance(node, ast.Constant) and node.value is None


def _touches(node: ast.FunctionDef, given: _Given, calls: list[ast.Call], until: int = 2**31) -> bool:
    """Whether anything but these calls, down to a line, may change what is handed on."""
    names = (given.args, given.kwargs)
    fine: set[int] = set()
    for call in calls:
        handed = [*call.args, *(k.value for k in call.keywords if k.arg in (None, "args", "kwargs"))]
        fine.update(id(_without_default(i.value if isinstance(i, ast.Starred) else i)) for i in handed)
    for inner in ast.walk(node):
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and inner is not node:
            arguments = inner.args
            own = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            if any(argument is not None and argument.arg in names for argument in own):
                return True
        if isinstance(inner, (ast.Global, ast.Nonlocal)):
            return True
        fine.update(id(name) for name in _harmless(inner, node.name, given))
    used = (n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in names and id(n) not in fine)
    return any(name.lineno <= until for name in used)


def _harmless(node: ast.AST, method: str, given: _Given) -> list[ast.AST]:
    """The names inside a node that it leaves as they are, or makes an empty list of nothing."""
    names = (given.args, given.kwargs)
    found: list[ast.AST] = []
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        # ``kwargs = kwargs or {}``; below ``if kwargs is None`` it is ``kwargs = {}``.
        target, value = node.targets[0], _without_default(node.value)
        if target.id in names and value is not node.value and _is_name(value, target.id):
            found += [target, value]
    elif isinstance(node, ast.If) and len(node.body) == 1 and not node.orelse and isinstance(node.body[0], ast.Assign):
        emptied = node.body[0]
        if isinstance(emptied.targets[0], ast.Name) and _is_empty(emptied.value) and len(emptied.targets) == 1:
            name = emptied.targets[0]
            if name.id in names and _is_missing(node.test, name.id):
                found.append(name)
    if isinstance(node, ast.Compare):
        found += [node.left, *node.comparators]
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
        found += _tested(node.test)
    elif isinstance(node, ast.FormattedValue) or (isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load)):
        found.append(node.value)
    elif isinstance(node, ast.Subscript):
        if isinstance(node.ctx, ast.Load) or _is_option(node.slice, method, given):
            found.append(node.value)
    elif isinstance(node, ast.For):
        found.append(node.iter)
    elif isinstance(node, ast.Call):
        found += _looked_at(node, method, given)
    return found


def _tested(node: ast.expr) -> list[ast.AST]:
    """What a condition only asks whether it is there."""
    if isinstance(node, ast.BoolOp):
        return [found for value in node.values for found in _tested(value)]
    return _tested(node.operand) if isinstance(node, ast.UnaryOp) else [node]


def _is_missing(test: ast.expr, name: str) -> bool:
    """``name is None`` and ``not name``."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _is_name(test.operand, name)
    if not isinstance(test, ast.Compare) or not _is_name(test.left, name) or len(test.ops) != 1:
        return False
    return isinstance(test.ops[0], ast.Is) and isinstance(test.comparators[0], ast.Constant)


def _looked_at(call: ast.Call, method: str, given: _Given) -> list[ast.AST]:
    function = call.func
    last = last_name(call.func)
    found: list[ast.AST] = [k.value for k in call.keywords if k.arg is None]
    if last in _LOOKING:
        found += [*call.args, *(k.value for k in call.keywords)]
    if isinstance(function, ast.Attribute):
        # Options may be changed where ``**kwargs`` are those of ``apply_async``.
        changed = [*call.args[:1], *(ast.Constant(k.arg) for k in call.keywords)]
        if last in _READING or (
            last in ("pop", "setdefault", "update") and changed and all(_is_option(c, method, given) for c in changed)
        ):
            found.append(function.value)
    return found


def _is_option(key: ast.expr, method: str, given: _Given) -> bool:
    """Whether a key of ``**kwargs`` is an option of ``apply_async``, which no function is given."""
    if method != "apply_async" or not given.star or not isinstance(key, ast.Constant):
        return False
    return isinstance(key.value, str) and key.value not in ("args", "kwargs")


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
