"""What the head of one function says: parameters, options of its decorators, and the task that a property returns.

Law: one ``def`` in, plain data out; names stay as they were written.
"""

from __future__ import annotations

import ast
from typing import Any, cast

from celery_registry.contract.signature import Kind
from celery_registry.source.annotation import show_annotation
from celery_registry.source.facts import ParameterFacts
from celery_registry.source.values import Value, callee_of, last_part, read_value

__all__ = ["head_flags", "read_options", "read_parameters", "read_registry_property"]


def read_parameters(arguments: ast.arguments) -> tuple[ParameterFacts, ...]:
    """The parameters, in order."""
    rows: list[ParameterFacts] = []
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    for index, argument in enumerate(positional):
        kind = Kind.POSITIONAL_ONLY if index < len(arguments.posonlyargs) else Kind.POSITIONAL_OR_KEYWORD
        default = arguments.defaults[index - first_default] if index >= first_default else None
        shown = _show_type(argument.annotation, default)
        rows.append(ParameterFacts(argument.arg, kind.value, index < first_default, shown))
    if arguments.vararg is not None:
        variadic = arguments.vararg
        rows.append(
            ParameterFacts(variadic.arg, Kind.VAR_POSITIONAL.value, False, show_annotation(variadic.annotation))
        )
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        shown = _show_type(argument.annotation, default)
        rows.append(ParameterFacts(argument.arg, Kind.KEYWORD_ONLY.value, default is None, shown))
    if arguments.kwarg is not None:
        variadic = arguments.kwarg
        rows.append(ParameterFacts(variadic.arg, Kind.VAR_KEYWORD.value, False, show_annotation(variadic.annotation)))
    return tuple(rows)


def _show_type(annotation: ast.expr | None, default: ast.expr | None) -> str | None:
    """The annotation as text; with the default None it takes None too, as PEP 484 once said and much code relies on."""
    text = show_annotation(annotation)
    if text is None or not isinstance(default, ast.Constant) or default.value is not None:
        return text
    return text if "None" in text or "Optional" in text or text in ("Any", "object") else f"{text} | None"


def read_options(node: ast.expr) -> tuple[tuple[str, str], ...]:
    """The keywords of a call as text; nothing for what is no call. ``**options`` is named ``**``."""
    if not isinstance(node, ast.Call):
        return ()
    return tuple((keyword.arg or "**", _show_value(keyword.value)) for keyword in node.keywords)


def _show_value(node: ast.expr) -> str:
    """What ``ast.unparse`` makes of it; names and plain constants, the most of them, cost a hundredth."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bool, type(None))):
        return repr(node.value)
    return ast.unparse(node)


def _bare_wrapper(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """The name of the function inside that this one returns as it is, without ``functools.wraps`` or anything like it.

    None where the body does more with it than return it, for then it may get another name.
    """
    last = node.body[-1]
    value = last.value if isinstance(last, ast.Return) else None
    if isinstance(value, ast.Call) and last_part(read_value(value.func)) == "cast" and len(value.args) == 2:
        value = value.args[1]
    if not isinstance(value, ast.Name):
        return None
    name = value.id
    inner = [s for s in node.body if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef)) and s.name == name]
    if len(inner) != 1 or inner[0].decorator_list:
        return None
    uses = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == name]
    returns = [s for s in node.body if isinstance(s, ast.Return)]
    return name if len(uses) == 1 and len(returns) == 1 else None


def read_registry_property(node: ast.FunctionDef) -> Value | None:
    """The name expression of a property that returns a task by name, None for any other function.

    Such a body is ``return self._get_task_by_name(X)`` or ``return self.<app>.tasks[X]``, alone or after a docstring,
    with ``typing.cast`` around it or variables between; ``super()`` or a base class may stand for ``self``.
    """
    decorators = [last_part(callee_of(read_value(decorator))) for decorator in node.decorator_list]
    if not any(name in ("property", "cached_property", "cached_property_with_ttl") for name in decorators):
        return None
    if not node.args.args and not node.args.posonlyargs:
        return None
    body = list(node.body)
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        del body[0]
    # Imports inside the body keep modules apart that would import each other.
    body = [statement for statement in body if not isinstance(statement, (ast.Import, ast.ImportFrom, ast.Assert))]
    value = _returned(body)
    if value is None:
        return None
    me = (node.args.posonlyargs or node.args.args)[0].arg
    return _looked_up(_without_cast(value), me)


def _returned(body: list[ast.stmt]) -> Value | None:
    """What a body returns that assigns a few variables, each once, and then returns."""
    values: dict[str, Value] = {}
    for statement in body:
        if isinstance(statement, ast.Return):
            return _filled(read_value(statement.value), values) if statement is body[-1] else None
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
            return None
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if len(targets) != 1 or not isinstance(targets[0], ast.Name) or targets[0].id in values:
            return None
        values[targets[0].id] = _filled(read_value(statement.value), values)
    return None


def _filled(value: Value, values: dict[str, Value]) -> Value:
    """A value with the variables in it replaced by what they hold."""
    if not values:
        return value
    if value[0] == "n" and len(value) == 2:
        root, _, rest = value[1].partition(".")
        return (".", values[root], rest) if root in values and rest else values.get(root, value)
    parts: tuple[Any, ...] = value
    filled: Any = tuple(_filled(item, values) if isinstance(item, tuple) and item else item for item in parts)
    return cast("Value", filled)


def _without_cast(value: Value) -> Value:
    while value[0] == "c" and last_part(value[1]) == "cast" and len(value[2]) == 2:
        value = value[2][1]
    return value


def _looked_up(value: Value, me: str) -> Value | None:
    name: Value
    if value[0] == "c" and last_part(value[1]) == "_get_task_by_name":
        given = value[2]
        if value[1][0] == "n" and value[1] != ("n", f"{me}._get_task_by_name"):
            # A base class is asked, and told on whose behalf.
            if not given or given[0] != ("n", me):
                return None
            given = given[1:]
        elif value[1][0] == "." and callee_of(value[1][1]) != ("n", "super"):
            return None
        arguments = [*given, *(item for keyword, item in value[3] if keyword == "name")]
        if len(arguments) != 1 or len(given) + len(value[3]) != 1:
            return None
        name = arguments[0]
        return name
    if value[0] == "i" and value[1][0] == "n":
        parts = value[1][1].split(".")
        if len(parts) > 2 and parts[0] == me and parts[-1] == "tasks":
            name = value[2]
            return name
    return None


def head_flags(node: Any, decorators: list[Value]) -> list[str]:
    """What kind of function it is: ``async``, ``abstract``, one of several, or a wrapper."""
    flags = ["async"] if isinstance(node, ast.AsyncFunctionDef) else []
    for flag in ("overload", "setter", "deleter"):
        if any(last_part(callee_of(value)) == flag for value in decorators):
            flags.append(flag)
    if _is_abstract(node, decorators):
        flags.append("abstract")
    if node.name == "_generate_next_value_":
        flags.append("next:" + _returned_text(node))
    wrapper = _bare_wrapper(node)
    if wrapper is not None:
        flags.append(f"bare:{wrapper}")
    return flags


def _is_abstract(node: Any, decorators: list[Value]) -> bool:
    """Whether a subclass must say what the function does: ``abstractmethod``, or it raises NotImplementedError."""
    if any(last_part(callee_of(value)) == "abstractmethod" for value in decorators):
        return True
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last_part(callee_of(read_value(last.exc))) == "NotImplementedError"


def _returned_text(node: ast.FunctionDef) -> str:
    """What ``_generate_next_value_`` makes of the name, where it does nothing else: ``name.lower()``."""
    body = node.body[1 if len(node.body) > 1 and ast.get_docstring(node, clean=False) is not None else 0 :]
    last = body[0]
    return ast.unparse(last.value) if len(body) == 1 and isinstance(last, ast.Return) and last.value is not None else ""
