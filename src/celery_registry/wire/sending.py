"""The same check where a message is made: a call that no worker could run raises before anything is sent.

Law: what binds and what is of its type is ``parking.fit``'s verdict, on what arrives after the serializer. What nobody here
knows, a task of another service without a contract, is sent as it is.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

from celery import Celery
from kombu import serialization

from celery_registry.errors import ConfigurationError, MessageError
from celery_registry.registry import BaseTasksRegistry
from celery_registry.wire.parking.fit import Fit
from celery_registry.wire.parking.types import has_checker

__all__ = ["check_sending", "validate", "validate_sends"]

#: Serializers that are safe to undo; the others are only asked whether they can write the arguments.
_READ_BACK: Final = ("json", "msgpack", "yaml")

_FITS: WeakKeyDictionary[Celery, Fit] = WeakKeyDictionary()
#: Which calls of an application are checked: all, or those of the names that checked registries have handed out.
_CHECKED: WeakKeyDictionary[Celery, bool] = WeakKeyDictionary()
_NAMES: WeakKeyDictionary[Celery, set[str]] = WeakKeyDictionary()


def validate(task: Any, /, *args: Any, **kwargs: Any) -> None:
    """Check a call of ``task``, such as ``registry.send_email``, without sending it.

    The arguments must bind, go through the task's serializer, and arrive as what the parameters are annotated with
    (where pydantic is installed). Raises ``MessageError``, one line.
    """
    _check(task.app, str(task.name), task, args, kwargs, None)


def check_sending(app: Celery, on: bool) -> None:
    """From now on ``app`` checks each call before it is sent, by a task, by a signature or by name; or no longer."""
    if on:
        _watch(app)
    if app in _CHECKED:
        _CHECKED[app] = on


def validate_sends(registry: BaseTasksRegistry) -> None:
    """From now on each call of a task that this registry has handed out is checked before it is sent.

    The check is ``validate``'s. Other tasks of the application are sent as they are. Raises ``ConfigurationError`` where
    pydantic is not installed.
    """
    if not has_checker():
        raise ConfigurationError('validate_sends needs pydantic: pip install "celery-registry[validate]"')
    get_task = registry._get_task_by_name

    def get_checked_task(name: str) -> Any:
        task = get_task(name)
        _watch(task.app)
        _NAMES.setdefault(task.app, set()).add(str(task.name))
        return task

    # A frozen dataclass refuses plain assignment.
    object.__setattr__(registry, "_get_task_by_name", get_checked_task)


def _watch(app: Celery) -> None:
    """Ask before each message of ``app``, once."""
    if app in _CHECKED:
        return
    _CHECKED[app] = False
    watched: Any = app
    send_task = watched.send_task

    def checked(name: str, args: Any = None, kwargs: Any = None, *rest: Any, **options: Any) -> Any:
        # What a worker runs again fitted the worker.
        if (_CHECKED[app] or name in _NAMES.get(app, ())) and not options.get("retries"):
            found = app.tasks.get(name) or options.get("task_type") or _remote(app, name)
            if found is not None and not str(name).startswith("celery."):
                _check(app, str(found.name), found, args or (), kwargs or {}, options.get("serializer"))
        return send_task(name, args, kwargs, *rest, **options)

    watched.send_task = checked


def _remote(app: Celery, name: str) -> Any:
    """The task of another service that has a contract here."""
    try:
        return app.tasks[name]
    except KeyError:
        return None


def _check(app: Celery, name: str, task: Any, args: Any, kwargs: Any, serializer: str | None) -> None:
    args, kwargs = _arriving(name, args, kwargs, str(serializer or task.serializer or app.conf.task_serializer))
    if name not in app.tasks:
        # A remote task binds to its contract.
        try:
            getattr(task, "__header__", lambda *_, **__: None)(*args, **kwargs)
        except TypeError as error:
            raise MessageError(f'task "{name}": {error}') from None
        return
    fit = _FITS.get(app)
    if fit is None:
        fit = _FITS[app] = Fit(app, validate=has_checker())
    objection = fit.objection_of(task, args, kwargs)
    if objection is not None:
        raise MessageError(f'task "{name}": {objection.detail}')


def _arriving(name: str, args: Any, kwargs: Any, serializer: str) -> tuple[Any, Any]:
    """What the worker gets. Raises ``MessageError`` for what the serializer refuses."""
    try:
        content_type, encoding, data = serialization.dumps((args, kwargs), serializer=serializer)
        if serializer not in _READ_BACK:
            return args, kwargs
        arrived = serialization.loads(data, content_type, encoding, accept=[content_type])
    except Exception as error:  # kombu wraps most of them, and a serializer may be anybody's
        raise MessageError(f'task "{name}": the arguments do not survive "{serializer}": {error}') from None
    return arrived[0], arrived[1]
