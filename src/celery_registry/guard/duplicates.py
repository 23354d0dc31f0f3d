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
from celery_registry.guard.name_reader import plain_name
from celery_registry.guard.places import class_place, function_place
from celery_registry.guard.task_functions import function_of

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
        if name in names and (task := tasks.get(name)) is not None and task.run is not function:
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
    ours = {id(None): False}
    for constructor in tuple(getattr(_state, "_on_app_finalizers", ())):
        code = getattr(constructor, "__code__", None)
        # Thousands of constructors have two codes between them; to hash a code takes longer than all the rest.
        is_ours = ours.get(id(code))
        if is_ours is None and code is not None:
            is_ours = ours[id(code)] = code.co_freevars in _CLOSURES
        if is_ours:
            first, second = constructor.__closure__
            function, name = first.cell_contents, second.cell_contents.get("name")
            if name is None:
                name = app.gen_task_name(function.__name__, function.__module__)
            yield name if type(name) is str else plain_name(name), function


def _inner(function: Any) -> Any:
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return getattr(function, "__func__", function)


def _implementation(name: str, behind: Any) -> TaskImplementation[Any]:
    place = class_place(behind) if isinstance(behind, type) else function_place(behind)
    return TaskImplementation(name, _UNREAD, place)
