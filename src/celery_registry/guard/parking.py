"""Parking, asked for beside the guard: what ``install`` was given reaches the workers of an application.

Law: where and when; what is parked and how is ``wire.parking``'s business.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from celery import Celery, bootsteps

from celery_registry.errors import ConfigurationError
from celery_registry.guard.boot import refuse_worker
from celery_registry.wire.parking.policy import check_parking, parking_of, remember_parking
from celery_registry.wire.parking.types import has_checker

if TYPE_CHECKING:
    from kombu import Queue

__all__ = ["install_parking"]

_STANDING: WeakSet[Celery] = WeakSet()


def install_parking(app: Celery, park: str | Queue | None, validate: bool | str) -> None:
    """Park what does not fit the workers of ``app``; None takes it back. Raises ``ConfigurationError``.

    ``validate`` asks for the types of arguments where they arrive (True), where they are sent ("send"), or "both".
    """
    if not isinstance(validate, bool) and validate not in ("send", "both"):
        raise ConfigurationError(f'validate must be True, False, "send" or "both", not {validate!r}')
    if validate and not has_checker():
        raise ConfigurationError('validate= needs pydantic: pip install "celery-registry[validate]"')
    remember_parking(app, park, validate in (True, "both"))
    if validate in ("send", "both") or "celery_registry.wire.sending" in sys.modules:
        from celery_registry.wire.sending import check_sending

        check_sending(app, validate in ("send", "both"))
    if park is None or app in _STANDING:
        return
    _STANDING.add(app)
    app.steps["worker"].add(ParkingBoot)
    from celery_registry.wire.parking.worker import ParkingStep

    app.steps["consumer"].add(ParkingStep)


class ParkingBoot(bootsteps.Step):
    """Refuses a worker that could not park safely, before it connects."""

    name = "celery_registry.parking_boot"

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        parking = parking_of(parent.app)
        if parking is None:
            return
        try:
            check_parking(parent.app, parking)
        except ConfigurationError as error:
            refuse_worker(str(error))
