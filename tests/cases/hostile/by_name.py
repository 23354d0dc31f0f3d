"""Tasks called by their names, in every way that Celery has."""
import enum
import sys
from typing import Any, Final, Literal

import celery
from celery import Celery, Signature, chain, current_app, group, shared_task, signature
from celery.canvas import Signature as CanvasSignature, maybe_signature, subtask

app = Celery("by_name")
PREFIX = "by_name"
SEND: Final = "by_name.send"
CLEAN = "by_name.clean"


class Name(str, enum.Enum):
    SEND = "by_name.send"
    CLEAN = CLEAN
    BOTH = SEND


class Names:
    SEND = "by_name.send"
    CLEAN: Final = "by_name.clean"


@shared_task(name=SEND)
def send(to: str, copies: int = 1, *, urgent: bool = False) -> int:
    return copies


@app.task(name=Name.CLEAN)
def clean(days: int) -> str:
    return ""


@app.task
def defaulted(days: int) -> str:
    return ""


@app.task(bind=True, name="by_name.bound")
def bound(self: Any, days: int) -> str:
    return ""


@app.task(name="by_name.star")
def star(*days: int, **more: str) -> str:
    return ""


def signatures(name: str) -> None:
    Signature("by_name.send", args=("to",))
    Signature("by_name.send", ("to",), {"urgent": True})
    Signature("by_name.send", kwargs={"urgent": True})
    Signature("by_name.send", args=("to", "x"))  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    Signature("by_name.send", args=("to", 1, True))  # E: Too many positional arguments for "send"  [call-arg]
    Signature("by_name.send", kwargs={"urgnt": True})  # E: Unexpected keyword argument "urgnt" for "send"; did you mean "urgent"?  [call-arg]
    Signature(SEND, args=["to"], options={"queue": "slow"}, immutable=True)
    Signature(task="by_name.send", args=(1, "x"))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    Signature(name, args=(1, 2, 3))
    Signature("elsewhere.task", args=(1, 2, 3))
    celery.Signature("by_name.send", args=(1, "x"))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    CanvasSignature(Name.SEND.value, args=(1, "x"))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    signature("by_name.send", args=("to",))
    signature("by_name.send", ("to", 3))
    signature("by_name.send", ("to", "x"))  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    signature(Name.CLEAN.value, kwargs={"days": 3}, countdown=3)
    signature(Name.CLEAN.value, kwargs={"day": 3}, countdown=3)  # E: Unexpected keyword argument "day" for "clean"; did you mean "days"?  [call-arg]
    signature(send.s("to"))
    signature({"task": "by_name.send", "args": ("to",)})
    subtask("by_name.send", ("to", "x"))  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    subtask("by_name.send", ("to", 3))
    maybe_signature(send.s("to"), app)
    app.signature("by_name.send", ("to",), immutable=True)
    app.signature("by_name.send", args=("to", 3), app=app)
    app.signature("by_name.send", args=("to", "x"))  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    app.signature(Names.SEND, kwargs={"to": 3})  # E: Argument "to" to "send" has incompatible type "int"; expected "str"  [arg-type]
    current_app.signature(Names.SEND, kwargs={"to": 3})  # E: Argument "to" to "send" has incompatible type "int"; expected "str"  [arg-type]
    chain(app.signature("by_name.defaulted", (3,)), app.signature("by_name.send"))()
    (app.signature("by_name.defaulted", (3,)) | app.signature("by_name.send", (3,)))()
    group(app.signature("by_name.clean", (day,)) for day in range(3))()
    group(app.signature("by_name.clean", (day,)) for day in "abc")()  # E: Argument 1 to "clean" has incompatible type "str"; expected "int"  [arg-type]
    reveal_type(app.signature("by_name.send", ("to",)).delay().get())  # N: Revealed type is "int"
    reveal_type(signature("by_name.send", ("to",)).delay())  # N: Revealed type is "celery.result.AsyncResult[int]"


def sent(name: str, options: dict[str, Any], literal: Literal["by_name.clean"], rows: list[str]) -> None:
    app.send_task("by_name.send", ("to",))
    app.send_task("by_name.send", ["to", 3], {"urgent": True}, countdown=3, queue=None)
    app.send_task("by_name.send", args=("to",), kwargs=None, ignore_result=True)
    app.send_task(SEND, ())  # E: Missing positional argument "to" in call to "send"  [call-arg]
    app.send_task(SEND)  # E: Missing positional argument "to" in call to "send"  [call-arg]
    app.send_task(Name.SEND, (3,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    app.send_task(Name.SEND.value, (3,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    app.send_task(Name.BOTH, (3,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    app.send_task(Name.CLEAN, ("x",))  # E: Argument 1 to "clean" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task(Names.SEND, (3,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    app.send_task(Names.CLEAN, ("x",))  # E: Argument 1 to "clean" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task(name=Names.CLEAN, args=("x",))  # E: Argument 1 to "clean" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task(kwargs={"days": "x"}, name=Names.CLEAN)  # E: Argument "days" to "clean" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task(literal, ("x",))  # E: Argument 1 to "clean" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("by_name.defaulted", ("x",))  # E: Argument 1 to "defaulted" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("by_name.defaulted", (1,))
    app.send_task("by_name.bound", (1,))
    app.send_task("by_name.bound", (None, 1))  # E: Argument 1 to "bound" has incompatible type "None"; expected "int"  [arg-type]  # E: Too many arguments for "bound"  [call-arg]
    app.send_task("by_name.star", (1, 2), {"a": "b"})
    app.send_task("by_name.star", (1, "2"), {"a": 3})  # E: Argument "a" to "star" has incompatible type "int"; expected "str"  [arg-type]  # E: Argument 2 to "star" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("by_name.star", rows)  # E: Argument to "star" has incompatible type "*list[str]"; expected "int"  [arg-type]
    app.send_task(f"{PREFIX}.send", (3,))
    app.send_task(PREFIX + ".send", (3,))
    app.send_task(name, (1, 2, 3))
    app.send_task("elsewhere.send", (1, 2, 3))
    app.send_task("by_name.send", ("to",), **options)
    app.send_task("by_name.send", **options)
    app.send_task(**options)
    app.send_task("by_name.send", ("to",), countdwn=3)  # E: Unexpected keyword argument "countdwn" for "send_task" of "Celery"; did you mean "countdown"?  [call-arg]
    app.send_task("by_name.send", ("to",), MessageGroupId="g")
    app.send_task("by_name.send", ("to",), countdown="soon")  # E: Argument "countdown" to "send_task" of "Celery" has incompatible type "str"; expected "float | None"  [arg-type]
    app.send_task("by_name.send", "to")  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    app.send_task("by_name.send", ("to"))  # E: Argument "args" has incompatible type "str"; expected a list or tuple of arguments  [arg-type]
    app.send_task("by_name.send", (7))  # E: Argument 2 to "send_task" of "Celery" has incompatible type "int"; expected "Sequence[Any] | None"  [arg-type]
    app.send_task("by_name.send", 7)  # E: Argument 2 to "send_task" of "Celery" has incompatible type "int"; expected "Sequence[Any] | None"  [arg-type]
    app.send_task("by_name.send", {"to": "x"})  # E: Argument 2 to "send_task" of "Celery" has incompatible type "dict[str, str]"; expected "Sequence[Any] | None"  [arg-type]
    current_app.send_task(Names.SEND, (3,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    celery.current_app.send_task(Names.SEND, ("to",))
    reveal_type(app.send_task("by_name.clean", (3,)))  # N: Revealed type is "celery.result.AsyncResult[str]"
    reveal_type(app.send_task("elsewhere.clean", (3,)))  # N: Revealed type is "celery.result.AsyncResult[Any]"
    reveal_type(app.send_task("by_name.clean", (3,)).get())  # N: Revealed type is "str"
    app.send_task("by_name.clean", (3,), link=send.s())
    app.send_task("by_name.clean", (3,), link=clean.s())  # E: Argument 1 to "clean" has incompatible type "str"; expected "int"  [arg-type]
    app.send_task("by_name.clean" if name else "by_name.defaulted", (3,))
    for each in ("by_name.clean", "by_name.send"):
        app.send_task(each, (3,))


def items(name: str) -> None:
    app.tasks["by_name.send"].delay("to")
    app.tasks["by_name.send"].delay(3)  # E: Argument 1 to "delay" of "send" has incompatible type "int"; expected "str"  [arg-type]
    app.tasks[Name.SEND].apply_async((3,))  # E: Argument 1 to "send" has incompatible type "int"; expected "str"  [arg-type]
    app.tasks[Names.SEND].s("to", "x")  # E: Argument 2 to "send" has incompatible type "str"; expected "int"  [arg-type]
    app.tasks[name].delay(1, 2, 3)
    app.tasks["elsewhere"].delay(1, 2, 3)
    task = app.tasks["by_name.clean"]
    task.delay(3)
    task.delay("x")
    if name:
        task = app.tasks["by_name.send"]
    task.delay("x")
    reveal_type(app.tasks["by_name.clean"].delay(3).get())  # N: Revealed type is "str"
    current_app.tasks["by_name.send"].delay(3)  # E: Argument 1 to "delay" of "send" has incompatible type "int"; expected "str"  [arg-type]
    del app.tasks["by_name.clean"]


class Service:
    def __init__(self, app: Celery, prefix: str) -> None:
        self.app = app
        self.prefix = prefix
        self.send = app.send_task

    def call(self, name: str, *args: Any, **kwargs: Any) -> None:
        self.app.send_task(name, args=args, kwargs=kwargs)
        self.app.send_task(Names.SEND, args=args, kwargs=kwargs)
        self.app.send_task(self.prefix + ".send", args=args, kwargs=kwargs)
        self.send(Names.SEND, args=("to",))
        self.send(name)


def shadow(app: Any, Names: Any) -> None:
    app.send_task("by_name.send", (3,))
    sys.exit(app.send_task(Names.SEND, (1, 2, 3)))
