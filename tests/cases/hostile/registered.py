"""Tasks as projects of all kinds register and use them."""
from __future__ import annotations
import functools
import contextlib
from typing import Any, TYPE_CHECKING, Callable, cast
import celery
from celery import Celery, Task, shared_task, current_app, current_task
from celery.app.task import Task as BaseTask
from celery.app import app_or_default
from celery.schedules import crontab
from celery.signals import task_success, worker_ready
if TYPE_CHECKING:
    from celery.canvas import Signature

def create_app() -> Celery:
    app = Celery("fac")
    app.config_from_object("settings")
    return app

app = create_app()
celery_app: Celery = Celery("other")

@app.task
def a(n: int) -> int: return n
@celery_app.task(name="registered.b", bind=True, autoretry_for=(Exception,), retry_kwargs={"max_retries": 3}, retry_backoff=True)
def b(self: Task[[int], int], n: int) -> int:
    self.retry(exc=ValueError(), countdown=2 ** self.request.retries)
    return n
@celery.shared_task
def c(n: int) -> int: return n
@celery.shared_task(bind=True, track_started=True)
def d(self: BaseTask[..., Any], n: int, *, flag: bool = False) -> int:
    self.update_state(state="P", meta={"a": 1})
    d.apply_async((n,), countdown=3)
    self.apply_async((n,), countdown=3)
    d.delay(n, flag=True)
    d.delay(n, flg=True)  # E: Unexpected keyword argument "flg" for "delay" of "d"; did you mean "flag"?  [call-arg]
    return n
@current_app.task
def e(n: int) -> int: return n
@app_or_default().task
def f(n: int) -> int: return n
g = app.task(c)
h = app.task(name="registered.h")(lambda n: n)
@app.task(shared=False)
def i(n: int) -> int: return n
@app.task(queue="x", acks_late=True, time_limit=3, soft_time_limit=2, rate_limit="1/m", ignore_result=True)
def j(n: int) -> int: return n
def noop_decorator(**opts: Any) -> Callable[[Any], Any]:
    return lambda fn: app.task(fn, **opts)
@noop_decorator(x=1)
def k(n: int) -> int: return n
@app.task()
@contextlib.contextmanager
def l(n: int): yield n
class M:
    @app.task
    def inst(self, n: int) -> int: return n
    @staticmethod
    @app.task
    def stat(n: int) -> int: return n
    @classmethod
    @app.task
    def clsm(cls, n: int) -> int: return n
    @shared_task
    def sh(self, n: int) -> int: return n
    def use(self) -> None:
        self.inst.delay(self, 1)
        self.inst.delay(1, 2)  # E: Argument 1 to "delay" of "inst" has incompatible type "int"; expected "M"  [arg-type]
        M.stat.delay(1)
        M.stat.delay("x")  # E: Argument 1 to "delay" of "stat" has incompatible type "str"; expected "int"  [arg-type]
        self.sh.delay(self, 1)
def calls(n: int) -> None:
    for t in (a, b, c, d, e, f, g, i, j):
        t.delay(n)
    a.delay("x")  # E: Argument 1 to "delay" of "a" has incompatible type "str"; expected "int"  [arg-type]
    b.delay("x")  # E: Argument 1 to "delay" of "b" has incompatible type "str"; expected "int"  [arg-type]
    c.delay("x")  # E: Argument 1 to "delay" of "c" has incompatible type "str"; expected "int"  [arg-type]
    d.delay("x")  # E: Argument 1 to "delay" of "d" has incompatible type "str"; expected "int"  [arg-type]
    e.delay("x")  # E: Argument 1 to "delay" of "e" has incompatible type "str"; expected "int"  [arg-type]
    f.delay("x")  # E: Argument 1 to "delay" of "f" has incompatible type "str"; expected "int"  [arg-type]
    g.delay("x")
    i.delay("x")  # E: Argument 1 to "delay" of "i" has incompatible type "str"; expected "int"  [arg-type]
    j.delay("x")  # E: Argument 1 to "delay" of "j" has incompatible type "str"; expected "int"  [arg-type]
    k.delay("x"); l.delay("x"); h.delay("x")
    a.delay(n=1)
    b.delay(n=1)
    c.delay(n=1)
    d.delay(n=1, flag=True)
    e.delay(n=1)
    f.delay(n=1)
    i.delay(n=1)
    j.delay(n=1)
    current_task.retry(countdown=3)
    current_task.apply_async((1, 2, 3))
    cast(Any, a).delay("x")
    cast("Task[[int], int]", a).delay("x")  # E: Argument 1 to "delay" of "Task" has incompatible type "str"; expected "int"  [arg-type]
    a.apply_async((n,)).then(print)
    a.app.control.revoke("x")
    a.backend
    a.s(n).set(queue="x", countdown=None).delay()
    a.signature((n,), queue=None).apply_async(queue="x")
    a.with_traceback if False else None
@task_success.connect(sender=a)
def on_success(sender: Task[[int], int], result: int, **kw: Any) -> None:
    a.delay(result)
    sender.delay(result)
@worker_ready.connect
def ready(sender: Any = None, **kw: Any) -> None:
    a.delay(1)
    sender.app.send_task("registered.a", (1,))
    with sender.app.connection() as conn:
        sender.app.send_task("registered.a", ("x",), connection=conn)
        app.send_task("registered.a", ("x",), connection=conn)  # E: Argument 1 to "a" has incompatible type "str"; expected "int"  [arg-type]
try:
    from nowhere_to_be_found import zz  # type: ignore[import-not-found]
except ImportError:
    @app.task
    def zz(n: int) -> None: ...
zz.delay("x")
if TYPE_CHECKING:
    @app.task
    def cond(n: int) -> None: ...
else:
    def cond(*a): ...
cond.delay("x")


@shared_task(bind=True)
def closed_self(self: Task[[int], int], n: int) -> int:
    return n


closed_self.delay(n=3)
closed_self.delay(3)
closed_self.delay(m=3)  # E: Unexpected keyword argument "m" for "delay" of "closed_self"  [call-arg]
closed_self.apply_async(kwargs={"n": 3})
closed_self.apply_async(kwargs={"m": 3})  # E: Unexpected keyword argument "m" for "closed_self"  [call-arg]
a.s(1).set(countdown="x")  # E: Argument "countdown" to "set" of "Signature" has incompatible type "str"; expected "float | None"  [arg-type]
a.s(1).set(countdown=3, MessageGroupId="g")
