"""A base class of a package without types is Any to mypy: its tasks are checked all the same, and may have anything else."""

from typing import Any

from celery import Celery, Task, chain, shared_task
from unseen_package.tasks import Batches, OwnTask  # type: ignore[import-not-found]

app = Celery("unseen_base")
loose = Celery("loose", strict_typing=False)


@shared_task(base=OwnTask)
def one(x: int, y: str = "") -> int:
    return x


@shared_task(bind=True, base=OwnTask, max_retries=3)
def two(self, x: int) -> int:
    self.own_method()
    return x


@app.task(base=OwnTask, name="three", lock_timeout=3)
def three(x: int) -> int:
    return x


@shared_task(base=OwnTask, typing=False)
def unchecked(x: int, session: int) -> int:
    return x


@shared_task(base=Batches, typing=False, flush_every=10)
def batched(requests: list[Any]) -> None: ...


@loose.task(base=OwnTask)
def of_a_loose_application(x: int, session: int) -> int:
    return x


class Rewriting(OwnTask):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return super().__call__(1, *args, **kwargs)


@shared_task(base=Rewriting)
def rewritten(session: int, x: int) -> int:
    return x


class OfLoose(loose.Task):  # type: ignore[name-defined]
    pass


@loose.task(base=OfLoose)
def of_its_task(x: int, session: int) -> int:
    return x


def function(x: int, session: int) -> int:
    return x


of_a_call = loose.task(function, name="unseen_base.of_a_call")


def takes_task(task: Task[Any, Any], own: OwnTask) -> None: ...


def use() -> None:
    one.delay(1)
    one.delay("1")  # E: Argument 1 to "delay" of "one" has incompatible type "str"; expected "int"  [arg-type]
    one.delay(x=1)
    one.delay(z=1)  # E: Unexpected keyword argument "z" for "delay" of "one"  [call-arg]
    one.delay()  # E: Missing positional argument "x" in call to "delay" of "one"  [call-arg]
    one.apply_async((1,), countdown=3, lock="x")
    one.apply_async(("1",), countdown=3)  # E: Argument 1 to "one" has incompatible type "str"; expected "int"  [arg-type]
    two.delay(1)
    two.delay("1")  # E: Argument 1 to "delay" of "two" has incompatible type "str"; expected "int"  [arg-type]
    three.delay(1)
    three.delay("1")  # E: Argument 1 to "delay" of "three" has incompatible type "str"; expected "int"  [arg-type]
    three.s(1)
    three.s("1")  # E: Argument 1 to "three" has incompatible type "str"; expected "int"  [arg-type]
    one.own_attribute.call(1)
    one.own_method(2)
    one.own_attribute = 3
    one.name.upper()
    one.max_retries > 3
    one.request.own.attribute
    one.update_state("STATE", 3, other=4)
    one.app.own_configuration
    chain(one.s(1), two.s()).delay()
    takes_task(one, two)
    unchecked.delay(1)
    batched.delay(1, 2)
    of_a_loose_application.delay(1)
    rewritten.delay(1)
    of_its_task.delay(1)
    of_a_call.delay(1)
    app.send_task("three", (1,))
    app.send_task("three", ("1",))  # E: Argument 1 to "three" has incompatible type "str"; expected "int"  [arg-type]
