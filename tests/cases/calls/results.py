import celery.exceptions
from celery import shared_task


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
