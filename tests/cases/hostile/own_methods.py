"""Task classes with methods of their own, and the ways to turn Celery's look at arguments off."""
from typing import Any

from celery import Celery, Task, shared_task
from celery.contrib.django.task import DjangoTask

app = Celery("own_methods")
loose_app = Celery("loose", strict_typing=False)
strict_app = Celery("strict", strict_typing=True)


class Tenant(Task):
    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:  # type: ignore[override]
        return super().apply_async(args, {**(kwargs or {}), "tenant_id": 7}, **options)

    def run(self, amount: int, tenant_id: int) -> int:
        return amount


class OwnDelay(Task):
    def delay(self, text: str) -> Any:
        return self.apply_async((len(text),))

    def run(self, amount: int) -> int:
        return amount


class OwnAsync(Task[[int], int]):
    def apply_async(self, text: str, args: int = 0) -> Any:  # type: ignore[override]
        return super().apply_async((len(text),))

    def run(self, amount: int) -> int:
        return amount


class OwnCall(Task):
    def __call__(self, amount: int) -> Any:
        return super().__call__(amount)

    def run(self, amount: str) -> int:
        return 1


class OwnOthers(Task):
    def s(self, text: str) -> Any: ...  # type: ignore[override]

    def si(self, text: str) -> Any: ...  # type: ignore[override]

    def signature(self, text: str) -> Any: ...  # type: ignore[override]

    def retry(self, text: str) -> Any: ...  # type: ignore[override]

    def map(self, text: str) -> Any: ...  # type: ignore[override]

    def apply(self, text: str) -> Any: ...  # type: ignore[override]

    def run(self, amount: int) -> int:
        return amount


class OwnCommit(DjangoTask):
    def delay_on_commit(self, text: str) -> int:  # type: ignore[override]
        return len(text)

    def run(self, amount: int) -> int:
        return amount


class Untyped(Task):
    typing = False

    def run(self, amount: int, tenant: int) -> int:
        return amount


class UntypedBase(Task):
    typing = False


class Plain(Task):
    name = "own_methods.plain"

    def run(self, amount: int) -> int:
        return amount


@app.task(base=UntypedBase)
def untyped_app(amount: int, tenant: int) -> int:
    return amount


@shared_task(base=UntypedBase)
def untyped_shared(amount: int, tenant: int) -> int:
    return amount


@app.task(base=OwnDelay)
def own_delay(amount: int) -> int:
    return amount


@loose_app.task
def loose(amount: int, tenant: int) -> None: ...


@strict_app.task
def strict(amount: int, tenant: int) -> None: ...


def injected() -> None:
    Tenant().delay(3)
    Tenant().apply_async((3,))
    Tenant().apply_async(args=[3], countdown=3)
    Tenant().s(3)
    Untyped().delay(3)
    Untyped().apply_async((3,))
    untyped_app.delay(3)
    untyped_app.apply_async((3,))
    untyped_shared.delay(3)
    untyped_shared.apply_async((3,))
    app.send_task("own_methods.untyped_app", (3,))
    loose.delay(1)
    loose.apply_async((1,))
    loose_app.send_task("own_methods.loose", (1,))
    strict.delay(1, 2)
    strict.delay(1)  # E: Missing positional argument "tenant" in call to "delay" of "strict"  [call-arg]
    strict.apply_async((1,))  # E: Missing positional argument "tenant" in call to "strict"  [call-arg]


def own() -> None:
    OwnDelay().delay("text")
    OwnDelay().delay(3)  # E: Argument 1 to "delay" of "OwnDelay" has incompatible type "int"; expected "str"  [arg-type]
    OwnDelay().apply_async((3,))
    OwnDelay().run(3)
    OwnDelay().run("text")  # E: Argument 1 to "run" of "OwnDelay" has incompatible type "str"; expected "int"  [arg-type]
    own_delay.delay("text")
    OwnAsync().apply_async("text")
    OwnAsync().apply_async("text", 3)
    OwnAsync().apply_async("text", countdown=3)  # E: Unexpected keyword argument "countdown" for "apply_async" of "OwnAsync"  [call-arg]
    OwnAsync().apply_async(3)  # E: Argument 1 to "apply_async" of "OwnAsync" has incompatible type "int"; expected "str"  [arg-type]
    OwnCall()(3)
    OwnCall()("x")  # E: Argument 1 to "__call__" of "OwnCall" has incompatible type "str"; expected "int"  [arg-type]
    OwnCall().delay("x")
    others = OwnOthers()
    others.s("text")
    others.si("text")
    others.signature("text")
    others.retry("text")
    others.map("text")
    others.apply("text")
    others.s(1)  # E: Argument 1 to "s" of "OwnOthers" has incompatible type "int"; expected "str"  [arg-type]
    others.signature(1)  # E: Argument 1 to "signature" of "OwnOthers" has incompatible type "int"; expected "str"  [arg-type]
    others.map(1)  # E: Argument 1 to "map" of "OwnOthers" has incompatible type "int"; expected "str"  [arg-type]
    others.delay(1)
    others.delay("x")  # E: Argument 1 to "delay" of "Task" has incompatible type "str"; expected "int"  [arg-type]
    others.apply_async((1,))
    others.apply_async(("x",))  # E: Argument 1 to "others" has incompatible type "str"; expected "int"  [arg-type]
    OwnOthers().apply_async(("x",))  # E: Argument 1 to "OwnOthers" has incompatible type "str"; expected "int"  [arg-type]
    number: int = OwnCommit().delay_on_commit("text")
    OwnCommit().delay_on_commit(number)  # E: Argument 1 to "delay_on_commit" of "OwnCommit" has incompatible type "int"; expected "str"  [arg-type]
    OwnCommit().apply_async_on_commit((1,))
    OwnCommit().apply_async_on_commit(("x",))  # E: Argument 1 to "OwnCommit" has incompatible type "str"; expected "int"  [arg-type]
    Plain().delay(1)
    Plain().delay("x")  # E: Argument 1 to "delay" of "Plain" has incompatible type "str"; expected "int"  [arg-type]
    Plain().delay()  # E: Missing positional argument "amount" in call to "delay" of "Plain"  [call-arg]
    Plain().apply_async()  # E: Missing positional argument "amount" in call to "Plain"  [call-arg]
    Plain().apply_async((1, 2))  # E: Too many arguments for "Plain"  [call-arg]
