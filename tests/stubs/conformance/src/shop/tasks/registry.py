"""A registry with a task of every shape."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from celery import Task

from celery_registry import BaseTasksRegistry

if TYPE_CHECKING:
    from datetime import date

    from shop.models import Color, EmailResult, Order, Page


class TaskName(str, Enum):
    NOTHING = "nothing"
    CLEANUP = "cleanup"
    SEND_EMAIL = "send_email"
    RESIZE = "resize"
    NOTIFY = "notify"
    TOTAL = "total"
    RECORD = "record"
    FETCH = "fetch"
    STORE = "store"
    PLACE = "place"
    WELCOME = "welcome"
    BATCH = "batch"
    SET_LEVEL = "set_level"
    PAINT = "paint"
    REMIND = "remind"
    MEASURE = "measure"
    BOOK = "book"


class TasksRegistry(BaseTasksRegistry):
    @property
    def nothing(self) -> Task[[], None]:
        return self._get_task_by_name(TaskName.NOTHING)

    @property
    def cleanup(self) -> Task[[int], int]:
        return self._get_task_by_name(TaskName.CLEANUP)

    @property
    def send_email(self) -> Task[[str, str, str], EmailResult]:
        """
        Args:
            to: Recipient email
            subject: Email subject
            body: Email body
        """
        return self._get_task_by_name(TaskName.SEND_EMAIL)

    @property
    def resize(self) -> Task[..., bool]:
        return self._get_task_by_name(TaskName.RESIZE)

    @property
    def notify(self) -> Task[..., None]:
        return self._get_task_by_name(TaskName.NOTIFY)

    @property
    def total(self) -> Task[..., int]:
        return self._get_task_by_name(TaskName.TOTAL)

    @property
    def record(self) -> Task[..., None]:
        return self._get_task_by_name(TaskName.RECORD)

    @property
    def fetch(self) -> Task[[str, int], bytes]:
        return self._get_task_by_name(TaskName.FETCH)

    @property
    def store(self) -> Task[[str | int, float | None], None]:
        return self._get_task_by_name(TaskName.STORE)

    @property
    def place(self) -> Task[..., Order]:
        return self._get_task_by_name(TaskName.PLACE)

    @property
    def welcome(self) -> Task[[dict[str, Any], str], None]:
        return self._get_task_by_name(TaskName.WELCOME)

    @property
    def batch(self) -> Task[..., Page[int]]:
        return self._get_task_by_name(TaskName.BATCH)

    @property
    def set_level(self) -> Task[..., None]:
        return self._get_task_by_name(TaskName.SET_LEVEL)

    @property
    def paint(self) -> Task[[Color, int], Color]:
        return self._get_task_by_name(TaskName.PAINT)

    @property
    def remind(self) -> Task[..., None]:
        return self._get_task_by_name(TaskName.REMIND)

    @property
    def measure(self) -> Task[..., float]:
        return self._get_task_by_name(TaskName.MEASURE)

    @property
    def book(self) -> Task[..., date]:
        return self._get_task_by_name(TaskName.BOOK)
