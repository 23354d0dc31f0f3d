"""What celery-types finds stays found where the plugin takes more than it: options, callbacks, members of a chain."""

from datetime import datetime

from celery import Celery, Signature, chain, chord, group, shared_task, signature
from celery.canvas import maybe_signature
from kombu import Queue

app = Celery("kept_errors")


@app.task
def mul(left: int, right: int) -> int:
    return left * right


@shared_task
def sub(left: int, right: int) -> int:
    return left - right


def options(callback: Signature[int], when: datetime) -> None:
    sub.s(1, 2).set(countdown=3, queue="slow", MessageGroupId="g")
    sub.s(1, 2).set(countdwn=3)  # E: Unexpected keyword argument "countdwn" for "set" of "Signature"; did you mean "countdown"?  [call-arg]
    chain(sub.s(1, 2), sub.s(1)).set(countdwn=3)  # E: Unexpected keyword argument "countdwn" for "set" of "chain"; did you mean "countdown"?  [call-arg]
    group(sub.s(1, 2)).set(quue="x")  # E: Unexpected keyword argument "quue" for "set" of "group"; did you mean "queue"?  [call-arg]
    chord([sub.s(1, 2)], sub.si(1, 2)).set(countdown=3)
    Signature("kept_errors.sub", (1, 2), countdown=3)
    Signature("kept_errors.sub", (1, 2), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "Signature"; did you mean "countdown"?  [call-arg]
    signature("kept_errors.sub", (1, 2), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "signature"; did you mean "countdown"?  [call-arg]
    app.signature("kept_errors.sub", (1, 2), queue=Queue("slow"))
    sub.delay(1, 2, eta=when)  # E: Unexpected keyword argument "eta" for "delay" of "sub"  [call-arg]  # N: "eta" is an option of apply_async(), not of delay()


def callbacks(callback: Signature[int]) -> None:
    sub.apply_async((1, 2), link=callback)
    sub.apply_async((1, 2), link=[callback, sub.s(1)])
    sub.apply_async((1, 2), link=(callback,), link_error=None)
    sub.apply_async((1, 2), link=maybe_signature(callback))
    sub.apply_async((1, 2), link=dict(callback))
    sub.apply_async((1, 2), link=mul)  # E: Argument "link" to "apply_async" of "sub" has incompatible type "Task[Any, Any]"; expected "Signature[Any] | Mapping[str, Any] | CallableSignature | Sequence[Signature[Any] | Mapping[str, Any]] | None"  [arg-type]
    sub.apply_async((1, 2), link="name")  # E: Argument "link" to "apply_async" of "sub" has incompatible type "str"; expected "Signature[Any] | Mapping[str, Any] | CallableSignature | Sequence[Signature[Any] | Mapping[str, Any]] | None"  [arg-type]
    mul.apply_async((1, 2), link_error=object())  # E: Argument "link_error" to "apply_async" of "mul" has incompatible type "object"; expected "Signature[Any] | Mapping[str, Any] | CallableSignature | Sequence[Signature[Any] | Mapping[str, Any]] | None"  [arg-type]
    app.send_task("kept_errors.sub", (1, 2), link=3)  # E: Argument "link" to "send_task" of "Celery" has incompatible type "int"; expected "Signature[Any] | Mapping[str, Any] | CallableSignature | Sequence[Signature[Any] | Mapping[str, Any]] | None"  [arg-type]
    chain(sub.s(1, 2), sub.s(1)).apply_async(link=object())  # E: Argument "link" to "apply_async" of "_chain" has incompatible type "object"; expected "Signature[Any] | Mapping[str, Any] | CallableSignature | Sequence[Signature[Any] | Mapping[str, Any]] | None"  [arg-type]


def members(several: list[Signature[int]]) -> None:
    chain(several)
    chain(sub.si(1, 2) for _ in several)
    chain(sub.s(1, 2))
    chain(3)  # E: Argument 1 to "chain" has incompatible type "int"; expected "Signature[Any] | Iterable[Signature[Any]]"  [arg-type]
    chain(mul)  # E: Argument 1 to "chain" has incompatible type "Task[Any, Any]"; expected "Signature[Any] | Iterable[Signature[Any]]"  [arg-type]
    app.add_periodic_task(10.0, mul)  # E: Missing positional arguments "left", "right" in call to "mul"  [call-arg]
    app.add_periodic_task(10.0, mul.s(1, 2))
    app.add_periodic_task(10.0, "mul")  # E: Argument 2 to "add_periodic_task" of "Celery" has incompatible type "str"; expected "Signature[Any] | Task[Any, Any]"  [arg-type]


def anything(values: list[object], texts: list[str], number: int) -> None:
    joined = [number, "x"]
    mul.apply_async(values)  # E: Argument to "mul" has incompatible type "*list[object]"; expected "int"  [arg-type]
    mul.apply_async(texts)  # E: Argument to "mul" has incompatible type "*list[str]"; expected "int"  [arg-type]
    mul.apply_async(joined)
    mul.apply_async([number, number])
