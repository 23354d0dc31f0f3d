"""A name, a list or an attribute that holds one task's signature may hold another's, as for mypy alone."""

import random
from typing import Any

from celery import Celery, Signature, chain, chord, group, shared_task
from celery.result import AsyncResult

app = Celery("kept")
flag = random.random() > 0.5


@app.task
def refund(visit: int) -> str:
    return f"refund {visit}"


@app.task(name="kept.reindex")
def reindex(pk: int) -> int:
    return pk


@app.task
def shout(text: str) -> str:
    return text.upper()


@app.task
def shout_all(texts: list[str]) -> str:
    return "".join(texts)


@shared_task
def shared(pk: int) -> str:
    return str(pk)


class Kept:
    sig = refund.si(1)

    def __init__(self) -> None:
        self.sent = refund.delay(1)
        self.steps = [refund.si(1)]

    def again(self) -> None:
        self.sent = reindex.delay(1)
        self.steps.append(reindex.si(1))
        self.sig = reindex.si(1)
        self.sig | shout.s()


class Other(Kept):
    sig = reindex.si(2)


def lists(count: int) -> None:
    steps = [refund.si(1)]
    steps.append(reindex.si(1))
    steps += [reindex.si(1)]
    steps.extend(reindex.si(i) for i in range(count))
    chain(*steps).apply_async()
    chain(steps[1], shout.s())
    for step in steps:
        chain(step, shout.s())
        step.delay().get().real
    made = [refund.s(i) for i in range(count)]
    made.append(reindex.s(1))
    chord(made)(shout_all.s())
    chord(reindex.s(i) for i in range(count))(shout_all.s())  # E: Argument 1 to "shout_all" has incompatible type "list[int]"; expected "list[str]"  [arg-type]
    group(made) | shout_all.s()
    results = [refund.delay(1)]
    results.append(reindex.delay(1))
    for result in results:
        result.get().real
    by_name = {"a": refund.si(1)}
    by_name["b"] = reindex.si(1)
    pair = (refund.si(1), refund.delay(1))
    pair = (reindex.si(1), reindex.delay(1))
    several = {refund.delay(1)}
    several.add(reindex.delay(1))


def branches() -> None:
    if flag:
        sig = refund.si(1)
    else:
        sig = reindex.si(1)
    sig.delay().get().real
    chain(sig, shout.s())
    sig | shout.s()
    later = None
    if flag:
        later = refund.apply_async((1,), countdown=1)
    else:
        later = reindex.apply_async((1,))
    later.get().real
    either = refund.si(1) if flag else reindex.si(1)
    either | shout.s()
    built = chain(reindex.si(1), reindex.si(2))
    if flag:
        built = chain(refund.si(1), refund.si(2))
    chain(built, shout.s())
    eager = refund.apply((1,))
    eager = reindex.apply((1,))
    eager.get()
    sent = shared.delay(1)
    sent = chain(shared.si(1), reindex.si(1)).delay()
    sent.get()
    changed = refund.si(1).set(countdown=1)
    changed = reindex.si(1).clone()
    changed.delay()
    run = refund.s(1).delay()
    run = group(reindex.s(1)).delay()
    run.get()
    made = lambda: refund.si(1)
    made = lambda: reindex.si(1)


def what_is_known() -> None:
    sig = refund.si(1)
    sig.delay().get().real  # E: "str" has no attribute "real"  [attr-defined]
    sent = refund.delay(1)
    sent.get().real  # E: "str" has no attribute "real"  [attr-defined]
    refund.delay(1).get().real  # E: "str" has no attribute "real"  [attr-defined]
    number = reindex.si(1)
    number | shout.s()  # E: Argument 1 to "shout" has incompatible type "int"; expected "str"  [arg-type]
    chain(number, shout.s())  # E: Argument 1 to "shout" has incompatible type "int"; expected "str"  [arg-type]
    reindex.si(1).set(countdown=1) | shout.s()  # E: Argument 1 to "shout" has incompatible type "int"; expected "str"  [arg-type]
    steps: list[Signature[Any]] = [reindex.si("1")]  # E: Argument 1 to "si" of "reindex" has incompatible type "str"; expected "int"  [arg-type]
    steps.append(reindex.si("1"))  # E: Argument 1 to "si" of "reindex" has incompatible type "str"; expected "int"  [arg-type]
    written: AsyncResult[int] = refund.delay(1)  # E: Incompatible types in assignment (expression has type "AsyncResult[str]", variable has type "AsyncResult[int]")  [assignment]
    written.get()
