"""Where a file calls something that may be a task.

Law: one tree in, places out: the call, the method, the receiver as a value, and what names mean there. Nothing is resolved.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from celery_registry.source.canvas import fed_signatures, is_canvas, is_signature, refused_member, sent_signatures
from celery_registry.source.flows import Step, read_steps
from celery_registry.source.scopes import Scope
from celery_registry.source.symbols import Frame
from celery_registry.source.syntax import last_name
from celery_registry.source.values import Value, read_value, roots_of

__all__ = ["UNJUDGED", "CallSite", "meant_method", "read_call_sites"]

_METHODS = frozenset(
    {"delay", "delay_on_commit", "apply_async", "apply_async_on_commit", "apply", "s", "si", "signature", "subtask"}
)
#: Methods of a task that call it, whose arguments nobody looks at.
UNJUDGED: Final = frozenset({"map", "starmap", "chunks", "run"})
_ALIAS = re.compile(rb"\bas[ \t]+(\w+)")
#: Nothing stands inside of these.
_LEAVES = frozenset({ast.Name, ast.Constant, ast.Load, ast.Store})
#: The methods whose misspelling is told.
_MISSPELT: Final = ("delay", "apply_async")
_RUNS = frozenset({"delay", "apply_async"})
#: The methods that a ``partial`` keeps for later, and what calls it with nothing (django.db.transaction.on_commit).
_KEPT = frozenset({*_RUNS, "delay_on_commit", "apply_async_on_commit"})
_CALLS_ALONE: Final = "on_commit"
#: The methods of a result that wait for it.
_WAITS = frozenset({"get", "wait"})


def meant_method(name: str) -> str | None:
    """``apply_async`` for ``async_apply`` and ``apply_asnyc``, ``delay`` for ``dealy``; None for any other name."""
    if name in _METHODS:
        return None
    for method in _MISSPELT:
        if sorted(name) == sorted(method) or difflib.SequenceMatcher(None, name, method).ratio() > 0.9:
            return method
    return None


class CallSite(NamedTuple):
    """One call.

    ``method`` is ``send_task`` too, and empty for ``task(...)``. ``receiver`` is what the method belongs to. ``name`` is the
    value that names the task, where it is addressed by name. ``complete``: a signature that nothing else can complete;
    ``fed``: one that is given one argument more, the result of what runs before it. Both hold where what ``canvas`` names
    is Celery's. ``retry`` is a method of the task around alone.
    ``inside`` is the function around the call, else the class, as a qualified name; empty at the top of the module.
    ``reads`` are the places where its result is waited for, ``contexts`` what the ``with`` blocks around it call.
    ``steps`` say what runs before it in a canvas. ``partial`` is what makes it a call of later, where that is ``functools``'
    own: it may be given more then, unless what ``alone`` names is Django's ``on_commit``.
    """

    node: ast.Call
    method: str
    receiver: Value
    frame: Frame
    name: Value | None
    complete: bool
    fed: bool
    canvas: tuple[Value, ...]
    inside: str
    reads: tuple[ast.Call, ...] = ()
    contexts: tuple[Value, ...] = ()
    steps: tuple[Step, ...] = ()
    partial: Value | None = None
    alone: Value | None = None


def read_call_sites(
    tree: ast.Module, text: bytes, module: str, is_package: bool, names: frozenset[str] | None = None
) -> Iterator[CallSite]:
    """Every call in a file that may be one of a task, by place; ``text`` is what ``tree`` was parsed from.

    Of ``task(...)`` those alone whose last name is one of ``names``, or one that the file gives to something else: most
    calls of a program are of other functions.
    """
    # A name that ``:=`` binds anywhere is not followed.
    walrus = (node.target.id for node in ast.walk(tree) if isinstance(node, ast.NamedExpr)) if b":=" in text else ()
    if names is not None:
        names = names.union(name.decode() for name in _ALIAS.findall(text))
    reader = _Reader(module, set(walrus), names)
    reader.block(tree.body, Scope(module, is_package))
    reads = reader.reads()
    for site in sorted(reader.found, key=lambda site: (site.node.lineno, site.node.col_offset)):
        if not site.fed and id(site.node) in reader.fed:
            # By way of a variable: the canvas stands behind the signature.
            site = site._replace(fed=True, canvas=(*site.canvas, *reader.fed[id(site.node)]))
        yield site._replace(reads=tuple(reads[id(site.node)])) if id(site.node) in reads else site


class _Reader:
    def __init__(self, module: str, walrus: set[str], names: frozenset[str] | None) -> None:
        self.module, self.names = module, names
        self.found: list[CallSite] = []
        # Names of comprehensions and lambdas, which are no variables of the function around.
        self.shadowed: list[set[str]] = [walrus]
        self.complete: dict[int, tuple[Value, ...]] = {}
        self.fed: dict[int, tuple[Value, ...]] = {}
        self.steps: dict[int, list[Step]] = {}
        self.contexts: list[Value] = []
        self.called_alone: dict[int, Value] = {}
        # The calls whose result is waited for, and the local names that are waited for or hold a result.
        self.waits: list[tuple[ast.Call, Scope]] = []
        self.assigned: dict[tuple[int, str], tuple[ast.Call, Scope]] = {}

    def block(self, body: list[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self.visit(statement, scope)

    def visit(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for outer in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
                self.visit(outer, scope)
            # It runs when it is called, not where it stands.
            around, self.contexts = self.contexts, []
            self.block(node.body, scope.inside_function(node))
            self.contexts = around
        elif isinstance(node, ast.ClassDef):
            for outer in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
                self.visit(outer, scope)
            self.block(node.body, scope.inside_class(node))
        elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            self.shadowed.append(_bound_by(node))
            around = self.contexts
            self.contexts = [] if isinstance(node, ast.Lambda) else around
            self.children(node, scope)
            self.contexts = around
            self.shadowed.pop()
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self.with_(node, scope)
        else:
            if isinstance(node, ast.Call):
                self.call(node, scope)
                if isinstance(node.func, ast.Attribute) and node.func.attr in _WAITS:
                    self.waits.append((node, scope))
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                target = node.targets[0]
                if len(node.targets) == 1 and isinstance(target, ast.Name) and scope.function is not None:
                    self.assigned[id(scope), target.id] = (node.value, scope)
            elif isinstance(node, ast.BinOp):
                self.fed.update((id(made), via) for made, via in fed_signatures(node, self.meant_in(scope)))
                self.follow(node)
            self.children(node, scope)

    def with_(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        around = self.contexts
        for item in node.items:
            self.visit(item, scope)
            called = item.context_expr
            self.contexts = [*self.contexts, read_value(called.func if isinstance(called, ast.Call) else called)]
        for statement in node.body:
            self.visit(statement, scope)
        self.contexts = around

    def meant_in(self, scope: Scope) -> Callable[[ast.expr], ast.expr]:
        """What tells the signature in a variable of a function that is set once, and named at no other place."""

        def meant(node: ast.expr) -> ast.expr:
            made, around = self.assigned.get((id(scope), getattr(node, "id", "")), (node, None))
            if around is None or not isinstance(node, ast.Name) or not is_signature(made) or made.lineno > node.lineno:
                return node
            named = [n for n in ast.walk(scope.node) if isinstance(n, ast.Name) and n.id == node.id]
            return made if len(named) == 2 and len(scope.bindings.get(node.id, ())) == 1 else node

        return meant

    def reads(self) -> dict[int, list[ast.Call]]:
        """The call that makes a result -> the places where it is waited for, on the spot or in its one variable."""
        found: dict[int, list[ast.Call]] = {}
        for wait, scope in self.waits:
            made = wait.func.value if isinstance(wait.func, ast.Attribute) else None
            if isinstance(made, ast.Name):
                name = made.id
                made, _ = self.assigned.get((id(scope), name), (None, None))
                if made is None or made.lineno > wait.lineno or len(scope.bindings.get(name, ())) != 1:
                    continue
            if isinstance(made, ast.Call):
                found.setdefault(id(made), []).append(wait)
        return found

    def children(self, node: ast.AST, scope: Scope) -> None:
        for name in node._fields:
            child = getattr(node, name, None)
            if isinstance(child, list):
                for item in child:
                    if isinstance(item, ast.AST):
                        self.visit(item, scope)
            elif isinstance(child, ast.AST) and type(child) not in _LEAVES:
                self.visit(child, scope)

    def follow(self, node: ast.Call | ast.BinOp) -> None:
        for step in read_steps(node):
            self.steps.setdefault(id(step.taker), []).append(step)

    def call(self, node: ast.Call, scope: Scope) -> None:
        self.follow(node)
        self.fed.update((id(made), via) for made, via in fed_signatures(node, self.meant_in(scope)))
        self.complete.update((id(made), via) for made, via in sent_signatures(node))
        partial = alone = None
        if last_name(node.func) == _CALLS_ALONE:
            called = (*node.args[:1], *(k.value for k in node.keywords if k.arg == "func"))
            self.called_alone.update((id(each), read_value(node.func)) for each in called)
        elif last_name(node.func) == "partial" and node.args and last_name(node.args[0]) in _KEPT:
            # ``partial(task.delay, 1)`` is ``task.delay(1)``, later.
            made = ast.copy_location(ast.Call(node.args[0], node.args[1:], node.keywords), node)
            partial, alone, node = read_value(node.func), self.called_alone.get(id(node)), made
        function = node.func
        name = None
        if isinstance(function, ast.Attribute) and function.attr in _METHODS:
            method, receiver = function.attr, read_value(function.value)
            if method in _RUNS and is_canvas(function.value):
                # ``task.s(1).delay()`` is judged where its signatures are.
                return
            if method in ("signature", "subtask") and node.args:
                name = read_value(node.args[0])
        elif isinstance(function, ast.Attribute) and function.attr == "send_task":
            method, receiver = "send_task", read_value(function.value)
            given = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "name"), None)
            name = read_value(given)
        elif isinstance(function, ast.Attribute) and function.attr == "retry":
            method, receiver = "retry", read_value(function.value)
        elif isinstance(function, ast.Attribute) and function.attr in UNJUDGED and not is_canvas(function.value):
            method, receiver = function.attr, read_value(function.value)
        elif isinstance(function, ast.Name) and node.args and function.id in ("signature", "subtask"):
            # Celery's own function, which names a task as an application's method does.
            method, receiver, name = function.id, read_value(function), read_value(node.args[0])
        elif isinstance(function, ast.Attribute) and meant_method(function.attr) is not None:
            method, receiver = function.attr, read_value(function.value)
        elif isinstance(function, (ast.Name, ast.Attribute)):
            last = function.id if isinstance(function, ast.Name) else function.attr
            if self.names is not None and last not in self.names and refused_member(node) is None:
                return
            method, receiver = "", read_value(function)
        else:
            return
        roots = roots_of(receiver) | (roots_of(name) if name is not None else set())
        if roots & set().union(*self.shadowed):
            receiver, name = ("?",), None
        complete, fed = id(node) in self.complete, id(node) in self.fed
        canvas = (*self.complete.get(id(node), ()), *self.fed.get(id(node), ()))
        steps = tuple(self.steps.get(id(node), ()))
        around = (*self.contexts, *canvas, *(via for step in steps for via in step.via))
        roots = roots.union(*map(roots_of, (*around, *filter(None, (partial, alone)))))
        frame = Frame(self.module, scope.cls, scope.environment(roots))
        inside = scope.enclosing_function or scope.cls or ""
        contexts = tuple(self.contexts)
        self.found.append(
            CallSite(
                node, method, receiver, frame, name, complete, fed, canvas, inside, (), contexts, steps, partial, alone
            )
        )


def _bound_by(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Lambda):
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg)
        return {argument.arg for argument in arguments if argument is not None}
    targets = [generator.target for generator in getattr(node, "generators", [])]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
