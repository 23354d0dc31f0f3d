"""One file's text -> its facts.

Law: bytes in, plain data out; it never looks at another file and never fails: what cannot be parsed has no facts.
"""

from __future__ import annotations

import ast
import warnings
from typing import Any

from celery_registry.source.annotation import show_annotation
from celery_registry.source.bindings import (
    absolute_module,
    annotation_value,
    collect_bindings,
    exported_names,
    flat,
    star_modules,
)
from celery_registry.source.facts import Binding, Environment
from celery_registry.source.functions import read_options, read_parameters, read_registry_property
from celery_registry.source.schedules import read_schedule
from celery_registry.source.values import UNKNOWN, callee_of, last_part, read_value, roots_of

__all__ = ["read_file"]

_LEAVES = frozenset(
    {ast.Name, ast.Constant, ast.Load, ast.Store, ast.Pass, ast.Break, ast.Continue, ast.And, ast.Or, ast.Eq, ast.Not}
)

# The calls that register a task or address one by name. A call of a call is kept whatever it calls.
_REGISTERING = frozenset({"task", "shared_task", "register_task"})
_BY_NAME = frozenset({"send_task", "signature", "Signature", "subtask"})
_KEPT = _REGISTERING | _BY_NAME


def read_file(text: bytes, module: str, is_package: bool) -> dict[str, Any] | None:
    """The rows of a ``FileFacts``; None where the text is no Python that this interpreter can parse."""
    try:
        with warnings.catch_warnings():
            # An invalid escape in the user's string is their linter's business.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        return _Reader(module, is_package).read(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Scope:
    """A block and what surrounds it; ``owner`` is the class whose method we are in, however deep."""

    def __init__(self, node: Any, parent: _Scope | None, prefix: str, cls: str | None, owner: str | None) -> None:
        self.node, self.parent, self.prefix, self.cls, self.owner = node, parent, prefix, cls, owner
        self.function: str | None = None
        self.calls_super = False
        self.bindings: dict[str, list[Binding]] | None = None


class _Reader:
    def __init__(self, module: str, is_package: bool) -> None:
        self.module, self.is_package = module, is_package
        self.functions: list[Any] = []
        self.classes: list[Any] = []
        self.calls: list[Any] = []
        self.schedules: list[Any] = []
        self.imports: dict[tuple[str, str | None], None] = {}
        self.globals: set[str] = set()
        self.kept = set(_KEPT)
        self.by_name = False

    def read(self, tree: ast.Module) -> dict[str, Any]:
        bindings = collect_bindings(tree.body, self.module, self.is_package)
        for name, rows in bindings.items():
            if any(row[0] == "F" and row[2] in _KEPT for row in rows):
                self.kept.add(name)
        scope = _Scope(None, None, "", None, None)
        for statement in tree.body:
            self.visit(statement, scope)
        for name in self.globals:
            bindings.setdefault(name, []).append(("?",))
        return {
            "bindings": {name: tuple(rows) for name, rows in bindings.items()},
            "stars": tuple(star_modules(tree.body, self.module, self.is_package)),
            "all": exported_names(tree.body),
            "imports": tuple(self.imports),
            "functions": tuple(self.functions),
            "classes": tuple(self.classes),
            "calls": tuple(self.calls),
            "schedules": tuple(self.schedules),
            "by_name": self.by_name,
        }

    def visit(self, node: Any, scope: _Scope) -> None:
        kind = type(node)
        if kind in _LEAVES:
            return
        visitor = _VISITORS.get(kind)
        if visitor is not None:
            visitor(self, node, scope)
        else:
            self.children(node, scope)

    def children(self, node: Any, scope: _Scope) -> None:
        for name in node._fields:
            child = getattr(node, name, None)
            if isinstance(child, list):
                for item in child:
                    if isinstance(item, ast.AST):
                        self.visit(item, scope)
            elif isinstance(child, ast.AST):
                self.visit(child, scope)

    def import_(self, node: ast.Import, scope: _Scope) -> None:
        for alias in node.names:
            self.imports[alias.name, None] = None

    def import_from(self, node: ast.ImportFrom, scope: _Scope) -> None:
        source = absolute_module(node, self.module, self.is_package)
        for alias in node.names:
            self.imports[source, alias.name] = None

    def global_(self, node: ast.Global, scope: _Scope) -> None:
        self.globals.update(node.names)

    def assignment(self, node: ast.Assign, scope: _Scope) -> None:
        if isinstance(node.value, ast.Dict):
            target = node.targets[0]
            self.dictionary(node.value, scope, target.slice if isinstance(target, ast.Subscript) else None)
        else:
            self.visit(node.value, scope)

    def environment(self, scope: _Scope, names: set[str]) -> Environment:
        """What the names mean inside the functions around; module level is the file's bindings."""
        found: Environment = {}
        around: _Scope | None = scope
        while around is not None and around.parent is not None:
            if around.function is not None:
                bindings = self.local_bindings(around)
                for name in names:
                    if name in bindings and name not in found:
                        found[name] = tuple(bindings[name])
            around = around.parent
        return {name: found[name] for name in sorted(found) if found[name] != (("global",),)}

    def local_bindings(self, scope: _Scope) -> dict[str, list[Binding]]:
        if scope.bindings is None:
            node = scope.node
            bindings = collect_bindings(node.body, self.module, self.is_package, scope.prefix)
            arguments = node.args
            positional = [*arguments.posonlyargs, *arguments.args]
            for argument in (*positional, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
                if argument is None:
                    continue
                starred = argument is arguments.vararg or argument is arguments.kwarg
                declared = None if argument.annotation is None or starred else annotation_value(argument.annotation)
                bindings.setdefault(argument.arg, []).insert(0, ("P", declared))
            method = scope.parent is not None and scope.parent.cls is not None
            if method and positional and not _has_decorator(node, "staticmethod") and scope.parent is not None:
                bindings[positional[0].arg][0] = ("S", scope.parent.cls)
            for statement in flat(node.body):
                if isinstance(statement, ast.Global):
                    for name in statement.names:
                        bindings[name] = [("global",)]
            scope.bindings = bindings
        return scope.bindings

    def function(self, node: Any, scope: _Scope) -> None:
        qualname = scope.prefix + node.name
        decorators = []
        for decorator in node.decorator_list:
            decorators.append((read_value(decorator), decorator.lineno, decorator.col_offset, read_options(decorator)))
            # The decorator itself is kept with its function.
            self.children(decorator, scope)
        names = {name for row in decorators for name in roots_of(row[0])}
        flags = ["async"] if isinstance(node, ast.AsyncFunctionDef) else []
        for flag in ("overload", "setter", "deleter"):
            if any(last_part(callee_of(row[0])) == flag for row in decorators):
                flags.append(flag)
        if _is_abstract(node, decorators):
            flags.append("abstract")
        if node.name == "_generate_next_value_":
            flags.append("next:" + _returned_text(node))
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default, scope)
        inner = _Scope(node, scope, f"{qualname}.<locals>.", None, scope.cls or scope.owner)
        inner.function = qualname
        for statement in node.body:
            self.visit(statement, inner)
        if inner.calls_super:
            flags.append("super")
        returned = self.returned(node, inner)
        self.functions.append(
            (
                qualname,
                node.lineno,
                node.col_offset,
                scope.cls,
                read_parameters(node.args),
                show_annotation(node.returns),
                tuple(decorators),
                ast.get_docstring(node),
                self.environment(scope, names) if scope.parent is not None else {},
                tuple(flags),
                returned,
                {} if returned is None else self.environment(inner, roots_of(returned)),
            )
        )

    def returned(self, node: Any, scope: _Scope) -> Any:
        """The one value that a function returns, where it makes a Celery application or a task."""
        values = [statement.value for statement in flat(node.body) if isinstance(statement, ast.Return)]
        if len(values) != 1 or not isinstance(values[0], (ast.Name, ast.Call)):
            return None
        value = read_value(values[0])
        made = value
        if value[0] == "n":
            rows = self.local_bindings(scope).get(value[1], [])
            made = rows[0][1] if len(rows) == 1 and rows[0][0] == "V" and rows[0][1] is not None else UNKNOWN
        name = last_part(callee_of(made))
        return value if made[0] == "c" and (name in self.kept or "elery" in name) else None

    def class_(self, node: ast.ClassDef, scope: _Scope) -> None:
        qualname = scope.prefix + node.name
        bases = tuple(read_value(base) for base in node.bases)
        members: list[Any] = []
        types: dict[str, Any] = {}
        properties: list[Any] = []
        inner = _Scope(node, scope, f"{qualname}.", qualname, qualname)
        for statement in node.body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        members.append((target.id, read_value(statement.value), statement.lineno, statement.col_offset))
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                if statement.value is not None:
                    name = statement.target.id
                    members.append((name, read_value(statement.value), statement.lineno, statement.col_offset))
                declared = annotation_value(statement.annotation)
                if declared is not None:
                    types[statement.target.id] = declared
            elif isinstance(statement, ast.FunctionDef):
                if statement.name == "__init__":
                    for name, declared in _initial_types(statement).items():
                        types.setdefault(name, declared)
                found = read_registry_property(statement)
                if found is not None:
                    method = _Scope(statement, inner, f"{qualname}.{statement.name}.<locals>.", None, qualname)
                    method.function = f"{qualname}.{statement.name}"
                    environment = self.environment(method, roots_of(found))
                    properties.append(
                        (
                            statement.name,
                            found,
                            show_annotation(statement.returns),
                            ast.get_docstring(statement),
                            statement.lineno,
                            statement.col_offset,
                            environment,
                        )
                    )
        names = {name for base in bases for name in roots_of(base)}
        for member in members:
            roots_of(member[1], names)
        self.classes.append(
            (
                qualname,
                node.lineno,
                node.col_offset,
                bases,
                tuple((keyword.arg or "**", read_value(keyword.value)) for keyword in node.keywords),
                tuple(members),
                types,
                tuple(properties),
                ast.get_docstring(node),
                self.environment(scope, names) if scope.parent is not None else {},
            )
        )
        for decorator in node.decorator_list:
            self.visit(decorator, scope)
        for statement in node.body:
            self.visit(statement, inner)

    def call(self, node: ast.Call, scope: _Scope) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            scope.calls_super = True
        self.keep_call(node, scope)
        # The inner call of a call belongs to the outer one.
        if isinstance(node.func, ast.Call):
            self.children(node.func, scope)
        else:
            self.visit(node.func, scope)
        for child in (*node.args, *node.keywords):
            self.visit(child, scope)

    def keep_call(self, node: ast.Call, scope: _Scope) -> None:
        function = node.func
        if isinstance(function, ast.Call):
            inner = function.func
            if not isinstance(inner, (ast.Name, ast.Attribute)):
                return
            options = read_options(function)
        else:
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
            if name not in self.kept:
                return
            if isinstance(function, ast.Attribute) and name in ("send_task", "signature"):
                self.by_name = self.by_name or name == "send_task" or _starts_with_name(node)
            options = read_options(node)
        value = read_value(node)
        self.calls.append(
            (
                value,
                node.lineno,
                node.col_offset,
                scope.owner,
                _enclosing_function(scope),
                options,
                self.environment(scope, roots_of(value)) if scope.parent is not None else {},
            )
        )

    def dictionary(self, node: ast.Dict, scope: _Scope, key: ast.expr | None = None) -> None:
        found = read_schedule(node, key)
        if found is not None:
            names = roots_of(found[1])
            environment = self.environment(scope, names) if scope.parent is not None else {}
            self.schedules.append((*found, node.lineno, node.col_offset, environment))
        for item_key, item in zip(node.keys, node.values, strict=True):
            if isinstance(item, ast.Dict):
                self.dictionary(item, scope, item_key)
            else:
                self.visit(item, scope)


_VISITORS: dict[type, Any] = {
    ast.FunctionDef: _Reader.function,
    ast.AsyncFunctionDef: _Reader.function,
    ast.ClassDef: _Reader.class_,
    ast.Call: _Reader.call,
    ast.Dict: _Reader.dictionary,
    ast.Import: _Reader.import_,
    ast.ImportFrom: _Reader.import_from,
    ast.Global: _Reader.global_,
    ast.Assign: _Reader.assignment,
}


def _enclosing_function(scope: _Scope) -> str | None:
    around: _Scope | None = scope
    while around is not None:
        if around.function is not None:
            return around.function
        around = around.parent
    return None


def _has_decorator(node: Any, name: str) -> bool:
    return any(last_part(callee_of(read_value(decorator))) == name for decorator in node.decorator_list)


def _starts_with_name(node: ast.Call) -> bool:
    """Whether the first argument can be a task's name: ``.signature("x")`` is, ``.signature((1,))`` is not."""
    return bool(node.args) and isinstance(node.args[0], (ast.Constant, ast.Attribute, ast.Name, ast.JoinedStr))


def _initial_types(node: ast.FunctionDef) -> dict[str, Any]:
    """``self.x = x`` of an annotated parameter, ``self.x: T = ...`` and ``self.x = T(...)``."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    if not arguments:
        return {}
    me, types = arguments[0].arg, {a.arg: annotation_value(a.annotation) for a in arguments if a.annotation is not None}
    found: dict[str, Any] = {}
    for statement in node.body:
        declared: Any = None
        if isinstance(statement, ast.AnnAssign):
            target: ast.expr = statement.target
            declared = annotation_value(statement.annotation)
        elif isinstance(statement, ast.Assign):
            target = statement.targets[0]
            if isinstance(statement.value, ast.Name):
                declared = types.get(statement.value.id)
            elif isinstance(statement.value, ast.Call):
                declared = ("new", read_value(statement.value.func))
        else:
            continue
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == me:
            if target.attr in found or declared is None:
                found[target.attr] = ("?",)
            else:
                found[target.attr] = declared
    return {name: declared for name, declared in found.items() if declared != ("?",)}


def _is_abstract(node: Any, decorators: list[Any]) -> bool:
    """Whether a subclass must say what the function does: ``abstractmethod``, or it raises NotImplementedError."""
    if any(last_part(callee_of(row[0])) == "abstractmethod" for row in decorators):
        return True
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last_part(callee_of(read_value(last.exc))) == "NotImplementedError"


def _returned_text(node: ast.FunctionDef) -> str:
    """What ``_generate_next_value_`` makes of the name: ``name``, ``name.lower()``, or something else."""
    returned = [statement for statement in node.body if isinstance(statement, ast.Return)]
    return ast.unparse(returned[0].value) if len(returned) == 1 and returned[0].value is not None else ""
