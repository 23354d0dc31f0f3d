"""Tasks of an application: their functions' own parameters, and nothing that stock mypy accepts is lost."""
from typing import Any

from celery import Celery, Task, shared_task

app = Celery("registration")


@app.task
def bare(order: int, note: str = "") -> str:
    return note


@app.task()
def called(order: int, note: str = "") -> float:
    return 1.0


@app.task(bind=True, max_retries=3)
def bound(self: Task[[int], str], order: int) -> str:
    raise self.retry(countdown=3)


@app.task(bind=True)
def bound_bare(self: Any, order: int) -> str:
    return ""


class Logged(Task):  # type: ignore[type-arg]
    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None: ...


class Loading(Task):  # type: ignore[type-arg]
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(1, *args, **kwargs)


@app.task(base=Logged)
def logged(order: int) -> str:
    return ""


@app.task(base=Loading)
def loading(session: int, order: int) -> str:
    return ""


@app.task(typing=False)
def untyped(session: int, order: int) -> str:
    return ""


@shared_task(typing=False)
def untyped_shared(session: int, order: int) -> str:
    return ""


@app.task(name="registration.named", autoretry_for=(ValueError,), retry_backoff=True)
def named(order: int) -> str:
    return ""


def calls(urgent: bool) -> None:
    bare.delay(1, note="n")
    bare.delay("1")  # E: Argument 1 to "delay" of "bare" has incompatible type "str"; expected "int"  [arg-type]
    bare.apply_async((1,), countdown=3)
    bare.apply_async(("1",), countdown=3)  # E: Argument 1 to "bare" has incompatible type "str"; expected "int"  [arg-type]
    called.delay(order=1)
    called.delay(ordre=1)  # E: Unexpected keyword argument "ordre" for "delay" of "called"; did you mean "order"?  [call-arg]
    called.apply_async(kwargs={"order": 1})
    called.apply_async(kwargs={"ordre": 1})  # E: Unexpected keyword argument "ordre" for "called"; did you mean "order"?  [call-arg]
    called(1)
    called("1")  # E: Argument 1 to "called" has incompatible type "str"; expected "int"  [arg-type]
    bound.delay(1)
    bound.delay("1")  # E: Argument 1 to "delay" of "bound" has incompatible type "str"; expected "int"  [arg-type]
    bound_bare.delay(1)
    bound_bare.delay()  # E: Missing positional argument "order" in call to "delay" of "bound_bare"  [call-arg]
    logged.delay(1)
    logged.delay("1")  # E: Argument 1 to "delay" of "logged" has incompatible type "str"; expected "int"  [arg-type]
    logged.apply_async(("1",))  # E: Argument 1 to "logged" has incompatible type "str"; expected "int"  [arg-type]
    loading.delay(1)
    untyped.delay(1)
    untyped_shared.delay(1)
    named.delay(1)
    named.s("1")  # E: Argument 1 to "named" has incompatible type "str"; expected "int"  [arg-type]
    reveal_type(bare.delay(1).get())  # N: Revealed type is "str"
    reveal_type(called.apply_async((1,)).get())  # N: Revealed type is "float"
    reveal_type(called(1))  # N: Revealed type is "float"
    reveal_type(named.s(1).delay().get())  # N: Revealed type is "str"
    reveal_type(logged.delay(1).get())  # N: Revealed type is "str"
    several = [bare, called, bound, named]
    several[0].delay("anything", 1, 2)
    table = {"bare": bare, "called": called}
    table["bare"].delay(anything=1)
    if urgent:
        chosen = bare
    else:
        chosen = called
    chosen.delay("x", 1, 2)
    once = bare
    if urgent:
        once = called
    once.delay("x", 1, 2)
    for one in (bare, called):
        one.delay("x", 1, 2)
    either = bare if urgent else called
    either.delay("x", 1, 2)


class Bound:
    def send(self, to: str) -> None: ...

    def with_task(self, task: object, to: str) -> None: ...

    def register(self) -> None:
        app.task(name="bound-method")(self.send)  # E: Task "bound-method" registers the bound method Bound.send: Celery breaks its .delay() and .apply_async()  [task-bound-method]  # N: hint: write register_task(app, 'bound-method', self.send), which keeps the real parameters
        app.task(name="bound-method-bind", bind=False)(self.send)  # E: Task "bound-method-bind" registers the bound method Bound.send: Celery breaks its .delay() and .apply_async()  [task-bound-method]  # N: hint: write register_task(app, 'bound-method-bind', self.send), which keeps the real parameters
        app.task(name="bound-method-task", bind=True)(self.with_task)  # E: Task "bound-method-task" registers the bound method Bound.with_task: Celery breaks its .delay() and .apply_async()  [task-bound-method]  # N: hint: write register_task(app, 'bound-method-task', self.with_task), which keeps the real parameters
        app.task(name="static", bind=False)(plain_function)


def plain_function(to: str) -> None: ...


@shared_task(bind=True)
def open_self(self: Task[..., Any], order: int, *, flag: bool = False) -> int:
    return order


@shared_task(bind=True)
def closed_self(self: Task[[int], int], order: int) -> int:
    return order


def shared_calls() -> None:
    open_self.delay(1, flag=True)
    open_self.delay(1, flg=True)  # E: Unexpected keyword argument "flg" for "delay" of "open_self"; did you mean "flag"?  [call-arg]
    open_self.delay("x")  # E: Argument 1 to "delay" of "open_self" has incompatible type "str"; expected "int"  [arg-type]
    open_self.apply_async((1,))
    open_self.apply_async(("x",))  # E: Argument 1 to "open_self" has incompatible type "str"; expected "int"  [arg-type]
    closed_self.delay(order=3)
    closed_self.delay(ordr=3)  # E: Unexpected keyword argument "ordr" for "delay" of "closed_self"; did you mean "order"?  [call-arg]
    closed_self.apply_async(kwargs={"order": 3})
