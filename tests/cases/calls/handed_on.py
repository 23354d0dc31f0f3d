"""A signature in a local name that is used once is fed as one that stands in the place of the name."""

from typing import Any

from celery import chain, chord, group, shared_task


@shared_task
def rotate(document: int) -> int:
    return document


@shared_task
def update(ids: list[int], force: bool = False) -> str:
    return ""


@shared_task
def shout(text: str) -> str:
    return text


def change(signature: Any) -> None: ...


def wrong(documents: list[int]) -> None:
    tasks = [rotate.s(document) for document in documents]
    body = update.s(ids=documents)  # E: "update" gets multiple values for keyword argument "ids"  [misc]
    chord(header=tasks, body=body).delay()


def wrong_on_the_spot(documents: list[int]) -> None:
    body = update.s(ids=documents)  # E: "update" gets multiple values for keyword argument "ids"  [misc]
    chord([rotate.s(1)])(body)


def wrong_in_a_chain() -> None:
    tail = shout.s()  # E: Argument 1 to "shout" has incompatible type "int"; expected "str"  [arg-type]
    chain(rotate.s(1), tail).delay()


def wrong_in_a_lambda() -> None:
    tail = shout.s()  # E: Argument 1 to "shout" has incompatible type "int"; expected "str"  [arg-type]
    change(lambda: rotate.s(1) | tail)


def right(documents: list[int]) -> None:
    tasks = [rotate.s(document) for document in documents]
    body = update.si(ids=documents)
    chord(header=tasks, body=body).delay()
    other = update.s(force=True)
    chord(header=tasks, body=other).delay()
    tail = update.s()
    chain(group(rotate.s(1), rotate.s(2)), tail).delay()


def right_if_it_is_changed(documents: list[int]) -> None:
    body = update.s(ids=documents)
    body.set(immutable=True)
    chord([rotate.s(1)], body)()
    tail = shout.s()
    setattr(tail, "args", ("x",))
    chain(rotate.si(1), tail).delay()
    handed = update.s(ids=documents)
    change(handed)
    chord([rotate.s(1)], handed)()
    if documents:
        either = shout.s()
    else:
        either = shout.si("")
    chain(rotate.s(1), either).delay()
