"""How many messages are parked, for commands that are about something else.

Law: a count and a verdict; nothing is sent, and a broker that shows its messages only by handing them over is asked for
the count alone unless the user agreed.
"""

from __future__ import annotations

from typing import Any

from celery import Celery

from celery_registry.wire.parking.brokers import open_queue
from celery_registry.wire.parking.policy import parking_of
from celery_registry.wire.parking.triage import Judge, State

__all__ = ["count_parked", "show_parked"]


def count_parked(app: Celery, connection: Any, queues: tuple[str, ...], *, hold: bool) -> dict[str, Any] | None:
    """The queue, its messages and how many fit the tasks of ``app`` (None: not looked at); None without parking."""
    parking = parking_of(app)
    if parking is None:
        return None
    queue = open_queue(connection, parking.name)
    if connection.transport.driver_type == "amqp" and not hold:
        return {"queue": parking.name, "messages": queue.count(), "fit": None}
    judge = Judge(app, queues, validate=parking.validate)
    states = [judge.judge(entry).state for entry in queue.read()]
    return {"queue": parking.name, "messages": len(states), "fit": states.count(State.FITS)}


def show_parked(parked: dict[str, Any] | None) -> list[str]:
    """One line for people; none where nothing is parked."""
    if parked is None or not parked["messages"]:
        return []
    count, fit = parked["messages"], parked["fit"]
    fits = "" if fit is None else f": {fit} {'fits' if fit == 1 else 'fit'} this checkout"
    return [f'{count} message{"s" * (count != 1)} parked in "{parked["queue"]}"{fits} (celery-registry parked replay).']
