from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from shop.registry import TasksRegistry


def call(tasks: TasksRegistry) -> None:
    tasks.right.delay(order=1, note="n")
    tasks.right.delay(1, nota="n")  # E: Unexpected keyword argument "nota" for "delay" of "right"  [call-arg]
    tasks.defaults.delay(1)
    tasks.defaults.delay(order=1, note="n", dry=True)
    tasks.defaults.delay(1, 2)  # E: Argument 2 to "delay" of "defaults" has incompatible type "int"; expected "str"  [arg-type]
    tasks.whole.delay(1, note="n", dry=True)
    tasks.whole.delay("1")  # E: Argument 1 to "delay" of "whole" has incompatible type "str"; expected "int"  [arg-type]
    tasks.whole.apply_async((1, 2))  # E: Argument 2 to "whole" has incompatible type "int"; expected "str"  [arg-type]
    tasks.whole.delay()  # E: Missing positional argument "order" in call to "delay" of "whole"  [call-arg]
    tasks.documented.apply_async(kwargs={"order": 1})
    # The declaration is wrong where it stands; what the function requires, the call must give.
    tasks.too_few.delay(1)  # E: Missing positional argument "note" in call to "delay" of "too_few"  [call-arg]
    tasks.too_few.delay(1, "n")
    tasks.too_few.apply_async(kwargs={"order": 1, "note": "n"})
    tasks.keyword_only.delay(1)  # E: Missing named argument "note" for "delay" of "keyword_only"  [call-arg]
    tasks.keyword_only.delay(1, note="n")
    pair = [tasks.right, tasks.right_again]
    pair[0].delay(1, "n")
    chosen = tasks.defaults
    chosen = tasks.documented
    chosen.delay(1)
    reveal_type(tasks.whole.delay(1).get())  # N: Revealed type is "TypedDict(shop.controllers.Receipt, {'total': int})"


def as_values(tasks: TasksRegistry, urgent: bool) -> None:
    send = tasks.right.delay
    send(order=1, note="n")
    send(1, "n")
    send(1, nota="n")  # E: Unexpected keyword argument "nota"  [call-arg]
    later = partial(tasks.right.delay, note="n")
    later(order=1)
    partial(tasks.right.delay, note=1)  # E: Argument "note" to "delay" of "right" has incompatible type "int"; expected "str"  [arg-type]
    partial(tasks.right.apply_async, (1, "n"))
    partial(tasks.right.apply_async, args=[1, "n"], countdown=3)
    partial(tasks.right.apply_async, ("x", "n"))  # E: Argument 1 to "right" has incompatible type "str"; expected "int"  [arg-type]
    run(tasks.right.delay, order=1, note="n")
    run(tasks.right.delay, order=1, nota="n")  # E: Unexpected keyword argument "nota" for "run"  [call-arg]
    run(lambda: tasks.right.delay(order=1, note="n"))
    if urgent:
        chosen = tasks.right.delay
    else:
        chosen = tasks.right_again.delay
    chosen(1, "n")
    both = [tasks.right.delay, tasks.right_again.delay]
    both[0](1, "n")


P = ParamSpec("P")
R = TypeVar("R")


def run(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    return function(*args, **kwargs)
