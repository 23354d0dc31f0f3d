"""Implementations that compete for one name.

Law: who was registered under which name, the winner first. Celery keeps one and drops the others; what it
dropped is still among the constructors of shared tasks (``shared=True`` is the default of ``@app.task``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from celery import Celery, _state

from celery_registry.contract.signature import TaskSignature
from celery_registry.contract.task import Origin, TaskImplementation
from celery_registry.guard.app_reader import function_of
from celery_registry.guard.places import class_place, function_place

__all__ = ["read_rivals"]

_UNREAD: TaskSignature[Any] = TaskSignature(None)


def read_rivals(app: Celery, names: Collection[str]) -> tuple[TaskImplementation[Any], ...]:
    """All implementations of those ``names`` that have more than one, with their places and nothing else."""
    rivals: dict[str, list[Any]] = {}
    for name, function in _shared_functions(app):
        if name in names:
            rivals.setdefault(name, []).append(function)
    found = []
    for name, functions in rivals.items():
        task = app.tasks.get(name)
        if task is None:
            continue
        winner = function_of(task)
        losers = [function for function in functions if _inner(function) is not winner]
        if losers:
            found.append(_implementation(name, type(task) if winner is None else winner))
            found += [_implementation(name, _inner(function)) for function in losers]
    # Celery 5.7 remembers which names it warned about, whoever registered them.
    for name in sorted(getattr(app, "_duplicate_task_names_warned", ())):
        if name in names and name in app.tasks and name not in rivals:
            winner = function_of(app.tasks[name])
            found.append(_implementation(name, type(app.tasks[name]) if winner is None else winner))
            found.append(TaskImplementation(name, _UNREAD, Origin(label="one that Celery dropped")))
    return tuple(found)


def _shared_functions(app: Celery) -> Iterator[tuple[str, Any]]:
    """Name and function of each shared task in the process, whichever application it was written for."""
    for constructor in tuple(getattr(_state, "_on_app_finalizers", ())):
        code, closure = getattr(constructor, "__code__", None), getattr(constructor, "__closure__", None)
        if code is None or closure is None or code.co_filename == __file__:
            continue
        held = dict(zip(code.co_freevars, closure, strict=True))
        if "fun" not in held or not ("opts" in held or "options" in held):
            continue
        function = held["fun"].cell_contents
        options = held["opts" if "opts" in held else "options"].cell_contents
        name = options.get("name")
        if name is None:
            name = app.gen_task_name(function.__name__, function.__module__)
        yield str(getattr(name, "value", name)), function


def _inner(function: Any) -> Any:
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return getattr(function, "__func__", function)


def _implementation(name: str, behind: Any) -> TaskImplementation[Any]:
    place = class_place(behind) if isinstance(behind, type) else function_place(behind)
    return TaskImplementation(name, _UNREAD, place)
