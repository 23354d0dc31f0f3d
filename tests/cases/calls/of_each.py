"""A group or a chord of what a comprehension makes of each: every one of them must be complete where it is run."""

from typing import Any

from celery import Celery, chain, chord, group

app = Celery("of_each")


@app.task
def two(x: int, y: int) -> int:
    return x + y


@app.task
def one(x: int) -> int:
    return x


@app.task
def total(xs: list[int]) -> int:
    return sum(xs)


def wrong(ns: list[int]) -> None:
    group(two.s(n) for n in ns).delay()  # E: Missing positional argument "y" in call to "two"  [call-arg]
    group([two.s(n) for n in ns])()  # E: Missing positional argument "y" in call to "two"  [call-arg]
    group(one.s(n) for n in ns).delay(3)  # E: Too many arguments for "one"  [call-arg]
    (group(two.s(n) for n in ns) | total.s()).delay()  # E: Missing positional argument "y" in call to "two"  [call-arg]
    chord([two.s(n) for n in ns], total.s()).delay()  # E: Missing positional argument "y" in call to "two"  [call-arg]
    chord(two.s(n) for n in ns)(total.s())  # E: Missing positional argument "y" in call to "two"  [call-arg]
    chain(one.s(1), group(two.s(n, 1) for n in ns)).delay()  # E: Too many arguments for "two"  [call-arg]
    group(group(two.s(n) for n in ns) for _ in ns).delay()  # E: Missing positional argument "y" in call to "two"  [call-arg]
    group(chain(two.s(n), one.s()) for n in ns).delay()  # E: Missing positional argument "y" in call to "two"  [call-arg]


def right(ns: list[int], rows: list[tuple[int, int]], named: list[dict[str, Any]]) -> None:
    group(two.s(n) for n in ns).delay(3)
    group(two.s(*row) for row in rows).delay()
    group(two.s(**names) for names in named).delay()
    group(two.s(x, y) for x, y in rows if x).delay()
    (group(two.s(n, 1) for n in ns) | total.s()).delay()
    chord((one.s(n) for n in ns), total.s()).delay()
    chord([one.s(n) for n in ns])(total.s())
    chain(one.s(1), group(two.s(n) for n in ns)).delay()
    group(chain(two.s(n, 2), one.s()) for n in ns).delay()
    # What is only made may be completed later.
    group(two.s(n) for n in ns)
    chord([two.s(n) for n in ns], total.s())


def waits(ns: list[int]) -> None:
    chord([one.s(n) for n in ns], interval=15)(total.s())
    chord([one.s(n) for n in ns], total.s(), interval=0.5, max_retries=None).delay()
    chord([one.s(n) for n in ns], total.s(), interval="15")  # E: Argument "interval" to "chord" has incompatible type "str"; expected "float | None"  [arg-type]
