"""Class-based tasks, as projects that register instances write them."""
import abc
from typing import Any

from celery import Celery, Task
from celery.contrib.abortable import AbortableTask

app = Celery("classes")


class BaseTask(Task):
    abstract = True

    def __init_subclass__(cls, name: str | None = None) -> None:
        if name is not None:
            cls.name = name

    def run_job(self, **kwargs: Any) -> None: ...

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self.run_job(**kwargs)


class Job(BaseTask, name="jobs.job"):
    def run_job(self, *, key: int = 0, **kwargs: Any) -> None: ...


class Inherited(Job, name="jobs.inherited"):
    pass


class Own(Task):
    name = "jobs.own"
    ignore_result = True

    def run(self, to: str, copies: int = 1) -> int:  # type: ignore[override]
        return copies


class Abstract(Task, abc.ABC):
    @abc.abstractmethod
    def run(self, *args: Any, **kwargs: Any) -> Any: ...


class AnyBase(app.Task):  # type: ignore[misc,name-defined]
    def run(self, to: str) -> int:
        return 1


class Untyped(Task):
    def run(self, to, copies=1):
        return copies


job = app.register_task(Job())
own = app.register_task(Own())
any_based: Any = app.register_task(AnyBase())


@app.task(bind=True, base=AbortableTask)
def abortable(self: AbortableTask, to: str) -> int:
    if self.is_aborted(task_id=self.request.id or ""):
        return 0
    return 1


@app.task(bind=True)
def recursive(self: "Task[[int], int]", depth: int) -> int:
    if depth:
        self.apply_async((depth - 1,))
        self.delay(depth - 1)
        recursive.delay(depth - 1)
        raise self.retry(args=(depth,), countdown=3)
    return depth


@app.task(bind=True)
def bare_self(self: Task, depth: int) -> int:
    self.update_state(state="PROGRESS", meta={"depth": depth})
    self.apply_async((1, 2, 3))  # E: Too many arguments for "bare_self"  [call-arg]
    return depth


def call_them() -> None:
    job.delay(key=3)
    job.apply_async(kwargs={"key": 3, "other": 4})
    Job().delay(anything=1)
    Inherited().apply_async(kwargs={"key": 1})
    own.delay("x")
    Own().delay("x", copies=2)
    Own().apply_async(("x",), countdown=3)
    Own().run("x")
    Own()("x")
    any_based.delay("x")
    AnyBase().delay("x", 1, 2)
    Untyped().delay("x")
    Untyped().apply_async(["x"], {"copies": 3})
    abortable.delay("x")
    abortable.apply_async(("x",))
    recursive.delay(3)
    recursive.apply_async(args=[3])
    bare_self.delay(3)
