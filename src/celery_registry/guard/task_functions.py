"""The function behind a task: what runs, and whether its code object alone tells how it is called.

Law: a task in, a function out; nothing is called, and no signature is read.
"""

from __future__ import annotations

import inspect
from types import FunctionType, MethodType
from typing import Any

from celery.app.task import Task

__all__ = ["OPEN", "function_of", "is_pydantic", "is_wrapped", "plain_function", "run_of"]

OPEN = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS


def function_of(task: Task[..., Any]) -> Any:
    """The function the user wrote behind a task, for its place and name; None for a task that has none."""
    run, _, _ = run_of(task)
    if run is Task.run:
        return None
    try:
        run = inspect.unwrap(run)
    except ValueError:
        return None
    return getattr(run, "__func__", run)


def is_wrapped(task: Task[..., Any]) -> bool:
    """Whether another function stands before the user's, which may take other types than that says."""
    run, _, _ = run_of(task)
    return getattr(run, "__wrapped__", None) is not None or is_pydantic(run)


def run_of(task: Task[..., Any]) -> tuple[Any, int, bool]:
    """What runs, how many of its leading parameters Python fills, and whether it is a bound method of the user's own."""
    # In the class, where Celery puts the function: ``autoretry_for`` hides it behind a wrapper in the instance, and
    # the dictionary of each instance is made when it is first asked for.
    run: Any = type(task).__dict__.get("run")
    kind = type(run)
    if kind is staticmethod:
        run = run.__func__
        kind = type(run)
        return (run.__func__, 1, True) if kind is MethodType else (run, 0, False)
    if kind is FunctionType:
        return run, 1, False
    if kind is MethodType:
        return run.__func__, 1, True
    run = task.run
    return (run.__func__, 1, False) if type(run) is MethodType else (run, 0, False)


def plain_function(run: FunctionType) -> FunctionType | None:
    """The function whose code object alone tells how ``run`` is called, None where there is more to it."""
    function = run
    # Not through ``__dict__``, which Python makes when it is first asked for.
    if getattr(run, "__wrapped__", None) is not None:
        behind = _behind_register_task(run)
        if behind is None or getattr(behind, "__wrapped__", None) is not None:
            return None
        function = behind
    if function.__code__.co_flags & OPEN == OPEN or getattr(function, "__signature__", None) is not None:
        return None
    return function


def _behind_register_task(run: FunctionType) -> FunctionType | None:
    """The function behind the one that ``register_task`` made of a bound method, whose signature is that method's."""
    method = run.__dict__.get("__wrapped__")
    if (
        run.__globals__.get("__name__") == "celery_registry.registry"
        and type(method) is MethodType
        and type(method.__func__) is FunctionType
        # Of a partial, __wrapped__ is the function inside.
        and run.__closure__ is not None
        and run.__closure__[0].cell_contents is method
    ):
        return method.__func__
    return None


def is_pydantic(run: Any) -> bool:
    """Whether Celery's own wrapper for ``pydantic=True`` stands before the function."""
    return getattr(run, "__globals__", {}).get("__name__") == "celery.app.base"
