from typing import Any

import celery.exceptions
from celery import Celery, Task, shared_task


@shared_task
def ping() -> int:
    return 1


def other() -> None: ...


def ignored() -> None:
    ping.apply_async(ignore_result=True)
    ping.apply_async(ignore_result=False).get()
    ping.apply_async(ignore_result=True).get()  # E: The result of task "ping" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    fire = ping.apply_async(ignore_result=True)
    fire.get(timeout=3)  # E: The result of task "ping" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    wait = ping.apply_async()
    wait.get(timeout=3)


def timeouts() -> None:
    try:
        ping.delay().get(timeout=3)
    except TimeoutError:  # N: The builtin TimeoutError never catches the timeout of AsyncResult.get()  (task-timeout)  # N: hint: catch celery.exceptions.TimeoutError
        print("slow")
    try:
        result = ping.delay().get(timeout=3)
    except celery.exceptions.TimeoutError:
        print("slow")
    try:
        other()
        ping.delay().get(timeout=3)
    except TimeoutError:
        print("slow")
    try:
        ping.delay().get(timeout=3)
    except (TimeoutError, celery.exceptions.TimeoutError):
        print("slow")
    try:
        ping.delay().get()
    except TimeoutError:
        print("never, but no timeout is asked for")


def calls_are_not_requests_here() -> None:
    ping()


app = Celery("results")


class Quiet(Task[Any, Any]):
    ignore_result = True


@app.task(ignore_result=True)
def silent(n: int) -> int:
    return n


@shared_task(ignore_result=True)
def shared_silent(n: int) -> int:
    return n


@app.task(base=Quiet)
def of_quiet(n: int) -> int:
    return n


@app.task(ignore_result=False)
def loud(n: int) -> int:
    return n


def ignored_by_the_task(options: dict[str, Any], both: bool) -> None:
    silent.delay(1)
    silent.apply((1,)).get()
    silent.apply_async((1,), ignore_result=False).get()
    silent.apply_async((1,), **options).get()
    loud.delay(1).get()
    silent.delay(1).get()  # E: The result of task "silent" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    silent.apply_async((1,)).get()  # E: The result of task "silent" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    shared_silent.delay(1).get()  # E: The result of task "shared_silent" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    of_quiet.delay(1).get()  # E: The result of task "of_quiet" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    sent = silent.delay(1)
    sent.get()  # E: The result of task "silent" is ignored, so .get() returns None at once  [task-ignored-result]  # N: hint: drop ignore_result=True, or do not ask for the result
    either = silent.delay(1)
    if both:
        either = loud.delay(1)
    either.get()
    for task in (silent, loud):
        task.delay(1).get()
