"""An ``apply_async`` of the user's: what it takes from its options is no misspelt one of Celery's."""

from __future__ import annotations

from typing import Any

from celery import Task, shared_task


class Popping(Task[..., Any]):
    def apply_async(self, args: Any = None, kwargs: Any = None, tenant: int = 0, **options: Any) -> Any:  # type: ignore[override]
        options["expires"] = options.pop("expire", 3) if "expire" in options else None
        options.setdefault("headers", {"queues": options.get("queues")})
        options.update(priority=tenant)
        return super().apply_async(args, kwargs, **options)


class Plain(Task[..., Any]):
    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        print(args)
        return super().apply_async(args, kwargs, **options)


class Handing(Task[..., Any]):
    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        own = {name: value for name, value in options.items() if value}
        return super().apply_async(args, kwargs, **own)


@shared_task(base=Popping)
def popping(number: int) -> int:
    return number


@shared_task(base=Plain)
def plain(number: int) -> int:
    return number


@shared_task(base=Handing)
def handing(number: int) -> int:
    return number


popping.apply_async((1,), tenant=2, queues=["a"], expire=3, priority=2)
popping.apply_async((1,), tennant=2)  # E: Unexpected keyword argument "tennant" for "apply_async" of "Task"; did you mean "tenant"?  [call-arg]
popping.apply_async((1,), priorty=2)  # E: Unexpected keyword argument "priorty" for "apply_async" of "Task"; did you mean "priority"?  [call-arg]
plain.apply_async((1,), priority=2)
plain.apply_async((1,), queues=["a"])  # E: Unexpected keyword argument "queues" for "apply_async" of "Task"; did you mean "queue"?  [call-arg]
handing.apply_async((1,), queues=["a"])
