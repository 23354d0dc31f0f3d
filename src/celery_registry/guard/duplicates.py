"""Implementations that compete for one name.

Law: who was registered under which name, the winner first. Celery keeps one and drops the others; what it
dropped is still among the constructors of shared tasks (``shared=True`` is the default of ``@app.task``). Of a
dropped task that is not shared, or a class, nothing is left to read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from celery import Celery, _state

from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import TaskImplementation
from celery_registry.guard.app_reader import function_of
from celery_registry.guard.name_reader import plain_name
from celery_registry.guard.places import class_place, function_place

__all__ = ["read_rivals"]

#: What the constructors that Celery makes for ``app.task`` and ``shared_task`` hold.
_CLOSURES = (("fun", "opts"), ("fun", "options"))
_UNREAD: TaskSignature[Any] = TaskSignature(None)


def read_rivals(app: Celery, names: Collection[str]) -> tuple[TaskImplementation[Any], ...]:
    """All implementations of those ``names`` that have more than one, with their places and nothing else."""
    tasks = app.tasks
    # Celery 5.7 remembers which names it was given twice, older ones do not.
    told = getattr(app, "_duplicate_task_names_warned", None)
    if told is not None:
        names = told.intersection(names)
    if not names:
        return ()
    rivals: dict[str, list[Any]] = {}
    for name, function in _shared_functions(app):
        # Nearly every constructor is the winner's own.
        if name in names and name in tasks and tasks[name].run is not function:
            rivals.setdefault(name, []).append(function)
    found = []
    for name, functions in rivals.items():
        task = tasks[name]
        winner = function_of(task)
        losers = [function for function in functions if _inner(function) is not winner]
        if losers:
            found.append(_implementation(name, type(task) if winner is None else winner))
            found += [_implementation(name, _inner(function)) for function in losers]
    return tuple(found)


def _shared_functions(app: Celery) -> Iterator[tuple[str, Any]]:
    """Name and function of each shared task in the process, whichever application it was written for."""
    for constructor in tuple(getattr(_state, "_on_app_finalizers", ())):
        code = getattr(constructor, "__code__", None)
        if code is None or code.co_freevars not in _CLOSURES:
            continue
        function, options = [cell.cell_contents for cell in constructor.__closure__]
        name = options.get("name")
        if name is None:
            name = app.gen_task_name(function.__name__, function.__module__)
        yield plain_name(name), function


def _inner(function: Any) -> Any:
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return getattr(function, "__func__", function)


def _implementation(name: str, behind: Any) -> TaskImplementation[Any]:
    place = class_place(behind) if isinstance(behind, type) else function_place(behind)
    return TaskImplementation(name, _UNREAD, place)
