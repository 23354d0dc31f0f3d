"""A ``run`` of ``(*args, **kwargs)`` that another method does the work for: a call is held to that method."""

import asyncio
from typing import Any

from applications import app

from celery import Task


class Base(Task[..., Any]):
    def run(self, *args: Any, **kwargs: Any) -> Any:
        print(self.name, kwargs.get("repoid"))
        session = object()
        try:
            return self.run_impl(session, *args, **kwargs)
        except ValueError as error:
            self.analyse(error, args, kwargs)
        finally:
            print("done")

    def analyse(self, error: Exception, args: Any, kwargs: Any) -> None: ...

    def run_impl(self, session: object, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class Waiting(Task[..., Any]):
    def run(self, *args: Any, **kwargs: Any) -> Any:
        return asyncio.run(self.run_async(*args, loud=True, **kwargs))

    async def run_async(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class Unseen(app.Task):  # type: ignore[name-defined]
    def run(self, *args, **kwargs):
        return self.run_impl(*args, **kwargs)


class Changing(Task[..., Any]):
    def run(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["session"] = 1
        return self.run_impl(*args, **kwargs)

    def run_impl(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class Again(Task[..., Any]):
    """What comes behind the call comes before the next one."""

    def run(self, *args: Any, **kwargs: Any) -> Any:
        while True:
            try:
                return self.run_impl(*args, **kwargs)
            except ValueError:
                kwargs.update(session=1)

    def run_impl(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class Asking(Task[..., Any]):
    def run(self, *args: Any, **kwargs: Any) -> Any:
        if not args:
            return None
        return self.run_impl(*args, **kwargs)

    def run_impl(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class Notify(Base):
    name = "onward.notify"

    def run_impl(self, session: object, *, repoid: int, commitid: str, **kwargs: Any) -> Any:
        return repoid


class Pay(Base):
    name = "onward.pay"

    def run_impl(self, session: object, repoid: int, commitid: str = "") -> Any:
        return repoid


class Loud(Waiting):
    name = "onward.loud"

    async def run_async(self, number: int, loud: bool) -> Any:
        return number


class Own(Unseen):
    name = "onward.own"

    def run_impl(self, number: int) -> int:
        return number


class Changed(Changing):
    name = "onward.changed"

    def run_impl(self, number: int, session: int) -> int:
        return number


class Looped(Again):
    name = "onward.looped"

    def run_impl(self, number: int, session: int) -> int:
        return number


class Asked(Asking):
    name = "onward.asked"

    def run_impl(self, number: int) -> int:
        return number


class Direct(Base):
    """Its own ``run`` is what runs."""

    name = "onward.direct"

    def run(self, number: int) -> Any:
        return number

    def run_impl(self, session: object, text: str) -> Any:
        return text


notify, pay = app.register_task(Notify()), app.register_task(Pay())
loud = app.register_task(Loud())
own = app.register_task(Own())
changed = app.register_task(Changed())
looped = app.register_task(Looped())
asked = app.register_task(Asked())
direct = app.register_task(Direct())


def use() -> None:
    notify.delay(repoid=1, commitid="a")
    notify.delay(repoid=1, commitid="a", more=1)
    notify.delay(repoid=1)  # E: Missing named argument "commitid" for "delay" of "notify"  [call-arg]
    notify.delay(1, commitid="a")  # E: Too many positional arguments for "delay" of "notify"  [call-arg]
    notify.apply_async(kwargs={"repoid": 1, "commitid": "a"}, countdown=1)
    notify.apply_async(kwargs={"repoid": "a", "commitid": "a"})  # E: Argument "repoid" to "notify" has incompatible type "str"; expected "int"  [arg-type]
    notify.s(repoid=1)
    pay.delay(1)
    pay.delay(repoid=1, commitid="a")
    pay.delay("a")  # E: Argument 1 to "delay" of "pay" has incompatible type "str"; expected "int"  [arg-type]
    pay.delay()  # E: Missing positional argument "repoid" in call to "delay" of "pay"  [call-arg]
    pay.run(1)
    pay.run(object(), 1)  # E: Argument 1 to "run" of "Base" has incompatible type "object"; expected "int"  [arg-type]  # E: Argument 2 to "run" of "Base" has incompatible type "int"; expected "str"  [arg-type]
    loud.delay(1)
    loud.delay(1, True)  # E: Too many arguments for "delay" of "loud"  [call-arg]
    own.delay(1)
    own.delay(nmber=1)  # E: Unexpected keyword argument "nmber" for "delay" of "own"; did you mean "number"?  [call-arg]
    changed.delay(1)
    asked.delay()
    looped.delay(1)
    direct.delay(1)
    direct.delay("a")  # E: Argument 1 to "delay" of "direct" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("onward.pay", (1,))
    app.send_task("onward.pay", ())  # E: Missing positional argument "repoid" in call to "Pay"  [call-arg]
    app.send_task("onward.own", (1, 2))  # E: Too many arguments for "Own"  [call-arg]
