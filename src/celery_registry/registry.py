"""What users extend and call: BaseTasksRegistry and register_task.

Law: it gives access and registers; it checks no contract. Celery is the only outside package here.
"""

from __future__ import annotations

import functools
import inspect
from enum import Enum
from typing import TYPE_CHECKING, Any, Concatenate, Literal, TypeVar, overload

from celery import Celery

from celery_registry.contract.names import nearest_names
from celery_registry.errors import CeleryRegistryError, RegistrationError, TaskNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec

    from celery import Task

    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = ["BaseTasksRegistry", "register_task"]


class BaseTasksRegistry:
    """Typed access to the tasks of one Celery application.

    Extend it, and write a property for each task::

        class TasksRegistry(BaseTasksRegistry):
            @property
            def ping(self) -> Task[[], PingResult]:
                return self._get_task_by_name(TaskName.PING)

    A dataclass subclass may hold the application in a field of its own, under any name.
    """

    _app: Celery

    def __init__(self, app: Celery) -> None:
        self._app = app

    def _get_task_by_name(self, name: str) -> Task[..., Any]:
        """Return the task registered under ``name``; the first miss of a process imports the task modules.

        Raises ``TaskNotFoundError``, which names the nearest registered names and what was tried.
        """
        # kombu.utils.objects.cached_property keeps its value here and takes longer to hand it out than all of this.
        try:
            found: Task[..., Any] = self._app.__dict__["tasks"][name]
        except (AttributeError, KeyError):
            return self._look_up(name)
        return found

    def _look_up(self, name: str) -> Task[..., Any]:
        """The same for an application that is not finalized yet, or not found yet, and for a name that is not there."""
        try:
            app = self._app
        except AttributeError:
            app = self._adopt_app()
        try:
            return app.tasks[name]
        except KeyError:
            pass
        # Only workers and beat import the task modules by themselves. Where nothing is missing, nothing of this is loaded.
        from celery_registry.task_modules import find_task

        key = _plain_name(name)
        found, tried, cause = find_task(app, key)
        if found is None:
            raise TaskNotFoundError(key, nearest_names(key, app.tasks), tried) from cause
        task: Task[..., Any] = found
        return task

    def _adopt_app(self) -> Celery:
        """Find the application that a dataclass keeps in a field, whose ``__init__`` never called ours."""
        for field in getattr(type(self), "__dataclass_fields__", ()):
            value = getattr(self, field, None)
            if isinstance(value, Celery):
                # A frozen dataclass refuses plain assignment.
                object.__setattr__(self, "_app", value)
                return value
        raise CeleryRegistryError(
            f"{type(self).__name__} has no Celery application: call super().__init__(app), or keep it in a dataclass field"
        )


@overload
def register_task(
    app: Celery, name: str, function: Callable[Concatenate[Any, P], R], *, bind: Literal[True], **options: Any
) -> Task[P, R]: ...
@overload
def register_task(app: Celery, name: str, function: Callable[P, R], **options: Any) -> Task[P, R]: ...
@overload
def register_task(
    app: Celery, name: str, *, bind: Literal[True], **options: Any
) -> Callable[[Callable[Concatenate[Any, P], R]], Task[P, R]]: ...
@overload
def register_task(app: Celery, name: str, **options: Any) -> Callable[[Callable[P, R]], Task[P, R]]: ...
def register_task(app: Celery, name: str, function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Register a function or a bound method as the task ``name`` of ``app``.

    A bound method registered with ``app.task`` breaks ``.delay()``: Celery compiles its arity check with
    ``self`` in it. Here Celery gets a function that carries the real parameters. Without ``function`` the
    result is a decorator. ``options`` are those of ``app.task`` (Celery documentation, *Tasks: List of Options*).

    Raises ``RegistrationError`` for a lambda, a partial of something that has no name, and what cannot be called.
    """
    if function is None:
        return functools.partial(register_task, app, name, **options)
    decorate: Any = app.task(name=_plain_name(name), **options)
    return decorate(_registrable(function))


def _registrable(function: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function for Celery, which takes ``__name__``, ``__module__`` and the signature from it."""
    if not callable(function):
        raise RegistrationError(f"{function!r} cannot be called, so it cannot be a task")
    named = function
    while isinstance(named, functools.partial):
        named = named.func
    if getattr(named, "__name__", None) == "<lambda>":
        raise RegistrationError("a lambda cannot be a task: Celery compiles its name; write a def")
    if not hasattr(named, "__name__"):
        raise RegistrationError(f"{function!r} has no __name__, so it cannot be a task; write a def that calls it")
    if inspect.isfunction(function):
        return function

    @functools.wraps(named)
    def run(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    # functools.wraps alone shows Celery's arity check (*args, **kwargs).
    run.__dict__["__signature__"] = inspect.signature(function)
    return run


def _plain_name(name: str) -> str:
    """The value of a ``(str, Enum)`` member, whose own text is the member's name."""
    return str(name.value) if isinstance(name, Enum) else name


def _make_subscriptable() -> None:
    """Let ``Task[[int], R]`` be evaluated on Celery below 5.7, whose classes are not generic at runtime."""
    from celery.app.task import Task
    from celery.canvas import Signature
    from celery.result import AsyncResult

    classes: list[Any] = [Task, AsyncResult, Signature]
    try:
        from celery.contrib.django.task import DjangoTask
    except ImportError:  # Celery below 5.4, or no Django
        pass
    else:
        classes.append(DjangoTask)
    for cls in classes:
        if not hasattr(cls, "__class_getitem__"):
            cls.__class_getitem__ = classmethod(_generic_alias)


def _generic_alias(cls: type, item: object) -> object:
    from types import GenericAlias

    return GenericAlias(cls, item)


_make_subscriptable()
