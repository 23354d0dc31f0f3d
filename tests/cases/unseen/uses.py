from collections.abc import Callable
from functools import partial

import applications
import tasks
from applications import celery
from celery import Celery, Task, chain, group
from tasks import (
    add,
    below_another,
    bound,
    by_alias,
    by_bare,
    by_method,
    by_nested,
    by_shared,
    by_two,
    in_context,
    made,
    made_bound,
    made_of_own_base,
    of_another,
    of_own_base,
    registered_twice,
    rewritten,
    supplied,
    typed,
    unchecked,
)


def calls() -> None:
    add.delay(1, 2)
    add.delay("1", 2)  # E: Argument 1 to "delay" of "add" has incompatible type "str"; expected "int"  [arg-type]
    add.delay(1)  # E: Missing positional argument "b" in call to "delay" of "add"  [call-arg]
    add.delay(a=1, c=2)  # E: Unexpected keyword argument "c" for "delay" of "add"  [call-arg]
    add.delay(a=1, b=2)
    add(1, 2)
    add(1, "2")  # E: Argument 2 to "add" has incompatible type "str"; expected "int"  [arg-type]
    add.s(1)
    add.s(1, 2, 3)  # E: Too many arguments for "add"  [call-arg]
    add.si(1, 2)
    add.si(1)  # E: Missing positional argument "b" in call to "si" of "add"  [call-arg]
    add.apply_async((1, 2), countdown=3)
    add.apply_async((1,), countdown=3)  # E: Missing positional argument "b" in call to "add"  [call-arg]
    add.apply_async(kwargs={"a": 1, "b": 2})
    add.apply_async(kwargs={"a": 1, "c": 2})  # E: Unexpected keyword argument "c" for "add"  [call-arg]
    add.apply((1, 2)).get().anything
    tasks.add.delay(1, 2)
    tasks.add.delay("1", 2)  # E: Argument 1 to "delay" of "add" has incompatible type "str"; expected "int"  [arg-type]
    bound.delay(1)
    bound.delay("1")  # E: Argument 1 to "delay" of "bound" has incompatible type "str"; expected "int"  [arg-type]
    by_alias.delay(1)
    by_alias.delay("1")  # E: Argument 1 to "delay" of "by_alias" has incompatible type "str"; expected "int"  [arg-type]
    in_context.delay(1)
    in_context.delay("1")  # E: Argument 1 to "delay" of "in_context" has incompatible type "str"; expected "int"  [arg-type]
    typed.delay(1)
    typed.delay("1")  # E: Argument 1 to "delay" of "typed" has incompatible type "str"; expected "int"  [arg-type]
    made.delay(1)
    made.delay("1")  # E: Argument 1 to "delay" of "made" has incompatible type "str"; expected "int"  [arg-type]
    made_bound.delay(1)
    made_bound.delay("1")  # E: Argument 1 to "delay" of "made_bound" has incompatible type "str"; expected "int"  [arg-type]
    by_shared.delay(1)
    by_shared.delay("1")  # E: Argument 1 to "delay" of "by_shared" has incompatible type "str"; expected "int"  [arg-type]
    by_two.delay(1)
    by_two.delay("1")  # E: Argument 1 to "delay" of "by_two" has incompatible type "str"; expected "int"  [arg-type]
    by_nested.delay(1)
    by_nested.delay("1")  # E: Argument 1 to "delay" of "by_nested" has incompatible type "str"; expected "int"  [arg-type]
    by_bare.delay(1)
    by_bare.delay("1")  # E: Argument 1 to "delay" of "by_bare" has incompatible type "str"; expected "int"  [arg-type]
    by_method.delay(1)
    by_method.delay("1")  # E: Argument 1 to "delay" of "by_method" has incompatible type "str"; expected "int"  [arg-type]
    of_own_base.delay(1)
    of_own_base.delay("1")  # E: Argument 1 to "delay" of "of_own_base" has incompatible type "str"; expected "int"  [arg-type]
    made_of_own_base.delay(1)
    made_of_own_base.delay("1")  # E: Argument 1 to "delay" of "made_of_own_base" has incompatible type "str"; expected "int"  [arg-type]


def nobody_can_tell() -> None:
    unchecked.delay(1)
    rewritten.delay(1)
    of_another.delay("1")
    registered_twice.delay(1)
    supplied.delay(1)
    below_another.delay(1)


class Other: ...


class Base:
    app = celery
    task = add


class Below(Base):
    app = Other()
    task = Other()


def takes(app: Celery, own: Other, number: int, name: str | None, task: Task[..., int], call: Callable[[int], str]) -> None: ...


def on_commit(function: Callable[[], None]) -> None: ...


def is_any_as_before() -> None:
    """Whatever else is done with what mypy sees as Any is as right as before."""
    takes(celery, celery, celery, celery, celery, celery)
    takes(add, add, add, add, add, add)
    celery.own.attribute()
    celery.own = 3
    celery[0][1] = celery + 1
    celery.conf.task_routes.update({})
    celery.send_task("x", (1,), whatever=2)
    celery.start(["worker"])
    with celery:
        pass
    for item in celery:
        item.anything
    if celery is None:
        print("may be none")
    if add is None:
        print("may be none")
    if celery == 3 or add == "x" or not celery:
        print("may be equal")
    isinstance(celery, Celery) or celery.anything
    applications.celery = None
    applications.celery = Other()
    tasks.add = Other()
    add.own.attribute()
    add.own = 3
    add.apply_async((1, 2), queue=None, expires="tomorrow", own_option=3)
    add.max_retries = "many"
    on_commit(add.delay)
    on_commit(partial(add.delay, 1, 2))
    result = add.delay(1, 2)
    result = result.get()
    result = 3
    signature = add.s(1, 2)
    signature = signature | by_alias.s()
    signature = chain(signature, by_alias.s()).delay()
    group([add.s(1, 2), by_alias.s(1)])()
    add.run(1, 2).anything
    add(1, 2).anything
    pairs = {"add": add, "app": celery, "number": 3}
    pairs["none"] = None
