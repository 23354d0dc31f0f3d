from celery import shared_task, Task
from typing import Any, Sequence
from datetime import timedelta

@shared_task(name="x")
def send(to: str, n: int, *, flag: bool = False) -> float:
    return 1.0

def f(lst: list[int], seq: Sequence[str], opts: dict[str, Any], c: bool, tup: tuple[str, int]) -> None:
    send.delay("a", 1)
    send.delay("a")  # E
    send.apply_async(args=["a", 1], countdown=60, expires=3600, retry=True, retry_policy={"max_retries": 3})
    send.apply_async(("a", 1), ignore_result=True, MessageGroupId="x", queue=None, eta=None, headers={"a": 1})
    send.apply_async(("a", "b"))  # E
    send.apply_async(("a",))  # E
    send.apply_async(("a", 1, 2))  # E
    send.apply_async(("a",), {"n": 1, "flag": True})
    send.apply_async(("a",), {"m": 1})  # E
    send.apply_async(("a",), {"to": "x", "n": 1})  # E
    send.apply_async(kwargs={"to": "x", "n": "s"})  # E
    send.apply_async(kwargs={"to": "x", **opts})
    send.apply_async(tup)
    send.apply_async(tup, {"flag": 1})  # E
    send.apply_async(lst) # E
    send.apply_async(seq)
    send.apply_async(seq, {"n": 1})
    send.apply_async("ab") # E
    send.apply_async(7) # E
    send.apply_async(("a", 1) if c else ("b", "c")) # E
    send.apply_async(("a", 1), countdwn=5) # E
    send.apply_async(("a", 1), **opts)
    send.apply_async(**opts)
    send.apply_async() # E
    send.apply_async(None, None) # E
    send.signature(("a", 1))
    send.signature((1,))
    send.signature(("a", 1, 2)) # E
    send.signature((), {"zz": 1}) # E
    send.delay("a", 1, countdown=4) # E
    send.apply(("a", 1)).get()
    reveal_type(send.apply_async(("a", 1)))
