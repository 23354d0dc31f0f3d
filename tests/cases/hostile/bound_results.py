"""The result of a task with ``bind=True`` is its function's, whatever type ``self`` has."""

from typing import Any

from celery import Celery, Task, chain, shared_task

app = Celery("bound")


@shared_task(bind=True)
def bare(self, n: int) -> int:
    return n


@shared_task(bind=True)
def any_self(self: Any, n: int) -> int:
    return n


@shared_task(bind=True)
def task_self(self: Task, n: int) -> int:
    return n


@app.task(bind=True)
def of_app(self, n: int) -> int:
    return n


@shared_task(bind=True)
def untyped(self, n):
    return n


@shared_task
def show(text: str) -> None:
    print(text)


def use() -> None:
    bare.delay(1).get().bit_length()
    bare.delay(1).get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    any_self.delay(1).get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    task_self.apply_async((1,)).get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    any_self.apply((1,)).get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    of_app.delay(1).get().upper()  # E: "int" has no attribute "upper"  [attr-defined]
    bare(1).upper()  # E: "int" has no attribute "upper"  [attr-defined]
    untyped.delay(1).get().upper()
    chain(bare.s(1), show.s())  # E: Argument 1 to "show" has incompatible type "int"; expected "str"  [arg-type]
    chain(bare.s(1), bare.s())
