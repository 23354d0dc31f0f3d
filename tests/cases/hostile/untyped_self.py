"""``self`` of ``bind=True`` is this very task, also where mypy sees ``Any``."""
import functools
from typing import Any

from celery import Celery, Task, shared_task

app = Celery("untyped_self")


@shared_task(bind=True)
def two(self, owner: int, title: str, *, note: str = "") -> None:
    try:
        print(owner)
    except KeyError:
        raise self.retry(args=(owner,))  # E: Missing positional argument "title" in call to "two"  [call-arg]
    except ValueError:
        raise self.retry(args=[owner, title, 3])  # E: Too many positional arguments for "two"  [call-arg]  # E: Argument 3 to "two" has incompatible type "int"; expected "str"  [arg-type]
    except IndexError:
        raise self.retry(kwargs={"titel": title})  # E: Unexpected keyword argument "titel" for "two"; did you mean "title"?  [call-arg]
    except LookupError:
        self.apply_async(("1", title))  # E: Argument 1 to "two" has incompatible type "str"; expected "int"  [arg-type]
    except RuntimeError:
        self.apply_async((owner,))  # E: Missing positional argument "title" in call to "two"  [call-arg]


@app.task(bind=True)
def three(self: Any, owner: int, title: str = "", *, note: str) -> None:
    try:
        print(owner)
    except KeyError as exc:
        raise self.retry(exc=exc)
    except ValueError:
        raise self.retry(args=(owner,), countdown=3)
    except IndexError:
        raise self.retry(args=(owner, title), kwargs={"note": note})
    except LookupError:
        raise self.retry(kwargs={"title": "x"})
    except RuntimeError:
        raise self.retry(args=(*[owner],), **{"countdown": 3})
    except TypeError:
        self.apply_async((owner,), {"note": note})
        self.apply_async(args=self.request.args, kwargs=self.request.kwargs)
    except OSError:
        raise self.retry(args=(owner, title, note))  # E: Too many positional arguments for "three"  [call-arg]


@app.task
def other(self: Any, owner: int) -> None:
    self.retry(args=(1, 2, 3, 4))


def later(pk: int) -> None:
    functools.partial(two.apply_async, (1, "x"), countdown=3)
    functools.partial(two.apply_async, (1, "x"), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "apply_async" of "two"; did you mean "countdown"?  [call-arg]
    functools.partial(two.apply_async, (1, "x"), MessageGroupId="x")
    functools.partial(two.s(1, "x").apply_async, countdown=3)
    print(pk, Task)


@shared_task(bind=True)
def again(self, owner: int, title: str = "") -> None:
    self.delay(owner + 1, "x")
    self.delay(owner=owner)
    self.delay(*[owner])
    self.si(owner)
    self.apply((owner,))
    self.delay()  # E: Missing positional argument "owner" in call to "again"  [call-arg]
    self.delay("x")  # E: Argument 1 to "again" has incompatible type "str"; expected "int"  [arg-type]
    self.delay(owner, titel="x")  # E: Unexpected keyword argument "titel" for "again"; did you mean "title"?  [call-arg]
    self.apply((owner, "x", 3))  # E: Too many arguments for "again"  [call-arg]


class OwnDelay(Task[Any, Any]):
    def delay(self, *args: Any, **kwargs: Any) -> Any:
        return super().delay(1, *args, **kwargs)


@shared_task(bind=True, base=OwnDelay)
def of_own_delay(self, owner: int, title: str) -> None:
    self.delay("x")
