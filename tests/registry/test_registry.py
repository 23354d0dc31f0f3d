"""BaseTasksRegistry and register_task: what users extend and call."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import Enum

import pytest
from celery import Celery
from celery.local import Proxy

from celery_registry import (
    BaseTasksRegistry,
    CeleryRegistryError,
    RegistrationError,
    TaskNotFoundError,
    register_task as register_shared_task,
)

# Celery puts a shared task on every later application too, and these tests make many.
register_task = functools.partial(register_shared_task, shared=False)


class Name(str, Enum):
    ADD = "calculator.add"


class Calculator:
    def add(self, a: int, b: int = 2) -> int:
        """Add two numbers."""
        return a + b


@pytest.fixture
def app():
    app = Celery("registry", broker="memory://", backend="cache+memory://", set_as_current=False)
    app.conf.task_always_eager = True
    yield app
    app.close()


class Plain(BaseTasksRegistry):
    @property
    def add(self):
        return self._get_task_by_name(Name.ADD)


@dataclass
class WithField(Plain):
    celery_app: Celery


@dataclass(frozen=True, kw_only=True)
class Frozen(Plain):
    other: int = 3
    app: Celery


@dataclass
class WithoutField(Plain):
    number: int = 1


@pytest.mark.parametrize("make", [Plain, WithField, lambda app: Frozen(app=app)])
def test_a_registry_finds_the_tasks_of_its_application(app, make):
    register_task(app, Name.ADD, Calculator().add)
    registry = make(app)
    assert registry.add is app.tasks["calculator.add"]
    assert registry.add.delay(1, b=3).get() == 4


def test_a_registry_follows_its_application(app):
    """Before it is finalized and after, with tasks that come later, and through a proxy for whichever is current."""
    registry = Plain(app)
    assert not app.finalized
    with pytest.raises(TaskNotFoundError):
        _ = registry.add
    assert app.finalized
    register_task(app, Name.ADD, Calculator().add)
    first = registry.add
    assert first is app.tasks["calculator.add"]
    app.tasks.unregister("calculator.add")
    with pytest.raises(TaskNotFoundError):
        _ = registry.add
    register_task(app, Name.ADD, Calculator().add)
    assert registry.add is app.tasks["calculator.add"] is not first
    with Celery("other", set_as_current=False) as other:
        current = [app]
        proxied = Plain(Proxy(lambda: current[0]))
        assert proxied.add is registry.add
        register_task(other, Name.ADD, Calculator().add)
        current[0] = other
        assert proxied.add is other.tasks["calculator.add"] is not registry.add


def test_a_registry_takes_whatever_has_tasks():
    """A user's own tests may give it something simpler."""

    class Simple:
        __slots__ = ("tasks",)

        def __init__(self):
            self.tasks = {"calculator.add": 3}

    assert Plain(Simple()).add == 3


def test_a_registry_without_an_application_says_what_to_write(app):
    with pytest.raises(CeleryRegistryError, match=r"WithoutField has no Celery application: call super\(\)"):
        _ = WithoutField().add


def test_an_unknown_name_raises_with_the_nearest_registered_names(app):
    register_task(app, "calculator.adds", Calculator().add)
    with pytest.raises(TaskNotFoundError) as caught:
        _ = Plain(app).add
    assert str(caught.value).startswith(
        "no task named 'calculator.add' is registered; the nearest registered names: 'calculator.adds'; "
        "the task modules of 'registry' were to be imported, and none are named. "
    )
    assert isinstance(caught.value, KeyError)
    assert caught.value.name == "calculator.add"
    app.tasks.unregister("calculator.adds")
    with pytest.raises(TaskNotFoundError, match=r"^no task named 'calculator.add' is registered; the task modules"):
        _ = Plain(app).add


def test_a_bound_method_keeps_its_parameters_for_celerys_own_arity_check(app):
    task = register_task(app, Name.ADD, Calculator().add)
    assert task.name == "calculator.add"
    assert task.__doc__ == "Add two numbers."
    assert task.delay(1).get() == 3
    assert task.apply_async((1,), {"b": 4}).get() == 5
    app.conf.task_always_eager = False
    for arguments in ((), (1, 2, 3)):
        with pytest.raises(TypeError, match="add"):
            task.delay(*arguments)


def test_a_function_is_registered_as_it_is_and_as_a_decorator(app):
    @register_task(app, "double", max_retries=7)
    def double(number: int) -> int:
        return 2 * number

    assert double.delay(4).get() == 8
    assert double.max_retries == 7


def test_a_bound_task_gets_itself_first(app):
    @register_task(app, "who", bind=True)
    def who(self, suffix: str) -> str:
        return self.name + suffix

    assert who.delay("!").get() == "who!"


def test_a_partial_of_a_named_function_takes_what_is_left(app):
    task = register_task(app, "add_five", functools.partial(Calculator().add, b=5))
    assert task.delay(1).get() == 6


class Callable:
    def __call__(self) -> None: ...


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda: None, "a lambda cannot be a task"),
        (functools.partial(lambda x: x, 1), "a lambda cannot be a task"),
        (functools.partial(functools.partial(Callable())), "has no __name__"),
        (Callable(), "has no __name__"),
        (3, "3 cannot be called"),
    ],
)
def test_what_celery_cannot_name_is_refused_with_a_reason(app, function, reason):
    with pytest.raises(RegistrationError, match=reason):
        register_task(app, "refused", function)
    assert "refused" not in app.tasks


def test_celerys_classes_are_subscriptable_after_the_import():
    from celery import Task
    from celery.canvas import Signature
    from celery.result import AsyncResult

    assert Task[[int], str] is not None
    assert AsyncResult[str] is not None
    assert Signature[str] is not None
    django = pytest.importorskip("celery.contrib.django.task", reason="DjangoTask came with Celery 5.4")
    assert django.DjangoTask[[int], str] is not None
