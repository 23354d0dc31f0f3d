"""Where a file calls something that may be a task.

Law: one tree in, places out: the call, the method, the receiver as a value, and what names mean there. Nothing is resolved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from celery_registry.source.scopes import Scope
from celery_registry.source.symbols import Frame
from celery_registry.source.values import Value, read_value, roots_of

__all__ = ["CallSite", "read_call_sites"]

_METHODS = frozenset(
    {"delay", "delay_on_commit", "apply_async", "apply_async_on_commit", "apply", "s", "si", "signature", "subtask"}
)
_RUNS = frozenset({"delay", "apply_async"})


class CallSite(NamedTuple):
    """One call.

    ``method`` is ``send_task`` too, and empty for ``task(...)``. ``receiver`` is what the method belongs to. ``name`` is the
    value that names the task, where it is addressed by name. ``complete``: a signature that nothing else can complete.
    ``inside`` is the function around the call, else the class, as a qualified name; empty at the top of the module.
    """

    node: ast.Call
    method: str
    receiver: Value
    frame: Frame
    name: Value | None
    complete: bool
    inside: str


def read_call_sites(tree: ast.Module, module: str, is_package: bool) -> Iterator[CallSite]:
    """Every call in a file that may be one of a task, by place."""
    # A name that ``:=`` binds anywhere is not followed.
    named = (node.target for node in ast.walk(tree) if isinstance(node, ast.NamedExpr))
    reader = _Reader(module, {target.id for target in named})
    reader.block(tree.body, Scope(module, is_package))
    yield from sorted(reader.found, key=lambda site: (site.node.lineno, site.node.col_offset))


class _Reader:
    def __init__(self, module: str, walrus: set[str]) -> None:
        self.module = module
        self.found: list[CallSite] = []
        # Names of comprehensions and lambdas, which are no variables of the function around.
        self.shadowed: list[set[str]] = [walrus]
        self.complete: set[int] = set()

    def block(self, body: list[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self.visit(statement, scope)

    def visit(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for outer in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
                self.visit(outer, scope)
            self.block(node.body, scope.inside_function(node))
        elif isinstance(node, ast.ClassDef):
            for outer in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
                self.visit(outer, scope)
            self.block(node.body, scope.inside_class(node))
        elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            self.shadowed.append(_bound_by(node))
            self.children(node, scope)
            self.shadowed.pop()
        else:
            if isinstance(node, ast.Call):
                self.call(node, scope)
            self.children(node, scope)

    def children(self, node: ast.AST, scope: Scope) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child, scope)

    def call(self, node: ast.Call, scope: Scope) -> None:
        function = node.func
        name = None
        if isinstance(function, ast.Attribute) and function.attr in _METHODS:
            method, receiver = function.attr, read_value(function.value)
            inner = function.value
            if method in _RUNS and isinstance(inner, ast.Call) and _makes_signature(inner):
                # ``task.s(1).delay()``: nothing completes it, and it is judged there.
                if not node.args and not node.keywords:
                    self.complete.add(id(inner))
                return
            if method in ("signature", "subtask") and node.args:
                name = read_value(node.args[0])
        elif isinstance(function, ast.Attribute) and function.attr == "send_task":
            method, receiver = "send_task", read_value(function.value)
            given = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "name"), None)
            name = read_value(given)
        elif isinstance(function, (ast.Name, ast.Attribute)):
            method, receiver = "", read_value(function)
        else:
            return
        roots = roots_of(receiver) | (roots_of(name) if name is not None else set())
        if roots & set().union(*self.shadowed):
            receiver, name = ("?",), None
        frame = Frame(self.module, scope.cls, scope.environment(roots))
        inside = scope.enclosing_function or scope.cls or ""
        self.found.append(CallSite(node, method, receiver, frame, name, id(node) in self.complete, inside))


def _makes_signature(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in ("s", "si", "signature", "subtask")


def _bound_by(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Lambda):
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg)
        return {argument.arg for argument in arguments if argument is not None}
    targets = [generator.target for generator in getattr(node, "generators", [])]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
