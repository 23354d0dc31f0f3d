"""The words that odd programs are made of.

Law: text and nothing else.
"""

from __future__ import annotations

HEADER = """\
import asyncio, dataclasses, functools, typing
from enum import Enum, auto
from typing import (
    Any, Callable, ClassVar, Concatenate, Final, Generic, Iterable, Literal, NamedTuple, NewType, Optional,
    ParamSpec, Protocol, Sequence, TYPE_CHECKING, Type, TypedDict, TypeVar, Union, overload,
)
import celery, celery.canvas, celery.result
from celery import Celery, Task, chain, chord, current_app, group, shared_task, signature
from celery.canvas import Signature, chunks, xmap
from celery.contrib.abortable import AbortableTask
from celery.contrib.django.task import DjangoTask
from celery.schedules import crontab
from celery_registry import BaseTasksRegistry, register_task

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Task[..., Any])
T = TypeVar("T", int, str)
NAME = "const.name"
FINAL: Final = "final.name"

class Names:
    A = "names.a"
    B = NAME

class Options(TypedDict, total=False):
    to: str
    n: int

class Row(NamedTuple):
    to: str
    n: int

class Loud(Task):
    def __call__(self, *args, **kwargs): ...

class Generic1(Task[P, R], Generic[P, R]): ...
class Half(Task[[int], R], Generic[R]): ...
class Weird(celery.app.task.Task): delay = 3

app = Celery("fuzz", task_cls=Loud)
app2: Any = app
app3: Optional[Celery] = None
opts: Options = {}
row = Row("a", 1)
anything: Any = None
words: list[str] = []
either: Union[int, "list[str]", None] = None
mapping: dict[str, Any] = {}
"""

ANNOTATIONS = (
    "int", "str", "Any", "Optional[int]", "list[str]", "dict[str, Any]", "Options", "Row", "T", "R", "S", "Undefined", "'Later'",
    "Callable[P, R]", "Callable[..., int]", "Literal[1, 'a']", "type[Task]", "Task", "Task[..., Any]", "Task[[int], str]", "Task[P, R]",
    "Signature[int]", "bytes", "None", "tuple[int, ...]", "tuple[()]", "typing.NoReturn", "'Task[[int, \"Later\"], R]'", "float | None", "int, str",
)  # fmt: skip
PROPERTY_TYPES = (
    "Task[[], int]", "Task[[int], str]", "Task[[int, str], 'Later']", "Task[..., Any]", "Task", "Task[int]", "Task[int, str, bytes]", "Task[[], Undefined]",
    "Optional[Task[[int], int]]", "'Task[[list[str]], None]'", "celery.Task[[Options], Row]", "Generic1[[int], str]", "Half[int]", "Task[P, R]", "Any", "None",
    "Task[[int], Task[[str], int]]", "Task[[T], T]", "Task[[*tuple[int, ...]], int]", "Task[Concatenate[int, P], R]", "Task[[Task[[], int]], int]", "Alias",
)  # fmt: skip
NAMES = ('"plain"', "NAME", "FINAL", "Names.A", "Names.B", "Name.ONE", "Name.TWO", "Name.ONE.value", "Name.MISSING", "Undefined.X", "f'{NAME}.x'", "3", "None",
    "NAME + '.x'", "__name__ + '.x'", "str(Name.ONE)", "(lambda: 'x')()", "anything", "words[0]", '"a" "b"')  # fmt: skip
METHODS = ("delay", "apply_async", "apply", "s", "si", "signature", "subtask", "run", "retry", "map", "starmap", "chunks", "delay_on_commit", "apply_async_on_commit",
    "__call__", "replace", "get", "then", "set", "link", "on_error", "clone", "name", "request", "AsyncResult", "register", "task", "send_task", "__or__")  # fmt: skip
KEYWORDS = ("args", "kwargs", "to", "n", "countdown", "countdwn", "queue", "link", "task_id", "name", "bind", "base", "ignore_result", "timeout", "a", "b", "self",
    "immutable", "it", "options", "MessageGroupId")  # fmt: skip
FACTORIES = ("chain", "group", "chord", "signature", "Signature", "functools.partial", "register_task", "app.task", "shared_task", "app.send_task", "app.signature",
    "app.add_periodic_task", "current_app.send_task", "Task", "Task[[int], str]", "type(task0)", "getattr", "print", "chunks", "xmap", "app3.send_task",
    "app.register_task", "Registry", "Registry(app)._get_task_by_name", "celery.canvas.chain", "app2.task", "isinstance", "reveal_type")  # fmt: skip
DECORATORS = (
    "@app.task", "@app.task()", "@shared_task", "@shared_task()", "@app.task(bind=True)", "@shared_task(bind=True)", "@app.task(name=NAME)", "@app.task(*words)",
    "@app.task(**mapping)", "@shared_task(base=Loud)", "@app.task(base=Generic1)", "@shared_task(base=Half, bind=True)", "@app.task(base=DjangoTask)",
    "@app.task(typing=False)", "@app2.task", "@app3.task", "@functools.lru_cache", "@staticmethod", "@property", "@functools.wraps(print)", "@Undefined.task(1)",
    "@shared_task(name=Name.ONE, bind=anything)", "@app.task(bind=True, base=AbortableTask)", "@app.task(1, 2, fun=3)", "@typing.no_type_check", "@overload",
    "@register_task(app, Name.TWO)", "@register_task(app, NAME, bind=True)", "@app.task(pydantic=True)", "@(lambda f: f)", "@celery.task", "@shared_task(lambda: 1)",
)  # fmt: skip
