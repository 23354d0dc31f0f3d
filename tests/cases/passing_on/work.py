"""What stands between the task and its function is read, or the settings say what it supplies."""
from celery import Celery, shared_task
from deco import changing, listed, quiet, timed, typed_db, unread, untyped_db, with_db
from names import TaskName

app = Celery("work", broker="memory://")


@app.task(name=TaskName.SEND)
@with_db
def send(to: str, db: str) -> None:
    print(to, db)


@shared_task
@with_db
def shared_send(to: str, db: str) -> None:
    print(to, db)


@app.task
@typed_db
def typed(db: str, to: str) -> None:
    print(to, db)


@app.task
@untyped_db
def untyped(to: str, db: str) -> None:
    print(to, db)


@shared_task
@untyped_db
def shared_untyped(to: str, db: str) -> None:
    print(to, db)


@shared_task
@quiet
def shared_quiet(n: int) -> int:
    return n


@app.task
@quiet
def app_quiet(n: int) -> int:
    return n


@app.task(bind=True)
@timed("x")
def app_timed(self, n: int) -> int:
    return n


@app.task
@listed
def app_listed(n: int) -> int:
    return n


@shared_task
@changing
def shared_changing(n: int) -> int:
    return n


@app.task
@unread
def app_unread(first: int, n: int) -> int:
    return n


@app.task
@unread
@quiet
def app_both(first: int, n: int) -> int:
    return n


def right() -> None:
    send.delay("a")
    send.delay("a", db="other")
    send.apply_async(("a",))
    send.apply_async(kwargs={"to": "a"})
    send.s("a").delay()
    app.send_task(TaskName.SEND, ("a",))
    shared_send.delay("a")
    typed.delay("a")
    untyped.delay("a")
    shared_untyped.delay("a")
    shared_quiet.delay(1)
    app_quiet.delay(n=1)
    app_timed.delay(1)
    app_listed.delay(1)
    shared_changing.delay(n="1")
    app_unread.delay(1)
    app_both.delay(1)


def wrong() -> None:
    send.delay(1)  # E: Argument 1 to "delay" of "send" has incompatible type "int"; expected "str"  [arg-type]
    send.apply_async((1,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    send.s(t="a")  # E: Unexpected keyword argument "t" for "send"  [call-arg]
    app.send_task(TaskName.SEND, (1,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    shared_send.delay(1)  # E: Argument 1 to "delay" of "shared_send" has incompatible type "int"; expected "str"  [arg-type]
    typed.delay(1)  # E: Argument 1 to "delay" of "typed" has incompatible type "int"; expected "str"  [arg-type]
    untyped.delay(1)  # E: Argument 1 to "delay" of "untyped" has incompatible type "int"; expected "str"  [arg-type]
    shared_untyped.delay(1)  # E: Argument 1 to "delay" of "shared_untyped" has incompatible type "int"; expected "str"  [arg-type]
    shared_quiet.delay("1", 2, wrong=3)  # E: Too many arguments for "delay" of "shared_quiet"  [call-arg]  # E: Unexpected keyword argument "wrong" for "delay" of "shared_quiet"  [call-arg]  # E: Argument 1 to "delay" of "shared_quiet" has incompatible type "str"; expected "int"  [arg-type]
    app_quiet.delay(m=1)  # E: Unexpected keyword argument "m" for "delay" of "app_quiet"  [call-arg]
    app_timed.delay("1")  # E: Argument 1 to "delay" of "app_timed" has incompatible type "str"; expected "int"  [arg-type]
    app_listed.apply_async(("1",))  # E: Argument 1 to "app_listed" has incompatible type "str"; expected "int"  [arg-type]
