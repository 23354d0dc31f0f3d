"""Argument containers as mature projects write them."""
import datetime
import functools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Optional, TypedDict

from celery import Celery, shared_task

app = Celery("arguments")


class EmailKwargs(TypedDict):
    to: str
    subject: str


class PartialKwargs(TypedDict, total=False):
    to: str
    subject: str


class EmailArgs(NamedTuple):
    to: str
    subject: str


class Row:
    pk: Any
    email: str
    created: Optional[datetime.datetime]


@shared_task
def send(to: str, subject: str = "", *, when: Optional[str] = None, **extra: Any) -> None: ...


@shared_task
def touch(pk, force=False):
    return pk


@shared_task
def implicit(name: str = None, ids: list = None):  # type: ignore[assignment]
    return name


@app.task
def implicit_app(name: str = None, ids: list = None):  # type: ignore[assignment]
    return name


@shared_task
def nothing() -> None: ...


@shared_task
def many(*ids: int) -> None: ...


@shared_task
def update(pk: uuid.UUID, values: Mapping[str, Any], tags: Sequence[str] = ()) -> None: ...


def call_them(row: Row, rows: Iterable[Row], typed: EmailKwargs, partial: PartialKwargs, named: EmailArgs) -> None:
    send.apply_async((row.email,))
    send.apply_async(args=(row.email,), kwargs=None)
    send.apply_async([row.email], {"when": row.created and row.created.isoformat()})
    send.apply_async(kwargs=typed)
    send.apply_async(kwargs=dict(to=row.email, subject="s"))
    send.apply_async(kwargs={**typed, "campaign": 3})
    send.apply_async(named)
    send.apply_async(tuple(named))
    send.apply_async(args=list(named))
    send.apply_async(args=[row.email] + ["subject"])
    send.apply_async(args=(row.email,) + ("subject",))
    send.apply_async(args=[r.email for r in rows][:1])
    send.apply_async((row.email,), task_id=str(row.pk), headers={"depth": 3}, priority=None)
    send.apply_async((row.email,), eta=None, expires=None, countdown=None, queue=None, routing_key=None)
    send.apply_async((row.email,), expires=datetime.timedelta(hours=1).total_seconds())
    send.apply_async((row.email,), countdown=datetime.timedelta(hours=1).seconds, time_limit=3)
    touch.apply_async(args=[], kwargs={"pk": row.pk})
    touch.apply_async([], {"pk": row.pk, "force": True})
    touch.delay(row.pk, force=bool(row.created))
    touch.delay(pk=row.pk)
    implicit.delay()
    implicit_app.delay(None)
    implicit_app.apply_async((None,))
    implicit_app.apply_async(kwargs={"name": None, "ids": None})
    nothing.delay()
    nothing.apply_async()
    nothing.apply_async(None)
    nothing.apply_async(())
    nothing.apply_async([], {})
    nothing.apply_async(countdown=3)
    many.delay(1, 2, 3)
    many.apply_async([1, 2, 3])
    many.apply_async([number for number in range(3)])
    many.apply_async(range(3))
    many.apply_async((*range(3),))
    update.delay(uuid.uuid4(), {"a": 1})
    update.delay(uuid.uuid4(), {}, [])
    update.apply_async((row.pk, {}), {"tags": []})


def mutated(row: Row) -> None:
    kwargs = {}
    kwargs["to"] = row.email
    if row.created:
        kwargs["when"] = row.created.isoformat()
    send.apply_async(kwargs=kwargs)
    arguments = []
    arguments.append(row.email)
    send.apply_async(arguments)
    options: dict[str, Any] = {"queue": "slow"}
    send.apply_async(args=(row.email,), **options)
    send.delay(**kwargs)
    send.delay(*arguments)
    fields = {"to": row.email, "subject": "s"}
    send.delay(**fields)
    mixed = {"args": (row.email,), "countdown": 3}
    send.apply_async(**mixed)  # type: ignore[arg-type]


def defaults(*args: Any, **kwargs: Any) -> None:
    send.delay(*args, **kwargs)
    send.apply_async(args, kwargs)
    send.apply_async(args=args, kwargs=kwargs, countdown=1)
    functools.partial(send.delay, "x")()
    functools.partial(send.apply_async, ("x",))()
    functools.partial(send.apply_async, args=["x"], countdown=3)()
    (lambda: send.delay("x"))()


class Commit:
    def on_commit(self, function: Any) -> None: ...


def after_commit(transaction: Commit, row: Row) -> None:
    transaction.on_commit(lambda: send.delay(row.email))
    transaction.on_commit(functools.partial(send.delay, row.email))
    transaction.on_commit(functools.partial(send.delay, to=row.email, subject="s"))
    transaction.on_commit(functools.partial(send.apply_async, kwargs={"to": row.email}))
    transaction.on_commit(lambda pk=row.pk: touch.delay(pk))
