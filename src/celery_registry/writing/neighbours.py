"""How the tasks beside a new one are registered.

Law: registrations in, the one to write alike and its parts out. It writes nothing.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from celery_registry.source.index import SourceIndex
from celery_registry.source.model import How, Registration
from celery_registry.source.module_scope import ModuleScope
from celery_registry.writing.program_sources import ProgramSources
from celery_registry.writing.source_text import SourceText

__all__ = ["Decorated", "Neighbour", "Registered", "find_neighbour", "modules_with_tasks", "read_neighbour"]


@dataclass(frozen=True)
class Decorated:
    """A function below ``@app.task`` or ``@shared_task``; ``name`` is what stands behind ``name=``."""

    registration: Registration
    source: SourceText
    scope: ModuleScope
    function: ast.FunctionDef | ast.AsyncFunctionDef
    maker: ast.expr
    name: ast.expr | None
    is_nested: bool

    @property
    def kind(self) -> str:
        """What it is alike with."""
        return "nested" if self.is_nested else "decorated"


@dataclass(frozen=True)
class Registered:
    """``register_task(app, name, target)``: the call, its statement, and the class whose method the call stands in.

    ``only_tasks``: where the target is a method, all public ones of its class are tasks.
    """

    registration: Registration
    source: SourceText
    scope: ModuleScope
    call: ast.Call
    statement: ast.stmt
    cls: ast.ClassDef | None
    method: ast.FunctionDef | None
    only_tasks: bool = False

    @property
    def name(self) -> ast.expr:
        """The name's expression."""
        return self.call.args[1]

    @property
    def is_controller(self) -> bool:
        """Whether a class registers its own methods."""
        target = self.call.args[2]
        return self.method is not None and isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self"

    @property
    def kind(self) -> str:
        """What it is alike with."""
        return "controller" if self.is_controller else "registered"


Neighbour = Decorated | Registered


def modules_with_tasks(index: SourceIndex) -> list[str]:
    """The modules in which the program's tasks are written."""
    found = {r.target_module or r.module for r in index.registrations if r.how is not How.CONTRACT}
    return sorted(module for module in found if module in index.modules)


def find_neighbour(index: SourceIndex, sources: ProgramSources, module: str) -> Neighbour | None:
    """The task that one in ``module`` is written like: of that module, else of its package, else of the program.

    None where they are registered in ways that are not written here.
    """
    package = module.rpartition(".")[0]
    near: tuple[list[Registration], ...] = ([], [], [])
    for registration in index.registrations:
        homes = {registration.target_module or registration.module, registration.module}
        place = 0 if module in homes else 1 if package in {home.rpartition(".")[0] for home in homes} else 2
        near[place].append(registration)
    for registrations in near:
        read = [found for r in registrations if (found := read_neighbour(r, sources)) is not None]
        # A function inside another sees names that nobody else sees.
        usable = [found for found in read if found.kind != "nested" or found.registration.module == module]
        usable = [found for found in usable if found.kind != "nested"] or usable
        if usable:
            kinds = Counter(found.kind for found in usable)
            top = max(kinds.values())
            chosen = [found for found in usable if kinds[found.kind] == top][-1]
            return chosen if isinstance(chosen, Decorated) else _with_class(chosen, index, sources)
    return None


def _with_class(found: Registered, index: SourceIndex, sources: ProgramSources) -> Registered:
    """The same, with what its target's class is for: one with methods that are no tasks is no place for another task."""
    owner, _, _ = (found.registration.target or "").rpartition(".")
    module = found.registration.target_module or ""
    source = sources.source_of(module) if module in index.modules else None
    cls = None if source is None else source.classes.get(owner.removeprefix(f"{module}."))
    if cls is None:
        return found
    functions = (node for node in cls.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    public = {f"{owner}.{function.name}" for function in functions if not function.name.startswith("_")}
    return replace(found, only_tasks=public <= {r.target for r in index.registrations})


def read_neighbour(registration: Registration, sources: ProgramSources) -> Neighbour | None:
    """What a registration is written like; None where it is in a way that is not written here."""
    source, scope = sources.source_of(registration.module), sources.scope_of(registration.module)
    if source is None or scope is None:
        return None
    if registration.how in (How.APP_TASK, How.SHARED_TASK):
        return _decorated(registration, source, scope)
    if registration.how is How.REGISTER_TASK:
        return _registered(registration, source, scope)
    return None


def _decorated(registration: Registration, source: SourceText, scope: ModuleScope) -> Decorated | None:
    function = source.functions.get(registration.target_origin.line)
    if function is None or registration.target_module != registration.module:
        return None
    label = registration.target_origin.label
    if "." in label.replace("<locals>.", "") and "<locals>" not in label:
        return None
    for decorator in function.decorator_list:
        if decorator.lineno == registration.origin.line:
            maker = decorator.func if isinstance(decorator, ast.Call) else decorator
            given = {k.arg: k.value for k in decorator.keywords} if isinstance(decorator, ast.Call) else {}
            if isinstance(maker, (ast.Name, ast.Attribute)):
                nested = function not in source.tree.body
                return Decorated(registration, source, scope, function, maker, given.get("name"), nested)
    return None


def _registered(registration: Registration, source: SourceText, scope: ModuleScope) -> Registered | None:
    place = registration.origin
    for path in _paths(source.tree, ()):
        call = path[-1]
        if not isinstance(call, ast.Call) or (call.lineno, call.col_offset) != (place.line, place.column):
            continue
        word = ast.unparse(call.func).rpartition(".")[2]
        if word != "register_task" or len(call.args) != 3 or any(isinstance(a, ast.Starred) for a in call.args):
            return None
        statement = next((node for node in reversed(path) if isinstance(node, ast.stmt)), None)
        if not isinstance(statement, ast.Expr):
            return None
        classes = [node for node in path if isinstance(node, ast.ClassDef)]
        functions = [node for node in path if isinstance(node, ast.FunctionDef)]
        inside = classes[-1] if classes and functions and functions[-1] in classes[-1].body else None
        method = functions[-1] if inside is not None else None
        return Registered(registration, source, scope, call, statement, inside, method)
    return None


def _paths(node: ast.AST, above: Sequence[ast.AST]) -> Iterator[Sequence[ast.AST]]:
    """Every node with those around it."""
    path = (*above, node)
    yield path
    for child in ast.iter_child_nodes(node):
        yield from _paths(child, path)
