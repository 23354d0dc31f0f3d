"""Would Celery run this call? The arguments of a message against the function that the worker would call.

Law: what Celery calls is asked, not what a signature promises: a wrapper of the user's own may supply arguments, so it is
taken at its own word. Where that says nothing, everything fits. Values are looked at by ``types`` alone.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from types import FunctionType, MethodType
from typing import Any, Final

from celery import Celery

from celery_registry.wire.alias import Alias
from celery_registry.wire.parking.reasons import Objection, Reason

__all__ = ["Fit", "arguments_of", "bare_parameters", "called_function"]

#: Wrappers that hand on exactly what they get; whatever else stands before a function may change its arguments.
_PASSING: Final = ("celery.app.autoretry", "celery.app.base", "celery_registry.registry", "sentry_sdk.")

_LONGEST_DETAIL: Final = 200

#: The kinds of parameters in the order of a ``def``.
_P = inspect.Parameter


class Fit:
    """The calls that the tasks of ``app`` take; each task is read when the first message for it comes.

    ``validate`` also holds each argument to its annotation.
    """

    def __init__(self, app: Celery, *, validate: bool = False) -> None:
        self._app = app
        self._validate = validate
        self._heads: dict[str, tuple[int, Callable[..., Any] | None, Any]] = {}

    def objection(self, task: str, args: Any, kwargs: Any) -> Objection | None:
        """Why a call of ``task`` does not fit, None where it does or where nobody can tell."""
        return self.registered(task) or self.objection_of(self._app.tasks[task], args, kwargs)

    def objection_of(self, task: Any, args: Any, kwargs: Any) -> Objection | None:
        """The same for a registered task."""
        known = self._heads.get(task.name)
        if known is None or known[0] != id(task):
            known = self._heads[task.name] = (id(task), *self._read(task))
        _, head, types = known
        if head is None:
            return _missing_target(task)
        try:
            head(*args, **kwargs)
        except TypeError as error:
            return Objection(Reason.ARGUMENTS, _short(str(error)))
        if types is not None:
            wrong = types.wrong(args, kwargs)
            if wrong is not None:
                return Objection(Reason.TYPES, _short(wrong))
        return None

    def registered(self, task: str) -> Objection | None:
        """Why nobody could run ``task`` whatever its arguments are."""
        if task not in self._app.tasks:
            return Objection(Reason.UNKNOWN_TASK, "no task has this name")
        return _missing_target(self._app.tasks[task])

    def _read(self, task: Any) -> tuple[Callable[..., Any] | None, Any]:
        function, dropped = called_function(task)
        if function is None:
            return None, None
        head = _head(function, dropped, str(task.name))
        if head is None or not self._validate:
            return head, None
        from celery_registry.wire.parking.types import read_types

        return head, read_types(function, dropped)


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


def _missing_target(task: Any) -> Objection | None:
    if isinstance(task, Alias) and task.target_or_none() is None:
        return Objection(Reason.UNKNOWN_TASK, f'an alias of "{task.new_name}", which is not registered')
    return None


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


def _head(function: FunctionType, dropped: int, name: str) -> Callable[..., Any] | None:
    """A function with these parameters that does nothing: Python itself binds, ten times as fast as ``inspect``."""
    parameters = bare_parameters(function, dropped)
    if parameters is None or not all(p.name.isidentifier() for p in parameters):
        return None
    plain = [p.replace(default=p.empty if p.default is p.empty else None) for p in parameters]
    try:
        text = str(inspect.Signature(plain))
        head: Any = eval(f"lambda {text[1:-1]}: None", {})  # the text is names of parameters and None
    except (SyntaxError, ValueError):
        return None
    head.__name__ = head.__qualname__ = name
    return head  # type: ignore[no-any-return]


def _short(text: str) -> str:
    """For headers and log lines; names of parameters come out of messages."""
    shown = "".join(character if character.isprintable() else "?" for character in text[: _LONGEST_DETAIL + 1])
    return shown if len(shown) <= _LONGEST_DETAIL else shown[: _LONGEST_DETAIL - 3] + "..."


def arguments_of(body: Any) -> tuple[Any, Any] | None:
    """Positional and keyword arguments of a decoded body, as Celery takes them apart; None where there are none."""
    if isinstance(body, (list, tuple)) and len(body) == 3:
        return body[0], body[1]
    if isinstance(body, Mapping) and "args" in body:
        return body["args"], body.get("kwargs", {})
    return None
