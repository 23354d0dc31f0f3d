"""Functions of one module that are registered under one name.

Law: what stands at a module's top, one after the other, below decorators of one application: Celery keeps one of them
under either name (``Celery._task_from_fun``). Branches, functions and two applications are ``branches``' business, or nobody's.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from celery_registry.source.branches import tree_of
from celery_registry.source.model import How, Registration
from celery_registry.source.syntax import last_name

__all__ = ["registered_twice"]

_DECORATORS = (How.APP_TASK, How.SHARED_TASK)


def registered_twice(registrations: Iterable[Registration]) -> Iterator[Sequence[Registration]]:
    """The groups of such functions, each in the order of its module."""
    found: dict[tuple[str, str], list[Registration]] = {}
    for registration in registrations:
        name, label = registration.task_name, registration.origin.label
        if (
            name is not None
            and registration.how in _DECORATORS
            # The name of a wrapper without functools.wraps, for which the names that are meant are told as missing.
            and not (registration.unwrapped is not None and name.startswith(f"{registration.module}."))
            and registration.target == f"{registration.module}.{label}"
        ):
            found.setdefault((registration.module, name), []).append(registration)
    for group in found.values():
        if len(group) > 1:
            yield from _of_one_maker(group)


def _of_one_maker(group: Sequence[Registration]) -> Iterator[Sequence[Registration]]:
    tree = tree_of(group[0].origin.path)
    if tree is None:
        return
    bound = Counter(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    makers: dict[str, list[Registration]] = {}
    for registration in sorted(group, key=lambda r: r.origin.line):
        maker = _maker_at(registration.origin.line, tree.body)
        if maker is not None and all(bound[n.id] < 2 for n in ast.walk(maker) if isinstance(n, ast.Name)):
            makers.setdefault(ast.dump(maker), []).append(registration)
    yield from (several for several in makers.values() if len(several) > 1)


def _maker_at(line: int, body: Sequence[ast.stmt]) -> ast.expr | None:
    """What registers, ``app.task`` or ``shared_task``, above a function that starts at a line."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            decorators = statement.decorator_list
            if line in (statement.lineno, *(decorator.lineno for decorator in decorators)):
                written = [d.func if isinstance(d, ast.Call) else d for d in decorators]
                makers = [maker for maker in written if last_name(maker) in ("task", "shared_task")]
                return makers[0] if len(makers) == 1 else None
    return None
