from celery import shared_task, Task
from typing import Any, Sequence
from datetime import timedelta

@shared_task(name="x")
def send(to: str, n: int, *, flag: bool = False) -> float:
    return 1.0

def f(lst: list[int], seq: Sequence[str], opts: dict[str, Any], c: bool, tup: tuple[str, int]) -> None:
    send.delay("a", 1)
    send.delay("a")  # E: Missing positional argument "n" in call to "delay" of "send"  [call-arg]
    send.apply_async(args=["a", 1], countdown=60, expires=3600, retry=True, retry_policy={"max_retries": 3})
    send.apply_async(("a", 1), ignore_result=True, MessageGroupId="x", queue=None, eta=None, headers={"a": 1})
    send.apply_async(("a", "b"))  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async(("a",))  # E: Missing positional argument "n" in call to "send"  [call-arg]
    send.apply_async(("a", 1, 2))  # E: Argument 3 to "send" has incompatible type "int"; expected "bool"  [arg-type]  # E: Too many positional arguments for "send"  [call-arg]
    send.apply_async(("a",), {"n": 1, "flag": True})
    send.apply_async(("a",), {"m": 1})  # E: Unexpected keyword argument "m" for "send"  [call-arg]
    send.apply_async(("a",), {"to": "x", "n": 1})  # E: "send" gets multiple values for keyword argument "to"  [misc]
    send.apply_async(kwargs={"to": "x", "n": "s"})  # E: Argument "n" to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async(kwargs={"to": "x", **opts})
    send.apply_async(tup)
    send.apply_async(tup, {"flag": 1})  # E: Argument "flag" to "send" has incompatible type "int"; expected "bool"  [arg-type]
    send.apply_async(lst)  # E: Argument to "send" has incompatible type "*list[int]"; expected "str"  [arg-type]
    send.apply_async(seq)
    send.apply_async(seq, {"n": 1})
    send.apply_async("ab")  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    send.apply_async(7)  # E: Argument 1 to "apply_async" of "send" has incompatible type "int"; expected "Sequence[Any] | None"  [arg-type]
    send.apply_async(("a", 1) if c else ("b", "c"))  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    send.apply_async(("a", 1), countdwn=5)  # E: Unexpected keyword argument "countdwn" for "apply_async" of "send"; did you mean "countdown"?  [call-arg]
    send.apply_async(("a", 1), stamped_headers=["a_header"], a_header="stamp")
    send.apply_async(("a", 1), **opts)
    send.apply_async(**opts)
    send.apply_async()  # E: Missing positional arguments "to", "n" in call to "send"  [call-arg]
    send.apply_async(None, None)  # E: Missing positional arguments "to", "n" in call to "send"  [call-arg]
    send.signature(("a", 1))
    send.signature((1,))
    send.signature(("a", 1, 2))  # E: Argument 3 to "send" has incompatible type "int"; expected "bool"  [arg-type]  # E: Too many positional arguments for "send"  [call-arg]
    send.signature((), {"zz": 1})  # E: Unexpected keyword argument "zz" for "send"  [call-arg]
    send.delay("a", 1, countdown=4)  # E: Unexpected keyword argument "countdown" for "delay" of "send"  [call-arg]  # N: "countdown" is an option of apply_async(), not of delay()
    send.apply(("a", 1)).get()
    reveal_type(send.apply_async(("a", 1)))  # N: Revealed type is "celery.result.AsyncResult[float]"
