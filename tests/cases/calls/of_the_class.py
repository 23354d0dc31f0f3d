"""A method of the class is not that of a signature, whichever mypy meets first."""

from celery import Signature, chain, chord, group, shared_task


@shared_task
def ping(number: int) -> int:
    return number


def of_the_class(signature: Signature[int]) -> None:
    chain.apply_async()  # E: Missing positional argument "self" in call to "apply_async" of "_chain"  [call-arg]
    group.apply_async()  # E: Missing positional argument "self" in call to "apply_async" of "group"  [call-arg]
    chord.apply_async()  # E: Missing positional argument "self" in call to "apply_async" of "chord"  [call-arg]
    Signature.apply_async()  # E: Missing positional argument "self" in call to "apply_async" of "Signature"  [call-arg]
    Signature.apply_async(signature)


def of_a_signature(signature: Signature[int]) -> None:
    chain(ping.s(1), ping.s()).apply_async()
    group(ping.s(1), ping.s(2)).apply_async()
    chord([ping.s(1), ping.s(2)], ping.si(1)).apply_async()
    signature.apply_async()


def of_the_class_again() -> None:
    chain.apply_async()  # E: Missing positional argument "self" in call to "apply_async" of "_chain"  [call-arg]
    group.apply_async()  # E: Missing positional argument "self" in call to "apply_async" of "group"  [call-arg]
    chord.apply_async()  # E: Missing positional argument "self" in call to "apply_async" of "chord"  [call-arg]
    Signature.apply_async()  # E: Missing positional argument "self" in call to "apply_async" of "Signature"  [call-arg]
