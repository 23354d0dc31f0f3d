"""What a worker would call for a task: the function, and the parameters of its code.

Law: what Celery calls is asked, not what a signature promises: a wrapper of the user's own may supply arguments, so it is
taken at its own word. It knows no message.
"""

from __future__ import annotations

import functools
import inspect
from types import FunctionType, MethodType
from typing import Any, Final

from celery_registry.wire.alias import Alias

__all__ = ["bare_parameters", "called_function"]

#: Wrappers that hand on exactly what they get; whatever else stands before a function may change its arguments.
_PASSING: Final = ("celery.app.autoretry", "celery.app.base", "celery_registry.registry", "sentry_sdk.")

#: The kinds of parameters in the order of a ``def``.
_P = inspect.Parameter


def called_function(task: Any) -> tuple[FunctionType | None, int]:
    """The function whose parameters a message must fill, and how many of its first ones it does not fill.

    None where anything may fit.
    """
    if isinstance(task, Alias):
        if task.adapt is not None:
            return _behind(task.adapt, 0)
        target = task.target_or_none()
        return (None, 0) if target is None else called_function(target)
    # Celery's tracer: a class with a __call__ of its own is called, any other task's run is. Task's own hands on to run;
    # a worker gives it another one (celery.app.trace.setup_worker_optimizations), and so does Sentry.
    call, dropped = _behind(type(task).__call__, 1)
    if call is None or not str(call.__module__).startswith("celery.app."):
        return call, dropped
    return _behind(task.run, 0)


def _behind(function: Any, dropped: int) -> tuple[FunctionType | None, int]:
    """Through bound methods, and wrappers that are known to hand on what they get."""
    for _ in range(20):
        if type(function) is MethodType:
            function, dropped = function.__func__, dropped + 1
            continue
        if type(function) is not FunctionType:
            return None, 0
        module = str(function.__globals__.get("__name__", ""))
        if not module.startswith(_PASSING) or not hasattr(function, "__wrapped__"):
            return function, dropped
        if module == "celery_registry.registry":
            # Of a partial, ``__wrapped__`` is the function inside.
            cells = function.__closure__ or ()
            function = next((cell.cell_contents for cell in cells if callable(cell.cell_contents)), None)
            if isinstance(function, functools.partial):
                return None, 0
        else:
            function = function.__wrapped__
    return None, 0


def bare_parameters(function: FunctionType, dropped: int) -> list[inspect.Parameter] | None:
    """The parameters of the code itself, without the first ``dropped``; None where so many cannot be dropped."""
    # A copy has neither __signature__ nor __wrapped__ nor annotations, all of which may lie.
    copy = FunctionType(function.__code__, {}, "call", function.__defaults__, function.__closure__)
    copy.__kwdefaults__ = function.__kwdefaults__
    parameters = list(inspect.signature(copy).parameters.values())
    for _ in range(dropped):
        if parameters and parameters[0].kind in (_P.POSITIONAL_ONLY, _P.POSITIONAL_OR_KEYWORD):
            del parameters[0]
        elif not parameters or parameters[0].kind is not _P.VAR_POSITIONAL:
            return None
    return parameters
