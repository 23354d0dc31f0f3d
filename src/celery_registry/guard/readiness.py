"""A file that is touched as long as a worker consumes, or beat sends.

Law: it is touched from the loop itself, so that a loop that hangs lets it grow old; whoever stops takes it away.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any, Final
from weakref import WeakKeyDictionary

from celery import Celery, bootsteps, signals
from celery.utils.log import get_logger
from celery.worker import state

from celery_registry.errors import ConfigurationError

__all__ = ["install_ready_file"]

#: Seconds between two touches.
_EVERY: Final = 2.0

_FILES: WeakKeyDictionary[Celery, str] = WeakKeyDictionary()
_STANDING: WeakKeyDictionary[Celery, bool] = WeakKeyDictionary()

logger = get_logger(__name__)


def install_ready_file(app: Celery, path: str | os.PathLike[str] | None) -> None:
    """Keep the file fresh for workers and beats of ``app``; None takes it back. Raises ``ConfigurationError``."""
    if path is None:
        _FILES.pop(app, None)
        return
    _FILES[app] = os.fspath(path)
    if not isinstance(_FILES[app], str) or not _FILES[app]:
        raise ConfigurationError(f"ready_file must be a path, not {path!r}")
    if app not in _STANDING:
        _STANDING[app] = True
        app.steps["consumer"].add(ReadyStep)
        signals.beat_init.connect(_watch_beat, dispatch_uid="celery_registry.ready", weak=False)


class _ReadyFile:
    """One file of one process."""

    def __init__(self, path: str, who: str) -> None:
        self._path, self._who = path, who
        self._told = False

    def touch(self) -> None:
        """Write the file, whole; what goes wrong is logged once, and leaves the process not ready."""
        text = json.dumps({"pid": os.getpid(), "process": self._who, "time": round(time.time(), 3)})
        fresh = f"{self._path}.{os.getpid()}"
        try:
            with open(fresh, "w", encoding="utf-8") as file:
                file.write(text + "\n")
            os.replace(fresh, self._path)
        except OSError as error:
            if not self._told:
                logger.error("the ready file %s cannot be written: %s", self._path, error.strerror)
            self._told = True
        else:
            self._told = False

    def remove(self) -> None:
        """Not ready any more."""
        try:
            os.remove(self._path)
        except OSError:
            return


class ReadyStep(bootsteps.StartStopStep):
    """Started for each connection to the broker, stopped with it and at the beginning of a shutdown."""

    name = "celery_registry.ready"
    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, c: Any, **options: Any) -> None:
        super().__init__(c, **options)
        path = _FILES.get(c.app)
        self.enabled = path is not None
        self._file = _ReadyFile(path or "", f"worker {c.hostname}")
        self._timer: Any = None

    def start(self, c: Any) -> None:
        """The loop begins after this step."""

        def touch() -> None:
            if self._timer is not None and not _is_ending():
                self._file.touch()

        # Without an event loop the timer has a thread of its own; call_soon comes back to the loop's.
        self._timer = c.timer.call_repeatedly(_EVERY, touch if c.hub else c.call_soon, () if c.hub else (touch,))
        c.call_soon(touch)

    def stop(self, c: Any) -> None:
        """Nothing is consumed from here on."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        self._file.remove()

    def shutdown(self, c: Any) -> None:
        """The worker ends."""
        self.stop(c)


def _is_ending() -> bool:
    """Whether the worker was told to stop."""
    return any(getattr(state, name, None) not in (None, False) for name in ("should_stop", "should_terminate"))


def _watch_beat(sender: Any, **_: Any) -> None:
    """Touch the file at each tick whose messages were sent; a beat inside a worker leaves the file to the worker."""
    from billiard.process import current_process

    path = _FILES.get(sender.app)
    if path is None or current_process().name == "Beat":
        return
    file, scheduler, trouble = _ReadyFile(path, "beat"), sender.scheduler, [False]
    tick, apply_async, close = scheduler.tick, scheduler.apply_async, scheduler.close
    # Beat sleeps until the next entry is due, which may be tomorrow.
    scheduler.max_interval = min(scheduler.max_interval, _EVERY)

    def watched_apply_async(*args: Any, **kwargs: Any) -> Any:
        trouble[0] = True
        sent = apply_async(*args, **kwargs)
        trouble[0] = False
        return sent

    def watched_tick(*args: Any, **kwargs: Any) -> Any:
        interval = tick(*args, **kwargs)
        if not trouble[0]:
            file.touch()
        return interval

    def watched_close(*args: Any, **kwargs: Any) -> Any:
        # Beat ends by a signal's SystemExit or by stop(); both close the scheduler.
        file.remove()
        return close(*args, **kwargs)

    scheduler.apply_async, scheduler.tick, scheduler.close = watched_apply_async, watched_tick, watched_close
