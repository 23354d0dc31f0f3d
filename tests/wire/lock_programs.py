"""Small programs of which a lock is made in both ways: from the source, and from the running application.

Law: data. ``untold`` are the names that one of the two ways does not see; ``unknown`` is what the source does not tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PROGRAMS", "LockProgram"]

_HEAD = """
from __future__ import annotations

import functools
import os
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from celery import Celery, Task, shared_task
from kombu import Queue

from celery_registry import register_task

P = ParamSpec("P")
R = TypeVar("R")
app = Celery("work", broker="memory://", backend="cache+memory://")
"""
_PING = "@app.task\ndef ping(a: int) -> str: ...\n"


@dataclass(frozen=True)
class LockProgram:
    """``files``: path -> text; the application is ``work:app``."""

    name: str
    files: Mapping[str, str]
    unknown: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()


def _one(name: str, code: str, unknown: str = "", untold: str = "", *, head: str = _HEAD, **files: str) -> LockProgram:
    modules = {f"{module}.py": text for module, text in files.items()}
    return LockProgram(name, {"work.py": head + code, **modules}, frozenset(unknown.split()), frozenset(untold.split()))


_ROUTES = "{'work.ping': {'queue': 'heavy'}}"
_PICKLE = "task_serializer='pickle', accept_content=['pickle']"
_OPTIONS = "    queue = 'q'\n    serializer = 'pickle'\n    ignore_result = True\n"
_FACTORY = (
    "\n\ndef make(queue: str) -> Celery:\n    app = Celery('work', broker='memory://', backend='cache+memory://')\n"
)
_OWN_NAMES = "class Own(Celery):\n    def gen_task_name(self, name, module):\n        return name.upper()\n"
_NEXT = "    @staticmethod\n    def _generate_next_value_(name, start, count, last_values):\n        return {}\n"
_TEXT_AND_NAME = _NEXT.format("f'shop.{name.lower()}'")
_CHOSEN = _NEXT.format("'a' if name == 'PING' else 'b'")
_PASSES = "    @functools.wraps(f)\n    def run(*args: P.args, **kw: P.kwargs) -> R:\n        return f({}*args, **kw)\n    return run\n"

#: Where the queue, the serializer and the results come from.
_OPTIONS_OF_ALL = [
    _one("plain", _PING),
    _one("routes beside the tasks", f"{_PING}app.conf.task_routes = {_ROUTES}\n"),
    _one("routes in a settings module", f"app.config_from_object('conf')\n{_PING}", conf=f"task_routes = {_ROUTES}\n"),
    _one("routes in a list of pairs", f"{_PING}app.conf.task_routes = ([('work.*', {{'queue': 'heavy'}})],)\n"),
    _one(
        "a function that routes",
        f"{_PING}def route(name, *more, **kw):\n    return {{'queue': 'heavy'}}\napp.conf.task_routes = (route,)\n",
        "queue",
    ),
    _one("the default queue", f"{_PING}app.conf.task_default_queue = 'mine'\n"),
    _one(
        "the default queue in settings",
        f"app.config_from_object('conf')\n{_PING}",
        conf="task_default_queue = 'mine'\n",
    ),
    _one(
        "settings with a namespace",
        f"import conf\napp.config_from_object(conf, namespace='CELERY')\n{_PING}",
        conf="CELERY_TASK_DEFAULT_QUEUE = 'mine'\nCELERY_TASK_SERIALIZER = 'pickle'\nCELERY_ACCEPT_CONTENT = ['pickle']\n",
    ),
    _one("update with keywords", f"{_PING}app.conf.update(task_default_queue='mine', {_PICKLE})\n"),
    _one(
        "update with a table",
        f"{_PING}app.conf.update({{'task_default_queue': 'mine', 'task_serializer': 'pickle'}})\n",
    ),
    _one(
        "update with a table from elsewhere",
        f'import json\n{_PING}app.conf.update(json.loads(\'{{"task_default_queue": "mine"}}\'))\n',
        "queue serializer results accept queues",
    ),
    _one(
        "settings from a variable of the environment",
        f"os.environ['WORK_SETTINGS'] = 'conf'\napp.config_from_envvar('WORK_SETTINGS')\n{_PING}",
        "queue serializer results accept queues",
        conf="result_expires = 3\n",
    ),
    _one(
        "settings in a class",
        f"class Config:\n    task_default_queue = 'mine'\n    task_ignore_result = True\napp.config_from_object(Config)\n{_PING}",
    ),
    _one(
        "a factory",
        f"{_FACTORY}    app.conf.task_default_queue = queue\n    return app\n\n\napp = make('mine')\n{_PING}",
        "queue queues",
    ),
    _one("no results", f"{_PING}app.conf.task_ignore_result = True\n"),
    _one("no backend", _PING, "results", head=_HEAD.replace(', backend="cache+memory://"', "")),
    _one("queues", f"{_PING}app.conf.task_queues = [Queue('a'), Queue('b')]\napp.conf.task_default_queue = 'a'\n"),
    _one("a queue", "@app.task(queue='q')\ndef ping(a: int) -> str: ...\n"),
    _one(
        "a queue before a route",
        f"@app.task(queue='q')\ndef ping(a: int) -> str: ...\napp.conf.task_routes = {_ROUTES}\n",
    ),
    _one(
        "a computed queue", "@app.task(queue=os.environ.get('NOT_SET', 'z'))\ndef ping(a: int) -> str: ...\n", "queue"
    ),
    _one(
        "a computed serializer",
        "@app.task(serializer=str('pickle'))\ndef ping(a: int) -> str: ...\n",
        "serializer",
    ),
    _one(
        "options in a table",
        "O = {'queue': 'q', 'ignore_result': True}\n@app.task(**O)\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "a base class",
        f"class Base(Task):\n    abstract = True\n{_OPTIONS}\n@app.task(base=Base)\ndef ping(a: int) -> str: ...\n",
        "queue",
    ),
    _one(
        "the class of all tasks",
        f"class Base(Task):\n    abstract = True\n{_OPTIONS}\napp.task_cls = Base\n{_PING}",
        "queue serializer results",
    ),
    _one(
        "a class that the application is given",
        f"class Base(Task):\n    abstract = True\n{_OPTIONS}\n{_PING}",
        "queue serializer results",
        head=_HEAD.replace('Celery("work", ', 'Celery("work", task_cls="work:Base", '),
    ),
    _one(
        "annotations",
        f"{_PING}app.conf.task_annotations = {{'*': {{'queue': 'q', 'serializer': 'pickle', 'ignore_result': True}}}}\n",
        "queue serializer results accept queues",
    ),
    _one(
        "a task class",
        "class Ping(Task):\n    name = 'ping'\n    queue = 'q'\n    def run(self, a: int, b: int = 1) -> str: ...\napp.register_task(Ping())\n",
        "queue",
    ),
]

#: Where the name comes from.
_NAMES = [
    _one(
        "values that the enum makes",
        f"class N(str, Enum):\n{_NEXT.format('name.lower()')}    PING = auto()\n@app.task(name=N.PING)\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "values that the enum makes of a text and the name",
        f"class N(str, Enum):\n{_TEXT_AND_NAME}    PING = auto()\n@app.task(name=N.PING)\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "values that the enum chooses",
        f"class N(str, Enum):\n{_CHOSEN}    PING = auto()\n@app.task(name=N.PING)\ndef ping(a: int) -> str: ...\n",
        untold="a",
    ),
    _one(
        "an enum that a call makes of a table",
        "N = Enum('N', {'PING': 'ping', 'PONG': 'pong'}, type=str)\n@app.task(name=N.PING)\ndef ping(a: int) -> str: ...\nregister_task(app, N.PONG, ping.run)\n",
    ),
    _one(
        "an enum that a call makes of pairs",
        "N = Enum('N', [('PING', 'ping')])\n@app.task(name=N.PING.value)\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "an enum whose values are numbers",
        "N = Enum('N', ['PING'])\n@app.task(name=N.PING.name)\ndef ping(a: int) -> str: ...\n",
        untold="PING",
    ),
    _one(
        "a decorator of the program's own",
        "def task(*args, **kw):\n    def deco(f):\n        return app.task(*args, **kw)(f)\n    return deco\n@task(name='ping')\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "an object that registers",
        "class Tasks:\n    def __init__(self, app): self.app = app\n    def __call__(self, f):\n        return self.app.task(f)\ntasks = Tasks(app)\n@tasks\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "names that the application makes",
        "@app.task\ndef ping(a: int) -> str: ...\n@shared_task\ndef pong(b: int) -> None: ...\n",
        untold="PING PONG",
        head=_HEAD.replace("app = Celery(", f"{_OWN_NAMES}\n\napp = Own("),
    ),
    _one(
        "a module that no worker imports",
        _PING,
        untold="other.pay",
        other="from celery import shared_task\n@shared_task\ndef pay(a: int) -> str: ...\n",
    ),
]

#: What the parameters are.
_SIGNATURES = [
    _one(
        "a decorator that passes on",
        f"def timed(f: Callable[P, R]) -> Callable[P, R]:\n{_PASSES.format('')}@app.task\n@timed\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "a decorator that gives the first argument",
        f"def with_db(f: Callable[Concatenate[int, P], R]) -> Callable[P, R]:\n{_PASSES.format('1, ')}@app.task\n@with_db\ndef ping(db: int, a: int) -> str: ...\n",
    ),
    _one(
        "a decorator that takes one more",
        "def tenant(f: Callable[P, R]) -> Callable[Concatenate[str, P], R]:\n    def run(tenant: str, *args: P.args, **kw: P.kwargs) -> R:\n        return f(*args, **kw)\n    return run\n@app.task(name='ping')\n@tenant\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "a wrapper that shows nothing",
        "def timed(f):\n    def run(*args, **kw):\n        return f(*args, **kw)\n    return run\n@app.task(name='ping')\n@timed\ndef ping(a: int) -> str: ...\n",
    ),
    _one(
        "a model",
        "from pydantic import BaseModel\nclass M(BaseModel):\n    a: int\n@app.task(pydantic=True)\ndef ping(m: M) -> M: ...\n",
    ),
    _one(
        "types under other names",
        "import typing as t\nfrom datetime import datetime as D\nUserId = int\n@app.task\ndef ping(a: UserId, b: D, c: t.Optional[str] = None, d: 'list[UserId]' = []) -> t.Dict[str, t.Any]: ...\n",
    ),
    _one(
        "members in a Literal",
        "class Color(Enum):\n    RED = 'r'\n@app.task\ndef ping(a: Literal[Color.RED, 'x', 1], c: Color) -> None: ...\n",
    ),
    _one("a type variable", "N = TypeVar('N', int, str)\n@app.task\ndef ping(a: N) -> N: ...\n"),
    _one(
        "what a platform has",
        "import sys\nif sys.platform == 'win32':\n    @app.task(name='ping')\n    def ping(a: int, b: int) -> str: ...\nelse:\n    @app.task(name='ping')\n    def ping(a: int) -> str: ...\n",
    ),
    _one(
        "two tasks of one name",
        f"{_PING}@app.task(name='work.ping', queue='z')\ndef pong(x: str, y: str) -> str: ...\n",
        "queue",
    ),
    LockProgram(
        "what a class supplies",
        {
            "pyproject.toml": "[tool.celery-registry.injected-parameters]\n'work.Tenant' = ['tenant']\n",
            "work.py": _HEAD
            + "class Tenant(Task):\n    abstract = True\n    def __call__(self, *a, **k):\n        return super().__call__(*a, tenant=1, **k)\n@app.task(base=Tenant, name='ping')\ndef ping(a: int, tenant: int) -> None: ...\n",
        },
        frozenset({"queue", "serializer", "results"}),
    ),
    _one(
        "aliases",
        "from celery_registry import alias\n@app.task(name='ping')\ndef ping(a: int) -> str: ...\nalias(app, old='pong', new='ping', expires='2999-01-01')\nalias(app, old='peng', new='ping', adapt=lambda b: ((b,), {}))\n",
    ),
    _one(
        "a generator", "from collections.abc import Iterator\n@app.task\ndef ping(a: int) -> Iterator[int]: yield 1\n"
    ),
    _one(
        "nothing written",
        "@app.task\ndef ping(a, b=1, *args, **kw): ...\n@app.task\ndef pong(a: int = None, *, c) -> 'None': ...\n",
    ),
]

PROGRAMS = [*_OPTIONS_OF_ALL, *_NAMES, *_SIGNATURES]
