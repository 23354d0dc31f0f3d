from deco import alias, app, called, hopped, late, nested, queue
from names import TaskName


@called("called")
def f(x: int) -> int:
    return x


@hopped(TaskName.HOPPED)
def g(self, x: int) -> int:
    return x


@nested(name=TaskName.NESTED)
def h(x: int) -> int:
    return x


@app.job(name="method", run_every=3)
def i(x: int) -> int:
    return x


@queue.task("queued")
def j(x: int) -> int:
    return x


@late(name="late")
def k(x: int) -> int:
    return x


@alias(name="alias")
def m(x: int) -> int:
    return x
