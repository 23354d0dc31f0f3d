"""A result is asked of any application, also of one with a task class of its own."""

from typing import Any

from celery import Celery, Task
from celery.result import AsyncResult


class Own(Task[Any, Any]):
    pass


class Application(Celery[Own]):
    pass


app = Celery("own", task_cls=Own)
plain = Celery("plain")
sub = Application("sub")


def use() -> None:
    print(AsyncResult("id", app=app).status)
    found: AsyncResult[int] = AsyncResult("id", app=app)
    found = AsyncResult("id", app=plain)
    found = AsyncResult("id", app=sub)
    found = AsyncResult("id", app=None)
    found = AsyncResult("id", app="own")  # E: Argument "app" to "AsyncResult" has incompatible type "str"; expected "Celery[Any] | None"  [arg-type]
    print(found)
