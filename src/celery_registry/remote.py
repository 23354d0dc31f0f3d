"""Tasks of another service: a Task that sends and does not run, made from a contract.

Law: it binds arguments to a contract and sends. A remote task is not registered, so no worker takes it for an
implementation; nothing of the other service is imported, and nothing is judged here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from celery import Celery
from celery.app.registry import TaskRegistry
from celery.local import Proxy

from celery_registry.contract.binding import bind_arguments
from celery_registry.contract.lock import Lock, LockedTask
from celery_registry.contract.lock_text import parse_lock, show_locked
from celery_registry.contract.signature import TaskSignature
from celery_registry.errors import ConfigurationError, RemoteTaskError

__all__ = ["remote_contracts", "remote_locks", "remote_names", "remote_tasks"]

#: Where an option of these says where a message goes, the contract is not asked.
_DESTINATION: Final = ("queue", "exchange", "routing_key")

#: Tasks of Celery's own that run another one, given by its signature; of ``chunks`` Celery forgets whom it is for.
_CARRIERS: Final = ("celery.map", "celery.starmap")


def remote_tasks(
    app: Celery, *, contract: str | os.PathLike[str] | None = None, names: str | Iterable[str] = ()
) -> None:
    """Let ``app`` send tasks that other services implement, as if they were its own.

    ``contract`` is the lock of the other service: parameters, serializer and queue of its tasks. ``names`` are globs of
    task names of which no lock is at hand; their arguments are not checked. A registry property for such a name
    returns a remote task: it is bound to ``app`` and not registered. A task that is registered under the same name
    stands before it. May be called several times; a later contract replaces what an earlier one says about a name.

    Raises ``ConfigurationError``, one line, for a file that is missing or is no lock.
    """
    if isinstance(app, Proxy):
        app = app._get_current_object()
    globs = (names,) if isinstance(names, str) else tuple(names)
    if contract is None and not globs:
        raise ConfigurationError("remote_tasks: give it contract=..., a lock, or names=[...], globs of task names")
    lock = None if contract is None else _read_lock(Path(contract))
    tasks = _tasks_of(app)
    if not isinstance(tasks, _KnowsRemote):
        # Looking a name up may find a remote task. Asking what is registered, as a worker does, never does.
        kind = type(tasks)
        tasks.__class__ = type(kind.__name__, (_KnowsRemote, kind), {"__module__": kind.__module__})
        tasks.remote = _Remote(app)
    tasks.remote.add(None if contract is None else os.fspath(contract), lock, globs)


def remote_locks(app: Celery) -> Mapping[str, Lock]:
    """The contracts that ``remote_tasks`` was given, by path; the first that has a name counts."""
    tasks = _tasks_of(app)
    return dict(tasks.remote.locks) if isinstance(tasks, _KnowsRemote) else {}


def remote_contracts(app: Celery) -> Mapping[str, LockedTask]:
    """The tasks that these describe, by name; those of globs are not among them."""
    locks = list(remote_locks(app).values())[::-1]
    return {name: task for lock in locks for name, task in lock.tasks.items()}


def remote_names(app: Celery) -> tuple[str, ...]:
    """The globs that ``remote_tasks`` was given."""
    tasks = _tasks_of(app)
    return tuple(tasks.remote.globs) if isinstance(tasks, _KnowsRemote) else ()


def _tasks_of(app: Any) -> Any:
    """What is registered; ``app.tasks`` would finalize the application, which is still being written."""
    return app._tasks


def _read_lock(path: Path) -> Lock:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise ConfigurationError(f"{path.absolute()}: the contract cannot be read: {reason}") from None
    return parse_lock(text, str(path), lazily=True)


class _KnowsRemote(TaskRegistry):
    """The registered tasks of an application, which also finds remote ones by their name."""

    remote: _Remote

    def __missing__(self, key: str) -> Any:
        try:
            return self.remote.made[key]
        except KeyError:
            task = self.remote.make(key)
        if task is None:
            raise self.NotRegistered(key)
        return task


class _Contracted(dict[str, str]):
    """Where a contract sends a message, and no route of the application."""


class _Remote:
    """The contracts and globs that an application was given, and the tasks that somebody has asked for."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self.locks: list[tuple[str, Lock]] = []
        self.globs: list[str] = []
        self.made: dict[str, Any] = {}
        self._class: type[Any] | None = None

    def add(self, label: str | None, lock: Lock | None, globs: Iterable[str]) -> None:
        if label is not None and lock is not None:
            # The newest is asked first, and a contract that is read again takes the place of its older self.
            self.locks = [(label, lock), *((other, its) for other, its in self.locks if other != label)]
        self.globs += [glob for glob in globs if glob not in self.globs]
        self.made.clear()

    def make(self, key: str) -> Any:
        """The remote task of a name, None where nothing is known of it."""
        # A (str, Enum) member is found by its value, and a message carries plain text.
        name = str.__str__(key)
        for label, lock in self.locks:
            if name in lock.tasks:
                task = self._task(name)
                _describe(task, label, lock.tasks[name])
                break
        else:
            if not any(fnmatchcase(name, glob) for glob in self.globs):
                return None
            task = self._task(name)
        _annotate(self.app, task)
        self.route()
        return self.made.setdefault(name, task)

    def route(self) -> Any:
        """The router of the application, which asks the contracts where its own routes say nothing."""
        router: Any = self.app.amqp.router
        if self._destination not in router.routes:
            router.routes = [*router.routes, self._destination]
        return router

    def _destination(self, name: str, args: Any, kwargs: Any, options: Mapping[str, Any], **_: Any) -> Any:
        if any(options.get(key) is not None for key in _DESTINATION):
            return None
        if name in _CARRIERS and isinstance(kwargs, Mapping) and isinstance(kwargs.get("task"), Mapping):
            name = kwargs["task"].get("task", name)
        queue = next((lock.tasks[name].queue for _, lock in self.locks if name in lock.tasks), None)
        return None if queue is None else _Contracted(queue=queue)

    def _task(self, name: str) -> Any:
        if self._class is None:
            members = {"__module__": __name__, "name": "remote", "remote": self}
            made: Any = type("RemoteTask", (_Sends, self.app.Task), members)
            made.bind(self.app)
            self._class = made
        task = self._class()
        task.name = name
        return task


def _describe(task: Any, label: str, locked: LockedTask) -> None:
    """Give a remote task what its contract says."""
    task.contract_label = label
    # A lock of the source may not know: then it is as the application has it.
    if locked.serializer is not None:
        task.serializer = locked.serializer
    task.contract_queue = locked.queue
    task.typing = True
    if locked.results is False:
        task.ignore_result = True
    task.__doc__ = f"{locked.name}{show_locked(locked.signature)}"
    if locked.signature.parameters is not None:
        task.__header__ = _check_of(locked.name, label, locked.signature)


def _check_of(name: str, label: str, signature: TaskSignature[str]) -> Any:
    """What Celery calls with the arguments before it sends anything."""

    def check(*args: Any, **kwargs: Any) -> None:
        reason = bind_arguments(signature, len(args), kwargs)
        if reason is not None:
            raise TypeError(f"{name}() {reason}; the contract {label} says {show_locked(signature)}")

    return check


def _annotate(app: Any, task: Any) -> None:
    """Apply ``task_annotations`` to one task; Celery does it to classes, and remote tasks share theirs."""
    from celery.app.annotations import resolve_all

    found: Any = resolve_all(app.annotations, task)
    for changes in found:
        for key, value in changes.items():
            if not key.startswith("@"):
                setattr(task, key, value)


class _Sends:
    """What a remote task does in its own way; the rest is Celery's."""

    name: str
    app: Celery
    contract_label: str | None = None
    contract_queue: str | None = None
    remote: _Remote

    def apply_async(self, args: Any = None, kwargs: Any = None, *more: Any, **options: Any) -> Any:
        """Send, to the queue of the contract unless an option or a route of this application says another."""
        self.remote.route()
        sends: Any = super()
        return sends.apply_async(args, kwargs, *more, **options)

    def signature(self, args: Any = None, *more: Any, **options: Any) -> Any:
        """A signature that names its queue: the worker that sends it on knows nothing of this contract."""
        signs: Any = super()
        made = signs.signature(args, *more, **options)
        router = self.remote.route()
        route = router.lookup_route(self.name, made.args, made.kwargs, made.options, self)
        if isinstance(route, _Contracted):
            made.options.update(route)
        return made

    subtask = signature

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Raise ``RemoteTaskError``: the function is in another service."""
        raise RemoteTaskError(
            f"{self.name} does not run in this process: {self._where()}. "
            "Send it: .delay(...), .apply_async(...), or a signature of it"
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(*args, **kwargs)

    def apply(self, *args: Any, **kwargs: Any) -> Any:
        """Raise ``RemoteTaskError``; so does ``delay`` under ``task_always_eager``."""
        return self.run(*args, **kwargs)

    def _where(self) -> str:
        if self.contract_label is None:
            return "it is a task of another service"
        taken = "" if self.contract_queue is None else f", whose workers take it from {self.contract_queue!r}"
        return f"it is a task of the service behind {self.contract_label}{taken}"
