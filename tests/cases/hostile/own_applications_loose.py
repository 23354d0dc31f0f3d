"""A subclass of ``Celery`` that speaks of a task class or of unchecked arguments: its tasks stay open."""

from __future__ import annotations

from celery import Celery


class Loose(Celery):
    def __init__(self, name: str) -> None:
        super().__init__(name, strict_typing=False)


loose = Loose("l")


@loose.task
def injected(x: int, tenant: int) -> int:
    return x


def use() -> None:
    injected.delay(1)
    injected.apply_async((1,))


def make_loose():
    return Celery("made", strict_typing=False)


made_loose = make_loose()


@made_loose.task
def of_made(x: int, tenant: int) -> int:
    return x


def use_made() -> None:
    of_made.delay(1)
    of_made.apply_async((1,))
