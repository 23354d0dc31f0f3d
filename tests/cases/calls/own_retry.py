"""``self`` of ``bind=True`` is the function around it, whatever its annotation says; ``retry`` takes the rest from the request."""

from typing import Any

from celery import Celery, Task, shared_task

app = Celery("own_retry")


@app.task
def add(left: int, right: int) -> int:
    return left + right


@shared_task(bind=True)
def listed(self: Task[[str, int], None], url: str, attempt: int = 0) -> None:
    raise self.retry(kwargs={"attempt": attempt + 1})


@shared_task(bind=True)
def both(self: Task[[str, int], None], url: str, attempt: int = 0) -> None:
    raise self.retry(args=[url], kwargs={"attempt": attempt + 1})


@shared_task(bind=True)
def misspelt(self: Task[[str, int], None], url: str, attempt: int = 0) -> None:
    raise self.retry(args=[url], kwargs={"atempt": attempt + 1})  # E: Unexpected keyword argument "atempt" for "misspelt"; did you mean "attempt"?  [call-arg]


@shared_task(bind=True)
def dots(self: Task[..., None], url: str, attempt: int = 0) -> None:
    raise self.retry(args=[url], kwargs={"atempt": attempt + 1})  # E: Unexpected keyword argument "atempt" for "dots"; did you mean "attempt"?  [call-arg]


@app.task(bind=True)
def anything(self: Task[Any, Any], url: str, attempt: int = 0) -> None:
    raise self.retry(args=[url], kwargs={"atempt": attempt + 1})  # E: Unexpected keyword argument "atempt" for "anything"; did you mean "attempt"?  [call-arg]


@app.task(bind=True)
def bare(self: Task[Any, Any], url: str, attempt: int = 0) -> None:
    raise self.retry(args=[url, 1, 2])  # E: Too many arguments for "bare"  [call-arg]


@app.task(bind=True)
def twice(self: Task[Any, Any], url: str) -> None:
    raise self.retry(args=[url], kwargs={"url": url})  # E: "twice" gets multiple values for keyword argument "url"  [misc]


@app.task(bind=True)
def missing(self: Task[Any, Any], url: str, title: str) -> None:
    try:
        print(url)
    except ValueError as error:
        raise self.retry(exc=error)
    except KeyError:
        raise self.retry(args=(url, title), countdown=3)
    raise self.retry(args=(url,))  # E: Missing positional argument "title" in call to "missing"  [call-arg]


@app.task(bind=True)
def keyword_only(self: Task[..., None], url: str, *, attempt: int) -> None:
    raise self.retry(args=[url])


@app.task(bind=True)
def again(self: Task[[str, str, int], None], port: str, day: str, order: int = 0) -> None:
    self.apply_async(kwargs={"port": port, "day": day})
    self.delay(port=port, day=day)
    self.s(port=port, day=day)
    self.delay(port=port, dya=day)  # E: Unexpected keyword argument "dya" for "delay" of "again"  [call-arg]
    self.s(port=1)  # E: Argument "port" to "again" has incompatible type "int"; expected "str"  [arg-type]


@app.task(bind=True)
def replaced(self: Task[[int], int], owner: int) -> int:
    if owner:
        return self.replace(add.s(owner, owner))
    return self.replace(add.s(owner))  # E: Missing positional argument "right" in call to "add"  [call-arg]


@app.task(bind=True)
def other_task(self: Task[[int], int], other: Task[[str], int], n: int) -> int:
    other.delay("x")
    other.apply_async(kwargs={"anything": 1})
    other.apply_async((1,))  # E: Argument 1 to "other" has incompatible type "int"; expected "str"  [arg-type]
    return n


@app.task(bind=True)
def rebound(self: Any, n: int) -> int:
    self = add
    self.delay(1, 2)
    return n
