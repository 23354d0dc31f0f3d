"""Which parked messages fit the code of this checkout now.

Law: a parked message may come from anybody: nothing is unpickled, what is decompressed is bounded, and it goes back only to
a queue that the application has.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from celery import Celery
from kombu.serialization import prepare_accept_content

from celery_registry.wire.message import read_arguments, show_name
from celery_registry.wire.parking.envelope import Content, Parked, read_parked
from celery_registry.wire.parking.fit import Fit
from celery_registry.wire.parking.queue import LARGEST_SHOWN, Entry

__all__ = ["Judge", "Judged", "State"]


class State(str, enum.Enum):
    """What could become of a parked message."""

    FITS = "fits"
    MISFIT = "does not fit"
    UNEXAMINED = "not examined"
    EXPIRED = "expired"
    FOREIGN = "not parked by us"


@dataclass(frozen=True)
class Judged:
    """A message of the parking queue; ``why`` says why it does not fit, ``queue`` is where it would go."""

    entry: Entry
    parked: Parked | None
    state: State
    why: str
    queue: str
    message_id: str


class Judge:
    """Holds parked messages against the tasks of ``app``, whose task modules were imported."""

    def __init__(self, app: Celery, queues: Collection[str], *, validate: bool = False, to: str | None = None) -> None:
        self._fit = Fit(app, validate=validate)
        self._accepted = prepare_accept_content(app.conf.accept_content)
        self._queues = frozenset(queues)
        self._to = to

    def judge(self, entry: Entry) -> Judged:
        """What could become of a message."""
        parked = None if entry.content is None else read_parked(entry.content.headers)
        if entry.content is None or parked is None:
            return Judged(entry, None, State.FOREIGN, "carries no header of ours", "", "")
        headers = entry.content.headers
        queue = self._to or parked.queue
        identity = headers.get("id")
        state, why = self._state(entry.content, queue)
        return Judged(entry, parked, state, why, queue, show_name(identity) if isinstance(identity, str) else "")

    def _state(self, content: Content, queue: str) -> tuple[State, str]:
        headers = content.headers
        if queue not in self._queues:
            return State.MISFIT, f'its queue "{show_name(queue)}" is none of this application'
        if _is_expired(headers.get("expires")):
            return State.EXPIRED, f"it expired at {show_name(str(headers.get('expires')))}"
        content_type = str(content.content_type)
        if self._accepted and content_type not in self._accepted:
            return State.MISFIT, f"the content type {show_name(content_type)} is not accepted"
        task = headers.get("task")
        call = read_arguments(content.body, content_type, headers, LARGEST_SHOWN)
        if isinstance(call, str):
            if isinstance(task, str) and (unknown := self._fit.registered(task)) is not None:
                return State.MISFIT, unknown.detail
            return State.UNEXAMINED, f"it {call}"
        objection = self._fit.objection(*call)
        return (State.FITS, "") if objection is None else (State.MISFIT, objection.detail)


def _is_expired(expires: Any) -> bool:
    """Celery's own header, in ISO format; what cannot be read has not expired."""
    if not isinstance(expires, str):
        return False
    try:
        moment = datetime.datetime.fromisoformat(expires.replace("Z", "+00:00"))
    except ValueError:
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment < datetime.datetime.now(datetime.timezone.utc)
