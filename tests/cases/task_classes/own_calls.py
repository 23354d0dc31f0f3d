"""Task classes with methods of their own: what hands everything on is read, what may do more stays silent."""

from typing import Any

from base import Keyed, Traced

from celery import Celery, Task, shared_task

app = Celery("own_calls")
by_text = Celery("text", task_cls="base:Traced")
by_class = Celery("class", task_cls=Traced)
keyed_text = Celery("keyed", task_cls="base:Keyed")
elsewhere = Celery("elsewhere", task_cls="nowhere.base:Traced")


class Supplying(Task):
    typing = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(*args, session=1, **kwargs)


class Session(Task):
    """What it adds is no parameter of a caller's."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(*args, session=1, **kwargs)


class Sending(Task):
    def delay(self, *args: Any, **kwargs: Any) -> Any:
        return self.apply_async(args, kwargs, countdown=1)

    def apply_async(self, args: Any = None, kwargs: Any = None, priorty: int = 1, **options: Any) -> Any:  # type: ignore[override]
        if kwargs is None:
            kwargs = {}
        options.setdefault("queue", "slow")
        return super().apply_async(args=args, kwargs=kwargs, **options)


class StarSending(Task):
    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("queue", "slow")
        return Task.apply_async(self, *args, **kwargs)


class Below(Sending):
    def on_failure(self, *args: Any) -> None: ...


class Aliased(Task):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        options = kwargs
        options["session"] = 1
        return super().__call__(*args, **kwargs)


class Defaulted(Task):
    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        changed = kwargs or {}
        changed["session"] = 1
        return super().apply_async(args, kwargs, **options)


class BothWays(Task):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if args:
            return super().__call__(*args, **kwargs)
        return super().__call__(1, session=2)


@shared_task(base=Traced)
def traced(x: int) -> int:
    return x


@app.task(base=Traced, bind=True)
def traced_app(self: Any, x: int) -> int:
    return x


@by_text.task
def text_one(x: int) -> int:
    return x


@by_class.task()
def class_one(x: int) -> int:
    return x


@keyed_text.task
def keyed_one(x: dict[str, int], y: int) -> int:
    return y


@shared_task(base=Keyed)
def keyed_two(x: dict[str, int], y: int) -> int:
    return y


@elsewhere.task
def unknown(x: int, y: int) -> int:
    return x


@app.task(base=Supplying)
def supplying(x: int, session: int) -> int:
    return x


@app.task(base=Session)
def session(x: int, session: int) -> int:
    return x


@shared_task(base=Sending)
def sending(x: int) -> int:
    return x


@app.task(base=StarSending)
def star_sending(x: int) -> int:
    return x


@app.task(base=Below)
def below(x: int) -> int:
    return x


@app.task(base=Aliased)
def aliased(x: int, session: int) -> int:
    return x


@app.task(base=Defaulted)
def defaulted(x: int, session: int) -> int:
    return x


@app.task(base=BothWays)
def both_ways(x: int, session: int = 1) -> int:
    return x


def use() -> None:
    traced.delay(1)
    traced.delay("1")  # E: Argument 1 to "delay" of "traced" has incompatible type "str"; expected "int"  [arg-type]
    traced(1)
    traced("1")  # E: Argument 1 to "__call__" of "Traced" has incompatible type "str"; expected "int"  [arg-type]
    traced_app.delay(1)
    traced_app.apply_async(("1",))  # E: Argument 1 to "traced_app" has incompatible type "str"; expected "int"  [arg-type]
    traced_app.apply_async((1,))
    text_one.delay(1)
    text_one.delay("1")  # E: Argument 1 to "delay" of "text_one" has incompatible type "str"; expected "int"  [arg-type]
    class_one.delay(1)
    class_one.delay(y=1)  # E: Unexpected keyword argument "y" for "delay" of "class_one"  [call-arg]
    keyed_one.delay(1, 2)
    keyed_two.delay(1, 2)
    unknown.delay(1)
    supplying.delay(1)
    session.delay(1)
    session.delay("1")  # E: Argument 1 to "delay" of "session" has incompatible type "str"; expected "int"  [arg-type]
    sending.delay(1)
    sending.delay("1")  # E: Argument 1 to "delay" of "Sending" has incompatible type "str"; expected "int"  [arg-type]
    sending.apply_async((1,), countdown=3)
    sending.apply_async(("1",), countdown=3)  # E: Argument 1 to "sending" has incompatible type "str"; expected "int"  [arg-type]
    sending.apply_async((1,), cuntdown=3)  # E: Unexpected keyword argument "cuntdown" for "apply_async" of "Task"; did you mean "countdown"?  [call-arg]
    sending.apply_async((1,), priorty=3)
    star_sending.apply_async((1,), queue="q")
    star_sending.apply_async((), queue="q")  # E: Missing positional argument "x" in call to "star_sending"  [call-arg]
    star_sending.delay(1)
    star_sending.delay("1")  # E: Argument 1 to "delay" of "star_sending" has incompatible type "str"; expected "int"  [arg-type]
    below.delay(1)
    below.delay()  # E: Missing positional argument "x" in call to "delay" of "Sending"  [call-arg]
    aliased.delay(1)
    defaulted.apply_async((1,))
    both_ways.delay("1")
    app.send_task("own_calls.traced_app", (1,))
    app.send_task("own_calls.traced_app", ("1",))  # E: Argument 1 to "traced_app" has incompatible type "str"; expected "int"  [arg-type]
