"""What was sent, and what a test asks of it.

Law: keeps sends in order, runs and answers them when asked; how a message is caught is the recorder's business.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, cast, overload

from celery.backends.base import DisabledBackend
from kombu.exceptions import EncodeError
from kombu.serialization import dumps

from celery_registry.errors import UnfitSendError
from celery_registry.task_modules import find_task
from celery_registry.testing.arguments import Binder
from celery_registry.testing.execution import run_send, stand_in
from celery_registry.testing.sends import Send, Sends, show_sends

if TYPE_CHECKING:
    from celery import Celery, Task
    from celery.result import AsyncResult

__all__ = ["SentTasks"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class _Sendable(Protocol[P, R_co]):
    """A task, by the method whose parameters generated stubs and remote tasks have names for."""

    @property
    def name(self) -> str: ...

    def delay(self, *args: P.args, **kwargs: P.kwargs) -> AsyncResult[R_co]: ...


class SentTasks(Sequence[Send[..., Any]]):
    """All sends of a recording, in order."""

    def __init__(self, app: Celery, binder: Binder, *, eager: bool = False, propagates: bool = False) -> None:
        self._app = app
        self._binder = binder
        self._eager = eager
        self._propagates = propagates
        self._sends: list[Send[..., Any]] = []
        self._answers: dict[str, Task[..., Any]] = {}
        self._refused: list[UnfitSendError] = []
        self._lock = threading.RLock()
        self._local = threading.local()

    @overload
    def __getitem__(self, index: int) -> Send[..., Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Send[..., Any]]: ...
    def __getitem__(self, index: int | slice) -> Send[..., Any] | Sequence[Send[..., Any]]:
        return self._sends[index]

    def __len__(self) -> int:
        return len(self._sends)

    def __repr__(self) -> str:
        return f"<{len(self)} sent: {', '.join(map(repr, self._sends))}>"

    def to(self, task: _Sendable[P, R]) -> Sends[P, R]:
        """The sends to a task: ``sent.to(registry.send_email)``."""
        real: Any = task
        name = str(task.name)
        mine = [send for send in self._sends if send.name == name]
        for send in mine:
            send._task = send._task or real
        others = [send for send in self._sends if send.name != name]

        def bind(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
            return self._binder.bind(real, args, kwargs)

        return Sends(name, cast("list[Send[P, R]]", mine), others, bind)

    def only_to(self, *tasks: Task[..., Any]) -> None:
        """Fail where anything was sent to another task; without tasks, where anything was sent at all."""
        __tracebackhide__ = True
        names = {str(task.name) for task in tasks}
        unexpected = [send for send in self._sends if send.name not in names]
        if unexpected:
            expected = f"only {', '.join(sorted(names))} may be sent" if names else "nothing may be sent"
            raise AssertionError(f"{expected}{show_sends(unexpected)}")

    def run(self, *, propagate: bool = True, limit: int = 1000) -> list[Send[..., Any]]:
        """Run what was sent and not yet run or answered, in order, and what that sends in its turn, with real code.

        Countdowns are not waited for. Returns the sends that were run. Raises the exception of the first task that
        fails, after its errbacks were sent, unless ``propagate`` is false; ``UnfitSendError`` for a task that is
        not registered here, and where a task sent what its worker would refuse; ``AssertionError`` after ``limit``.
        """
        __tracebackhide__ = True
        ran: list[Send[..., Any]] = []
        while (send := self._take()) is not None:
            if len(ran) == limit:
                send.done = False
                raise AssertionError(f"{limit} tasks have run, and {send!r} waits: a task that sends itself for ever?")
            task, tried, cause = self._app.tasks.get(send.name), "", None
            if task is None:
                task, tried, cause = find_task(self._app, send.name)
            if task is None:
                send.done = False
                raise UnfitSendError(
                    f"{send!r} cannot run: no task named {send.name!r} is registered{tried and f'; {tried}'}; "
                    "give its result with sent.answer(task, result)"
                ) from cause
            ran.append(send)
            failure = self._run(task, send)
            if failure is not None and propagate:
                raise failure
        return ran

    def answer(self, task: Task[..., R], result: R | Exception) -> None:
        """Give every send to a task this result, or this exception: those waiting, and those to come.

        What depends on the result (``link``, a chain, a chord) is sent as a worker would. A second answer replaces the
        first for the sends to come. Raises ``UnfitSendError`` for a result that a worker could not send back.
        """
        __tracebackhide__ = True
        name = str(task.name)
        if isinstance(self._app.backend, DisabledBackend):
            raise UnfitSendError(f"{name} has no results to give: the application has no result_backend")
        if not isinstance(result, Exception):
            serializer = self._app.conf.result_serializer
            try:
                dumps(result, serializer)
            except EncodeError as error:
                raise UnfitSendError(f"a worker could not send {result!r} back with {serializer}: {error}") from error
        answering = self._answers[name] = stand_in(self._app, name, task, result)
        while (send := self._take(name)) is not None:
            self._run(answering, send)

    def _keep(self, send: Send[..., Any]) -> None:
        """Take a send in; answer or run it where that is asked for beforehand."""
        with self._lock:
            self._sends.append(send)
            answer = self._answers.get(send.name)
            send.done = answer is not None
        if answer is not None:
            self._run(answer, send)
        elif self._eager and not self._is_running:
            # What an eager task sends runs when that task has ended: a retry must not be overtaken by its own result.
            while (waiting := self._take(registered=True)) is not None:
                failure = self._run(self._app.tasks[waiting.name], waiting)
                if failure is not None and self._propagates:
                    raise failure

    def _refuse(self, error: UnfitSendError) -> None:
        """Raise at the send; inside a task only after it, since Celery makes a failed task of it."""
        __tracebackhide__ = True
        if not self._is_running:
            raise error
        self._refused.append(error)

    @property
    def _is_running(self) -> bool:
        return getattr(self._local, "running", 0) > 0

    def _take(self, name: str | None = None, *, registered: bool = False) -> Send[..., Any] | None:
        """The next send that nobody has run or answered; it is taken by being given out."""
        with self._lock:
            for send in self._sends:
                if not send.done and name in (None, send.name) and (not registered or send.name in self._app.tasks):
                    send.done = True
                    return send
        return None

    def _run(self, task: Task[..., Any], send: Send[..., Any]) -> BaseException | None:
        __tracebackhide__ = True
        self._local.running = getattr(self._local, "running", 0) + 1
        try:
            failure = run_send(self._app, task, send)
        finally:
            self._local.running -= 1
        if self._refused and not self._is_running:
            refused = self._refused[0]
            self._refused.clear()
            raise refused
        return failure
