"""How a program uses its tasks, beside the arguments: results that are waited for, ``bind=True``, ``crontab``.

Law: what the text tells for certain, as the contract asks for it. It judges nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from celery_registry.contract.signature import Kind, Parameter, TaskSignature
from celery_registry.contract.task import Origin
from celery_registry.contract.usage import Crontab, Sent
from celery_registry.source.crontabs import doubtful_fields, given_fields, unknown_fields
from celery_registry.source.fullnames import CRONTAB_FULLNAME
from celery_registry.source.model import How
from celery_registry.source.symbols import Frame, Symbol
from celery_registry.source.values import Value, read_value, roots_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from celery_registry.source.call_sites import CallSite
    from celery_registry.source.finder import Finder
    from celery_registry.source.index import SourceIndex
    from celery_registry.source.model import Registration

__all__ = ["TaskBodies", "crontabs", "read_bound", "returns_nothing", "sent_by"]

_FUNCTIONS: Final = frozenset({How.APP_TASK, How.SHARED_TASK})


class TaskBodies:
    """Where a call stands: in which task's body, in whose ``with``."""

    def __init__(self, index: SourceIndex, finder: Finder) -> None:
        self._names = finder.names
        self._tasks = {r.target: r.label or "" for r in index.seen_from() if r.how in _FUNCTIONS and r.target}

    def around(self, module: str, inside: str) -> str | None:
        """The task whose body a function is, None where it is none."""
        return self._tasks.get(f"{module}.{inside}")

    def opens_transaction(self, site: CallSite, value: Value) -> bool:
        """Whether a ``with`` block around a call is Django's ``transaction.atomic``."""
        found = self._names.instance(site.frame, value) if _last(value) == "atomic" else None
        return found is not None and found.name == "django.db.transaction.atomic"


def sent_by(
    site: CallSite, registration: Registration, module: str, origin: Origin, bodies: TaskBodies
) -> Iterator[Sent]:
    """What becomes of one call and its result; nothing where nobody waits for it and no transaction is around."""
    # A partial sends later, perhaps when the transaction is over.
    if site.method not in ("delay", "apply_async", "send_task") or site.partial is not None:
        return
    in_transaction = any(bodies.opens_transaction(site, value) for value in site.contexts)
    if not site.reads and not in_transaction:
        return
    reads = tuple(Origin(origin.path, read.lineno, read.col_offset) for read in site.reads)
    allowed = any(_last(value) == "allow_join_result" for value in site.contexts)
    blocking = tuple(place for place, read in zip(reads, site.reads, strict=True) if not allowed and not _allows(read))
    inside, ignored = bodies.around(module, site.inside), _ignores(site, registration)
    yield Sent(registration.label or "", origin, reads, blocking, ignored, inside, in_transaction)


def _last(value: tuple[object, ...]) -> str:
    return str(value[-1]).rpartition(".")[2]


def _allows(read: ast.Call) -> bool:
    """Whether a ``.get()`` says that it may wait, or may say so."""
    return any(keyword.arg in (None, "disable_sync_subtasks") for keyword in read.keywords)


def _ignores(site: CallSite, registration: Registration) -> bool:
    options = {keyword.arg: keyword.value for keyword in site.node.keywords}
    if site.method == "delay":
        return registration.ignores_result is True
    if None in options or site.method == "send_task":
        return False
    if "ignore_result" in options:
        given = options["ignore_result"]
        return isinstance(given, ast.Constant) and given.value is True
    return registration.ignores_result is True


def read_bound(index: SourceIndex, finder: Finder) -> Iterator[tuple[Registration, str, TaskSignature[str]]]:
    """The tasks of ``bind=True``, the function of each and its parameters as they stand there."""
    for registration in index.seen_from():
        module, target = registration.target_module, registration.target
        known = registration.bind and registration.how in _FUNCTIONS and registration.hidden is None
        if not known or registration.bound_method or module is None or target is None:
            continue
        function = finder.names.function_facts(Symbol("function", module, target[len(module) + 1 :]))
        if function is not None and function.cls is None and len(function.decorators) < 2:
            parameters = tuple(Parameter(p.name, Kind(p.kind), p.required, p.type) for p in function.parameters)
            yield registration, function.qualname, TaskSignature(parameters)


def returns_nothing(index: SourceIndex, registration: Registration) -> bool:
    """Whether a task is a plain function at the top of its module, none of whose ``return`` gives anything."""
    module, target = registration.target_module, registration.target
    if module is None or target is None or registration.how not in _FUNCTIONS or registration.base is not None:
        return False
    tree = index.contents.tree(registration.target_origin.path)
    name = target[len(module) + 1 :]
    found = [node for node in (() if tree is None else tree.body) if getattr(node, "name", None) == name]
    if len(found) != 1 or not isinstance(found[0], ast.FunctionDef) or len(found[0].decorator_list) != 1:
        return False
    return not any(
        isinstance(node, (ast.Yield, ast.YieldFrom))
        or (isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value))
        for node in ast.walk(found[0])
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _bound_in_functions(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names that functions of a file bind; with ``crontab``'s own where each of them imports it."""
    found: dict[str, set[str]] = {}
    functions = [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))]
    for node in [inner for function in functions for inner in ast.walk(function)]:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, set()).add(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.arg):
            found.setdefault(node.arg, set()).add("")
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, set()).add("")
    yield from ((name, names.pop() if len(names) == 1 else "") for name, names in found.items())


def crontabs(tree: ast.Module, module: str, path: str, finder: Finder) -> Iterator[Crontab]:
    """The calls of Celery's ``crontab`` in a file, those apart that unpack something."""
    inside = dict(_bound_in_functions(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
            continue
        value = read_value(node.func)
        root = next(iter(roots_of(value)), "")
        called = finder.names.instance(Frame(module), value)
        fullname = inside.get(root, "" if called is None else called.name)
        given = given_fields(node) if fullname == CRONTAB_FULLNAME else None
        if given is not None:
            fields = {name: ast.unparse(value) for name, value in given.items()}
            origin = Origin(path, node.lineno, node.col_offset)
            yield Crontab(fields, origin, unknown_fields(node), doubtful_fields(given))
