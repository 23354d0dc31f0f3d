"""The implementations."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from celery import Celery, Task, shared_task

from celery_registry import register_task
from shop import models
from shop.models import Color, Customer, EmailResult, Order as PlacedOrder, Page
from shop.tasks.registry import TaskName


@shared_task(name=TaskName.NOTHING)
def nothing() -> None:
    """Do nothing at all."""


@shared_task(name=TaskName.CLEANUP)
def cleanup(days_old: int) -> int:
    """Delete the sessions older than ``days_old`` days."""
    return days_old


@shared_task(name=TaskName.RESIZE)
def resize(path: str, width: int = 100, height: int = 100) -> bool:
    """Resize one picture."""
    return bool(path and width and height)


@shared_task(name=TaskName.NOTIFY)
def notify(user_id: int, *, channel: str, urgent: bool = False) -> None:
    """Tell a user something."""


@shared_task(name=TaskName.TOTAL)
def total(label: str, *values: int) -> int:
    """Add up values."""
    return len(label) + sum(values)


@shared_task(name=TaskName.RECORD)
def record(event: str, **fields: int) -> None:
    """Keep an event with its numbers."""


@shared_task(bind=True, name=TaskName.FETCH)
def fetch(self: Task[..., Any], url: str, tries: int) -> bytes:
    """Fetch a page; the task itself is given by Celery."""
    return url.encode() * tries


@shared_task(name=TaskName.STORE)
def store(key: str | int, value: float | None) -> None:
    """Store one value."""


@shared_task(name=TaskName.PLACE)
def place(order: PlacedOrder, gift: bool = False) -> models.Order:
    """Place an order."""
    return order


@shared_task(name=TaskName.WELCOME, pydantic=True)
def welcome(customer: Customer, note: str) -> None:
    """Greet a customer."""


@shared_task(name=TaskName.BATCH)
def batch(ids: list[int], labels: Mapping[str, list[str]]) -> "Page[int]":
    """Work through ids."""
    return {"items": ids, "number": len(labels)}


@shared_task(name=TaskName.SET_LEVEL)
def set_level(level: Literal["low", "high"], factor: Literal[1, 2] = 1) -> None:
    """Set the level."""


@shared_task(name=TaskName.PAINT)
def paint(color: Color, layers: int) -> Color:
    """Paint the house."""
    return color


@shared_task(name=TaskName.REMIND)
def remind(at: dt.datetime, until: dt.date | None = None) -> None:
    """Remind somebody."""


@shared_task(name=TaskName.MEASURE)
def measure(a: int, b: str, c: float, d: bool, e: bytes, f: Decimal, g: dict[str, int]) -> float:
    """Measure many things."""
    return c


@shared_task(name=TaskName.BOOK)
def book(room: str, date: dt.date, *, time: dt.time) -> dt.date:
    """Book a room."""
    return date


class Mailer:
    def register(self, app: Celery) -> None:
        register_task(app, TaskName.SEND_EMAIL, self.send_email)

    def send_email(self, to: str, subject: str, body: str) -> EmailResult:
        """Send one e-mail."""
        return {"sent": bool(to and subject and body)}
