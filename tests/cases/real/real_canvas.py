"""Canvas as mature projects write it: signatures are partial until something completes them."""
from typing import Any

from celery import Celery, chain, chord, group, shared_task, signature
from celery.canvas import Signature
from celery.schedules import crontab

app = Celery("canvas")


@shared_task
def fetch(url: str) -> bytes:
    return b""


@shared_task
def parse(page: bytes, strict: bool = False) -> list[str]:
    return []


@shared_task
def store(words: list[str], key: str) -> int:
    return len(words)


@shared_task
def total(counts: list[int], label: str = "") -> int:
    return sum(counts)


@shared_task(bind=True)
def on_error(self, uuid, *args):
    return uuid


@shared_task
def callback(result: Any, **kwargs: Any) -> None: ...


@shared_task
def noop() -> None: ...


def build(urls: list[str], flag: bool) -> None:
    chain(fetch.s("u"), parse.s(), store.s("k")).delay()
    chain(fetch.s("u"), parse.s(strict=True), store.s(key="k"))()
    (fetch.s("u") | parse.s() | store.s("k")).apply_async()
    chain([fetch.s("u"), parse.s()]).apply_async()
    chain(fetch.si("u"), fetch.si("v"), noop.si())()
    chain(*[fetch.si(url) for url in urls])()
    steps: list[Signature[Any]] = [fetch.s("u")]
    if flag:
        steps.append(parse.s())
    steps += [store.s("k")]
    chain(*steps).apply_async()
    chain(steps)()
    group(fetch.s(url) for url in urls)()
    group([fetch.s(url) for url in urls]).apply_async()
    group(*[fetch.s(url) for url in urls]).delay()
    chord([store.s(["w"], "k") for _ in urls], total.s())
    chord([store.s(["w"], "k") for _ in urls])(total.s(label="x"))
    chord(group(store.s(["w"], "k") for _ in urls), total.si([1]))()
    (group(store.s(["w"], "k") for _ in urls) | total.s()).apply_async()
    (fetch.s("u") | group(parse.s(), parse.s(strict=True)) | callback.s())()
    fetch.apply_async(("u",), link=parse.s(), link_error=on_error.s())
    fetch.apply_async(("u",), link=[parse.s(), callback.s(more=1)], link_error=[on_error.s()])
    fetch.s("u").set(queue="slow").apply_async()
    fetch.s("u").on_error(on_error.s()).delay()
    fetch.s().delay("u")
    fetch.s().apply_async(("u",))
    fetch.s("u").clone().apply_async()
    fetch.signature(("u",), immutable=True, countdown=3, MessageGroupId="g").apply_async()
    fetch.signature(args=["u"], kwargs={}, queue="slow").apply_async()
    fetch.subtask(("u",)).apply_async()
    parse.signature(kwargs={"strict": True})
    signature("real_canvas.fetch", args=("u",)).delay()
    signature("elsewhere.task", args=(1, 2), kwargs={"x": 1}, app=app).delay()
    signature(fetch.s("u")).delay()
    app.signature("elsewhere.task", (1,)).delay()
    fetch.map(urls)
    store.starmap([(["w"], "k")])
    fetch.chunks(zip(urls), 10).apply_async()
    fetch.chunks([(url,) for url in urls], 10)()


@app.on_after_configure.connect
def set_up(sender: Celery, **kwargs: Any) -> None:
    sender.add_periodic_task(10.0, noop.s(), name="every ten seconds")
    sender.add_periodic_task(crontab(hour=7), fetch.s("u"))
    sender.add_periodic_task(crontab(hour=7), fetch.s("u"), expires=10, queue="slow")
    sender.add_periodic_task(crontab(hour=7), noop.si())
    sender.add_periodic_task(crontab(hour=7), fetch.signature(("u",)))
    sender.add_periodic_task(30, fetch.s(), args=("u",))


app.conf.beat_schedule = {
    "noop": {"task": "real_canvas.noop", "schedule": crontab(minute=0)},
    "fetch": {"task": "real_canvas.fetch", "schedule": 30.0, "args": ("u",), "options": {"queue": "slow"}},
    "fetch by keyword": {"task": "real_canvas.fetch", "schedule": 30.0, "kwargs": {"url": "u"}},
    "elsewhere": {"task": "elsewhere.tasks.run", "schedule": 30.0, "args": (1, 2, 3)},
    "celery's own": {"task": "celery.backend_cleanup", "schedule": crontab(hour=4)},
}
