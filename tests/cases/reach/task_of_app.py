"""``class X(app.Task)``: to mypy its base is Any; the tasks that it is the class of are seen all the same."""

from typing import Any

from applications import app

from celery import Task


class Logged(app.Task):  # type: ignore[name-defined]
    abstract = True
    _connection: Any = None

    @property
    def connection(self):
        return self._connection

    def on_failure(self, exc: Any, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        print(task_id)


class Below(Logged):
    pass


class Session(app.Task):  # type: ignore[name-defined]
    """What it adds is no parameter of a caller's."""

    def __call__(self, *args, **kwargs):
        return super().__call__(*args, session=1, **kwargs)


class Changing(app.Task):  # type: ignore[name-defined]
    def apply_async(self, args=None, kwargs=None, **options):
        return super().apply_async((1, *args), kwargs, **options)


class Unchecked(app.Task):  # type: ignore[name-defined]
    typing = False


class WithMethods(app.Task):  # type: ignore[name-defined]
    def lock(self, key: str) -> bool:
        return bool(key)


class Plain(app.Task):  # type: ignore[name-defined]
    name = "reach.plain"

    def run(self, number: int, *, text: str = "") -> int:
        return number


class Other(app.Task):  # type: ignore[name-defined]
    name = "reach.other"

    def run(self, text: str) -> int:
        return 1


plain = app.register_task(Plain())
twice = app.register_task(Plain())
twice = app.register_task(Other())


@app.task(base=Logged)
def send(to: str, times: int = 1) -> bool:
    return True


@app.task(bind=True, base=Below, max_retries=3)
def bound(self, to: str) -> bool:
    self.connection.anything()
    return True


@app.task(base=Session)
def in_session(to: str, session: int) -> bool:
    return True


@app.task(base=Changing)
def changed(number: int, to: str) -> bool:
    return True


@app.task(base=Unchecked)
def unchecked(number: int, to: str) -> bool:
    return True


@app.task(base=WithMethods)
def with_methods(to: str) -> bool:
    return True


def takes(task: Task[Any, Any], own: Logged, number: int) -> None: ...


def use() -> None:
    send.delay("a")
    send.delay(1)  # E: Argument 1 to "delay" of "send" has incompatible type "int"; expected "str"  [arg-type]
    send.delay("a", times=2)
    send.delay("a", tmes=2)  # E: Unexpected keyword argument "tmes" for "delay" of "send"; did you mean "times"?  [call-arg]
    send.delay()  # E: Missing positional argument "to" in call to "delay" of "send"  [call-arg]
    send("a")
    send(1)  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    send.si("a")
    send.si(1)  # E: Argument 1 to "si" of "send" has incompatible type "int"; expected "str"  [arg-type]
    send.apply_async(("a",), countdown=1, own_option=2)
    send.apply_async((1,), countdown=1)  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    bound.delay("a")
    bound.delay(1)  # E: Argument 1 to "delay" of "bound" has incompatible type "int"; expected "str"  [arg-type]
    bound.retry_count.anything = send.connection
    in_session.delay("a")
    in_session.delay(1)  # E: Argument 1 to "delay" of "in_session" has incompatible type "int"; expected "str"  [arg-type]
    changed.delay("a")
    unchecked.delay("a")
    with_methods.delay("a")
    with_methods.lock("a")
    with_methods.lock(1)  # E: Argument 1 to "lock" of "WithMethods" has incompatible type "int"; expected "str"  [arg-type]
    plain.delay(1)
    plain.delay(1, text="a")
    plain.delay("a")  # E: Argument 1 to "delay" of "plain" has incompatible type "str"; expected "int"  [arg-type]
    plain.delay(1, "a")  # E: Too many positional arguments for "delay" of "plain"  [call-arg]
    plain.apply_async(kwargs={"number": 1})
    plain.apply_async(kwargs={"numbr": 1})  # E: Unexpected keyword argument "numbr" for "plain"; did you mean "number"?  [call-arg]
    twice.delay("a")
    takes(send, send, send)
    takes(plain, plain, plain)
