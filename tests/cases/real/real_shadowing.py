"""A name that stands for another task here than elsewhere."""
import functools
from typing import Any

import real_shop
import real_shop.extra as extra
import real_shop.send
from real_shop import extra as more, send as the_send
from real_shop.extra import again, clean, either, fallback, send
from real_shop.send import clean as clean_days, resize, resize_now

Tasks = {"send": send, "days": clean_days}


def imported() -> None:
    send.delay({"a": 1}, True)
    send.apply_async(({"a": 1},), {"force": False})
    clean.delay()
    clean_days.delay(3)
    clean_days.apply_async((3,))
    the_send.delay("a")
    extra.send.delay({}, False)
    more.send.apply_async(({}, False))
    real_shop.extra.clean.delay()
    either.delay(3)
    fallback.delay(3)
    again.delay(3)
    resize_now.delay(3)
    extra.Service.clean.delay(3)
    send.delay("a")  # E: Missing positional argument "force" in call to "delay" of "send"  [call-arg]  # E: Argument 1 to "delay" of "send" has incompatible type "str"; expected "dict[str, int]"  [arg-type]


def parameter(send: Any, clean: Any, resize: extra.Service) -> None:
    send.delay(1, 2, 3)
    clean.apply_async((1, 2, 3), x=3)
    print(resize)


def local_import() -> None:
    from real_shop.send import clean, send

    send.delay("a")
    send.delay("a", copies=2)
    clean.delay(3)
    clean.apply_async(args=[3])


def local_name() -> None:
    resize = clean
    resize.delay()
    resize.apply_async()
    send = again
    send.delay(3)
    send.apply_async((3,))


def rebound(flag: bool) -> None:
    task = clean
    task.delay()
    task = clean_days
    task.delay(3)
    task.apply_async((3,))
    if flag:
        task = again
    task.delay(3)
    for task in (again, clean_days):
        task.delay(3)
        task.apply_async((3,))
    for send in (again, clean_days):
        send.delay(3)
    with_tasks = [(again, 3), (clean_days, 4)]
    for one, number in with_tasks:
        one.delay(number)
        one.apply_async((number,))
    [resize.delay(3) for resize in (again, clean_days)]
    (lambda send: send.delay(3))(again)


def walrus() -> None:
    if send := Tasks.get("days"):
        send.delay(3)


def nested() -> None:
    @real_shop.app.app.task
    def send(only: int) -> None: ...

    send.delay(3)
    send.apply_async((3,))


class Holder:
    send = clean
    clean = again

    def __init__(self) -> None:
        self.resize = again
        self.either = send

    def run(self) -> None:
        self.send.delay()
        self.clean.delay(3)
        self.resize.delay(3)
        self.resize.apply_async((3,))
        self.either.delay({}, True)
        send.delay({}, True)
        Holder.clean.delay(3)


class Child(Holder):
    clean = clean_days

    def run(self) -> None:
        self.clean.delay(3)
        super().run()


def pick(name: str) -> None:
    Tasks[name].delay(1)
    Tasks["days"].delay(3)
    Tasks.get(name, again).apply_async((3,))
    functools.partial(again.delay, 3)()
    functools.partial(Tasks[name].delay, 3)()
    delay = again.delay
    delay(3)
    delay(number=3)
    run = (again if name else clean_days).delay
    run(3)
    getattr(extra, name).delay(1, 2, 3)


def patched() -> None:
    global again
    again = clean_days
    again.delay(3)


del resize
