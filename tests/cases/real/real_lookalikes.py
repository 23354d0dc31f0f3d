"""Things that share a name with Celery's methods and are none of them."""
from typing import Any

from celery import Celery, shared_task
from celery.result import AsyncResult

app = Celery("lookalikes")


class Client:
    """No task."""

    def delay(self, seconds: float) -> None: ...

    def apply_async(self, job: str, *, countdwn: int = 0) -> str:
        return job

    def retry(self, times: int) -> None: ...

    def s(self, text: str) -> str:
        return text

    def signature(self, secret: bytes) -> bytes:
        return secret

    def send_task(self, task: int) -> int:
        return task

    def get(self, timeout: int) -> int:
        return timeout

    def map(self, keys: int) -> int:
        return keys


@shared_task
def send(to: str, copies: int = 1) -> int:
    return copies


@app.task(bind=True, max_retries=3)
def again(self, to: str) -> int:
    try:
        return len(to)
    except ValueError as error:
        raise self.retry(exc=error, countdown=2**self.request.retries)
    except KeyError:
        self.retry()
        raise self.retry((to,), countdown=3)
    except TypeError:
        raise self.retry(args=[to], kwargs={}, max_retries=5)


def call_them(client: Client, anything: Any, maybe: Client | None) -> None:
    client.delay(1.5)
    client.apply_async("job", countdwn=3)
    client.retry(2)
    client.s("text")
    client.signature(b"")
    client.send_task(1)
    client.get(timeout=3)
    client.map(3)
    anything.delay(1, 2, 3)
    anything.apply_async(1, countdwn=3)
    anything.send_task(1)
    if maybe:
        maybe.delay(2)
    try:
        client.get(timeout=3)
    except TimeoutError:
        pass


def shadowed(send: Client) -> None:
    send.delay(3)
    send.apply_async("x")


def optional_import() -> None:
    try:
        from nowhere_to_be_found import send  # type: ignore[import-not-found]
    except ImportError:
        send = None
    send.delay(1, 2, 3)


class Proxy:
    task = None
    other = send

    def run(self) -> AsyncResult[int]:
        return self.other.delay("x")


def conditional(flag: bool) -> None:
    task = send if flag else again
    task.delay("x")
    for one in (send, again):
        one.delay("x")
        one.apply_async(("x",))
    table = {"send": send, "again": again}
    table["send"].delay("x")
    getattr(send, "delay")("x", 1, 2, 3)
