"""Would Celery run this call? The arguments of a message against the function that the worker would call.

Law: the parameters of the code decide, not what a signature promises; where they say nothing, everything fits. Values are
looked at by ``types`` alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Final

from celery import Celery

from celery_registry.wire.alias import Alias
from celery_registry.wire.parking.reasons import Objection, Reason
from celery_registry.wire.parking.target import bare_parameters, called_function

__all__ = ["Fit", "arguments_of"]

_LONGEST_DETAIL: Final = 200


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


def _missing_target(task: Any) -> Objection | None:
    if isinstance(task, Alias) and task.target_or_none() is None:
        return Objection(Reason.UNKNOWN_TASK, f'an alias of "{task.new_name}", which is not registered')
    return None


def _head(function: FunctionType, dropped: int, name: str) -> Callable[..., Any] | None:
    """A function with these parameters that does nothing: Python itself binds, ten times as fast as ``inspect``."""
    parameters = bare_parameters(function, dropped)
    if parameters is None or not all(p.name.isidentifier() for p in parameters):
        return None
    plain = [p.replace(default=p.empty if p.default is p.empty else None) for p in parameters]
    try:
        text = str(inspect.Signature(plain))
        head: FunctionType = eval(f"lambda {text[1:-1]}: None", {})  # the text is names of parameters and None
    except (SyntaxError, ValueError):
        return None
    head.__name__ = head.__qualname__ = name
    return head


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
