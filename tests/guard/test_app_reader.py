"""How a task is called is read from the function, whatever stands before it."""

from __future__ import annotations

import inspect
from enum import Enum

import pytest
from celery import Celery

from celery_registry.contract.compare import show_parameters
from celery_registry.guard.app_reader import AppReader
from celery_registry.guard.hint_rules import HintRules
from celery_registry.guard.schedule import read_schedule
from guard.conftest import Load

HEAD = """
from __future__ import annotations
import functools
from typing import Any, Callable, TypeVar
from celery import Celery, Task, shared_task
from celery_registry import register_task
app = Celery("shop", broker="memory://", set_as_current=False)
F = TypeVar("F")

def passing(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper

def same(function: F) -> F:
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper

def times(count: int) -> Callable[[F], F]:
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)
        return wrapper
    return decorate

def bare(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper

class Controller:
    def run(self, a: int, *, b: str = "") -> None: ...
    @passing
    def passed(self, a: int, db: str) -> None: ...
    @same
    def kept(self, a: int) -> None: ...
    @classmethod
    def of_class(cls, a: int) -> None: ...
    @staticmethod
    def of_none(a: int) -> None: ...

class Typed(Task):
    def __call__(self, *args, **kwargs):
        return super().__call__(*args, **kwargs)

class Supplying(Task):
    typing = False
    def __call__(self, *args, **kwargs):
        return super().__call__("session", *args, **kwargs)
"""


@pytest.fixture
def read(load: Load):
    def ask(code: str, injected=None) -> tuple[str, str | None, bool]:
        module = load(HEAD + code)
        reader = AppReader(injected)
        reading = reader.read(module.app.tasks["t"])
        shown = show_parameters(reading.signature, HintRules())
        returned = "" if reading.result is None else f" -> {HintRules().show(reading.result)}"
        return shown + returned, reading.hidden or reading.opaque, reading.bound_method

    return ask


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("@app.task(name='t')\ndef f(a: int, b: str = 'x', *c: int, d: int, e=1, **g: str) -> bool: ...",
         "(a: int, b: str = ..., *c: int, d: int, e = ..., **g: str) -> bool"),
        ("@app.task(name='t')\ndef f(a, /, b, *, c): ...", "(a, b, c)"),
        ("@app.task(name='t')\ndef f(a, *b): ...", "(a, *b)"),
        ("@app.task(name='t')\ndef f(a: str = None) -> None: ...", "(a: str | None = ...) -> None"),
        ("@app.task(name='t')\ndef f(): ...", "()"),
        ("@app.task(name='t', bind=True)\ndef f(self, a: int): ...", "(a: int)"),
        ("@shared_task(name='t')\ndef f(a: int): ...", "(a: int)"),
        ("@app.task(name='t', bind=True, autoretry_for=(OSError,))\ndef f(self, a: int): ...", "(a: int)"),
        ("@app.task(name='t')\nasync def f(a: int) -> str: ...", "(a: int)"),
        ("@app.task(name='t')\ndef f(a: int) -> str:\n    yield", "(a: int)"),
        ("register_task(app, 't', Controller().run)", "(a: int, b: str = ...) -> None"),
        ("register_task(app, 't', Controller().kept)", "(a: int) -> None"),
        ("register_task(app, 't', Controller.of_class)", "(a: int) -> None"),
        ("register_task(app, 't', Controller.of_none)", "(a: int) -> None"),
        ("register_task(app, 't', functools.partial(Controller().run, 1))", "(b: str = ...) -> None"),
        ("class T(Task):\n    name = 't'\n    def run(self, a: int) -> str: ...\napp.register_task(T())", "(a: int) -> str"),
        ("class T(Task):\n    name = 't'\n    @staticmethod\n    def run(a: int) -> str: ...\napp.register_task(T())", "(a: int) -> str"),
        ("class B(Task):\n    def run(self, a: int): ...\nclass T(B):\n    name = 't'\napp.register_task(T())", "(a: int)"),
        ("@app.task(name='t')\n@same\ndef f(a: int) -> str: ...", "(a: int) -> str"),
        ("@app.task(name='t')\n@times(3)\ndef f(a: int) -> str: ...", "(a: int) -> str"),
        ("@app.task(name='t', base=Typed)\ndef f(a: int) -> str: ...", "(a)"),
        ("@app.task(name='t', base=Supplying)\ndef f(session, a: int) -> str: ...", "(...)"),
        ("@app.task(name='t')\ndef f(*args, **kwargs): ...", "(*args, **kwargs)"),
    ],
)  # fmt: skip
def test_what_is_plain_is_read(read, code: str, shown: str) -> None:
    assert read(code) == (shown, None, False)


def test_a_wrapper_that_nothing_vouches_for_is_opaque(read) -> None:
    assert read("@app.task(name='t')\n@passing\ndef f(a: int): ...") == ("(a: int)", 'the decorator "passing"', False)


def test_a_bound_method_is_read_through_its_decorators(read) -> None:
    """What ``register_task`` puts before it hides neither that they may change it nor that the settings say what they do."""
    found = read("register_task(app, 't', Controller().passed)")
    assert found == ("(a: int, db: str) -> None", 'the decorator "passing"', False)


def test_a_wrapper_that_shows_nothing_is_hidden(read) -> None:
    reason = 'is called through the decorator "bare", which takes (*args, **kwargs)'
    assert read("@app.task(name='t')\n@bare\ndef f(a: int): ...") == ("(...)", reason, False)


def test_a_class_without_run_is_hidden(read) -> None:
    assert read("class T(Task):\n    name = 't'\napp.register_task(T())") == ("(...)", "has no run() of its own", False)


@pytest.mark.parametrize("method", ["Controller().run", "Controller.of_class"])
def test_a_raw_bound_method_is_told(read, method: str) -> None:
    assert read(f"app.task(name='t')({method})")[1:] == (None, True)


def test_a_raw_bound_method_without_the_check_of_arguments_is_not_broken(read) -> None:
    assert read("app.task(name='t', typing=False)(Controller().run)") == ("(a: int, b: str = ...) -> None", None, False)


def test_injected_parameters_are_not_the_callers(load: Load) -> None:
    module = load(
        HEAD
        + "class Db(Task): ...\n"
        + "@app.task(name='t', base=Db)\ndef f(session, a: int): ...\n"
        + "@app.task(name='u')\n@passing\ndef g(session, a: int): ...\n"
    )
    reader = AppReader({f"{module.__name__}.Db": ("session",), f"{module.__name__}.passing": ("session",)})
    for name in "tu":
        assert show_parameters(reader.read(module.app.tasks[name]).signature, HintRules()) == "(a: int)"


def test_the_models_of_a_pydantic_task_are_dumped_by_the_caller(load: Load) -> None:
    module = load(
        HEAD
        + "from pydantic import BaseModel\nclass Order(BaseModel):\n    id: int\n"
        + "@app.task(name='t', pydantic=True)\ndef f(order: Order, amount: int) -> Order: ...\n"
    )
    if "pydantic" not in inspect.signature(module.app._task_from_fun).parameters:
        return
    reading = AppReader().read(module.app.tasks["t"])
    assert show_parameters(reading.signature, HintRules()) == "(order: Any, amount: int)"
    assert HintRules().show(reading.result) == "Any"


def test_what_is_read_from_the_code_object_is_what_inspect_says(load: Load) -> None:
    module = load(
        HEAD
        + "".join(
            f"@app.task(name='t{i}')\ndef f{i}({parameters}): ...\n"
            for i, parameters in enumerate(
                [
                    "",
                    "a",
                    "a=1",
                    "a, b=None",
                    "a, /, b",
                    "*, a",
                    "*, a=1",
                    "*a",
                    "**a",
                    "a, *b, c",
                    "a, b=1, *, c=2, **d",
                ]
            )
        )
    )
    reader = AppReader()
    tasks = [task for name, task in module.app.tasks.items() if not name.startswith("celery.")]
    assert len(tasks) == 11
    for task in tasks:
        said = inspect.signature(task.run).parameters.values()
        read = reader.read(task).parameters
        assert [(p.name, p.required) for p in read] == [(p.name, p.default is p.empty) for p in said]
        assert [p.kind.value for p in read] == [p.kind.description for p in said]


def test_an_entry_is_called_after_the_value_of_a_member() -> None:
    class Key(str, Enum):
        NIGHTLY = "nightly"

    app = Celery("shop", set_as_current=False)
    app.conf.beat_schedule = {
        Key.NIGHTLY: {"task": "clean", "schedule": 60},
        "hourly": {"task": "clean", "schedule": 60},
    }
    assert [entry.key for entry in read_schedule(app)] == ["nightly", "hourly"]
