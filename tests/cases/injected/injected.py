"""Base classes of which the settings say what they supply: the rest is the caller's, and is checked."""
from typing import Any

from celery import Celery, Task, shared_task


class Tenant(Task):
    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        return super().apply_async(args, {**(kwargs or {}), "tenant_id": 7}, **options)


class Through(Task):
    """It passes everything on, and the settings say so: nothing is supplied."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(*self.completed(args), **kwargs)

    def completed(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args


class Unlisted(Task):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(*self.completed(args), **kwargs)

    def completed(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return args


class Below(Through):
    """What it does is not said."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(1, *args, **kwargs)


app = Celery("plain")
through_app = Celery("through", task_cls=Through)
dotted_app = Celery("dotted", task_cls="injected:Through")
unlisted_app = Celery("unlisted", task_cls=Unlisted)


@app.task(base=Tenant)
def bill(amount: int, tenant_id: int) -> int:
    return amount


@shared_task(base=Tenant)
def bill_shared(amount: int, *, tenant_id: int) -> int:
    return amount


@app.task(base=Through)
def passed(amount: int) -> int:
    return amount


@shared_task(base=Through, bind=True)
def passed_bound(self: Any, amount: int) -> int:
    return amount


@through_app.task
def through(amount: int) -> int:
    return amount


@through_app.task()
def through_called(amount: int) -> int:
    return amount


@dotted_app.task
def dotted(amount: int) -> int:
    return amount


@unlisted_app.task
def unlisted(amount: int) -> int:
    return amount


@app.task(base=Unlisted)
def unlisted_base(amount: int) -> int:
    return amount


@app.task(base=Below)
def below(session: int, amount: int) -> int:
    return amount


class Own(Tenant):
    name = "injected.own"

    def run(self, amount: int, tenant_id: int) -> int:
        return amount


def calls() -> None:
    bill.delay(3)
    bill.delay(amount=3)
    bill.delay("3")  # E: Argument 1 to "delay" of "bill" has incompatible type "str"; expected "int"  [arg-type]
    bill.delay()  # E: Missing positional argument "amount" in call to "delay" of "bill"  [call-arg]
    bill.s(3)
    bill_shared.delay(3)
    bill_shared.delay(3, tenant_id=8)
    bill_shared.delay("3")  # E: Argument 1 to "delay" of "bill_shared" has incompatible type "str"; expected "int"  [arg-type]
    passed.delay(3)
    passed.delay("3")  # E: Argument 1 to "delay" of "passed" has incompatible type "str"; expected "int"  [arg-type]
    passed.apply_async((3,), countdown=3)
    passed.apply_async(("3",), countdown=3)  # E: Argument 1 to "passed" has incompatible type "str"; expected "int"  [arg-type]
    passed_bound.delay(3)
    passed_bound.delay("3")  # E: Argument 1 to "delay" of "passed_bound" has incompatible type "str"; expected "int"  [arg-type]
    through.delay(3)
    through.delay("3")  # E: Argument 1 to "delay" of "through" has incompatible type "str"; expected "int"  [arg-type]
    through.apply_async(kwargs={"amont": 3})  # E: Unexpected keyword argument "amont" for "through"; did you mean "amount"?  [call-arg]
    through_called.delay("3")  # E: Argument 1 to "delay" of "through_called" has incompatible type "str"; expected "int"  [arg-type]
    dotted.delay(3)
    dotted.delay("3")  # E: Argument 1 to "delay" of "dotted" has incompatible type "str"; expected "int"  [arg-type]
    unlisted.delay("3")
    unlisted_base.delay("3")
    below.delay("3")
    Own().delay(3)
    Own().delay("3")  # E: Argument 1 to "delay" of "Own" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("injected.bill", (3,))
    app.send_task("injected.bill", ("3",))  # E: Argument 1 to "bill" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("injected.dotted", ("3",))  # E: Argument 1 to "dotted" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("injected.unlisted", ("3",))
