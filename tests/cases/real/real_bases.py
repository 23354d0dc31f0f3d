"""Base classes that inject or rewrite arguments: the function's parameters are not the message's."""
from typing import Any

from celery import Celery, Task, shared_task


class LoadingTask(Task):
    """The message carries a key, the function gets the object."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__({"id": args[0]}, *args[1:], **kwargs)


class TenantTask(Task):
    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        return super().apply_async(args, {**(kwargs or {}), "tenant_id": 7}, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(*args, **kwargs)


class RunRewriter(Task):
    def delay(self, *args: Any, **kwargs: Any) -> Any:
        return self.apply_async(args, {**kwargs, "tenant_id": 7})


class QuietTask(Task):
    """Only hooks: the arguments arrive as they were sent."""

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        print(task_id)


app = Celery("plain")
loading_app = Celery("loading", task_cls=LoadingTask)
dotted_app = Celery("dotted", task_cls="somewhere.tasks:LoadingTask")


class LoadingCelery(Celery):
    task_cls = "real_bases:LoadingTask"


subclass_app = LoadingCelery("subclass")


@app.task(base=LoadingTask)
def rename_app_task(order: dict[str, int], name: str) -> None: ...


@shared_task(base=LoadingTask)
def rename_shared(order: dict[str, int], name: str) -> None: ...


@loading_app.task
def rename_bare(order: dict[str, int], name: str) -> None: ...


@loading_app.task()
def rename_called(order: dict[str, int], name: str) -> None: ...


@loading_app.task(bind=True)
def rename_bound(self: Any, order: dict[str, int], name: str) -> None: ...


@dotted_app.task
def rename_dotted(order: dict[str, int], name: str) -> None: ...


@subclass_app.task
def rename_subclass(order: dict[str, int], name: str) -> None: ...


@shared_task(base=TenantTask)
def bill(amount: int, tenant_id: int) -> int:
    return amount


@app.task(base=RunRewriter)
def bill_later(amount: int, tenant_id: int) -> int:
    return amount


@app.task(typing=False)
def untyped(request: Any, amount: int) -> int:
    return amount


@shared_task(typing=False)
def untyped_shared(request: Any, amount: int) -> int:
    return amount


@shared_task(base=QuietTask)
def quiet(amount: int) -> int:
    return amount


def call_them() -> None:
    rename_app_task.delay(1, "n")
    rename_shared.delay(1, "n")
    rename_bare.delay(1, "n")
    rename_bare.apply_async((1, "n"))
    rename_bare(1, "n")
    rename_called.delay(1, "n")
    rename_called.apply_async(kwargs={"name": "n", "order": 1})
    rename_bound.delay(1, "n")
    rename_dotted.delay(1, "n")
    rename_subclass.delay(1, "n")
    bill.delay(3)
    bill.apply_async((3,))
    bill.apply_async(args=[3], countdown=3)
    bill.s(3)
    bill_later.delay(3)
    untyped.delay(3)
    untyped.apply_async([3])
    quiet.delay(3)
    quiet.apply_async([3], queue="slow")


def call_set_up_app() -> None:
    loading_app.send_task("cases.rename_bare", (1, "n"))
    loading_app.tasks["real_bases.rename_bare"].delay(1, "n")
