"""A recorded message, run as a worker runs it.

Law: Celery's own tracer, with the request that a worker would make of the message: results, chains, chords,
callbacks, retries and signals are Celery's. It knows no expectation.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from celery import states
from celery.app.trace import build_tracer
from celery.result import denied_join_result

if TYPE_CHECKING:
    from celery import Celery, Task

    from celery_registry.testing.sends import Send

__all__ = ["run_send", "stand_in"]


def run_send(app: Celery, task: Task[..., Any], send: Send[..., Any]) -> BaseException | None:
    """Run one send; what it sends in its turn is published. Returns the exception of a task that failed."""
    request = {
        **send.headers,
        "args": list(send.args),
        "kwargs": dict(send.kwargs),
        "hostname": socket.gethostname(),
        "is_eager": False,
        "delivery_info": {
            "exchange": "",
            "routing_key": send.queue,
            "priority": send.options.get("priority"),
            "redelivered": False,
        },
        **send.embed,
    }
    trace = build_tracer(send.name, task, app=app)
    # As in a worker: a task must not wait for another one.
    with denied_join_result():
        info = trace(send.id, list(send.args), dict(send.kwargs), request).info
    if info is not None and info.state == states.FAILURE:
        failure: BaseException = info.retval
        return failure
    return None


def stand_in(app: Celery, name: str, real: Task[..., Any] | None, result: Any) -> Task[..., Any]:
    """A task that returns ``result``, or raises it where it is an exception; it is not registered."""

    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(result, BaseException):
            raise result
        return result

    made: Any = type(
        "Answered", (app.Task,), {"name": name, "run": run, "ignore_result": getattr(real, "ignore_result", None)}
    )
    made.bind(app)
    task: Task[..., Any] = made()
    return task
