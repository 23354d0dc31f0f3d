"""A task that replaces itself ends there: ``raise`` before it is the idiom of much code."""

from typing import Any

from celery import Celery, Task, shared_task

app = Celery("replaced")


@app.task
def add(left: int, right: int) -> int:
    return left + right


@app.task(bind=True)
def listed(self: Task[[int], int], n: int) -> int:
    raise self.replace(add.s(n, n))


@app.task(bind=True)
def dots(self: Task[..., int], n: int) -> int:
    if n:
        raise self.replace(add.s(n, n))
    return self.replace(add.s(n, n))


@shared_task(bind=True)
def anything(self: Task[Any, Any], n: int) -> int:
    try:
        raise self.replace(add.s(n, n))
    finally:
        print(n)


class Kept(Task[[int], int]):
    name = "kept"

    def run(self, n: int) -> int:
        raise self.replace(add.s(n, n))


@app.task(bind=True)
def returned(self: Task[[int], str], n: int) -> str:
    return self.replace(add.s(n, n))  # E: Incompatible return value type (got "int", expected "str")  [return-value]


@app.task(bind=True)
def raised(self: Task[[int], str], n: int) -> str:
    raise add.delay(n, n)  # E: Exception must be derived from BaseException  [misc]


@app.task(bind=True)
def not_annotated(self: Any, n: int) -> int:
    self.replace(add.s(n, n))
    self.replace(add.s(n))  # E: Missing positional argument "right" in call to "add"  [call-arg]
    self.replace(add.s(n, right=n))
    self.replace(add.s(n, wrong=n))  # E: Unexpected keyword argument "wrong" for "add"  [call-arg]
    self.replace(add.si(n, n))
    self.replace(add.s(*[n, n]))
    if n:
        raise self.replace(add.s(n))  # E: Missing positional argument "right" in call to "add"  [call-arg]
    raise self.replace(add.s(n, n))


@app.task(bind=True)
def other_name(task: Any, n: int) -> int:
    raise task.replace(add.s(n))  # E: Missing positional argument "right" in call to "add"  [call-arg]


class Builder:
    """No task: what it is given may be completed later."""

    def replace(self, signature: object) -> None: ...

    def build(self, n: int) -> None:
        self.replace(add.s(n))


print("text".replace("t", "T").upper())


@app.task(bind=True)
def in_a_chord(self: Task[[int], int], n: int) -> int:
    self.add_to_chord(add.s(n, n))
    self.add_to_chord(add.si(n, n))
    self.add_to_chord(add.s(n), lazy=True)
    self.add_to_chord(add.s(n))  # E: Missing positional argument "right" in call to "add"  [call-arg]
    self.add_to_chord(add.s(n) | add.s(1))  # E: Missing positional argument "right" in call to "add"  [call-arg]
    return n


@app.task(bind=True)
def ending(self: Task[[int], "int | None"], n: int) -> int | None:
    """What is left of the chain is a list of signatures."""
    if self.request.chain:
        self.request.chain.append(add.s(1))
        for link in self.request.chain:
            print(link["task"])
        self.request.chain[:] = []
    self.request.chain = 3  # E: Incompatible types in assignment (expression has type "int", variable has type "list[Any] | None")  [assignment]
    self.request.chain = []
    self.request.callbacks = self.request.chain = None
    return None
