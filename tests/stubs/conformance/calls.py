"""Right and wrong calls of tasks of every shape; a comment on its line marks a wrong one.

``list arity``, ``list order`` and ``empty display`` name what no type can express that also accepts a ``list[str]`` or a
``dict[str, Any]``; only mypy with the plugin is held to those. A call is right where Celery accepts it and the worker
can run it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any, ParamSpec, TypedDict, TypeVar

from celery import Task, chain, chord, group
from celery.canvas import Signature
from celery.result import AsyncResult
from shop.models import Color, EmailResult, Order, Page
from shop.tasks.registry import TasksRegistry


class Mail(TypedDict):
    to: str
    subject: str
    body: str


class Body(TypedDict):
    body: str


class Wrong(TypedDict):
    to: str
    subject: str
    body: int


class Unrelated(TypedDict):
    title: str


def needs_bool(value: bool) -> None: ...


def needs_str(value: str) -> None: ...


def takes_task(task: Task[[str, str, str], EmailResult]) -> None: ...


def takes_callable(function: Callable[[str, str, str], EmailResult]) -> None: ...


def direct(r: TasksRegistry, order: Order, now: datetime, pair: tuple[str, str], mail: Mail, wrong: Wrong) -> None:
    # nothing
    r.nothing.delay()
    r.nothing()
    r.nothing.s()
    r.nothing.si()
    r.nothing.delay(1)  # bad
    r.nothing.delay(x=1)  # bad
    r.nothing(1)  # bad
    r.nothing.si("x")  # bad
    # one
    r.cleanup.delay(7)
    r.cleanup.delay(days_old=7)
    r.cleanup(7)
    r.cleanup.run(7)
    r.cleanup.si(days_old=7)
    r.cleanup.delay()  # bad
    r.cleanup.delay("7")  # bad
    r.cleanup.delay(7, 8)  # bad
    r.cleanup.delay(days=7)  # bad
    r.cleanup.delay(7, days_old=7)  # bad
    r.cleanup.delay(None)  # bad
    r.cleanup.delay(days_old="7")  # bad
    r.cleanup()  # bad
    r.cleanup.run("7")  # bad
    r.cleanup.si("7")  # bad
    # three
    r.send_email.delay("a", "b", "c")
    r.send_email.delay("a", "b", body="c")
    r.send_email.delay(to="a", subject="b", body="c")
    r.send_email.delay(body="c", to="a", subject="b")
    r.send_email.delay(**mail)
    r.send_email.delay("a", *pair)
    r.send_email("a", "b", "c")
    r.send_email.si("a", "b", body="c")
    r.send_email.delay("a", "b")  # bad
    r.send_email.delay("a", "b", "c", "d")  # bad
    r.send_email.delay("a", "b", 3)  # bad
    r.send_email.delay(to="a", subject="b", text="c")  # bad
    r.send_email.delay("a", "b", "c", body="d")  # bad
    r.send_email.delay(to="a", subject="b")  # bad
    r.send_email.delay(**wrong)  # bad
    r.send_email.delay("a", "b", "c", countdown=3)  # bad
    r.send_email.delay(["a", "b", "c"])  # bad
    r.send_email("a", "b")  # bad
    r.send_email.si("a")  # bad
    # defaults
    r.resize.delay("p")
    r.resize.delay("p", 1)
    r.resize.delay("p", 1, 2)
    r.resize.delay("p", height=2)
    r.resize.delay(path="p", width=1)
    r.resize.delay()  # bad
    r.resize.delay("p", "wide")  # bad
    r.resize.delay("p", height="tall")  # bad
    r.resize.delay("p", 1, 2, 3)  # bad
    r.resize.delay(width=1)  # bad
    r.resize.delay("p", depth=1)  # bad
    # keyword-only
    r.notify.delay(1, channel="sms")
    r.notify.delay(user_id=1, channel="sms", urgent=True)
    r.notify.delay(1, "sms")  # bad
    r.notify.delay(1)  # bad
    r.notify.delay(1, channel=2)  # bad
    r.notify.delay(1, channel="sms", urgent="yes")  # bad
    # *args
    r.total.delay("a")
    r.total.delay("a", 1)
    r.total.delay("a", 1, 2, 3)
    r.total.delay(label="a")
    r.total.delay()  # bad
    r.total.delay("a", "b")  # bad
    r.total.delay("a", 1, "b")  # bad
    r.total.delay("a", values=1)  # bad
    # **kwargs
    r.record.delay("a")
    r.record.delay("a", x=1, y=2)
    r.record.delay(event="a", x=1)
    r.record.delay(x=1)  # bad
    r.record.delay("a", x="1")  # bad
    r.record.delay("a", "b")  # bad
    # bind
    r.fetch.delay("u", 3)
    r.fetch.delay(url="u", tries=3)
    r.fetch("u", 3)
    r.fetch.delay(3, "u")  # bad
    r.fetch.delay("u")  # bad
    r.fetch.delay(r.fetch, "u", 3)  # bad
    r.fetch.delay(url="u", tries=3, self=1)  # bad
    # unions
    r.store.delay("k", 1.5)
    r.store.delay(1, None)
    r.store.delay(key="k", value=2)
    r.store.delay(1.5, None)  # bad
    r.store.delay("k", "v")  # bad
    r.store.delay(None, None)  # bad
    # TypedDict
    r.place.delay(order)
    r.place.delay({"id": 1, "lines": []})
    r.place.delay(order={"id": 1, "lines": ["a"]}, gift=True)
    r.place.delay({"id": "1", "lines": []})  # bad
    r.place.delay({"id": 1})  # bad
    r.place.delay({"id": 1, "lines": [], "extra": 1})  # bad
    r.place.delay("order")  # bad
    # Pydantic, dumped
    r.welcome.delay({"name": "n", "age": 3}, "hi")
    r.welcome.delay(customer={"name": "n", "age": 3}, note="hi")
    r.welcome.delay({"name": "n"}, 3)  # bad
    r.welcome.delay("n", "hi")  # bad
    # generics
    r.batch.delay([1, 2], {"a": ["b"]})
    r.batch.delay(ids=[], labels={})
    r.batch.delay(["1"], {})  # bad
    r.batch.delay([1], {"a": [1]})  # bad
    r.batch.delay([1], {1: ["a"]})  # bad
    r.batch.delay((1, 2), {})  # bad
    # Literal
    r.set_level.delay("low")
    r.set_level.delay("high", 2)
    r.set_level.delay("middle")  # bad
    r.set_level.delay("low", 3)  # bad
    # enum
    r.paint.delay(Color.RED, 2)
    r.paint.delay(color=Color.BLUE, layers=1)
    r.paint.delay("red", 2)  # bad
    r.paint.delay(Color, 2)  # bad
    # datetime
    r.remind.delay(now)
    r.remind.delay(now, date(2030, 1, 1))
    r.remind.delay(at=now, until=None)
    r.remind.delay(date(2030, 1, 1))  # bad
    r.remind.delay("2030-01-01")  # bad
    r.remind.delay(now, "2030-01-01")  # bad
    # many
    r.measure.delay(1, "b", 2.5, True, b"e", Decimal(1), {"g": 1})
    r.measure.delay(1, "b", 2, True, b"e", f=Decimal(1), g={})
    r.measure.delay(1, "b", 2.5, True, b"e", Decimal(1))  # bad
    r.measure.delay("1", "b", 2.5, True, b"e", Decimal(1), {})  # bad
    r.measure.delay(1, "b", 2.5, True, "e", Decimal(1), {})  # bad
    r.measure.delay(1, "b", 2.5, True, b"e", Decimal(1), {"g": "1"})  # bad


    # a parameter called as its type
    r.book.delay("r", date(2030, 1, 1), time=time(12))
    r.book.delay(room="r", date=date(2030, 1, 1), time=time(12))
    r.book.delay("r", time(12), time=time(12))  # bad
    r.book.delay("r", date(2030, 1, 1), time=date(2030, 1, 1))  # bad


def containers(
    r: TasksRegistry,
    open_kwargs: dict[str, Any],
    open_args: list[Any],
    texts: list[str],
    numbers: list[int],
    three: tuple[str, str, str],
    two: tuple[str, str],
    any_tuple: tuple[Any, ...],
    anything: Any,
    flag: bool,
    mail: Mail,
    body: Body,
    wrong: Wrong,
    unrelated: Unrelated,
    text_kwargs: dict[str, str],
    number_kwargs: dict[str, int],
) -> None:
    # three: args
    r.send_email.apply_async(("a", "b", "c"))
    r.send_email.apply_async(["a", "b", "c"])
    r.send_email.apply_async(args=("a", "b", "c"))
    r.send_email.apply_async(args=["a", "b", "c"])
    r.send_email.apply_async(three)
    r.send_email.apply_async(texts)
    r.send_email.apply_async(open_args)
    r.send_email.apply_async(any_tuple)
    r.send_email.apply_async(anything)
    r.send_email.apply_async(three if flag else ("x", "y", "z"))
    r.send_email.apply_async(("a", *two))
    r.send_email.apply_async(["a", *texts])
    r.send_email.apply_async([text for text in texts])
    r.send_email.apply_async(("a", "b"))  # bad
    r.send_email.apply_async(("a", "b", "c", "d"))  # bad
    r.send_email.apply_async(("a", "b", 3))  # bad
    r.send_email.apply_async(["a", "b", 3])  # bad
    r.send_email.apply_async(["a", "b"])  # bad: list arity
    r.send_email.apply_async(["a", "b", "c", "d"])  # bad: list arity
    r.send_email.apply_async("abc")  # bad
    r.send_email.apply_async(("a"))  # bad
    r.send_email.apply_async(two)  # bad
    r.send_email.apply_async(numbers)  # bad
    r.send_email.apply_async({"a", "b", "c"})  # bad
    r.send_email.apply_async()  # bad
    r.send_email.apply_async(())  # bad
    r.send_email.apply_async([])  # bad: list arity
    # three: kwargs
    r.send_email.apply_async(kwargs={"to": "a", "subject": "b", "body": "c"})
    r.send_email.apply_async((), {"to": "a", "subject": "b", "body": "c"})
    r.send_email.apply_async([], {"to": "a", "subject": "b", "body": "c"})
    r.send_email.apply_async(None, {"to": "a", "subject": "b", "body": "c"})
    r.send_email.apply_async(kwargs=mail)
    r.send_email.apply_async(kwargs=open_kwargs)
    r.send_email.apply_async(kwargs=text_kwargs)
    r.send_email.apply_async(kwargs=anything)
    r.send_email.apply_async(kwargs={**body, "to": "a", "subject": "b"})
    r.send_email.apply_async(kwargs=dict(to="a", subject="b", body="c"))
    r.send_email.apply_async(kwargs={"to": "a", "subject": "b"})  # bad
    r.send_email.apply_async(kwargs={"to": "a", "subject": "b", "body": 3})  # bad
    r.send_email.apply_async(kwargs={"to": "a", "subject": "b", "text": "c"})  # bad
    r.send_email.apply_async(kwargs={"to": "a", "subject": "b", "body": "c", "cc": "d"})  # bad
    r.send_email.apply_async(kwargs={})  # bad: empty display
    r.send_email.apply_async(kwargs=wrong)  # bad
    r.send_email.apply_async(kwargs=body)  # bad
    r.send_email.apply_async(kwargs=unrelated)  # bad
    r.send_email.apply_async(kwargs=number_kwargs)  # bad
    r.send_email.apply_async(kwargs=["a", "b", "c"])  # bad
    # three: both
    r.send_email.apply_async(("a", "b"), {"body": "c"})
    r.send_email.apply_async(("a",), {"subject": "b", "body": "c"})
    r.send_email.apply_async(["a", "b"], {"body": "c"})
    r.send_email.apply_async(("a", "b", "c"), {})
    r.send_email.apply_async(("a", "b", "c"), None)
    r.send_email.apply_async(two, body)
    r.send_email.apply_async(("a",), open_kwargs)
    r.send_email.apply_async(("a", "b"), {"body": 3})  # bad
    r.send_email.apply_async(("a", "b"), {"text": "c"})  # bad
    r.send_email.apply_async(("a", "b"), {"subject": "b"})  # bad
    r.send_email.apply_async(("a", "b", "c"), {"body": "c"})  # bad
    r.send_email.apply_async(["a", "b", "c"], {"body": "c"})  # bad: list arity
    r.send_email.apply_async(("a",), {"body": "c"})  # bad
    # options
    r.send_email.apply_async(("a", "b", "c"), countdown=60, expires=3600, retry=True)
    r.send_email.apply_async(("a", "b", "c"), retry_policy={"max_retries": 3, "interval_step": 0.2})
    r.send_email.apply_async(("a", "b", "c"), queue="mail", ignore_result=True, priority=3)
    r.send_email.apply_async(("a", "b", "c"), countdown=None, queue=None, headers={"n": 1})
    r.send_email.apply_async(("a", "b", "c"), task_id="id", link=r.nothing.si())
    r.send_email.apply_async(("a", "b", "c"), eta=datetime.now(), MessageGroupId="g")
    r.send_email.apply_async(("a", "b", "c"), countdwn=60)  # bad
    r.send_email.apply_async(("a", "b", "c"), countdown="60")  # bad
    r.send_email.apply_async(("a", "b", "c"), eta=3)  # bad
    r.send_email.apply_async(("a", "b", "c"), eta=datetime.now().isoformat(), expires=datetime.now().isoformat())
    r.send_email.apply_async(("a", "b", "c"), priority="high")  # bad
    # one and none
    r.cleanup.apply_async((7,))
    r.cleanup.apply_async([7], countdown=1)
    r.cleanup.apply_async(kwargs={"days_old": 7})
    r.cleanup.apply_async((7))  # bad
    r.cleanup.apply_async(("7",))  # bad
    r.cleanup.apply_async(["7"])  # bad
    r.cleanup.apply_async(kwargs={"days": 7})  # bad
    r.nothing.apply_async()
    r.nothing.apply_async(())
    r.nothing.apply_async([], {})
    r.nothing.apply_async((1,))  # bad
    r.nothing.apply_async([1])  # bad
    r.nothing.apply_async(kwargs={"x": 1})  # bad
    # defaults
    r.resize.apply_async(("p",))
    r.resize.apply_async(("p", 1))
    r.resize.apply_async(["p", 1, 2])
    r.resize.apply_async(("p",), {"height": 3})
    r.resize.apply_async(kwargs={"path": "p"})
    r.resize.apply_async((1,))  # bad
    r.resize.apply_async(("p", "1"))  # bad
    r.resize.apply_async(("p", 1), {"width": 3})  # bad
    r.resize.apply_async(("p",), {"depth": 3})  # bad
    r.resize.apply_async(kwargs={"width": 3})  # bad
    r.resize.apply_async([1, "p"])  # bad: list order
    # keyword-only
    r.notify.apply_async((1,), {"channel": "sms"})
    r.notify.apply_async(kwargs={"user_id": 1, "channel": "sms", "urgent": True})
    r.notify.apply_async((1,))  # bad
    r.notify.apply_async((1, "sms"))  # bad
    r.notify.apply_async((1,), {"channel": 2})  # bad
    # *args
    r.total.apply_async(("a",))
    r.total.apply_async(("a", 1, 2))
    r.total.apply_async(["a", 1, 2, 3])
    r.total.apply_async(("a", "b"))  # bad
    r.total.apply_async((1, 2))  # bad
    r.total.apply_async(("a", 1), {"label": "b"})  # bad
    # **kwargs
    r.record.apply_async(("a",), {"x": 1})
    r.record.apply_async(kwargs={"event": "a", "x": 1})
    r.record.apply_async(("a",))
    r.record.apply_async(kwargs={"x": 1})  # bad
    r.record.apply_async(("a",), {"x": "1"})  # bad
    # others
    r.fetch.apply_async(("u", 3))
    r.fetch.apply_async((3, "u"))  # bad
    r.fetch.apply_async([3, "u"])  # bad: list order
    r.store.apply_async(("k", None))
    r.store.apply_async([1, 2.5])
    r.store.apply_async((None, None))  # bad
    r.place.apply_async(({"id": 1, "lines": []},))
    r.place.apply_async(({"id": "1", "lines": []},))  # bad
    r.place.apply_async(kwargs={"order": {"id": 1, "lines": []}})
    r.place.apply_async(kwargs={"order": {"id": 1}})  # bad
    r.batch.apply_async(([1], {"a": ["b"]}))
    r.batch.apply_async((["1"], {}))  # bad
    r.set_level.apply_async(("low",))
    r.set_level.apply_async(("middle",))  # bad
    r.paint.apply_async((Color.RED, 2))
    r.paint.apply_async([Color.RED, 2])
    r.paint.apply_async(("red", 2))  # bad
    r.remind.apply_async((datetime.now(),))
    r.remind.apply_async(("now",))  # bad
    r.measure.apply_async((1, "b", 2.5, True, b"e"), {"f": Decimal(1), "g": {}})
    r.measure.apply_async((1, "b", 2.5, True, b"e"), {"f": Decimal(1)})  # bad
    r.book.apply_async(("r",), {"date": date(2030, 1, 1), "time": time(12)})
    r.book.apply_async(("r",), {"date": time(12), "time": time(12)})  # bad
    # apply, retry
    r.send_email.apply(("a", "b", "c"))
    r.send_email.apply(args=["a", "b"], kwargs={"body": "c"}, throw=True)
    r.send_email.apply(("a", "b"))  # bad
    r.send_email.apply(kwargs={"to": 1, "subject": "b", "body": "c"})  # bad
    r.send_email.retry()
    r.send_email.retry(countdown=3, max_retries=2, exc=ValueError())
    r.send_email.retry(("a", "b", "c"), throw=False)
    r.send_email.retry(("a", "b", 3))  # bad
    r.send_email.retry(countdown="3")  # bad


def canvas(r: TasksRegistry, flag: bool) -> None:
    r.send_email.s("a", "b", "c")
    r.send_email.s("b", "c")
    r.send_email.s("c")
    r.send_email.s()
    r.send_email.s("a", "b", body="c")
    r.send_email.s(body="c")
    r.send_email.s("a", "b", "c", "d")  # bad
    r.send_email.s(1)  # bad
    r.send_email.s("a", "b", 3)  # bad
    r.send_email.s(text="c")  # bad
    r.resize.s("p", 1)
    r.resize.s(1, 2)
    r.resize.s(b"p")  # bad
    r.cleanup.s()
    r.cleanup.s(7)
    r.cleanup.s("7")  # bad
    r.send_email.signature(("a", "b", "c"))
    r.send_email.signature(args=("b", "c"), countdown=3)
    r.send_email.signature(kwargs={"body": "c"})
    r.send_email.signature(("a", "b"), {"body": "c"}, immutable=True)
    r.send_email.subtask(("a", "b", "c"))
    r.send_email.signature(("a", "b", "c", "d"))  # bad
    r.send_email.signature((1, 2, 3))  # bad
    r.send_email.subtask(kwargs={"text": "c"})  # bad
    r.send_email.signature(kwargs={"body": "c"}, immutable=True)  # bad
    chain(r.cleanup.s(7), r.nothing.si())
    group(r.cleanup.s(1), r.cleanup.s(2))
    (r.cleanup.s(7) | r.nothing.si()).delay()


def results(r: TasksRegistry, flag: bool) -> None:
    mailed: AsyncResult[EmailResult] = r.send_email.delay("a", "b", "c")
    needs_bool(mailed.get(timeout=3)["sent"])
    needs_str(mailed.status)
    needs_bool(r.send_email("a", "b", "c")["sent"])
    needs_bool(r.send_email.apply_async(("a", "b", "c")).ready())
    page: Page[int] = r.batch.delay([1], {}).get()
    sig: Signature[EmailResult] = r.send_email.s("a", "b", "c")
    takes_task(r.send_email)
    takes_callable(r.send_email)
    tasks = [r.send_email, r.send_email]
    tasks[0].delay("a", "b", "c")
    chosen = r.cleanup if flag else r.cleanup
    chosen.delay(7)
    later = r.send_email.delay
    later("a", "b", "c")
    partial(r.cleanup.delay, 7)()
    print(page, sig)
    needs_str(mailed.get(timeout=3)["sent"])  # bad
    needs_str(r.send_email("a", "b", "c"))  # bad
    needs_str(r.cleanup.delay(7).get())  # bad
    needs_bool(mailed.get(timeout=3)["delivered"])  # bad
    takes_task(r.cleanup)  # bad
    takes_callable(r.cleanup)  # bad
    tasks[0].delay("a", "b", 3)  # bad
    later("a", "b")  # bad
    wrong: AsyncResult[int] = r.send_email.delay("a", "b", "c")  # bad
    r.cleanup.dealy(7)  # bad
    r.clean_up.delay(7)  # bad
    print(wrong)


P = ParamSpec("P")
R = TypeVar("R")


def send(task: Task[P, R], *args: P.args, **kwargs: P.kwargs) -> AsyncResult[R]:
    return task.delay(*args, **kwargs)


def name_of(task: Task[..., Any]) -> str:
    return task.name


def programs(r: TasksRegistry, flag: bool, options: dict[str, Any]) -> None:
    needs_bool(send(r.send_email, "a", "b", "c").get()["sent"])
    needs_str(name_of(r.resize))
    every: list[Task[..., Any]] = [r.cleanup, r.resize, r.total]
    one: Task[[int], int] = r.cleanup
    either = r.cleanup if flag else one
    either.delay(7)
    r.cleanup.s(1).set(countdown=3).delay()
    r.cleanup.signature((1,)).apply_async()
    chain(r.cleanup.s(1), r.cleanup.s()).apply_async()
    group(r.cleanup.s(number) for number in range(3)).apply_async()
    chord([r.cleanup.s(1), r.cleanup.s(2)])(r.nothing.si())
    r.cleanup.chunks([(1,), (2,)], 2)
    r.cleanup.map([1, 2])
    r.send_email.starmap([("a", "b", "c")])
    r.cleanup.AsyncResult("id").get()
    r.cleanup.app.control.ping()
    r.cleanup.apply_async((1,), link=[r.nothing.si()], link_error=r.nothing.si())
    r.cleanup.apply_async([7], {}, "id")
    r.send_email.apply_async(("a", "b", "c"), **options)
    needs_str(r.cleanup.name)
    send(r.send_email, "a", "b", 3)  # bad
    few: Task[[str], int] = r.cleanup  # bad
    print(every, few)
