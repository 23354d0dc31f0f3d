"""How sends are caught: one application is given a broker and results inside this process.

Law: Celery's own extension points, put back afterwards: the class of broker connections and the pools of ``app.amqp``,
the backend, ``send_task`` for the options before they are routed. What is done with a send is not known here.
"""

from __future__ import annotations

import contextlib
import inspect
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from kombu.pools import ProducerPool

from celery_registry.errors import UnfitSendError
from celery_registry.guard.installation import recall
from celery_registry.testing.arguments import Binder, first_change
from celery_registry.testing.broker import Delivery, make_connection, open_delivery
from celery_registry.testing.results import make_backend
from celery_registry.testing.sends import Send
from celery_registry.testing.sent import SentTasks

if TYPE_CHECKING:
    from celery import Celery, Task

__all__ = ["record"]

#: Parameters of ``Celery.send_task`` that are no options of the send.
_NO_OPTIONS = frozenset(
    {"name", "args", "kwargs", "producer", "publisher", "connection", "router", "result_cls", "task_type"}
)
_ABSENT = object()


@contextlib.contextmanager
def record(
    app: Celery,
    *,
    only: Sequence[Task[..., Any]] | None = None,
    changed: Literal["error", "ignore"] = "error",
) -> Iterator[SentTasks]:
    """Record what ``app`` sends while the block runs; nothing leaves the process::

        with record(app) as sent:
            place_order(registry, "a@b.c")
        sent.to(registry.send_email).one_with(to="a@b.c", subject="Your order")

    Every way to send is seen, in every thread: ``delay``, ``apply_async``, ``send_task``, canvas, retries, beat.
    With ``task_always_eager`` what is sent also runs at once, through its message. Each message is routed and
    encoded as always, then decoded as a worker would: ``UnfitSendError`` is raised at the send of arguments that
    the worker could not take, or would get as something else (``changed="ignore"`` allows the latter). ``only``
    raises it at a send to any other task.
    """
    app = recall(app).app
    binder = Binder(recall(app).injected)
    eager = bool(app.conf.task_always_eager)
    sent = SentTasks(app, binder, eager=eager, propagates=bool(app.conf.task_eager_propagates))
    allowed = None if only is None else frozenset(str(task.name) for task in only)
    recorder = _Recorder(app, sent, binder, allowed, changed == "error")
    with recorder.catching(eager=eager):
        yield sent


class _Caught:
    """What is known of a send while it is on its way."""

    def __init__(self, options: Mapping[str, Any], task: Any) -> None:
        self.options = options
        self.task = task
        self.body: Any = None
        self.delivery: Delivery | None = None


class _Recorder:
    def __init__(
        self, app: Celery, sent: SentTasks, binder: Binder, allowed: frozenset[str] | None, equal: bool
    ) -> None:
        self._app = app
        self._sent = sent
        self._binder = binder
        self._allowed = allowed
        self._equal = equal
        self._local = threading.local()
        self._is_on = False

    @contextlib.contextmanager
    def catching(self, *, eager: bool) -> Iterator[None]:
        app: Any = self._app
        amqp: Any = app.amqp
        connection = make_connection(self._on_publish)
        pool = connection.Pool(limit=None)
        self._producers = ProducerPool(pool)
        with contextlib.ExitStack() as stack:

            def put(owner: Any, name: str, value: Any) -> None:
                stack.callback(_set, owner, name, vars(owner).get(name, _ABSENT))
                _set(owner, name, value)

            stack.callback(pool.force_close_all)
            put(amqp, "Connection", lambda *args, **kwargs: connection.clone())
            put(amqp, "_producer_pool", self._producers)
            put(app, "_pool", pool)
            backend = make_backend(app, eager=eager)
            put(app, "_backend_cache", backend)
            # Celery makes these two when they are first asked for, and the dispatcher looks at a connection.
            put(amqp, "_event_dispatcher", vars(amqp).get("_event_dispatcher", _ABSENT))
            kept = vars(amqp).get("send_task_message", _ABSENT)
            # Of recordings within one another the innermost records.
            self._publish = _original(amqp.send_task_message, "_publish")
            _set(amqp, "send_task_message", kept)
            put(amqp, "send_task_message", self._on_send_task_message)
            self._send_task = _original(app.send_task, "_send_task")
            self._signature = inspect.signature(self._send_task)
            put(app, "send_task", self._on_send_task)
            for task in app.tasks.values():
                if task._backend is not None:
                    stack.callback(_set, task, "_backend", vars(task).get("_backend", _ABSENT))
                    task._backend = backend
            if eager:
                # Under each name that Celery looks for: with a namespace, plain assignment reaches none of them.
                for name in app.conf._to_keys("task_always_eager"):
                    stack.callback(_assign, app.conf.changes, name, app.conf.changes.get(name, _ABSENT))
                    app.conf.changes[name] = False
            stack.callback(setattr, self, "_is_on", False)
            self._is_on = True
            yield

    def _on_send_task(self, *args: Any, **kwargs: Any) -> Any:
        """``Celery.send_task``, which knows the options before they are routed."""
        __tracebackhide__ = True
        # A signature that was first sent while we recorded keeps this method.
        if not self._is_on:
            return self._send_task(*args, **kwargs)
        given = self._signature.bind(*args, **kwargs).arguments
        given.update(given.pop("options", {}))
        options = {name: value for name, value in given.items() if name not in _NO_OPTIONS and value is not None}
        caught = _Caught(options, given.get("task_type"))
        with self._awaiting(caught):
            result = self._send_task(*args, **kwargs)
        self._keep(caught)
        return result

    def _on_send_task_message(self, producer: Any, name: str, message: Any, **options: Any) -> Any:
        """What every send goes through, with whatever producer: it gets ours."""
        __tracebackhide__ = True
        if not self._is_on:
            return self._publish(producer, name, message, **options)
        stack = self._stack()
        begun = stack[-1] if stack and stack[-1].body is None else None
        caught = begun or _Caught({key: value for key, value in options.items() if value is not None}, None)
        caught.body = message.body
        with contextlib.ExitStack() as entered:
            if begun is None:
                entered.enter_context(self._awaiting(caught))
            ours = entered.enter_context(self._producers.acquire(block=True))
            published = self._publish(ours, name, message, **options)
        if begun is None:
            self._keep(caught)
        return published

    def _on_publish(self, channel: Any, raw: Mapping[str, Any], routing_key: str) -> None:
        """Bytes on their way to the broker."""
        headers, stack = raw.get("headers") or {}, self._stack()
        waiting = stack[-1] if stack and stack[-1].body is not None else None
        if waiting is None and "task" not in headers:
            return
        if waiting is not None and waiting.delivery is not None:
            return  # The event "task-sent".
        try:
            delivery = open_delivery(channel, raw, routing_key, self._app.conf.accept_content)
        except Exception as error:  # a serializer may be anybody's
            name = headers.get("task", "this task")
            self._sent._refuse(UnfitSendError(f"the worker could not read the message for {name}: {error}"))
            return
        if waiting is None:
            self._keep(_Caught({}, None), delivery)
            return
        waiting.delivery = delivery

    def _keep(self, caught: _Caught, delivery: Delivery | None = None) -> None:
        __tracebackhide__ = True
        delivery = delivery or caught.delivery
        if delivery is None:
            return
        headers, args, kwargs, embed = _read(delivery)
        name = str(headers["task"])
        task = caught.task if isinstance(getattr(caught.task, "name", None), str) else self._find_task(name)
        send: Send[..., Any] = Send(
            self._app,
            self._binder,
            task,
            name=name,
            id=str(headers["id"]),
            args=args,
            kwargs=kwargs,
            options=caught.options,
            queue=delivery.routing_key,
            headers=headers,
            embed=embed,
        )
        refusal = self._refusal(send, task, caught.body)
        if refusal is not None:
            self._sent._refuse(UnfitSendError(refusal))
        self._sent._keep(send)

    def _find_task(self, name: str) -> Any:
        """The task of a name, a remote one too, None where nobody knows it."""
        try:
            return self._app.tasks[name]
        except KeyError:
            return None

    def _refusal(self, send: Send[..., Any], task: Any, body: Any) -> str | None:
        if self._allowed is not None and send.name not in self._allowed:
            return f"{send!r} was sent, and only {', '.join(sorted(self._allowed)) or 'nothing'} may be"
        why = None if task is None else self._binder.refusal(task, send.args, send.kwargs)
        if why is not None:
            return f"the worker could not call {send!r}: {why}"
        # What Celery sends to itself (``map``, the unlocking of chords) it reads as it comes.
        if self._equal and body is not None and not send.name.startswith("celery."):
            sent_args, sent_kwargs = (body["args"], body["kwargs"]) if isinstance(body, Mapping) else body[:2]
            sent = self._binder.bind(task, list(sent_args or ()), dict(sent_kwargs or {}))
            change = first_change(sent, send.arguments)
            if change is not None:
                path, value, arrived = change
                return (
                    f"{send.name} was sent {path}={value!r}, and the worker gets {arrived!r}: send that, "
                    'use another serializer, or allow it with record(app, changed="ignore")'
                )
        return None

    @contextlib.contextmanager
    def _awaiting(self, caught: _Caught) -> Iterator[None]:
        stack = self._stack()
        stack.append(caught)
        try:
            yield
        finally:
            stack.remove(caught)

    def _stack(self) -> list[_Caught]:
        stack: list[_Caught] = self._local.__dict__.setdefault("stack", [])
        return stack


def _read(delivery: Delivery) -> tuple[dict[str, Any], Any, Any, dict[str, Any]]:
    """Headers, arguments and the rest of a body, of either message protocol (Celery documentation, *Message Protocol*)."""
    if isinstance(delivery.body, Mapping):
        body = dict(delivery.body)
        args, kwargs = body.pop("args", ()), body.pop("kwargs", {})
        embed = {key: body.pop(key, None) for key in ("callbacks", "errbacks", "chain", "chord")}
        return {**body, "group": body.get("taskset")}, args or (), kwargs or {}, embed
    args, kwargs, embed = delivery.body
    return dict(delivery.headers), args, kwargs, dict(embed or {})


def _original(method: Any, kept_as: str) -> Any:
    """Celery's own method behind those of other recordings."""
    while isinstance(recorder := getattr(method, "__self__", None), _Recorder):
        method = getattr(recorder, kept_as)
    return method


def _set(owner: Any, name: str, value: Any) -> None:
    _assign(vars(owner), name, value)


def _assign(items: dict[str, Any], name: str, value: Any) -> None:
    if value is _ABSENT:
        items.pop(name, None)
    else:
        items[name] = value
