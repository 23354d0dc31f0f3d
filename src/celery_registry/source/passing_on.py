"""Whether the body of a decorator hands everything on: ``functools.wraps``, ``(*args, **kwargs)``, the very same call.

Or gives back the very thing that it is given.

Law: syntax in, a flag out. What is not written in this one way passes nothing on; what a name means is looked up
elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

__all__ = ["GIVES_BACK", "GIVES_RESULT", "MAKES_GIVING", "MAKES_PASSING", "PASSES_ON", "passing_flags"]

#: A decorator without annotations that keeps the parameters of what it is given.
PASSES_ON: Final = "passes on"
#: A function that returns such a decorator.
MAKES_PASSING: Final = "makes what passes on"
#: Besides, what the function returns is what the caller gets.
GIVES_RESULT: Final = "gives the result"
#: A decorator that returns what it is given, whatever else it does with it.
GIVES_BACK: Final = "gives back"
#: A function that returns such a decorator.
MAKES_GIVING: Final = "makes what gives back"

_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
#: What may stand before the wrapper: nothing that chooses between two of them.
_PLAIN: Final = (ast.FunctionDef, ast.Assign, ast.AnnAssign, ast.Expr, ast.Import, ast.ImportFrom)

#: What may be asked of ``args`` and ``kwargs`` without a change to them.
_READING: Final = frozenset({"get", "items", "keys", "values", "copy", "count", "index"})
#: What a call of a task goes through: who puts something in its place gives another task back.
_CALLED: Final = frozenset({"__call__", "run", "delay", "apply_async", "apply", "s", "si", "signature", "typing"})


def passing_flags(node: ast.FunctionDef | ast.AsyncFunctionDef, *, in_class: bool = False) -> list[str]:
    """The flags of one function, none for what is no such decorator."""
    if isinstance(node, ast.AsyncFunctionDef):
        return []
    bound = in_class and not any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
    if _gives_back(node, int(bound)):
        return [GIVES_BACK]
    giving = _returned_function(node)
    if giving is not None and not giving.decorator_list and _gives_back(giving, 0):
        return [MAKES_GIVING]
    found = _decorator(node)
    if found is not None:
        return [PASSES_ON, *found]
    inner = _returned_function(node)
    found = None if inner is None else _decorator(inner)
    return [] if found is None else [MAKES_PASSING, *found]


def _gives_back(node: ast.FunctionDef, bound: int) -> bool:
    """Whether a function of one parameter, besides its object, returns that and nothing else."""
    arguments = node.args
    own = [*arguments.posonlyargs, *arguments.args][bound:]
    if len(own) != 1 or arguments.vararg or arguments.kwonlyargs or not isinstance(node.body[-1], ast.Return):
        return False
    given = own[0].arg
    body = [inner for statement in node.body for inner in ast.walk(statement)]
    if any(
        isinstance(n, (*_DEFINITIONS, ast.Lambda, ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom)) for n in body
    ):
        return False
    returns = [n.value for n in body if isinstance(n, ast.Return)]
    if not all(value is not None and _is_name(value, given) for value in returns):
        return False
    return not any(_is_replaced(n, given) for n in body)


def _is_replaced(node: ast.AST, given: str) -> bool:
    """Whether a node binds a name to something else, or changes how what it means is called."""
    if isinstance(node, ast.Name):
        return node.id == given and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute):
        changes = not isinstance(node.ctx, ast.Load) and node.attr in _CALLED
        return _is_name(node.value, given) and (changes or node.attr in ("__dict__", "__class__"))
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        return node.name == given
    if isinstance(node, ast.alias):
        return (node.asname or node.name) == given
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("setattr", "vars")


def _decorator(node: ast.FunctionDef) -> list[str] | None:
    """Flags besides the first where a function is a decorator that passes on."""
    arguments = node.args
    if len(arguments.args) + len(arguments.posonlyargs) != 1 or arguments.vararg or arguments.kwonlyargs:
        return None
    given = (arguments.posonlyargs or arguments.args)[0].arg
    wrapper = _returned_function(node)
    if (
        wrapper is None
        or _takes_another(node, wrapper, given)
        or len(wrapper.decorator_list) != 1
        or not _wraps(wrapper.decorator_list[0], given)
    ):
        return None
    return _wrapper(wrapper, given)


def _returned_function(node: ast.FunctionDef) -> ast.FunctionDef | None:
    """The one function inside a function that returns it, whatever else is made ready before."""
    *body, last = node.body
    name = last.value.id if isinstance(last, ast.Return) and isinstance(last.value, ast.Name) else None
    inner = [s for s in body if isinstance(s, ast.FunctionDef) and s.name == name]
    if len(inner) != 1 or not all(isinstance(s, _PLAIN) for s in body):
        return None
    # ``wrapper = other(wrapper)`` returns another.
    rest = [n for s in body if s is not inner[0] for n in ast.walk(s)]
    names = [n.name for n in rest if isinstance(n, _DEFINITIONS)] + [n.id for n in rest if isinstance(n, ast.Name)]
    return None if name in names else inner[0]


def _takes_another(node: ast.FunctionDef, wrapper: ast.FunctionDef, given: str) -> bool:
    """Whether a decorator does more with what it is given, besides its wrapper, than ask for its name and the like."""
    rest = [n for s in node.body if s is not wrapper for n in ast.walk(s)]
    asked = {id(n.value) for n in rest if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
    return any(isinstance(n, ast.Name) and n.id == given and id(n) not in asked for n in rest)


def _wraps(decorator: ast.expr, given: str) -> bool:
    if not isinstance(decorator, ast.Call) or len(decorator.args) != 1 or decorator.keywords:
        return False
    name = decorator.func.attr if isinstance(decorator.func, ast.Attribute) else getattr(decorator.func, "id", None)
    argument = decorator.args[0]
    return name == "wraps" and isinstance(argument, ast.Name) and argument.id == given


def _wrapper(node: ast.FunctionDef, given: str) -> list[str] | None:
    arguments = node.args
    if arguments.args or arguments.posonlyargs or arguments.kwonlyargs or not (arguments.vararg and arguments.kwarg):
        return None
    args, kwargs = arguments.vararg.arg, arguments.kwarg.arg
    body = [inner for statement in node.body for inner in ast.walk(statement)]
    calls = [n for n in body if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == given]
    if not calls or not all(_is_same_call(call, args, kwargs) for call in calls):
        return None
    called = {id(call.func) for call in calls}
    for inner in body:
        if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.Global, ast.Nonlocal)):
            return None
        is_given = isinstance(inner, ast.Name) and inner.id == given and id(inner) not in called
        # Only its name, and the like, may be asked for.
        if is_given and not any(isinstance(n, ast.Attribute) and n.value is inner for n in body):
            return None
        if any(_changes(inner, name) for name in (args, kwargs)):
            return None
    returns = [n for n in body if isinstance(n, ast.Return)]
    results = {id(call) for call in calls}
    names = {
        target.id
        for n in body
        if isinstance(n, ast.Assign) and id(n.value) in results
        for target in n.targets
        if isinstance(target, ast.Name)
    }
    same = returns and all(
        id(r.value) in results or (isinstance(r.value, ast.Name) and r.value.id in names) for r in returns
    )
    return [GIVES_RESULT] if same and all(len(list(_bindings(body, name))) == 1 for name in names) else []


def _bindings(body: list[ast.AST], name: str) -> Iterator[ast.Name]:
    for inner in body:
        if isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Store):
            yield inner


def _is_same_call(call: ast.Call, args: str, kwargs: str) -> bool:
    if len(call.args) != 1 or len(call.keywords) != 1:
        return False
    star, stars = call.args[0], call.keywords[0]
    if not isinstance(star, ast.Starred) or stars.arg is not None:
        return False
    values = (star.value, stars.value)
    return [value.id for value in values if isinstance(value, ast.Name)] == [args, kwargs]


def _changes(node: ast.AST, name: str) -> bool:
    """Whether a node gives ``args`` or ``kwargs`` another value, or may change what is in it."""
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Subscript):
        return _is_name(node.value, name) and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Attribute):
        return _is_name(node.value, name) and node.attr not in _READING
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign)):
        # Another name for it may change it out of sight.
        return node.value is not None and _is_name(node.value, name)
    if isinstance(node, ast.Call):
        return any(_is_name(argument, name) for argument in [*node.args, *(k.value for k in node.keywords if k.arg)])
    return False


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
