"""What a recording sees of every way to send, and what it leaves behind.

Law: a broker and a result store that nobody could reach; no worker and nothing of Celery replaced by the tests.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from celery import Celery, beat, chain, chord, group, signals
from celery.exceptions import TimeoutError as CeleryTimeoutError
from kombu import Connection
from kombu.exceptions import EncodeError

from celery_registry import register_task
from celery_registry.errors import UnansweredError, UnfitSendError
from celery_registry.testing import SentTasks, record

UNREACHABLE = {"broker": "amqp://127.0.0.1:1//", "backend": "redis://127.0.0.1:1/0"}


class Mailer:
    def __init__(self) -> None:
        self.mailed: list[tuple[str, str]] = []

    def mail(self, to: str, subject: str = "Hello") -> str:
        self.mailed.append((to, subject))
        return f"mailed {to}"


class Shop:
    """An application with one task of each kind."""

    def __init__(self, **options: Any) -> None:
        self.app = app = Celery("shop", set_as_current=False, **{**UNREACHABLE, **options})
        self.mailer = Mailer()
        self.mail = register_task(app, "mail", self.mailer.mail, shared=False)
        self.log: list[Any] = []

        @app.task(name="total", shared=False)
        def total(results: list[str]) -> int:
            self.log.append(results)
            return len(results)

        @app.task(name="flaky", bind=True, max_retries=5, shared=False)
        def flaky(self: Any, times: int) -> str:
            if self.request.retries < times:
                raise self.retry(countdown=60, exc=ValueError("not yet"))
            return f"after {self.request.retries}"

        @app.task(name="broken", shared=False)
        def broken(reason: str) -> None:
            raise LookupError(reason)

        @app.task(name="note", shared=False)
        def note(*words: str, **labels: str) -> None:
            self.log.append((words, labels))

        @app.task(name="nested", shared=False)
        def nested() -> None:
            self.mail.delay("inner@example.org")

        @app.task(name="failed", shared=False)
        def failed(request: Any, error: Exception, traceback: Any) -> None:
            self.log.append(str(error))

        self.total, self.flaky, self.broken, self.note, self.nested = total, flaky, broken, note, nested
        self.failed = failed


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def sent(shop: Shop) -> Iterator[SentTasks]:
    with record(shop.app) as sent:
        yield sent


def test_arguments_have_the_names_of_the_parameters_however_they_were_passed(shop: Shop, sent: SentTasks) -> None:
    shop.mail.delay("a@b.c", subject="Hi")
    shop.mail.apply_async(kwargs={"subject": "Hi", "to": "a@b.c"})
    first, second = sent.to(shop.mail)
    assert (first.args, first.kwargs) == (("a@b.c",), {"subject": "Hi"})
    assert (second.args, second.kwargs) == ((), {"subject": "Hi", "to": "a@b.c"})
    assert list(first.arguments.items()) == list(second.arguments.items()) == [("to", "a@b.c"), ("subject", "Hi")]
    shop.note.delay("x", "y", z="1")
    assert sent.to(shop.note).one().arguments == {"words": ("x", "y"), "z": "1"}


def test_options_are_kept_and_the_route_is_the_real_one() -> None:
    shop = Shop(task_routes={"total": {"queue": "sums"}})
    with record(shop.app) as sent:
        soon = datetime.now(timezone.utc) + timedelta(hours=1)
        shop.mail.apply_async(("a",), countdown=60, queue="mails", priority=3, headers={"tenant": "7"})
        shop.total.apply_async(([],), eta=soon, expires=120)
        mail, total = sent
    expected = {"countdown": 60, "queue": "mails", "priority": 3, "headers": {"tenant": "7"}}
    assert {name: mail.options[name] for name in expected} == expected
    assert (mail.queue, mail.headers["tenant"], total.queue) == ("mails", "7", "sums")
    assert (total.options["eta"], total.options["expires"]) == (soon, 120)
    assert total.headers["eta"] == soon.isoformat()


WAYS: dict[str, Callable[[Shop], Any]] = {
    "delay": lambda shop: shop.mail.delay("a"),
    "apply_async": lambda shop: shop.mail.apply_async(("a",)),
    "send_task": lambda shop: shop.app.send_task("mail", ["a"]),
    "signature": lambda shop: shop.mail.s("a").delay(),
    "signature by name": lambda shop: shop.app.signature("mail", ["a"]).apply_async(),
    "chain": lambda shop: chain(shop.mail.s("a"), shop.mail.s()).apply_async(),
    "group": lambda shop: group([shop.mail.s("a")], app=shop.app).apply_async(),
    "chord": lambda shop: chord([shop.mail.s("a")], shop.total.s(), app=shop.app).apply_async(),
    "starmap": lambda shop: shop.mail.starmap([("a", "b")]).apply_async(),
    "map": lambda shop: shop.mail.map(["a"]).apply_async(),
    "a producer of its own": lambda shop: shop.mail.apply_async(
        ("a",), producer=shop.app.amqp.Producer(Connection("amqp://127.0.0.1:1//"), auto_declare=False)
    ),
    "a connection of its own": lambda shop: shop.mail.apply_async(
        ("a",), connection=Connection("amqp://127.0.0.1:1//")
    ),
    "a thread": lambda shop: in_thread(lambda: shop.mail.delay("a")),
    "a coroutine": lambda shop: asyncio.run(asyncio.to_thread(shop.mail.delay, "a")),
    "a periodic task": lambda shop: tick(shop.app, {"task": "mail", "args": ("a",)}),
    "a periodic task of another service": lambda shop: tick(shop.app, {"task": "elsewhere", "args": ("a",)}),
}


def in_thread(call: Callable[[], Any]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def tick(app: Celery, entry: dict[str, Any]) -> None:
    """What beat does when an entry is due."""
    app.conf.beat_schedule = {"entry": {**entry, "schedule": 60}}
    scheduler = beat.Scheduler(app=app, lazy=True, Producer=app.amqp.Producer)
    scheduler.setup_schedule()
    scheduler.apply_async(scheduler.schedule["entry"], producer=scheduler.producer)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("protocol", [1, 2])
def test_every_way_to_send_is_seen_and_nothing_leaves_the_process(way: str, protocol: int) -> None:
    shop = Shop(task_protocol=protocol, task_send_sent_event=True)
    with record(shop.app) as sent:
        WAYS[way](shop)
        (send,) = sent
    assert "a" in repr(send)
    assert send.id


def test_a_retry_is_sent_again_and_a_chord_counts(shop: Shop, sent: SentTasks) -> None:
    flaky = shop.flaky.delay(2)
    joined = chord([shop.mail.s("a"), shop.mail.s("b")], shop.total.s(), app=shop.app).apply_async()
    chained = chain(shop.mail.s("c"), shop.mail.s("Again")).apply_async()
    together = group([shop.mail.s("d"), shop.mail.s("e")], app=shop.app).apply_async()
    ran = sent.run()
    assert [send.name for send in ran] == ["flaky", *["mail"] * 5, "flaky", "total", "mail", "flaky"]
    assert flaky.get() == "after 2"
    assert [send.options.get("countdown") for send in sent.to(shop.flaky)] == [None, 60, 60]
    assert (joined.get(), shop.log) == (2, [["mailed a", "mailed b"]])
    assert chained.get() == "mailed mailed c"
    assert together.get() == ["mailed d", "mailed e"]
    assert sent.run() == []


def test_a_task_that_fails_raises_from_run_after_its_errbacks_were_sent(shop: Shop, sent: SentTasks) -> None:
    result = shop.broken.apply_async(("no stock",), link_error=shop.failed.s())
    with pytest.raises(LookupError, match="no stock"):
        sent.run()
    assert (result.state, shop.log) == ("FAILURE", ["no stock"])
    shop.broken.delay("again")
    assert [send.name for send in sent.run(propagate=False)] == ["broken"]
    with pytest.raises(LookupError, match="again"):
        sent[-1].result.get()


def test_run_ends_where_a_task_sends_itself_for_ever(shop: Shop, sent: SentTasks) -> None:
    shop.app.conf.task_annotations = None
    forever = shop.app.task(lambda_free, name="forever", bind=True, max_retries=None, shared=False)
    forever.delay()
    with pytest.raises(AssertionError, match=r"20 tasks have run, and forever\(\) waits"):
        sent.run(limit=20)


def lambda_free(self: Any) -> None:
    raise self.retry(countdown=0)


def test_what_a_task_sends_runs_after_it(shop: Shop, sent: SentTasks) -> None:
    shop.nested.delay()
    shop.mail.delay("outer@example.org")
    sent.run()
    assert [to for to, _ in shop.mailer.mailed] == ["outer@example.org", "inner@example.org"]


def test_a_result_is_given_beforehand_or_afterwards(shop: Shop, sent: SentTasks) -> None:
    early = shop.mail.delay("early")
    sent.answer(shop.mail, "delivered")
    chained = chain(shop.mail.s("c"), shop.total.s()).apply_async()
    assert early.get(timeout=1) == shop.mail.delay("late").get() == "delivered"
    sent.answer(shop.total, 7)
    assert chained.get() == 7
    assert (shop.mailer.mailed, sent.run()) == ([], [])


def test_an_exception_is_an_answer_too(shop: Shop, sent: SentTasks) -> None:
    sent.answer(shop.mail, ConnectionError("no route"))
    result = shop.mail.apply_async(("a",), link_error=shop.failed.s())
    with pytest.raises(ConnectionError, match="no route"):
        result.get()
    sent.answer(shop.mail, CeleryTimeoutError("slow"))
    with pytest.raises(CeleryTimeoutError):
        shop.mail.delay("b").get(timeout=3)


def test_the_task_of_another_service_is_answered(shop: Shop, sent: SentTasks) -> None:
    price = shop.app.Task()
    price.name = "prices.of"
    result = shop.app.send_task("prices.of", ["tea"])
    with pytest.raises(UnfitSendError, match=r"prices.of\('tea'\) cannot run: no task named 'prices.of'"):
        sent.run()
    sent.answer(price, 3)
    assert result.get() == 3


def test_a_get_that_would_wait_for_ever_says_what_to_write(shop: Shop, sent: SentTasks) -> None:
    result = shop.mail.delay("a")
    joined = group([shop.mail.s("a")], app=shop.app).apply_async()
    for get in (result.get, lambda: result.get(timeout=5), joined.get, joined.join):
        with pytest.raises(UnansweredError, match=r"call sent.run\(\) before it, or .* sent.answer\(task, result\)"):
            get()
    assert not result.ready()


def test_a_task_may_not_wait_for_another_as_in_a_worker(shop: Shop, sent: SentTasks) -> None:
    @shop.app.task(name="waits", shared=False)
    def waits() -> None:
        shop.mail.delay("a").get()

    waits.delay()
    with pytest.raises(RuntimeError, match=r"Never call result.get\(\) within a task"):
        sent.run()


def test_an_application_without_results_has_none_here() -> None:
    shop = Shop(backend=None)
    with record(shop.app) as sent:
        with pytest.raises(NotImplementedError, match="No result backend"):
            shop.mail.delay("a").get()
        with pytest.raises(UnfitSendError, match="the application has no result_backend"):
            sent.answer(shop.mail, "x")
        sent.run()
    assert shop.mailer.mailed == [("a", "Hello")]


class Colour(str, Enum):
    RED = "red"


class Opaque:
    pass


class Money:
    """A class that says itself what kombu sends of it."""

    def __json__(self) -> dict[str, int]:
        return {"pence": 7}


@pytest.mark.parametrize(
    "value", ["x", 1, 1.5, None, [1, [2]], {"a": {"b": 1}}, date(2024, 1, 2), Colour.RED, float("nan"), b"x"], ids=repr
)
def test_what_arrives_equal_is_right(shop: Shop, sent: SentTasks, value: Any) -> None:
    shop.mail.delay("a", subject=value)
    assert len(sent.to(shop.mail)) == 1


@pytest.mark.parametrize(
    ("value", "place"),
    [((1, 2), r"subject=\(1, 2\), and the worker gets \[1, 2\]"), ([{"x": ({},)}], r"subject\[0\]\['x'\]="), ({1: 2}, "subject={1: 2}")],
    ids=repr,
)  # fmt: skip
def test_what_arrives_as_something_else_is_an_error_at_the_send(
    shop: Shop, sent: SentTasks, value: Any, place: str
) -> None:
    with pytest.raises(UnfitSendError, match=f"mail was sent {place}"):
        shop.mail.delay("a", subject=value)
    with record(shop.app, changed="ignore") as allowing:
        shop.mail.delay("a", subject=value)
    assert allowing.to(shop.mail).one().arguments["subject"] != value


def test_what_is_sent_in_a_form_of_its_own_is_right(shop: Shop, sent: SentTasks) -> None:
    note: Any = shop.note
    note.delay(Money(), shop.mail.s(("a",)))
    assert sent.to(shop.note).one().args[0] == {"pence": 7}


def test_another_serializer_has_its_own_verdict() -> None:
    shop = Shop(accept_content=["json", "pickle"], result_accept_content=["json"])
    with record(shop.app) as sent:
        shop.mail.apply_async(("a", (1, 2)), serializer="pickle")
        assert sent.to(shop.mail).one().arguments["subject"] == (1, 2)
    with (
        record(Shop().app) as sent,
        pytest.raises(UnfitSendError, match="could not read the message for mail: Refusing"),
    ):
        sent._app.tasks["mail"].apply_async(("a", (1, 2)), serializer="pickle")


def test_what_cannot_be_encoded_is_celerys_own_error(shop: Shop, sent: SentTasks) -> None:
    with pytest.raises(EncodeError):
        shop.mail.delay(Opaque())
    with pytest.raises(UnfitSendError, match="back with json"):
        sent.answer(shop.mail, Opaque())
    assert len(sent) == 0


@pytest.mark.parametrize(
    ("args", "kwargs", "why"),
    [
        ([], {}, "missing a required argument: 'to'"),
        (["a", "b", "c"], {}, "too many positional arguments"),
        (["a"], {"sbject": "b"}, "got an unexpected keyword argument 'sbject'"),
    ],
)
def test_arguments_that_celery_does_not_check_are_held_to_the_signature(
    shop: Shop, sent: SentTasks, args: list[str], kwargs: dict[str, str], why: str
) -> None:
    with pytest.raises(UnfitSendError, match=rf"the worker could not call mail\(.*\): {why}"):
        shop.app.send_task("mail", args, kwargs)
    assert len(sent) == 0


def test_a_wrapper_that_may_supply_arguments_is_not_judged(shop: Shop, sent: SentTasks) -> None:
    import functools

    def with_database(function: Any) -> Any:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return function("database", *args, **kwargs)

        return call

    @shop.app.task(name="injected", shared=False)
    @with_database
    def injected(database: str, row: int) -> None:
        shop.log.append((database, row))

    injected.delay(7)
    sent.run()
    assert shop.log == [("database", 7)]


def test_what_a_task_sends_wrongly_is_an_error_of_the_run(shop: Shop, sent: SentTasks) -> None:
    @shop.app.task(name="careless", shared=False)
    def careless() -> None:
        shop.mail.delay("a", subject=(1, 2))

    careless.delay()
    with pytest.raises(UnfitSendError, match="mail was sent subject="):
        sent.run()


def test_a_send_to_another_task_fails_where_one_asks(shop: Shop, sent: SentTasks) -> None:
    sent.only_to()
    shop.mail.delay("a")
    sent.only_to(shop.mail, shop.total)
    shop.total.delay([])
    with pytest.raises(AssertionError, match=r"(?s)only mail may be sent\nsent:\n  total\(results=\[\]\)"):
        sent.only_to(shop.mail)
    with pytest.raises(AssertionError, match=r"(?s)nothing may be sent\nsent:\n  mail\(to='a'\)\n  total"):
        sent.only_to()
    with record(shop.app, only=[shop.mail]) as strict:
        shop.mail.delay("a")
        with pytest.raises(UnfitSendError, match=r"total\(results=\[\]\) was sent, and only mail may be"):
            shop.total.delay([])
    assert (len(strict), len(sent)) == (1, 2)


def test_a_failed_expectation_names_the_nearest(shop: Shop, sent: SentTasks) -> None:
    with pytest.raises(AssertionError, match=r"^mail was not sent; nothing was sent$"):
        sent.to(shop.mail).one()
    shop.total.delay([])
    with pytest.raises(
        AssertionError, match=r"mail was not sent, so there is no \[0\]\nsent:\n  total\(results=\[\]\)"
    ):
        sent.to(shop.mail)[0]
    shop.mail.delay("other@b.c", "Bye")
    shop.mail.delay("a@b.c", subject="Hi!")
    with pytest.raises(AssertionError) as failure:
        sent.to(shop.mail).one_with("a@b.c", "Hi")
    assert str(failure.value) == (
        "mail(to='a@b.c', subject='Hi') was not sent; the nearest of 2:\n"
        "  mail(to='a@b.c', subject='Hi!')\n"
        "    subject was 'Hi!', expected 'Hi'"
    )
    with pytest.raises(AssertionError, match=r"(?s)subject='Hi!' was passed, and not expected"):
        sent.to(shop.mail).one_with("a@b.c")
    with pytest.raises(AssertionError, match=r"(?s)^mail was sent 2 times, not once\nsent:\n  mail\(.*\n  mail\("):
        sent.to(shop.mail).one()
    assert sent.to(shop.mail).one_with(to="a@b.c", subject="Hi!") is sent[2]
    assert list(sent.to(shop.mail).where(to="a@b.c")) == [sent[2]]
    assert len(sent.to(shop.mail).where(to="nobody")) == 0


def test_eager_tasks_are_recorded_and_run_at_once() -> None:
    shop = Shop(task_always_eager=True)
    with record(shop.app) as sent:
        assert shop.mail.apply_async(("a",), queue="q", countdown=5).get() == "mailed a"
        assert shop.flaky.delay(2).get() == "after 2"
        assert chain(shop.mail.s("c"), shop.mail.s("Again")).apply_async().get() == "mailed mailed c"
        assert chord([shop.mail.s("x"), shop.mail.s("y")], shop.total.s(), app=shop.app).apply_async().get() == 2
        shop.nested.delay()
        failing = shop.broken.delay("no stock")
        assert failing.state == "FAILURE"
    assert sent[0].options["queue"] == "q"
    assert [send.name for send in sent.to(shop.nested)] == ["nested"]
    assert shop.mailer.mailed[-1] == ("inner@example.org", "Hello")
    # As it was: eager, and Celery's own.
    assert shop.app.conf.task_always_eager is True
    assert shop.mail.delay("after").get() == "mailed after"


def test_eager_tasks_that_propagate_raise_at_the_send() -> None:
    shop = Shop(task_always_eager=True, task_eager_propagates=True, backend=None)
    with record(shop.app) as sent:
        assert shop.mail.delay("a").get() == "mailed a"
        with pytest.raises(LookupError, match="no stock"):
            shop.broken.delay("no stock")
    assert len(sent) == 2


def test_everything_is_put_back() -> None:
    shop = Shop(broker="memory://put-back", backend="cache+memory://")
    app: Any = shop.app
    backend, before = app.backend, (dict(vars(app)), dict(vars(app.amqp)), dict(app.conf.changes))
    cached = shop.app.signature("mail", ["a"])
    with record(shop.app) as sent:
        cached.apply_async()
        with record(shop.app) as inner:
            cached.apply_async()
        cached.apply_async()
    assert (len(sent), len(inner)) == (2, 1)
    assert app.backend is backend
    after = (dict(vars(app)), dict(vars(app.amqp)), dict(app.conf.changes))
    for was, now in zip(before, after, strict=True):
        # What Celery keeps for itself when it is first asked may have come.
        was.pop("finalized", None)
        assert {name: now[name] for name in was} == was
    assert "send_task" not in vars(app)
    cached.apply_async()
    with app.connection_for_read() as connection:
        assert connection.default_channel.queue_declare("celery", passive=True).message_count == 1
    assert len(sent) == 2


def test_a_handler_of_the_publish_signals_sees_the_message_and_may_send(shop: Shop, sent: SentTasks) -> None:
    def handler(sender: str, headers: dict[str, Any], **_: Any) -> None:
        headers["seen"] = "yes"
        if sender == "mail":
            shop.total.delay([])

    signals.before_task_publish.connect(handler, weak=False)
    try:
        shop.mail.delay("a")
    finally:
        signals.before_task_publish.disconnect(handler)
    assert [send.name for send in sent] == ["total", "mail"]
    assert sent.to(shop.mail).one().headers["seen"] == "yes"


def test_revoking_and_inspecting_stay_in_the_process(shop: Shop, sent: SentTasks) -> None:
    shop.mail.delay("a").revoke()
    assert shop.app.control.ping(timeout=0.01) == []
    assert [send.name for send in sent] == ["mail"]


def test_threads_send_at_the_same_time(shop: Shop, sent: SentTasks) -> None:
    threads = [threading.Thread(target=lambda n=n: [shop.mail.delay(f"{n}-{i}") for i in range(20)]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({send.arguments["to"] for send in sent.to(shop.mail)}) == 160
    assert len(sent.run()) == 160


def test_the_libraries_of_broker_and_backend_are_not_needed() -> None:
    shop = Shop(broker="sqs://", backend="couchbase://nowhere/results")
    with record(shop.app) as sent:
        result = shop.mail.apply_async(("a",), countdown=5)
        sent.run()
        assert result.get() == "mailed a"


def test_eager_under_a_namespace_as_in_django() -> None:
    class Settings:
        CELERY_TASK_ALWAYS_EAGER = True

    shop = Shop()
    shop.app.config_from_object(Settings, namespace="CELERY")
    with record(shop.app) as sent:
        assert shop.mail.delay("a").get() == "mailed a"
    assert len(sent) == 1
    assert shop.app.conf.task_always_eager is True
    Settings.CELERY_TASK_ALWAYS_EAGER = False
    assert shop.app.conf.task_always_eager is False
