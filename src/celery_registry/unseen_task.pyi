"""The types that the plugin gives to what mypy alone sees as ``Any`` and the source text shows; nothing runs them.

Law: ``Any`` in all but the arguments that a task is called with. A class of two lines that has ``Any`` and ``Protocol``
among its bases fits everywhere, and everything fits it, as with ``Any`` itself.
"""

# No class like these can be written by the rules.
# mypy: ignore-errors

from typing import Any, ParamSpec, Protocol, TypeVar

from celery import Task

P = ParamSpec("P")
R = TypeVar("R")

class OpenTask(Task[P, R]):
    """A task with options that celery-types refuses: Celery makes an attribute of each."""

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

class _Task(OpenTask[P, R]):
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Any: ...
    def delay(self, *args: P.args, **kwargs: P.kwargs) -> Any: ...
    def run(self, *args: P.args, **kwargs: P.kwargs) -> Any: ...
    def s(self, *args: Any, **kwargs: Any) -> Any: ...
    def si(self, *args: P.args, **kwargs: P.kwargs) -> Any: ...
    def apply(self, args: Any = ..., kwargs: Any = ..., **options: Any) -> Any: ...
    def apply_async(self, args: Any = ..., kwargs: Any = ..., *more: Any, **options: Any) -> Any: ...
    def retry(self, args: Any = ..., kwargs: Any = ..., *more: Any, **options: Any) -> Any: ...
    def signature(self, args: Any = ..., kwargs: Any = ..., *more: Any, **options: Any) -> Any: ...
    def subtask(self, args: Any = ..., kwargs: Any = ..., *more: Any, **options: Any) -> Any: ...
    def chunks(self, it: Any, n: Any) -> Any: ...
    def map(self, it: Any) -> Any: ...
    def starmap(self, it: Any) -> Any: ...
    def replace(self, sig: Any) -> Any: ...

class UnseenTask(_Task[P, R], Any, Protocol[P, R]):
    """A task whose class, or whose application, mypy cannot see."""

class _Decorator:
    def __call__(self, *args, **kwargs): ...

class UnseenDecorator(_Decorator, Any, Protocol):
    """What makes such a task of a function; without annotations, as what stands there."""

class _Application:
    # No method: mypy would call it an untyped function where it is called.
    task: UnseenDecorator

class UnseenApplication(_Application, Any, Protocol):
    """A ``Celery`` that a function without an annotation returns."""
