"""Results inside this process, and no waiting for what nobody computes.

Law: Celery's own key-value backend over a dictionary, so that results pass through the real result serializer and
chords are counted as on Redis. It knows no recording.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any

from celery import Celery, states
from celery.app.backends import by_url
from celery.backends.base import DisabledBackend, KeyValueStoreBackend

from celery_registry.errors import UnansweredError

__all__ = ["make_backend"]

_UNANSWERED = (
    "nothing runs while sends are recorded, so this get() would wait for ever: "
    "call sent.run() before it, or give the result with sent.answer(task, result)"
)


class ResultsInMemory(KeyValueStoreBackend):
    """A result backend for one recording."""

    supports_native_join = True
    implements_incr = True
    persistent = False

    def __init__(self, app: Celery, **kwargs: Any) -> None:
        super().__init__(app, **kwargs)
        self._values: dict[Any, Any] = {}
        self._lock = threading.RLock()

    @property
    def client(self) -> ResultsInMemory:
        """What Celery before 5.5 deletes the counter of a chord from."""
        return self

    def get(self, key: Any) -> Any:
        """The value of a key, None where there is none."""
        return self._values.get(key)

    def mget(self, keys: Iterable[Any]) -> list[Any]:
        """The values of keys, in order."""
        return [self._values.get(key) for key in keys]

    def set(self, key: Any, value: Any) -> None:
        """Keep a value."""
        self._values[key] = value

    def delete(self, key: Any) -> None:
        """Forget a key."""
        self._values.pop(key, None)

    def incr(self, key: Any) -> int:
        """Count, for chords."""
        with self._lock:
            value = int(self._values.get(key, 0)) + 1
            self._values[key] = value
            return value

    def expire(self, key: Any, value: Any) -> None:
        """Nothing expires in a test."""

    def wait_for(self, task_id: str, *args: Any, **kwargs: Any) -> Any:
        """The result, which must be there. Raises ``UnansweredError``: nobody else would compute it."""
        meta = self.get_task_meta(task_id)
        if meta["status"] not in states.READY_STATES:
            raise UnansweredError(_UNANSWERED)
        return meta

    def get_many(self, task_ids: Iterable[str], *args: Any, **kwargs: Any) -> Iterator[tuple[str, Any]]:
        """The results, which must be there. Raises ``UnansweredError``."""
        for task_id in task_ids:
            yield task_id, self.wait_for(task_id)


def make_backend(app: Celery, *, eager: bool) -> Any:
    """Where the results of a recording are kept.

    An application without a result backend stays without one, as in production; eager results need none there.
    """
    try:
        found: Any = by_url(app.backend_cls or app.conf.result_backend, app.loader)
    except Exception:  # The library of a backend may be missing where only tests run.
        return ResultsInMemory(app)
    if not eager and issubclass(found[0], DisabledBackend):
        return DisabledBackend(app)
    return ResultsInMemory(app)
