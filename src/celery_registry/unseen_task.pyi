"""The type of a task whose ``base=`` is a class that mypy sees as ``Any``; the plugin gives it, and nothing runs it.

Law: a ``Task`` in what its callers give it, ``Any`` in all that a class of its own may have in another way.
"""

from typing import Any, ParamSpec, TypeVar

from celery import Task

P = ParamSpec("P")
R = TypeVar("R")

class UnseenTask(Task[P, R]):
    """A ``Task`` with any attribute besides."""

    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: Any) -> None: ...

    AsyncResult: Any
    Request: Any
    Strategy: Any
    abstract: Any
    acks_late: Any
    acks_on_failure_or_timeout: Any
    add_to_chord: Any
    add_trail: Any
    after_return: Any
    annotate: Any
    app: Any
    autoregister: Any
    backend: Any
    before_start: Any
    bind: Any
    default_retry_delay: Any
    expires: Any
    ignore_result: Any
    max_retries: Any
    on_failure: Any
    on_retry: Any
    on_success: Any
    pop_request: Any
    priority: Any
    push_request: Any
    rate_limit: Any
    reject_on_worker_lost: Any
    request: Any
    request_stack: Any
    resultrepr_maxsize: Any
    send_event: Any
    send_events: Any
    serializer: Any
    shadow_name: Any
    soft_time_limit: Any
    start_strategy: Any
    store_eager_result: Any
    store_errors_even_if_ignored: Any
    throws: Any
    time_limit: Any
    track_started: Any
    trail: Any
    update_state: Any
