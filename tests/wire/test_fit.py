"""What a worker would run is never parked: each verdict is held to what Celery's own tracer does with the same call."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery, Task
from celery.app.trace import build_tracer, reset_worker_optimizations, setup_worker_optimizations
from pydantic import BaseModel

from celery_registry import alias, register_task
from celery_registry.wire.parking.fit import Fit
from celery_registry.wire.parking.reasons import Reason


class Order(BaseModel):
    number: int


class Supplying(Task):  # type: ignore[type-arg]
    """A base class that fills the first parameter itself."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run("session", *args, **kwargs)


class Plain(Task):  # type: ignore[type-arg]
    """A task of its own."""

    name = "plain_class"

    def run(self, a: Any, *, b: Any = None) -> str:
        return "ran"


def supplies(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that looks as if it took what the function takes, and fills the first parameter."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function("session", *args, **kwargs)

    return wrapper


class Controller:
    def method(self, a: Any, b: Any = None) -> str:
        return "ran"


def make_app() -> Celery:
    app = Celery("fit", set_as_current=False)
    app.conf.broker_url = "memory://"

    @app.task(name="two", shared=False)
    def two(a, b=1):  # type: ignore[no-untyped-def]
        return "ran"

    @app.task(name="keywords", shared=False)
    def keywords(a, /, *, b, **more):  # type: ignore[no-untyped-def]
        return "ran"

    @app.task(name="all", shared=False)
    def all_(*args, **kwargs):  # type: ignore[no-untyped-def]
        return "ran"

    @app.task(name="bound", shared=False, bind=True)
    def bound(self, a, b):  # type: ignore[no-untyped-def]
        return "ran"

    @app.task(name="untyped", shared=False, typing=False)
    def untyped(a):  # type: ignore[no-untyped-def]
        return "ran"

    @app.task(name="retried", shared=False, autoretry_for=(KeyError,), bind=True)
    def retried(self, a):  # type: ignore[no-untyped-def]
        return "ran"

    @app.task(name="supplied_by_class", shared=False, base=Supplying, typing=False)
    def supplied_by_class(session, a):  # type: ignore[no-untyped-def]
        return "ran"

    @app.task(name="supplied_by_decorator", shared=False, typing=False)
    @supplies
    def supplied_by_decorator(session, a):  # type: ignore[no-untyped-def]
        return "ran"

    @app.task(name="model", shared=False, pydantic=True)
    def model(order: Order, a: int = 1) -> str:
        return "ran"

    def lying(*args: Any, **kwargs: Any) -> str:
        return "ran"

    lying.__signature__ = __import__("inspect").signature(lambda a: None)  # type: ignore[attr-defined]
    app.task(name="lying", shared=False)(lying)
    register_task(app, "method", Controller().method, shared=False)
    register_task(app, "partial", functools.partial(Controller().method, "first"), shared=False)
    app.register_task(Plain())
    alias(app, old="old_two", new="two")
    alias(app, old="adapted", new="two", adapt=lambda a, c: {"a": a})
    app.finalize()
    return app


VALUES = ({"number": 1}, "x", 2)
CALLS = [
    (list(VALUES[:count]), dict(zip(names, VALUES[::-1], strict=False)))
    for count in range(4)
    for size in range(3)
    for names in itertools.permutations(("a", "b", "order", "c"), size)
] + [([1], {1: 2}), ("ab", {}), (None, {}), ({"a": 1}, {})]  # type: ignore[list-item]


@pytest.mark.parametrize("optimized", [False, True], ids=["plain", "as in a worker"])
def test_every_verdict_is_what_celery_does(optimized: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "celery")
    app = make_app()
    if optimized:
        setup_worker_optimizations(app)
    try:
        fit = Fit(app)
        wrong, parked = [], 0
        for name in sorted(n for n in app.tasks if not n.startswith("celery.")):
            task = app.tasks[name]
            trace = build_tracer(name, task, app=app)
            for args, kwargs in CALLS:
                outcome = trace("id", args, kwargs, {"id": "id", "task": name})
                ran = outcome.info is None
                objection = fit.objection(name, args, kwargs)
                parked += objection is not None
                if objection is not None and (ran or objection.reason is not Reason.ARGUMENTS):
                    wrong.append((name, args, kwargs, objection))
                hidden = name in ("supplied_by_class", "supplied_by_decorator", "lying", "partial")
                if objection is None and not ran and not hidden and "order" not in (name, *(kwargs or ())):
                    text = repr(outcome.info.retval)
                    if "TypeError" in text and name not in ("model",):
                        wrong.append((name, args, kwargs, text))
        assert wrong == []
        assert parked > 300
    finally:
        if optimized:
            reset_worker_optimizations(app)


def test_an_alias_of_nobody_is_an_unknown_task() -> None:
    app = Celery("fit", set_as_current=False)
    alias(app, old="old", new="gone")
    objection = Fit(app).objection("old", [], {})
    assert objection is not None
    assert (objection.reason, objection.detail) == (
        Reason.UNKNOWN_TASK,
        'an alias of "gone", which is not registered',
    )


def test_a_task_wrapped_as_sentry_wraps_it_is_still_bound() -> None:
    """Sentry's integration puts a wrapper with ``functools.wraps`` into each task's class or instance."""
    app = make_app()
    task: Any = app.tasks["two"]
    namespace: dict[str, Any] = {"__name__": "sentry_sdk.integrations.celery", "functools": functools}
    exec(
        "def wrap(f):\n    @functools.wraps(f)\n    def inner(*args, **kwargs):\n        return f(*args, **kwargs)\n"
        "    return inner\n",
        namespace,
    )
    task.run = namespace["wrap"](task.run)
    objection = Fit(app).objection("two", [], {})
    assert objection is not None
    assert objection.detail == "two() missing 1 required positional argument: 'a'"
    assert Fit(app).objection("two", [1], {}) is None
    type(task).__call__ = namespace["wrap"](type(task).__call__)
    assert Fit(app).objection("two", [], {}) is not None


# -- types -----------------------------------------------------------------------------------------------------------


def check_types(hint: str, value: Any) -> str | None:
    app = Celery("types", set_as_current=False)
    space: dict[str, Any] = {}
    exec(
        "import datetime, decimal, enum, uuid, typing, dataclasses\nfrom typing import *\nfrom typing_extensions import TypedDict\n"
        "class Color(enum.Enum):\n    RED = 'red'\n"
        "class Point(TypedDict):\n    x: int\n"
        "class Sized2(Protocol):\n    def size(self) -> int: ...\n"
        "class Own: ...\n"
        "@dataclasses.dataclass\nclass Data:\n    x: int\n"
        f"def task(value: {hint}): ...\n",
        space,
    )
    app.task(name="task", shared=False)(space["task"])
    objection = Fit(app, validate=True).objection("task", [value], {})
    return None if objection is None else objection.detail


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        ("int", 1),
        ("float", 1),
        ("str", "x"),
        ("tuple[int, str]", [1, "x"]),
        ("set[int]", [1, 2]),
        ("frozenset[str]", ["a"]),
        ("datetime.datetime", "2026-01-01T00:00:00"),
        ("datetime.date", "2026-01-01"),
        ("uuid.UUID", "12345678123456781234567812345678"),
        ("decimal.Decimal", "1.5"),
        ("Color", "red"),
        ("Point", {"x": 1}),
        ("Data", {"x": 1}),
        ("Optional[int]", None),
        ("'Missing'", object()),
        ("Sized2", 5),
        ("Callable[[], int]", "x"),
        ("Any", 1),
        ("list", [1, "x"]),
        ("dict[int, str]", {"1": "a"}),
        ("Literal['a', 'b']", "a"),
        ("bytes", "text"),
        ("TypeVar('T')", 1),
    ],
)
def test_a_value_that_json_can_stand_for_is_of_its_type(hint: str, value: Any) -> None:
    assert check_types(hint, value) is None or hint in ("Callable[[], int]", "'Missing'", "Sized2")


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        ("int", "x"),
        ("int", None),
        ("int", 1.5),
        ("str", 1),
        ("str", None),
        ("list[int]", ["x"]),
        ("list[int]", 5),
        ("datetime.datetime", "tomorrow"),
        ("Color", "green"),
        ("Point", {"y": 1}),
        ("uuid.UUID", "s"),
        ("Literal['a', 'b']", "c"),
    ],
)
def test_a_value_of_another_type_is_told_without_the_value(hint: str, value: Any) -> None:
    found = check_types(hint, value)
    assert found is not None
    assert found.startswith("value")
    if isinstance(value, str) and len(value) > 1:
        assert value not in found
